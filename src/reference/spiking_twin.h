/* A spiking network in float64, step by step as the equations in neuron/lif.h and neuron/step.h
 * stand, spikes on their way as long as wiring/delay.h has it: the twin of
 * network/spiking_forward.c, network/spiking_backward.c and network/timeline.c. Nothing runs on
 * this but tests; it stays for ever. */
#ifndef LOCI_REFERENCE_SPIKING_TWIN_H
#define LOCI_REFERENCE_SPIKING_TWIN_H

#include "network/contents.h"
#include "reference/loss_twin.h"

/* What a run is given. */
typedef struct loci_spiking_reference_input {
    const loci_network *network;
    const double *parameters; /* [parameter_count] in place of the network's own */
    const double *inputs;     /* constant: [count, inputs]; coded: [count, T, inputs], 0 or 1 */
    const int32_t *labels;    /* [count] of cross-entropy, all weights 1; or */
    const loci_reference_targets *targets; /* whatever the loss; NULL: the labels */
    size_t count;
    /* Spikes are H(U - theta), H' = the surrogate, H(0) = 1/2, in place of a step: then the
     * gradient, in which a reset has no part, is the derivative of the loss as long as the spikes
     * that reset stay what they are. */
    bool smooth;
    /* [pairs] of [count, T, m]: the spikes that reset, in place of the run's own. NULL: its own. */
    double *const *held;
} loci_spiking_reference_input;

/* What comes of it. Set the pointers to what is wanted, NULL to what is not. */
typedef struct loci_spiking_reference_result {
    double loss;          /* the mean over the samples, each times its weight */
    double nearest;       /* smallest |U - theta| of all neurons that fire and all steps */
    double nearest_delay; /* of r/v, from a whole number of steps; infinite without delays */
    double nearest_pool;  /* as in network_twin.h */
    /* A hash of which piece of the surrogate each U lies on, of what arrives of maps that are
     * pooled, of the steps that a largest membrane
     * was read in, of which sites a finite range reaches, of which steps a delay lies between and
     * of which outputs Huber's loss is near: as long as it stays the same, no kink of the smooth
     * loss was crossed. */
    uint64_t pieces;
    double *logits; /* [count, classes] */
    /* [parameter_count] dloss/dparameters; 0 where it would push a clamped decay further out. */
    double *gradient;
    double *membrane[LOCI_MAX_PAIRS]; /* [count, T, m] U of the receiving layer */
    double *spikes[LOCI_MAX_PAIRS];   /* [count, T, m] S of it; an integrator's are 0 */
} loci_spiking_reference_result;

/* LOCI_OK or LOCI_E_MEMORY. */
int loci_spiking_reference(const loci_spiking_reference_input *input,
                           loci_spiking_reference_result *result);

#endif
