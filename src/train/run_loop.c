/* A run while it goes, and its end: what is kept of it, and when. */
#include <loci/support.h>

#include "base/error.h"
#include "base/thread.h"
#include "train/learnt.h"
#include "train/metrics.h"
#include "train/run_prepare.h"
#include "train/run_work.h"
#include "train/summarise.h"

/* Least seconds between two checkpoints within an epoch. */
#define BATCH_INTERVAL 30.0

/* Saving may take at most this share of the time. */
#define SAVING_SHARE 0.05

/* ---- saving ---- */

/* The model comes first: it refuses numbers that are not finite, and then the good checkpoint
 * stays. Frames and metrics come before the checkpoint, so that they are never behind it. */
static int save(loci_run_work *r, loci_error *error) {
    char metrics[4096];
    double before = loci_seconds();
    if (!loci_run_leads(r))
        return LOCI_OK;
    r->state.elapsed = r->elapsed_before + before - r->started;
    int status = loci_trainer_cut(r->trainer, error);
    if (status == LOCI_OK)
        status = loci_run_put_model(&r->folder, r->network, error);
    if (status == LOCI_OK)
        status = loci_run_put_frames(&r->folder, r->frames, error);
    if (status == LOCI_OK)
        status = loci_run_path(r, metrics, LOCI_RUN_METRICS, error);
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
static bool is_save_due(const loci_run_work *r, bool epoch_ended) {
    if (!loci_run_leads(r))
        return false;
    if (!r->is_saved)
        return epoch_ended;
    double interval = epoch_ended ? LOCI_RUN_EPOCH_INTERVAL : BATCH_INTERVAL;
    if (interval < r->saving / SAVING_SHARE)
        interval = r->saving / SAVING_SHARE;
    return loci_seconds() - r->saved >= interval;
}

/* ---- the loop ---- */

static int end_epoch(loci_run_work *r, loci_error *error) {
    char path[4096], note[LOCI_RUN_NOTE] = "";
    int status = loci_trainer_end_epoch(r->trainer, &r->state.last, error);
    if (status != LOCI_OK || !loci_run_leads(r))
        return status;
    status = loci_run_path(r, path, LOCI_RUN_METRICS, error);
    if (status == LOCI_OK)
        status = loci_metrics_append(path, &r->state.last, r->folder.lease, error);
    if (status != LOCI_OK)
        return status;
    loci_frames_take(r->frames, r->network, r->trainer->state.epoch);
    loci_progress_epoch(&r->progress, r->trainer, &r->state.last);
    loci_silence_epoch(&r->silence, r->trainer, note);
    loci_run_tell(r, note);
    return LOCI_OK;
}

static int interrupted(loci_run_work *r, loci_error *error) {
    int status = save(r, error);
    if (status != LOCI_OK)
        return status;
    return loci_fail(error, LOCI_E_INTERRUPTED, r->folder.path,
                     "stopped in epoch %u of %u, state saved; resume to go on",
                     r->trainer->state.epoch + 1, r->config.train.epochs);
}

/* Several processes stop together, at what they knew when they met last. */
static bool is_stopped(const loci_run_work *r) {
    bool alone = r->meeting.team == NULL;
    return alone ? loci_flag_raised(r->options.stop) : r->meeting.stopped;
}

/* An epoch is ended as soon as its last batch is done, so that no checkpoint stands between the
 * two. */
int loci_run_loop(loci_run_work *r, loci_error *error) {
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
static int keep(loci_run_work *r, loci_error *error) {
    char note[LOCI_RUN_NOTE] = "";
    if (!loci_run_leads(r))
        return LOCI_OK;
    if (!r->silence.told)
        loci_learnt_note(r->trainer, &r->state.last, note);
    loci_run_tell(r, note);
    int status = loci_run_put_model(&r->folder, r->network, error);
    return status == LOCI_OK ? loci_run_put_frames(&r->folder, r->frames, error) : status;
}

/* The last checkpoint holds the last epoch's parameters; a process killed from here on is repeated
 * from there. The summary is written last: it says that all the rest is complete. */
int loci_run_finish(loci_run_work *r, loci_summary *summary, loci_error *error) {
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
    return status == LOCI_OK && loci_run_leads(r) ? loci_run_put_summary(&r->folder, summary, error)
                                                  : status;
}
