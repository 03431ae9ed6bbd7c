/* Rectified linear neurons: h = max(0, I + b), block by block of a batch, as synapses leave them.
 */
#ifndef LOCI_NEURON_RELU_H
#define LOCI_NEURON_RELU_H

#include <stddef.h>

/* A layer of m neurons; arrays of a batch are [B, ld]. */
typedef struct loci_relu {
    const float *bias; /* [m] */
    size_t m, ld;
    const float *output; /* backward: what forward left */
    float *sums; /* backward: [chunks, ld] dL/dbias of each LOCI_AFTER_ROWS samples, written */
} loci_relu;

/* For loci_after: a block of currents becomes the output in place. */
void loci_relu_forward(void *relu, float *block, size_t first, size_t rows, size_t j0,
                       size_t width);

/* For loci_after: a block of dL/dh, as wide as the layer, becomes dL/dI in place. */
void loci_relu_backward(void *relu, float *block, size_t first, size_t rows, size_t j0,
                        size_t width);

/* bias_gradient [m] += the sums of a batch of `count` samples, in their order. */
void loci_relu_bias(const loci_relu *relu, size_t count, float *bias_gradient);

/* Linear neurons, for the output layer: current [count, ld] += bias, times scale. */
void loci_linear_forward(float *current, const float *bias, float scale, size_t count, size_t m,
                         size_t ld);

/* g becomes dL/dI: times scale; bias_gradient [m] is added to. */
void loci_linear_backward(float *g, float *bias_gradient, float scale, size_t count, size_t m,
                          size_t ld);

#endif
