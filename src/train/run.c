/* A run: training that keeps a folder and survives interruption. */
#include <loci/support.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "network/contents.h"
#include "train/checkpoint.h"
#include "train/config.h"
#include "train/failure.h"
#include "train/fingerprint.h"
#include "train/frames.h"
#include "train/learnt.h"
#include "train/metrics.h"
#include "train/progress.h"
#include "train/pruning.h"
#include "train/run_files.h"
#include "train/run_paths.h"
#include "train/run_prepare.h"
#include "train/run_team.h"
#include "train/silence.h"
#include "train/sources.h"
#include "train/summarise.h"

/* Least seconds between two checkpoints at ends of epochs, and within an epoch. */
#define EPOCH_INTERVAL 1.0
#define BATCH_INTERVAL 30.0

/* Saving may take at most this share of the time. */
#define SAVING_SHARE 0.05

typedef struct run {
    loci_config config; /* sizes taken from the data, resolved */
    loci_config here;   /* the same, but paths of models hold from the current folder */
    char fingerprints[LOCI_FINGERPRINTS];
    loci_run_options options;
    loci_run_folder folder;
    loci_meeting meeting; /* of the processes that train it */
    loci_network *network;
    loci_trainer *trainer;
    loci_frames *frames;
    loci_run_state state;
    loci_silence silence;
    loci_progress_clock progress;
    double started, elapsed_before; /* clock at the start; seconds of the processes before */
    double saved, saving; /* clock after the last checkpoint, and what it took; 0: none yet */
    uint64_t saved_step;  /* where it stands */
    bool is_saved;
} run;

void loci_run_options_defaults(loci_run_options *options) {
    memset(options, 0, sizeof *options);
}

/* Whether this process keeps the folder: of several the first one alone. */
static bool leads(const run *r) {
    return loci_meeting_number(&r->meeting) == 0;
}

static int path_in(const run *r, char path[4096], const char *name, loci_error *error) {
    return loci_path_join(path, 4096, r->folder.path, name, error);
}

/* What all processes return; of one alone its own. */
static int agree(run *r, int status, loci_error *error) {
    return loci_meeting_agree(&r->meeting, status, NULL, error);
}

static void tell(const run *r, const char *note) {
    if (r->options.note != NULL && note[0] != '\0')
        r->options.note(r->options.user, note);
}

/* ---- saving ---- */

/* The model comes first: it refuses numbers that are not finite, and then the good checkpoint
 * stays. Frames and metrics come before the checkpoint, so that they are never behind it. */
static int save(run *r, loci_error *error) {
    char metrics[4096];
    double before = loci_seconds();
    if (!leads(r))
        return LOCI_OK;
    r->state.elapsed = r->elapsed_before + before - r->started;
    int status = loci_trainer_cut(r->trainer, error);
    if (status == LOCI_OK)
        status = loci_run_put_model(&r->folder, r->network, error);
    if (status == LOCI_OK)
        status = loci_run_put_frames(&r->folder, r->frames, error);
    if (status == LOCI_OK)
        status = path_in(r, metrics, LOCI_RUN_METRICS, error);
    if (status == LOCI_OK)
        status = loci_metrics_sync(metrics, error);
    if (status == LOCI_OK)
        status = loci_checkpoint_save(r->trainer, &r->state, &r->folder, error);
    r->saved = loci_seconds();
    r->saving = r->saved - before;
    if (status == LOCI_OK) {
        r->is_saved = true;
        r->saved_step = r->trainer->state.step;
    }
    return status;
}

/* Short epochs are not worth a checkpoint each: what a kill can cost is a second, never a different
 * result. */
static bool is_save_due(const run *r, bool epoch_ended) {
    if (!leads(r))
        return false;
    if (!r->is_saved)
        return epoch_ended;
    double interval = epoch_ended ? EPOCH_INTERVAL : BATCH_INTERVAL;
    if (interval < r->saving / SAVING_SHARE)
        interval = r->saving / SAVING_SHARE;
    return loci_seconds() - r->saved >= interval;
}

/* ---- the loop ---- */

static void tell_diverged(const run *r, loci_error *error) {
    const char *kept = r->is_saved ? "the last good checkpoint and its model are kept"
                                   : "there was no checkpoint yet";
    const loci_error why = *error;
    loci_fail(error, LOCI_E_DIVERGED, why.where, "%s; %s", LOCI_SHOWN(400, why.message), kept);
}

static int end_epoch(run *r, loci_error *error) {
    char path[4096], note[LOCI_RUN_NOTE] = "";
    int status = loci_trainer_end_epoch(r->trainer, &r->state.last, error);
    if (status != LOCI_OK || !leads(r))
        return status;
    status = path_in(r, path, LOCI_RUN_METRICS, error);
    if (status == LOCI_OK)
        status = loci_metrics_append(path, &r->state.last, r->folder.lease, error);
    if (status != LOCI_OK)
        return status;
    loci_frames_take(r->frames, r->network, r->trainer->state.epoch);
    loci_progress_epoch(&r->progress, r->trainer, &r->state.last);
    loci_silence_epoch(&r->silence, r->trainer, note);
    tell(r, note);
    return LOCI_OK;
}

static int interrupted(run *r, loci_error *error) {
    int status = save(r, error);
    if (status != LOCI_OK)
        return status;
    return loci_fail(error, LOCI_E_INTERRUPTED, r->folder.path,
                     "stopped in epoch %u of %u, state saved; resume to go on",
                     r->trainer->state.epoch + 1, r->config.train.epochs);
}

/* Several processes stop together, at what they knew when they met last. */
static bool is_stopped(const run *r) {
    bool alone = r->meeting.team == NULL;
    return alone ? r->options.stop != NULL && *r->options.stop : r->meeting.stopped;
}

/* An epoch is ended as soon as its last batch is done, so that no checkpoint stands between the
 * two. */
static int train(run *r, loci_error *error) {
    while (!loci_trainer_finished(r->trainer)) {
        bool ended;
        bool lost = r->folder.lease != NULL && loci_lease_is_lost(r->folder.lease);
        int status = lost ? loci_run_folder_check(&r->folder, error) : LOCI_OK;
        if (status == LOCI_OK)
            status = loci_trainer_step(r->trainer, error);
        if (status == LOCI_OK) {
            loci_silence_step(&r->silence, r->trainer);
            loci_progress_step(&r->progress, r->trainer);
        }
        ended = status == LOCI_OK && loci_trainer_epoch_done(r->trainer);
        if (ended)
            status = end_epoch(r, error);
        if (status == LOCI_OK && is_save_due(r, ended))
            status = save(r, error);
        if (status != LOCI_OK)
            return status;
        if (is_stopped(r) && !loci_trainer_finished(r->trainer))
            return interrupted(r, error);
    }
    return LOCI_OK;
}

/* ---- the end ---- */

/* What is kept of the finished network, and a line where it learnt nothing. */
static int keep(run *r, loci_error *error) {
    char note[LOCI_RUN_NOTE] = "";
    if (!leads(r))
        return LOCI_OK;
    if (!r->silence.told)
        loci_learnt_note(r->trainer, &r->state.last, note);
    tell(r, note);
    int status = loci_run_put_model(&r->folder, r->network, error);
    return status == LOCI_OK ? loci_run_put_frames(&r->folder, r->frames, error) : status;
}

/* The last checkpoint holds the last epoch's parameters; a process killed from here on is repeated
 * from there. The summary is written last: it says that all the rest is complete. */
static int finish(run *r, loci_summary *summary, loci_error *error) {
    int status = LOCI_OK;
    if (!r->is_saved || r->saved_step != r->trainer->state.step)
        status = save(r, error);
    if (status == LOCI_OK)
        status = loci_trainer_finish(r->trainer, error);
    if (status == LOCI_OK)
        status = keep(r, error);
    if (status == LOCI_OK)
        status = loci_run_summarise(&r->config, r->trainer, &r->state.last, summary, error);
    if (status == LOCI_OK)
        summary->seconds_total = r->elapsed_before + loci_seconds() - r->started;
    return status == LOCI_OK && leads(r) ? loci_run_put_summary(&r->folder, summary, error)
                                         : status;
}

/* ---- the beginning ---- */

/* A new run in a folder that may hold an old one. What can fail without touching the folder comes
 * first. */
static int start(run *r, loci_error *error) {
    char note[LOCI_RUN_NOTE] = "";
    int status = loci_run_check_sources(&r->here, r->folder.path, true, error);
    if (status == LOCI_OK && r->config.init[0] != '\0')
        status = loci_run_init(r->network, &r->here, note, error);
    if (status == LOCI_OK && loci_trainer_stands_apart(r->trainer))
        status = loci_trainer_refresh(r->trainer, error);
    if (status == LOCI_OK)
        status = loci_run_folder_check(&r->folder, error);
    if (status == LOCI_OK)
        status = loci_run_folder_clear(&r->folder, error);
    loci_run_note_origin(&r->config, r->folder.path);
    if (status == LOCI_OK)
        status = loci_config_save_with(&r->config, r->trainer->data, r->folder.path, error);
    if (status == LOCI_OK) {
        loci_frames_take(r->frames, r->network, 0);
        tell(r, note);
    }
    return status;
}

/* Brings the files that grow in line with the checkpoint. */
static int rewind_to_checkpoint(run *r, loci_error *error) {
    char metrics[4096], frames[4096];
    uint32_t epoch = r->trainer->state.epoch;
    int status = path_in(r, metrics, LOCI_RUN_METRICS, error);
    if (status == LOCI_OK)
        status = path_in(r, frames, LOCI_RUN_FRAMES, error);
    if (status == LOCI_OK)
        status = loci_metrics_cut(metrics, epoch, error);
    if (status != LOCI_OK)
        return status;
    status = loci_frames_reload(r->frames, frames, epoch, error);
    if (status != LOCI_OK)
        return status;
    r->elapsed_before = r->state.elapsed;
    r->is_saved = true;
    r->saved_step = r->trainer->state.step;
    r->saved = loci_seconds() - EPOCH_INTERVAL; /* the next end of an epoch is worth one */
    return LOCI_OK;
}

/* Goes on where the checkpoint stands; where there is none the run was stopped before its first
 * one. */
static int resume(run *r, loci_error *error) {
    loci_config stored;
    bool found;
    if (!loci_run_folder_has(&r->folder, LOCI_RUN_CONFIG))
        return loci_fail(error, LOCI_E_FORMAT, r->folder.path,
                         "holds files of a run, but no " LOCI_RUN_CONFIG "; start anew");
    int status = loci_run_check_sources(&r->here, r->folder.path, false, error);
    if (status == LOCI_OK)
        status = loci_config_load(&stored, r->folder.path, error);
    if (status == LOCI_OK)
        status = loci_config_compare(&r->config, &stored, error);
    if (status != LOCI_OK)
        return status;
    status = loci_checkpoint_load(r->trainer, &r->state, &r->folder, &found, error);
    if (status != LOCI_OK)
        return status;
    if (found && loci_trainer_stands_apart(r->trainer))
        status = loci_trainer_refresh(r->trainer, error);
    if (status != LOCI_OK)
        return status;
    return found ? rewind_to_checkpoint(r, error) : start(r, error);
}

static int begin(run *r, loci_error *error) {
    if (r->options.resume)
        loci_failure_forget(&r->folder);
    bool used = loci_run_folder_used(&r->folder);
    if (used && r->options.resume)
        return resume(r, error);
    if (used && !r->options.force)
        return loci_fail(error, LOCI_E_EXISTS, r->folder.path,
                         "there is a run already; resume it, force a new one in its place, or name "
                         "another folder");
    return start(r, error);
}

/* Inputs go on to be scaled as the model in the folder says, else as that to start from does. */
static int scale(run *r, const char *directory, loci_error *error) {
    const char *init = r->here.init;
    if (r->options.resume && loci_run_scale(r->network, directory, NULL) == LOCI_OK)
        return LOCI_OK;
    return init[0] != '\0' ? loci_run_scale(r->network, init, error) : LOCI_OK;
}

/* What is to be trained. */
static int prepare_network(run *r, const loci_dataset *data, const char *directory,
                           loci_error *error) {
    int status = loci_run_locate(&r->here, &r->config, directory, r->options.resume, error);
    if (status != LOCI_OK)
        return status;
    status = loci_run_fingerprint(&r->config, &r->here, data, error);
    if (status != LOCI_OK)
        return status;
    loci_run_fingerprints(r->fingerprints, &r->config);
    status = loci_run_network(&r->network, &r->config, data, error);
    return status == LOCI_OK && leads(r) ? scale(r, directory, error) : status;
}

/* Makes what the run works with; all of it is freed by loci_run_train(). */
static int prepare(run *r, const loci_dataset *data, const char *directory, loci_pool *pool,
                   loci_error *error) {
    int status = prepare_network(r, data, directory, error);
    status = agree(r, status, error);
    if (status == LOCI_OK)
        status = loci_team_compare(&r->meeting, &r->config, error);
    if (status == LOCI_OK)
        status = loci_team_scale(&r->meeting, r->network, error);
    if (status == LOCI_OK)
        status = loci_run_trainer(&r->trainer, &r->here, r->network, data, pool, error);
    if (status == LOCI_OK)
        status = loci_team_share(&r->meeting, r->trainer, error);
    if (status != LOCI_OK)
        return status;
    r->trainer->fingerprints = r->fingerprints;
    return loci_frames_create(&r->frames, r->network, r->config.train.epochs, error);
}

static int run_in_folder(run *r, loci_summary *summary, loci_error *error) {
    int status = leads(r) ? begin(r, error) : LOCI_OK;
    status = agree(r, status, error);
    if (status == LOCI_OK)
        status = loci_team_start(&r->meeting, r->trainer, &r->state, error);
    if (status != LOCI_OK)
        return status;
    if (r->options.begin != NULL)
        r->options.begin(r->options.user);
    loci_progress_start(&r->progress, r->options.progress, r->options.user);
    loci_error inner = {0};
    status = train(r, &inner);
    if (status == LOCI_OK)
        status = finish(r, summary, &inner);
    if (status == LOCI_E_DIVERGED)
        tell_diverged(r, &inner);
    if (status != LOCI_OK && leads(r))
        loci_failure_note(&r->folder, &inner);
    if (status != LOCI_OK && error != NULL)
        *error = inner;
    return status;
}

/* Whether nothing is left to do: then the summary that is there is the answer, and the files stay
 * as they are. Only the configurations must agree. */
static int look_for_result(run *r, const char *directory, loci_summary *summary, bool *found,
                           loci_error *error) {
    loci_config stored;
    loci_summary there;
    *found = leads(r) && r->options.resume && loci_run_result(&there, directory, NULL) == LOCI_OK &&
             loci_config_load(&stored, directory, NULL) == LOCI_OK;
    int status = *found ? loci_config_compare(&r->config, &stored, error) : LOCI_OK;
    if (*found && status == LOCI_OK)
        *summary = there;
    status = agree(r, status, error);
    if (status == LOCI_OK)
        status = loci_meeting_broadcast(&r->meeting, found, sizeof *found, error);
    if (status == LOCI_OK && *found)
        status = loci_meeting_broadcast(&r->meeting, summary, sizeof *summary, error);
    return status;
}

/* Trains it unless that is done, and tells the others how it went. */
static int train_in(run *r, const loci_dataset *data, const char *directory, loci_pool *pool,
                    loci_summary *summary, loci_error *error) {
    bool complete = false;
    int status = look_for_result(r, directory, summary, &complete, error);
    if (status != LOCI_OK || complete)
        return status;
    status = prepare(r, data, directory, pool, error);
    if (status == LOCI_OK && leads(r))
        status = loci_run_folder_open(&r->folder, directory, r->options.share, error);
    if (status != LOCI_OK)
        return status;
    status = run_in_folder(r, summary, error);
    return leads(r) ? loci_run_folder_blame(&r->folder, status, error) : status;
}

/* Only process 0 is heard. */
static void take_options(run *r, const loci_run_options *options) {
    if (options == NULL)
        return;
    r->options = *options;
    r->meeting = (loci_meeting){.team = options->team, .stop = options->stop};
    if (leads(r))
        return;
    r->options.begin = NULL;
    r->options.progress = NULL;
    r->options.note = NULL;
}

int loci_run_train(const loci_config *config, const loci_dataset *data, const char *directory,
                   loci_pool *pool, const loci_run_options *options, loci_summary *summary,
                   loci_error *error) {
    loci_summary own;
    loci_error why = {0};
    run *r = calloc(1, sizeof *r); /* holds paths: too large for some stacks */
    if (r == NULL)
        return loci_fail_memory(error, "run");
    r->started = loci_seconds();
    r->folder.at = -1;
    take_options(r, options);
    if (summary == NULL)
        summary = &own;
    int status = loci_team_check(r->options.team, config->train.shards, &why);
    if (status == LOCI_OK) {
        status = loci_run_configure(&r->config, config, data, &why);
        if (status == LOCI_OK)
            status = train_in(r, data, directory, pool, summary, &why);
        status = agree(r, status, &why);
    }
    if (status == LOCI_OK && r->folder.at >= 0)
        loci_run_folder_settle(&r->folder);
    loci_run_folder_close(&r->folder);
    if (status != LOCI_OK && error != NULL)
        *error = why;
    loci_frames_free(r->frames);
    loci_trainer_free(r->trainer);
    loci_network_free(r->network);
    if (!r->options.share)
        status = loci_run_told_io(status, error);
    free(r);
    return status;
}
