#include "train/failure.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <loci/run.h>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"

enum { MOST_FAILURE = 1 << 16, LAST_STATUS = LOCI_E_BUSY };

/* Disks that are full and memory that is short are others elsewhere, or later. */
static bool comes_again(int status) {
    return status == LOCI_E_DIVERGED || status == LOCI_E_ARGUMENT || status == LOCI_E_MISMATCH;
}

void loci_failure_note(const loci_run_folder *folder, const loci_error *why) {
    char path[4096];
    if (!comes_again(why->code) ||
        loci_run_folder_stage(folder, LOCI_RUN_FAILURE, path, NULL) != LOCI_OK)
        return;
    json_t *json = json_pack("{ss ss ss}", "status", loci_status_name(why->code), "where",
                             LOCI_SHOWN(255, why->where), "message", LOCI_SHOWN(511, why->message));
    int status = loci_json_write(path, json, JSON_INDENT(2), NULL);
    loci_run_folder_put(folder, LOCI_RUN_FAILURE, status, NULL);
}

void loci_failure_forget(const loci_run_folder *folder) {
    unlinkat(folder->at, LOCI_RUN_FAILURE, 0);
}

static int status_named(const char *name) {
    for (int status = 1; status <= LAST_STATUS; status++)
        if (strcmp(loci_status_name(status), name) == 0)
            return status;
    return LOCI_OK;
}

int loci_run_failure(loci_error *why, const char *directory) {
    char path[4096], name[32];
    loci_error found = {0};
    json_error_t ignored;
    json_t *json;
    if (loci_json_load(&json, directory, LOCI_RUN_FAILURE, MOST_FAILURE, path, &ignored, NULL) !=
        LOCI_OK)
        return LOCI_E_NOT_FOUND;
    bool whole = json != NULL && loci_json_text(json, "status", name, sizeof name) &&
                 loci_json_text(json, "where", found.where, sizeof found.where) &&
                 loci_json_text(json, "message", found.message, sizeof found.message);
    json_decref(json);
    found.code = whole ? status_named(name) : LOCI_OK;
    if (found.code == LOCI_OK)
        return LOCI_E_NOT_FOUND;
    *why = found;
    return LOCI_OK;
}
