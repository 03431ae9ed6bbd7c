/* The whole network in float64, as plainly as it can be written: the twin of network/pass.c and
 * network/rectified.c. Nothing runs on this but tests; it stays for ever. */
#ifndef LOCI_REFERENCE_NETWORK_TWIN_H
#define LOCI_REFERENCE_NETWORK_TWIN_H

#include "network/contents.h"
#include "reference/loss_twin.h"

/* What comes of a batch. Set the pointers to what is wanted, NULL to what is not. */
typedef struct loci_reference_result {
    double loss; /* the mean over the samples, each times its weight */
    /* A hash of which hidden neurons fire at which samples, what arrives of maps that are pooled,
     * which sites a finite range reaches and which outputs Huber's loss is near: as long as it
     * stays the same, no kink was crossed. */
    uint64_t firing;
    /* How far, of all squares of places that are pooled, the nearest number that differs is below
     * the largest; infinite where nothing is. */
    double nearest_pool;
    double *logits;   /* [count, classes] */
    double *gradient; /* [parameter_count] dloss/dparameters */
    /* The same two, with every sum on the way taken over the absolute values of its terms: what the
     * rounding error of a float32 network is to be measured by. */
    double *logit_terms;
    double *gradient_terms;
} loci_reference_result;

/* Runs a batch through the network, with parameters [parameter_count] in place of its own, inputs
 * [count, inputs] and what they should come to. LOCI_E_MEMORY; the result's arrays are then in no
 * usable state. */
int loci_network_reference_of(const loci_network *network, const double *parameters,
                              const double *inputs, const loci_reference_targets *targets,
                              size_t count, loci_reference_result *result);

/* The same of cross-entropy with labels [count], all weights 1. */
int loci_network_reference(const loci_network *network, const double *parameters,
                           const double *inputs, const int32_t *labels, size_t count,
                           loci_reference_result *result);

#endif
