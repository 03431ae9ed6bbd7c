#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <loci/run.h>

#include "base/error.h"
#include "train/run_files.h"

struct loci_run_hold {
    loci_run_folder folder;
};

int loci_run_hold_take(loci_run_hold **out, const char *directory, loci_error *error) {
    loci_run_hold *hold = calloc(1, sizeof *hold);
    if (hold == NULL)
        return loci_fail_memory(error, directory);
    int status = loci_run_folder_open(&hold->folder, directory, true, error);
    if (status == LOCI_OK)
        *out = hold;
    else
        free(hold);
    return status;
}

void loci_run_hold_free(loci_run_hold *hold) {
    if (hold != NULL)
        loci_run_folder_close(&hold->folder);
    free(hold);
}

/* The new model is there as a whole before anything of the run goes. */
int loci_run_hold_replace(loci_run_hold *hold, const loci_network *network, loci_error *error) {
    const loci_run_folder *folder = &hold->folder;
    char path[4096];
    int status = loci_run_folder_stage(folder, LOCI_RUN_MODEL, path, error);
    if (status == LOCI_OK)
        status = loci_network_save(network, path, error);
    if (status == LOCI_OK)
        status = loci_run_folder_clear(folder, error);
    if (status == LOCI_OK && unlinkat(folder->at, LOCI_RUN_CONFIG, 0) != 0 && errno != ENOENT)
        status = loci_fail_errno(error, LOCI_E_IO, LOCI_RUN_CONFIG, errno, "cannot remove");
    status = loci_run_folder_put(folder, LOCI_RUN_MODEL, status, error);
    if (status == LOCI_OK)
        loci_run_folder_settle(folder);
    return status;
}
