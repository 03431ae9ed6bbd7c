#include "neuron/relu.h"

#include <string.h>

#include "linear/block.h"

void loci_relu_forward(void *relu, float *block, size_t first, size_t rows, size_t j0,
                       size_t width) {
    const loci_relu *x = relu;
    const float *restrict bias = x->bias + j0;
    (void)first;
    for (size_t b = 0; b < rows; b++) {
        float *restrict row = block + b * x->ld;
        for (size_t j = 0; j < width; j++) {
            float u = row[j] + bias[j];
            row[j] = u < 0 ? 0 : u; /* a NaN stays, to be noticed in the loss */
        }
    }
}

void loci_relu_backward(void *relu, float *block, size_t first, size_t rows, size_t j0,
                        size_t width) {
    const loci_relu *x = relu;
    float *restrict sum = x->sums + first / LOCI_AFTER_ROWS * x->ld + j0;
    memset(sum, 0, width * sizeof *sum);
    for (size_t b = 0; b < rows; b++) {
        float *restrict g = block + b * x->ld;
        const float *restrict h = x->output + (first + b) * x->ld + j0;
        for (size_t j = 0; j < width; j++) {
            float passed = h[j] > 0 ? g[j] : 0;
            g[j] = passed;
            sum[j] += passed;
        }
    }
}

void loci_relu_bias(const loci_relu *relu, size_t count, float *bias_gradient) {
    for (size_t first = 0; first < count; first += LOCI_AFTER_ROWS) {
        const float *sum = relu->sums + first / LOCI_AFTER_ROWS * relu->ld;
        for (size_t j = 0; j < relu->m; j++)
            bias_gradient[j] += sum[j];
    }
}

void loci_linear_forward(float *current, const float *bias, float scale, size_t count, size_t m,
                         size_t ld) {
    for (size_t b = 0; b < count; b++)
        for (size_t j = 0; j < m; j++)
            current[b * ld + j] = scale * (current[b * ld + j] + bias[j]);
}

void loci_linear_backward(float *g, float *bias_gradient, float scale, size_t count, size_t m,
                          size_t ld) {
    for (size_t b = 0; b < count; b++)
        for (size_t j = 0; j < m; j++) {
            g[b * ld + j] *= scale;
            bias_gradient[j] += g[b * ld + j];
        }
}
