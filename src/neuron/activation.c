#include "neuron/activation.h"

#include <string.h>

#include "linear/block.h"

/* Written by the compiler once for each activation. */
#define EACH static inline __attribute__((always_inline)) void

EACH forward_as(const int activation, const loci_activation_layer *x, float *block, size_t first,
                size_t rows, size_t j0, size_t width) {
    const float *restrict bias = x->bias + j0;
    for (size_t b = 0; b < rows; b++) {
        float *restrict row = block + b * x->ld;
        if (loci_activation_needs_input(activation) && x->input != NULL) {
            float *restrict input = x->input + (first + b) * x->ld + j0;
            for (size_t j = 0; j < width; j++)
                input[j] = row[j] + bias[j];
        }
        for (size_t j = 0; j < width; j++)
            row[j] = loci_activation_value(activation, row[j] + bias[j]);
    }
}

void loci_activation_forward(void *layer, float *block, size_t first, size_t rows, size_t j0,
                             size_t width) {
    const loci_activation_layer *x = layer;
#define RUN(activation) forward_as(activation, x, block, first, rows, j0, width)
    LOCI_ACTIVATION_CHOOSE(x->activation, RUN)
#undef RUN
}

EACH backward_as(const int activation, const loci_activation_layer *x, float *block, size_t first,
                 size_t rows, size_t j0, size_t width) {
    float *restrict sum = x->sums + first / LOCI_AFTER_ROWS * x->ld + j0;
    memset(sum, 0, width * sizeof *sum);
    for (size_t b = 0; b < rows; b++) {
        size_t at = (first + b) * x->ld + j0;
        float *restrict g = block + b * x->ld;
        const float *restrict h = x->output + at;
        const float *restrict u = loci_activation_needs_input(activation) ? x->input + at : h;
        for (size_t j = 0; j < width; j++) {
            float passed = loci_activation_back(activation, g[j], u[j], h[j]);
            g[j] = passed;
            sum[j] += passed;
        }
    }
}

void loci_activation_backward(void *layer, float *block, size_t first, size_t rows, size_t j0,
                              size_t width) {
    const loci_activation_layer *x = layer;
#define RUN(activation) backward_as(activation, x, block, first, rows, j0, width)
    LOCI_ACTIVATION_CHOOSE(x->activation, RUN)
#undef RUN
}

void loci_activation_bias(const loci_activation_layer *layer, size_t count, float *bias_gradient) {
    for (size_t first = 0; first < count; first += LOCI_AFTER_ROWS) {
        const float *sum = layer->sums + first / LOCI_AFTER_ROWS * layer->ld;
        for (size_t j = 0; j < layer->m; j++)
            bias_gradient[j] += sum[j];
    }
}

EACH apply_as(const int activation, float *restrict x, size_t count, float bias) {
    for (size_t i = 0; i < count; i++)
        x[i] = loci_activation_value(activation, x[i] + bias);
}

void loci_activation_apply(int activation, float *x, size_t count, float bias){
#define RUN(activation) apply_as(activation, x, count, bias)
    LOCI_ACTIVATION_CHOOSE(activation, RUN)
#undef RUN
}

EACH apply_row_as(const int activation, float *restrict x, const float *restrict bias, size_t m) {
    for (size_t j = 0; j < m; j++)
        x[j] = loci_activation_value(activation, x[j] + bias[j]);
}

void loci_activation_apply_row(int activation, float *x, const float *bias, size_t m) {
#define RUN(activation) apply_row_as(activation, x, bias, m)
    LOCI_ACTIVATION_CHOOSE(activation, RUN)
#undef RUN
}

double loci_activation_constant(int activation, double u) {
    return activation == LOCI_ACTIVATION_RELU ? fmax(u, 0)
                                              : (double)loci_activation_value(activation, (float)u);
}
