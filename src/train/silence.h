/* Networks that nothing goes through: where no neuron of a layer sends anything, the layers before
 * it cannot learn from what comes after. */
#ifndef LOCI_TRAIN_SILENCE_H
#define LOCI_TRAIN_SILENCE_H

#include <stdbool.h>

#include "train/run_prepare.h"
#include "train/trainer.h"

/* Starts as all zeros. */
typedef struct loci_silence {
    uint32_t batches; /* seen of the epoch under way */
    uint32_t active;  /* as loci_pass.active, over these */
    bool told;
} loci_silence;

/* After each batch. */
void loci_silence_step(loci_silence *silence, const loci_trainer *trainer);
/* After the end of an epoch: the line that says what was silent throughout, or that nothing is
 * learnt, goes into note; "" for nothing, and once it was told. An epoch whose first batches
 * another process saw is not judged. */
void loci_silence_epoch(loci_silence *silence, const loci_trainer *trainer,
                        char note[LOCI_RUN_NOTE]);

#endif
