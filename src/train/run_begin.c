/* How a run begins: anew, or where it was left. */
#include <loci/support.h>

#include "base/error.h"
#include "train/config.h"
#include "train/failure.h"
#include "train/metrics.h"
#include "train/run_paths.h"
#include "train/run_prepare.h"
#include "train/run_work.h"
#include "train/sources.h"

/* A new run in a folder that may hold an old one. What can fail without touching the folder comes
 * first. */
static int start(loci_run_work *r, loci_error *error) {
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
        loci_run_tell(r, note);
    }
    return status;
}

/* Brings the files that grow in line with the checkpoint. */
static int rewind_to_checkpoint(loci_run_work *r, loci_error *error) {
    char metrics[4096], frames[4096];
    uint32_t epoch = r->trainer->state.epoch;
    int status = loci_run_path(r, metrics, LOCI_RUN_METRICS, error);
    if (status == LOCI_OK)
        status = loci_run_path(r, frames, LOCI_RUN_FRAMES, error);
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
    r->saved = loci_seconds() - LOCI_RUN_EPOCH_INTERVAL; /* the next end of an epoch is worth one */
    return LOCI_OK;
}

/* Goes on where the checkpoint stands; where there is none the run was stopped before its first
 * one. */
static int resume(loci_run_work *r, loci_error *error) {
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

int loci_run_begin(loci_run_work *r, loci_error *error) {
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
