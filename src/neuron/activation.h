/* Activations: what a hidden neuron that does not spike makes of u = I + b, and how a gradient goes
 * back through that.
 *
 *     activation   h(u)                        dh/du
 *     relu         max(0, u)                   1 where h > 0, else 0
 *     leaky-relu   u, or 0.01 u below 0        1 where h > 0, else 0.01
 *     tanh         tanh(u)                     1 - h^2
 *     gelu         u (1 + erf(u / sqrt 2)) / 2     h/u + u exp(-u^2/2) / sqrt(2 pi)
 *     sine         sin(u)                      cos(u)
 *
 * The first three go back by h alone; the others need u, which a pass keeps for them. To add one is
 * to add its case here and to each function and the choice in activation_kernel.c, to the twin
 * (reference/activation_twin.c) and its name to the options.
 *
 * Arrays of a batch are [B, ld]; they are worked on block by block, as synapses leave them. */
#ifndef LOCI_NEURON_ACTIVATION_H
#define LOCI_NEURON_ACTIVATION_H

#include <loci/spec.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cpu.h"

#define LOCI_LEAK 0.01
#define LOCI_ACTIVATION_INLINE static inline __attribute__((always_inline))

/* h(u) of one number, by the C library, as exported C takes it; kernels have curves of their own
 * (neuron/curves.h). A NaN stays one, to be noticed in the loss. */
LOCI_ACTIVATION_INLINE float loci_activation_value(const int activation, float u) {
    switch (activation) {
    case LOCI_ACTIVATION_LEAKY_RELU:
        return u < 0 ? (float)LOCI_LEAK * u : u;
    case LOCI_ACTIVATION_TANH:
        return tanhf(u);
    case LOCI_ACTIVATION_GELU:
        return 0.5f * u * (1 + erff(u * (float)M_SQRT1_2));
    case LOCI_ACTIVATION_SINE:
        return sinf(u);
    default:
        return u < 0 ? 0 : u;
    }
}

/* Whether the way back needs u beside h. */
LOCI_ACTIVATION_INLINE bool loci_activation_needs_input(const int activation) {
    return activation == LOCI_ACTIVATION_GELU || activation == LOCI_ACTIVATION_SINE;
}

/* A layer of m neurons. */
typedef struct loci_activation_layer {
    int activation;
    const float *bias; /* [m] */
    size_t m, ld;
    float *input;        /* [B, ld] u, written forward, read back; NULL where it is not needed */
    const float *output; /* backward: what forward left */
    float *sums; /* backward: [chunks, ld] dL/dbias of each LOCI_AFTER_ROWS samples, written */
} loci_activation_layer;

typedef struct loci_activation_kernels {
    /* For loci_after, the layer being a loci_activation_layer: a block of currents becomes the
     * output in place. */
    void (*forward)(void *layer, float *block, size_t first, size_t rows, size_t j0, size_t width);
    /* For loci_after: a block of dL/dh, as wide as the layer, becomes dL/dI in place. */
    void (*backward)(void *layer, float *block, size_t first, size_t rows, size_t j0, size_t width);
    /* x [count] = h(x + bias), bias a single number: one neuron, many samples. */
    void (*neuron)(int activation, float *x, size_t count, float bias);
    /* x [m] = h(x + bias [m]): one sample, many neurons. */
    void (*sample)(int activation, float *x, const float *bias, size_t m);
} loci_activation_kernels;

const loci_activation_kernels *loci_activation_kernels_for(enum loci_isa isa);

/* bias_gradient [m] += the sums of a batch of `count` samples, in their order. */
void loci_activation_bias(const loci_activation_layer *layer, size_t count, float *bias_gradient);

/* h(u) of a neuron that never changes, in double. */
double loci_activation_constant(int activation, double u);

#endif
