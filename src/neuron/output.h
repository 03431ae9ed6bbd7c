/* Linear neurons: the output layer of nets that do not spike. */
#ifndef LOCI_NEURON_OUTPUT_H
#define LOCI_NEURON_OUTPUT_H

#include <stddef.h>

/* current [count, ld] becomes the logits: += bias [m], times scale. */
void loci_linear_forward(float *current, const float *bias, float scale, size_t count, size_t m,
                         size_t ld);

/* g becomes dL/dI: times scale; bias_gradient [m] is added to. */
void loci_linear_backward(float *g, float *bias_gradient, float scale, size_t count, size_t m,
                          size_t ld);

#endif
