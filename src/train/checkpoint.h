/* Checkpoints: all that a run needs to go on as if it had never stopped. */
#ifndef LOCI_TRAIN_CHECKPOINT_H
#define LOCI_TRAIN_CHECKPOINT_H

#include "train/run_folder.h"
#include "train/trainer.h"

/* What a run keeps beside the trainer's own state. */
typedef struct loci_run_state {
    loci_metrics last; /* of the last finished epoch; epoch 0: none is */
    double elapsed;    /* seconds of all processes that worked on the run, up to the checkpoint */
} loci_run_state;

/* Writes one to a file, all or nothing. LOCI_E_IO or LOCI_E_MEMORY. */
int loci_checkpoint_write(const loci_trainer *trainer, const loci_run_state *state,
                          const char *path, loci_error *error);
/* Reads one; trainer and state change only when all of it is good. As loci_checkpoint_load(). */
int loci_checkpoint_read(loci_trainer *trainer, loci_run_state *state, const char *path,
                         loci_error *error);

/* Writes checkpoint.safetensors and keeps the one before as checkpoint.previous.safetensors. At any
 * moment at least one of the two is whole. LOCI_E_IO or LOCI_E_MEMORY: then those that were there
 * are still there. */
int loci_checkpoint_save(const loci_trainer *trainer, const loci_run_state *state,
                         const loci_run_folder *folder, loci_error *error);

/* Puts trainer, its network and state where the newest checkpoint stands; if that one is damaged,
 * the one before. found is false when there is none at all. On failure nothing is changed.
 * LOCI_E_MISMATCH (it belongs to another network or other data), LOCI_E_UNSUPPORTED (a newer
 * format), LOCI_E_FORMAT (what is there is damaged), LOCI_E_IO or LOCI_E_MEMORY. */
int loci_checkpoint_load(loci_trainer *trainer, loci_run_state *state,
                         const loci_run_folder *folder, bool *found, loci_error *error);

#endif
