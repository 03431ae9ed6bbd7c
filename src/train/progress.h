/* Telling the caller how far a run is. */
#ifndef LOCI_TRAIN_PROGRESS_H
#define LOCI_TRAIN_PROGRESS_H

#include "train/trainer.h"

typedef struct loci_progress_clock {
    loci_progress_callback *callback; /* NULL: nobody asks */
    void *user;
    double started, told; /* clock at the start, and when the callback was last called */
    uint64_t samples;     /* trained since */
} loci_progress_clock;

void loci_progress_start(loci_progress_clock *clock, loci_progress_callback *callback, void *user);
/* After a batch: calls back if the last time is long enough ago. */
void loci_progress_step(loci_progress_clock *clock, const loci_trainer *trainer);
/* After an epoch: always calls back. */
void loci_progress_epoch(loci_progress_clock *clock, const loci_trainer *trainer,
                         const loci_metrics *finished);

#endif
