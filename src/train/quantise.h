/* Training through rounding: when it begins, and the scales that are kept from then on. */
#ifndef LOCI_TRAIN_QUANTISE_H
#define LOCI_TRAIN_QUANTISE_H

#include "train/trainer.h"

/* Whether the network rounds as the options ask for, if they do. */
bool loci_quantise_done(const loci_trainer *trainer);

/* To be called before each step, and with `end` when training is over: once it is time, chooses the
 * network's rulers, or units of weights, on samples trained on, and steps run through them.
 * LOCI_E_MEMORY. */
int loci_quantise_begin(loci_trainer *trainer, bool end, loci_error *error);

#endif
