/* Pruning as training goes on. */
#ifndef LOCI_TRAIN_PRUNING_H
#define LOCI_TRAIN_PRUNING_H

#include <loci/train.h>

#include "network/pass.h"

/* The sparsity that a step of `steps` works at. */
double loci_sparsity_at(const loci_train_options *options, uint64_t step, uint64_t steps);

/* Checks what the options ask for against the network. LOCI_E_ARGUMENT or LOCI_E_UNSUPPORTED. */
int loci_pruning_check(const loci_network *network, const loci_train_options *options,
                       loci_error *error);

/* A moment of the training. */
typedef struct loci_pruning {
    const loci_train_options *options;
    uint64_t step, steps; /* steps done, and in all */
    uint32_t epoch;       /* under way, from 1 on */
    bool look;            /* whether anything is left between inputs and outputs is to be checked */
} loci_pruning;

/* Finds anew what the parameters of the moment keep at the sparsity of the moment, and hands it to
 * the network of the pass; freezes it where that is asked for and the sparsity is reached: then
 * *pass is another one, that runs on the set. LOCI_E_ARGUMENT when nothing is left between inputs
 * and outputs, or LOCI_E_MEMORY, also where *pass is NULL. */
int loci_pruning_cut(const loci_pruning *pruning, loci_network *network, loci_pass **pass,
                     loci_error *error);

/* Whether the sparsity is the one training shall end with. */
bool loci_pruning_done(const loci_pruning *pruning);

#endif
