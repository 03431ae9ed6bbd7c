#include "neuron/relu.h"

#include "base/parallel.h"

/* Samples, and neurons, of one task. */
enum { SAMPLES = 64, NEURONS = 128 };

struct layer {
    float *values; /* [count, ld] */
    const float *output;
    const float *bias;
    float *bias_gradient;
    size_t count, m, ld;
};

static void forward(void *context, size_t task, size_t worker) {
    (void)worker;
    const struct layer *x = context;
    size_t end = (task + 1) * SAMPLES < x->count ? (task + 1) * SAMPLES : x->count;
    for (size_t b = task * SAMPLES; b < end; b++) {
        float *restrict row = x->values + b * x->ld;
        for (size_t j = 0; j < x->m; j++) {
            float u = row[j] + x->bias[j];
            row[j] = u < 0 ? 0 : u; /* a NaN stays, to be noticed in the loss */
        }
    }
}

void loci_relu_forward(float *current, const float *bias, size_t count, size_t m, size_t ld,
                       loci_pool *pool) {
    struct layer x = {.values = current, .bias = bias, .count = count, .m = m, .ld = ld};
    loci_parallel(pool, (count + SAMPLES - 1) / SAMPLES, forward, &x);
}

/* By neurons, not samples: then each bias gradient is summed by one task, in sample order. */
static void backward(void *context, size_t task, size_t worker) {
    (void)worker;
    const struct layer *x = context;
    size_t j0 = task * NEURONS, j1 = j0 + NEURONS < x->m ? j0 + NEURONS : x->m;
    float *restrict sum = x->bias_gradient;
    for (size_t b = 0; b < x->count; b++) {
        float *restrict g = x->values + b * x->ld;
        const float *restrict h = x->output + b * x->ld;
        for (size_t j = j0; j < j1; j++) {
            float passed = h[j] > 0 ? g[j] : 0;
            g[j] = passed;
            sum[j] += passed;
        }
    }
}

void loci_relu_backward(float *g, const float *output, float *bias_gradient, size_t count, size_t m,
                        size_t ld, loci_pool *pool) {
    struct layer x = {.values = g,
                      .output = output,
                      .bias_gradient = bias_gradient,
                      .count = count,
                      .m = m,
                      .ld = ld};
    loci_parallel(pool, (m + NEURONS - 1) / NEURONS, backward, &x);
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
