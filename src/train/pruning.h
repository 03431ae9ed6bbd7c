/* Pruning as training goes on. */
#ifndef LOCI_TRAIN_PRUNING_H
#define LOCI_TRAIN_PRUNING_H

#include "train/trainer.h"

/* The sparsity that a step of `steps` works at. */
double loci_sparsity_at(const loci_train_options *options, uint64_t step, uint64_t steps);

/* Checks what the options ask for against the network. LOCI_E_ARGUMENT or LOCI_E_UNSUPPORTED. */
int loci_pruning_check(const loci_network *network, const loci_train_options *options,
                       loci_error *error);

/* Finds anew what the parameters of the moment keep at the sparsity of the moment, and hands it to
 * the network; freezes it where that is asked for and the sparsity is reached. LOCI_E_ARGUMENT when
 * nothing is left between inputs and outputs (looked at when an epoch begins or ends), or
 * LOCI_E_MEMORY. */
int loci_trainer_cut(loci_trainer *trainer, loci_error *error);

/* Whether the sparsity is the one training shall end with. */
bool loci_trainer_cut_done(const loci_trainer *trainer);

#endif
