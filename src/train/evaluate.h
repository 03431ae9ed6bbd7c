/* Evaluation on chosen samples. */
#ifndef LOCI_TRAIN_EVALUATE_H
#define LOCI_TRAIN_EVALUATE_H

#include <stdbool.h>

#include <loci/network.h>

#include "data/coding.h"

/* LOCI_E_MISMATCH unless image size and classes of network and data are the same. */
int loci_check_fit(const loci_network *network, const loci_dataset *data, loci_error *error);

/* The coding of evaluations: its Poisson spikes are the same whoever trained the network. */
loci_coding_options loci_evaluation_coding(const loci_spec *spec);

/* As loci_evaluate(), on samples index[0..count) of a part; NULL = the first count. */
int loci_evaluate_samples(const loci_network *network, const loci_dataset *data,
                          enum loci_split split, const uint32_t *index, size_t count,
                          loci_pool *pool, bool details, loci_evaluation *out, loci_error *error);

#endif
