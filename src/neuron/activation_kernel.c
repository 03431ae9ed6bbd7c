/* Activations: plain loops over rows, written by the compiler once for each activation and compiled
 * once per instruction set. */
#include <string.h>

#include "base/isa.h"
#include "linear/block.h"
#include "neuron/activation.h"
#include "neuron/curves.h"

#define loci_activation_kernels_isa LOCI_ISA_NAME(loci_activation_kernels)
extern const loci_activation_kernels loci_activation_kernels_isa;

#define INLINE static inline __attribute__((always_inline))

/* h(u). */
INLINE float value(const int activation, float u) {
    switch (activation) {
    case LOCI_ACTIVATION_TANH:
        return loci_curve_tanh(u);
    case LOCI_ACTIVATION_GELU:
        return u * loci_curve_normal(u);
    case LOCI_ACTIVATION_SINE:
        return loci_curve_sine(u, 0);
    default:
        return loci_activation_value(activation, u);
    }
}

/* dL/du from g = dL/dh; u is looked at only where it is needed. */
INLINE float back(const int activation, float g, float u, float h) {
    const float density = 0.39894228f; /* 1 / sqrt(2 pi) */
    switch (activation) {
    case LOCI_ACTIVATION_LEAKY_RELU:
        return h > 0 ? g : (float)LOCI_LEAK * g;
    case LOCI_ACTIVATION_TANH:
        return g * (1 - h * h);
    case LOCI_ACTIVATION_GELU:
        return g * ((u == 0 ? 0.5f : h / u) + u * density * loci_curve_bell(u));
    case LOCI_ACTIVATION_SINE:
        return g * loci_curve_sine(u, 1);
    default:
        return h > 0 ? g : 0;
    }
}

/* RUN(activation) with the activation as a constant. */
#define CHOOSE(activation, RUN)                                                                    \
    switch (activation) {                                                                          \
    case LOCI_ACTIVATION_LEAKY_RELU:                                                               \
        RUN(LOCI_ACTIVATION_LEAKY_RELU);                                                           \
        break;                                                                                     \
    case LOCI_ACTIVATION_TANH:                                                                     \
        RUN(LOCI_ACTIVATION_TANH);                                                                 \
        break;                                                                                     \
    case LOCI_ACTIVATION_GELU:                                                                     \
        RUN(LOCI_ACTIVATION_GELU);                                                                 \
        break;                                                                                     \
    case LOCI_ACTIVATION_SINE:                                                                     \
        RUN(LOCI_ACTIVATION_SINE);                                                                 \
        break;                                                                                     \
    default:                                                                                       \
        RUN(LOCI_ACTIVATION_RELU);                                                                 \
    }

INLINE void forward_as(const int activation, const loci_activation_layer *x, float *block,
                       size_t first, size_t rows, size_t j0, size_t width) {
    const float *restrict bias = x->bias + j0;
    for (size_t b = 0; b < rows; b++) {
        float *restrict row = block + b * x->ld;
        if (loci_activation_needs_input(activation) && x->input != NULL) {
            float *restrict input = x->input + (first + b) * x->ld + j0;
            for (size_t j = 0; j < width; j++)
                input[j] = row[j] + bias[j];
        }
        for (size_t j = 0; j < width; j++)
            row[j] = value(activation, row[j] + bias[j]);
    }
}

static void forward(void *layer, float *block, size_t first, size_t rows, size_t j0, size_t width) {
    const loci_activation_layer *x = layer;
#define RUN(activation) forward_as(activation, x, block, first, rows, j0, width)
    CHOOSE(x->activation, RUN)
#undef RUN
}

INLINE void backward_as(const int activation, const loci_activation_layer *x, float *block,
                        size_t first, size_t rows, size_t j0, size_t width) {
    float *restrict sum = x->sums + first / LOCI_AFTER_ROWS * x->ld + j0;
    memset(sum, 0, width * sizeof *sum);
    for (size_t b = 0; b < rows; b++) {
        size_t at = (first + b) * x->ld + j0;
        float *restrict g = block + b * x->ld;
        const float *restrict h = x->output + at;
        const float *restrict u = loci_activation_needs_input(activation) ? x->input + at : h;
        for (size_t j = 0; j < width; j++) {
            float passed = back(activation, g[j], u[j], h[j]);
            g[j] = passed;
            sum[j] += passed;
        }
    }
}

static void backward(void *layer, float *block, size_t first, size_t rows, size_t j0,
                     size_t width) {
    const loci_activation_layer *x = layer;
#define RUN(activation) backward_as(activation, x, block, first, rows, j0, width)
    CHOOSE(x->activation, RUN)
#undef RUN
}

INLINE void neuron_as(const int activation, float *restrict x, size_t count, float bias) {
    for (size_t i = 0; i < count; i++)
        x[i] = value(activation, x[i] + bias);
}

static void neuron(int activation, float *x, size_t count, float bias){
#define RUN(activation) neuron_as(activation, x, count, bias)
    CHOOSE(activation, RUN)
#undef RUN
}

INLINE
    void sample_as(const int activation, float *restrict x, const float *restrict bias, size_t m) {
    for (size_t j = 0; j < m; j++)
        x[j] = value(activation, x[j] + bias[j]);
}

static void sample(int activation, float *x, const float *bias, size_t m) {
#define RUN(activation) sample_as(activation, x, bias, m)
    CHOOSE(activation, RUN)
#undef RUN
}

const loci_activation_kernels loci_activation_kernels_isa = {forward, backward, neuron, sample};
