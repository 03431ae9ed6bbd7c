/* Rectified linear neurons: h = max(0, I + b). */
#ifndef LOCI_NEURON_RELU_H
#define LOCI_NEURON_RELU_H

#include <loci/pool.h>
#include <stddef.h>

/* current [count, ld] becomes the output in place; bias [m]. */
void loci_relu_forward(float *current, const float *bias, size_t count, size_t m, size_t ld,
                       loci_pool *pool);

/* g [count, ld] = dL/dh becomes dL/dI in place; output [count, ld] as forward left it;
 * bias_gradient [m] is added to. */
void loci_relu_backward(float *g, const float *output, float *bias_gradient, size_t count, size_t m,
                        size_t ld, loci_pool *pool);

/* Linear neurons, for the output layer: current [count, ld] += bias, times scale. */
void loci_linear_forward(float *current, const float *bias, float scale, size_t count, size_t m,
                         size_t ld);

/* g becomes dL/dI: times scale; bias_gradient [m] is added to. */
void loci_linear_backward(float *g, float *bias_gradient, float scale, size_t count, size_t m,
                          size_t ld);

#endif
