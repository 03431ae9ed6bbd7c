/* A run folder: what is in it, who may write to it, and how it is emptied. */
#ifndef LOCI_TRAIN_RUN_FOLDER_H
#define LOCI_TRAIN_RUN_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include <loci/status.h>

#include "train/lease.h"

#define LOCI_RUN_CONFIG "config.json"
#define LOCI_RUN_METRICS "metrics.jsonl"
#define LOCI_RUN_SUMMARY "summary.json"
#define LOCI_RUN_FAILURE "failure.json"
#define LOCI_RUN_MODEL "model.safetensors"
#define LOCI_RUN_REPLACED "model.previous.safetensors" /* of the run that this one replaces */
#define LOCI_RUN_FRAMES "frames.npz"
#define LOCI_RUN_CURVE "sparsity_curve.json"
#define LOCI_RUN_CHECKPOINT "checkpoint.safetensors"
#define LOCI_RUN_PREVIOUS "checkpoint.previous.safetensors"
#define LOCI_RUN_NEXT "checkpoint.next.safetensors" /* as 0.1 called one under way */

/* A folder that this process alone may write to. */
typedef struct loci_run_folder {
    char path[4096];
    int at;            /* its descriptor; -1: none */
    loci_lease *lease; /* NULL: it is only read */
    bool made;         /* by loci_run_folder_open() */
} loci_run_folder;

/* Makes the folder where it is missing, locks it, and removes what killed processes left half
 * written. LOCI_E_BUSY when another process holds it; patient as loci_lease_take() has it.
 * LOCI_E_IO and others. */
int loci_run_folder_open(loci_run_folder *folder, const char *path, bool patient,
                         loci_error *error);
/* Unlocks it; a folder that was made and is still empty is removed again. */
void loci_run_folder_close(loci_run_folder *folder);

/* Whether that file is there. */
bool loci_run_folder_has(const loci_run_folder *folder, const char *name);
/* Whether any file of a run is there. */
bool loci_run_folder_used(const loci_run_folder *folder);
/* Name i of the files of a run; NULL past the end. Static storage. */
const char *loci_run_folder_name(size_t i);
/* Removes what a run has written, config.json excepted: that one is replaced in one step. The model
 * stays as LOCI_RUN_REPLACED until loci_run_folder_settle(). */
int loci_run_folder_clear(const loci_run_folder *folder, loci_error *error);
/* The run is complete: the model of the one before is not needed any more. */
void loci_run_folder_settle(const loci_run_folder *folder);

/* What the folder says to those who do not share runs out: LOCI_E_BUSY is LOCI_E_IO. */
int loci_run_told_io(int status, loci_error *error);

/* ---- writing, which a process that was taken over from must not ---- */

/* Whether the folder is still this process's. LOCI_E_BUSY: another one took it over; LOCI_E_IO. */
int loci_run_folder_check(const loci_run_folder *folder, loci_error *error);

/* A status of which the reason may be that another process took the folder over, and files of this
 * one away: LOCI_E_BUSY then, else as it is. */
int loci_run_folder_blame(const loci_run_folder *folder, int status, loci_error *error);

/* A file of a run is written under the name that this gives, then put in place. */
int loci_run_folder_stage(const loci_run_folder *folder, const char *name, char path[4096],
                          loci_error *error);
/* What naming and writing the staged file came to: gives it its name if that was LOCI_OK and the
 * folder is still this process's, else removes it and tells why in terms of that name. */
int loci_run_folder_put(const loci_run_folder *folder, const char *name, int status,
                        loci_error *error);

#endif
