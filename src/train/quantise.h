/* Training through rounding: when it begins, and the scales that are kept from then on. */
#ifndef LOCI_TRAIN_QUANTISE_H
#define LOCI_TRAIN_QUANTISE_H

#include "train/trainer.h"

/* Bits of positions and of charges that the options ask for; 0 = they are not rounded. */
uint32_t loci_quantise_position_bits(const loci_train_options *options);
uint32_t loci_quantise_charge_bits(const loci_train_options *options);

/* LOCI_E_ARGUMENT or LOCI_E_UNSUPPORTED where the network has nothing to round. */
int loci_quantise_check(const loci_network *network, const loci_train_options *options,
                        loci_error *error);

/* Whether the network rounds as the options ask for, if they do. */
bool loci_quantise_done(const loci_trainer *trainer);

/* To be called before each step, and with `end` when training is over: once it is time, chooses the
 * network's rulers on samples trained on, and steps run through them. LOCI_E_MEMORY. */
int loci_quantise_begin(loci_trainer *trainer, bool end, loci_error *error);

#endif
