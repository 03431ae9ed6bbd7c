/* Evaluation on chosen samples. */
#ifndef LOCI_INFER_EVALUATE_H
#define LOCI_INFER_EVALUATE_H

#include <stdbool.h>

#include <loci/network.h>

#include "data/batch.h"

/* LOCI_E_MISMATCH unless image size and classes of network and data are the same. */
int loci_check_fit(const loci_network *network, const loci_dataset *data, loci_error *error);

/* The seed of random coding in evaluations: the same Poisson spikes for every network. */
enum { LOCI_EVALUATION_SEED = 1 };

/* A batch laid out as a network takes it, for inference: its coding, its stored input scaling,
 * and of the pixels those it has. The network must outlive it. seed: of random coding; pool:
 * borrowed, may be NULL. After an error, too, *out is the caller's to free. LOCI_E_MEMORY. */
int loci_inference_batch(loci_batch **out, const loci_network *network, size_t most, uint64_t seed,
                         loci_pool *pool, loci_error *error);

/* As loci_evaluate(), on samples index[0..count) of a part; NULL = the first count. */
int loci_evaluate_samples(const loci_network *network, const loci_dataset *data,
                          enum loci_split split, const uint32_t *index, size_t count,
                          loci_pool *pool, bool details, loci_evaluation *out, loci_error *error);

#endif
