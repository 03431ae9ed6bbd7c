/* Whether a run has learnt anything at all. */
#ifndef LOCI_TRAIN_LEARNT_H
#define LOCI_TRAIN_LEARNT_H

#include "train/run_prepare.h"
#include "train/trainer.h"

/* At the end of a run: where the network takes every training sample for one and the same class, or
 * is no better than a guess that knows how frequent classes, or what the mean of numbers is, a line
 * that says so and what to do goes into note; else "". Looks at the samples only where what the
 * last epoch measured gives reason to. */
void loci_learnt_note(const loci_trainer *trainer, const loci_metrics *last,
                      char note[LOCI_RUN_NOTE]);

#endif
