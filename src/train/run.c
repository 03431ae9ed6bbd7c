/* A run: training that keeps a folder and survives interruption. */
#include <loci/support.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "train/config.h"
#include "train/failure.h"
#include "train/run_paths.h"
#include "train/run_prepare.h"
#include "train/run_team.h"
#include "train/run_work.h"

void loci_run_options_defaults(loci_run_options *options) {
    memset(options, 0, sizeof *options);
}

/* What all processes return; of one alone its own. */
static int agree(loci_run_work *r, int status, loci_error *error) {
    return loci_meeting_agree(&r->meeting, status, NULL, error);
}

/* Inputs go on to be scaled as the model in the folder says, else as that to start from does. */
static int scale(loci_run_work *r, const char *directory, loci_error *error) {
    const char *init = r->here.init;
    if (r->options.resume && loci_run_scale(r->network, directory, NULL) == LOCI_OK)
        return LOCI_OK;
    return init[0] != '\0' ? loci_run_scale(r->network, init, error) : LOCI_OK;
}

/* What is to be trained. */
static int prepare_network(loci_run_work *r, const loci_dataset *data, const char *directory,
                           loci_error *error) {
    int status = loci_run_locate(&r->here, &r->config, directory, r->options.resume, error);
    if (status != LOCI_OK)
        return status;
    status = loci_run_fingerprint(&r->config, &r->here, data, error);
    if (status != LOCI_OK)
        return status;
    loci_run_fingerprints(r->fingerprints, &r->config);
    status = loci_run_network(&r->network, &r->config, data, error);
    return status == LOCI_OK && loci_run_leads(r) ? scale(r, directory, error) : status;
}

/* Makes what the run works with; all of it is freed by loci_run_train(). */
static int prepare(loci_run_work *r, const loci_dataset *data, const char *directory,
                   loci_pool *pool, loci_error *error) {
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

static void tell_diverged(const loci_run_work *r, loci_error *error) {
    const char *kept = r->is_saved ? "the last good checkpoint and its model are kept"
                                   : "there was no checkpoint yet";
    const loci_error why = *error;
    loci_fail(error, LOCI_E_DIVERGED, why.where, "%s; %s", LOCI_SHOWN(400, why.message), kept);
}

static int run_in_folder(loci_run_work *r, loci_summary *summary, loci_error *error) {
    int status = loci_run_leads(r) ? loci_run_begin(r, error) : LOCI_OK;
    status = agree(r, status, error);
    if (status == LOCI_OK)
        status = loci_team_start(&r->meeting, r->trainer, &r->state, error);
    if (status != LOCI_OK)
        return status;
    if (r->options.begin != NULL)
        r->options.begin(r->options.user);
    loci_progress_start(&r->progress, r->options.progress, r->options.user);
    loci_error inner = {0};
    status = loci_run_loop(r, &inner);
    if (status == LOCI_OK)
        status = loci_run_finish(r, summary, &inner);
    if (status == LOCI_E_DIVERGED)
        tell_diverged(r, &inner);
    if (status != LOCI_OK && loci_run_leads(r))
        loci_failure_note(&r->folder, &inner);
    if (status != LOCI_OK && error != NULL)
        *error = inner;
    return status;
}

/* Whether nothing is left to do: then the summary that is there is the answer, and the files stay
 * as they are. Only the configurations must agree. */
static int look_for_result(loci_run_work *r, const char *directory, loci_summary *summary,
                           bool *found, loci_error *error) {
    loci_config stored;
    loci_summary there;
    *found = loci_run_leads(r) && r->options.resume &&
             loci_run_result(&there, directory, NULL) == LOCI_OK &&
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
static int train_in(loci_run_work *r, const loci_dataset *data, const char *directory,
                    loci_pool *pool, loci_summary *summary, loci_error *error) {
    bool complete = false;
    int status = look_for_result(r, directory, summary, &complete, error);
    if (status != LOCI_OK || complete)
        return status;
    status = prepare(r, data, directory, pool, error);
    if (status == LOCI_OK && loci_run_leads(r))
        status = loci_run_folder_open(&r->folder, directory, r->options.share, error);
    if (status != LOCI_OK)
        return status;
    status = run_in_folder(r, summary, error);
    return loci_run_leads(r) ? loci_run_folder_blame(&r->folder, status, error) : status;
}

/* Only process 0 is heard. */
static void take_options(loci_run_work *r, const loci_run_options *options) {
    if (options == NULL)
        return;
    r->options = *options;
    r->meeting = (loci_meeting){.team = options->team, .stop = options->stop};
    if (loci_run_leads(r))
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
    loci_run_work *r = calloc(1, sizeof *r); /* holds paths: too large for some stacks */
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
