#include "neuron/output.h"

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
