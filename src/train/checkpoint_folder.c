#define _GNU_SOURCE
/* The two checkpoints of a run folder: the newest, and the one before. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "train/checkpoint.h"

/* Only a file that is whole and on disk, of a run that is still this process's, may push the one
 * before aside. */
static int rotate(const loci_run_folder *folder, const char *staged, loci_error *error) {
    int at = folder->at;
    int status = loci_run_folder_check(folder, error);
    if (status == LOCI_OK && renameat(at, LOCI_RUN_CHECKPOINT, at, LOCI_RUN_PREVIOUS) != 0 &&
        errno != ENOENT)
        status = loci_fail_errno(error, LOCI_E_IO, LOCI_RUN_PREVIOUS, errno, "cannot rename");
    if (status == LOCI_OK)
        return loci_run_folder_put(folder, LOCI_RUN_CHECKPOINT, LOCI_OK, error);
    unlink(staged);
    return status;
}

int loci_checkpoint_save(const loci_trainer *trainer, const loci_run_state *state,
                         const loci_run_folder *folder, loci_error *error) {
    char path[4096];
    int status = loci_run_folder_stage(folder, LOCI_RUN_CHECKPOINT, path, error);
    if (status == LOCI_OK)
        status = loci_checkpoint_write(trainer, state, path, error);
    return status == LOCI_OK ? rotate(folder, path, error)
                             : loci_run_folder_put(folder, LOCI_RUN_CHECKPOINT, status, error);
}

/* Nothing could be loaded: says why, for the newest one that is there. */
static int report(const int status[2], const loci_error inner[2], loci_error *error) {
    int newest = status[0] == LOCI_E_NOT_FOUND ? 1 : 0;
    const loci_error *why = &inner[newest];
    if (why->code != LOCI_E_FORMAT && why->code != LOCI_E_IO)
        return loci_fail(error, why->code, why->where, "%s", why->message);
    const char *other = status[1 - newest] == LOCI_E_NOT_FOUND
                            ? "there is no other checkpoint"
                            : "the other checkpoint is of no use either";
    return loci_fail(error, why->code, why->where, "%s; %s, start anew",
                     LOCI_SHOWN(300, why->message), other);
}

/* Whatever is wrong with the newest one (a bit that flipped may look like anything), the one before
 * may be good. */
int loci_checkpoint_load(loci_trainer *trainer, loci_run_state *state,
                         const loci_run_folder *folder, bool *found, loci_error *error) {
    static const char *const names[2] = {LOCI_RUN_CHECKPOINT, LOCI_RUN_PREVIOUS};
    loci_error inner[2] = {{0}, {0}};
    int status[2];
    *found = false;
    for (int i = 0; i < 2; i++) {
        char path[4096];
        status[i] = loci_path_join(path, sizeof path, folder->path, names[i], &inner[i]);
        if (status[i] == LOCI_OK)
            status[i] = loci_checkpoint_read(trainer, state, path, &inner[i]);
        *found = status[i] == LOCI_OK;
        if (*found)
            return LOCI_OK;
    }
    if (status[0] == LOCI_E_NOT_FOUND && status[1] == LOCI_E_NOT_FOUND)
        return LOCI_OK;
    return report(status, inner, error);
}
