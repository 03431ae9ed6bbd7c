/* LIF neurons, 64 side by side through all time steps, compiled once per instruction set. A strip's
 * state stays in registers while the steps go by. The reset is two masks; each surrogate is a loop
 * of its own, made from one source. */
#include <stdbool.h>

#include "base/isa.h"
#include "neuron/lif.h"
#include <loci/spec.h>

#define loci_lif_kernels_isa LOCI_ISA_NAME(loci_lif_kernels)
extern const loci_lif_kernels loci_lif_kernels_isa;

/* Neurons of one register. Wider vectors than the machine's would compile too, but comparisons one
 * by one. */
#if defined(__AVX512F__)
enum { LANES = 16 };
#elif defined(__AVX2__)
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif
enum { VECTORS = LOCI_LIF_STRIP / LANES };
typedef float vector __attribute__((vector_size(LANES * sizeof(float)), aligned(4), may_alias));
typedef int32_t bits __attribute__((vector_size(LANES * sizeof(float)), aligned(4), may_alias));

/* Macros, because passing such a vector to a function is an ABI question on machines without it. */
#define AT(p) (*(const vector *)(const void *)(p))
#define STORE(p, v) (*(vector *)(void *)(p) = (v))
#define FOR_VECTORS(v) _Pragma("GCC unroll 4") for (int v = 0; v < VECTORS; v++)
/* x where the mask is set, else 0 */
#define WHERE(mask, x) ((vector)((bits)(x) & (mask)))

#define INLINE static inline __attribute__((always_inline))

/* A reset as two masks: whether a spike zeroes the membrane, whether it takes the threshold off. */
typedef struct reset_masks {
    int32_t zero, subtract; /* all bits or none */
} reset_masks;

static reset_masks masks_of(const loci_lif *layer) {
    return (reset_masks){-(layer->reset == LOCI_RESET_ZERO),
                         -(layer->reset == LOCI_RESET_SUBTRACT)};
}

/* What the membrane keeps of u before the next input, and what a spike takes off it. */
#define KEPT(masks, u, fired) WHERE(~((fired) & (masks).zero), u)
#define TAKEN(masks, theta, fired) WHERE((fired) & (masks).subtract, theta)

static void forward(const loci_lif *layer, size_t j, const loci_lif_strip *x) {
    const reset_masks reset = masks_of(layer);
    const vector one = (vector){0} + 1;
    vector u[VECTORS] = {0}, sum[VECTORS] = {0}, count[VECTORS] = {0};
    bits fired[VECTORS] = {0};
    for (uint32_t t = 0; t < layer->steps; t++) {
        const float *current = x->current + t * x->current_stride;
        float weight = x->weighted == NULL ? 0 : x->weight[t];
        FOR_VECTORS(v) {
            size_t at = (size_t)v * LANES;
            vector beta = AT(layer->beta + j + at), theta = AT(layer->theta + j + at);
            vector in = AT(current + at) + AT(layer->bias + j + at);
            u[v] = beta * KEPT(reset, u[v], fired[v]) + in - TAKEN(reset, theta, fired[v]);
            fired[v] = u[v] > theta;
            vector s = WHERE(fired[v], one);
            sum[v] += weight * s;
            count[v] += s;
            if (x->spikes != NULL)
                STORE(x->spikes + t * x->spikes_stride + at, s);
            if (x->membrane != NULL)
                STORE(x->membrane + t * x->membrane_stride + at, u[v]);
        }
    }
    FOR_VECTORS(v) {
        size_t at = (size_t)v * LANES;
        if (x->weighted != NULL)
            STORE(x->weighted + at, sum[v]);
        if (x->count != NULL)
            STORE(x->count + at, AT(x->count + at) + count[v]);
    }
}

/* y = 1 / a for a >= 1, without a division: the exponent turned round is within an eighth, and each
 * Newton step squares what is missing. */
#define RECIPROCAL(y, a)                                                                           \
    do {                                                                                           \
        (y) = (vector)(0x7EF127EA - (bits)(a));                                                    \
        (y) *= 2 - (a) * (y);                                                                      \
        (y) *= 2 - (a) * (y);                                                                      \
        (y) *= 2 - (a) * (y);                                                                      \
    } while (0)

/* h(x) of one vector. */
#define SURROGATE(h, kind, slope, x)                                                               \
    do {                                                                                           \
        vector scaled = (slope) * (x);                                                             \
        vector size = (vector)((bits)scaled & 0x7fffffff);                                         \
        if ((kind) == LOCI_SURROGATE_FAST_SIGMOID) {                                               \
            vector a = 1 + size;                                                                   \
            RECIPROCAL(h, a);                                                                      \
            (h) *= (h);                                                                            \
        } else if ((kind) == LOCI_SURROGATE_ARCTANGENT) {                                          \
            vector a = 1 + scaled * scaled * 2.46740110027f; /* (pi / 2)^2 */                      \
            RECIPROCAL(h, a);                                                                      \
        } else {                                                                                   \
            vector a = 1 - size;                                                                   \
            (h) = WHERE(a > 0, a);                                                                 \
        }                                                                                          \
    } while (0)

/* Runs the steps forward again, from the current: U [T, 64] into scratch. */
static void remember(const loci_lif *layer, size_t j, const loci_lif_strip *x) {
    const loci_lif_strip again = {.current = x->current,
                                  .current_stride = x->current_stride,
                                  .membrane = x->scratch,
                                  .membrane_stride = LOCI_LIF_STRIP};
    forward(layer, j, &again);
}

INLINE void backward_as(const loci_lif *layer, size_t j, const loci_lif_strip *x, const int kind) {
    const reset_masks reset = masks_of(layer);
    const bool constants = x->g_beta != NULL || x->g_theta != NULL;
    vector g[VECTORS] = {0}; /* dL/dU[t+1], then dL/dU[t] */
    vector sum[VECTORS] = {0}, sum_beta[VECTORS] = {0}, sum_theta[VECTORS] = {0};
    remember(layer, j, x);
    for (uint32_t t = layer->steps; t-- > 0;) {
        const float *now = x->scratch + (size_t)t * LOCI_LIF_STRIP, *before = now - LOCI_LIF_STRIP;
        float weight = x->g_weighted == NULL ? 0 : x->weight[t];
        FOR_VECTORS(v) {
            size_t at = (size_t)v * LANES;
            vector beta = AT(layer->beta + j + at), theta = AT(layer->theta + j + at);
            vector above = AT(now + at) - theta, h, g_spike = {0};
            SURROGATE(h, kind, layer->slope, above);
            if (x->g_weighted != NULL)
                g_spike += weight * AT(x->g_weighted + at);
            if (x->g_spikes != NULL)
                g_spike += AT(x->g_spikes + t * x->g_stride + at);
            vector through = g_spike * h;
            g[v] = through + beta * KEPT(reset, g[v], above > 0);
            sum[v] += g[v];
            if (x->g_current_stride != 0)
                STORE(x->g_current + t * x->g_current_stride + at, g[v]);
            if (constants) {
                sum_theta[v] -= through;
                if (t > 0) {
                    vector last = AT(before + at);
                    bits last_fired = last > theta;
                    sum_beta[v] += g[v] * KEPT(reset, last, last_fired);
                    sum_theta[v] -= TAKEN(reset, g[v], last_fired);
                }
            }
        }
    }
    FOR_VECTORS(v) {
        size_t at = (size_t)v * LANES;
        if (x->g_current_stride == 0)
            STORE(x->g_current + at, sum[v]);
        if (x->g_beta != NULL)
            STORE(x->g_beta + at, AT(x->g_beta + at) + sum_beta[v]);
        if (x->g_theta != NULL)
            STORE(x->g_theta + at, AT(x->g_theta + at) + sum_theta[v]);
    }
}

static void backward(const loci_lif *layer, size_t j, const loci_lif_strip *x) {
    if (layer->surrogate == LOCI_SURROGATE_FAST_SIGMOID)
        backward_as(layer, j, x, LOCI_SURROGATE_FAST_SIGMOID);
    else if (layer->surrogate == LOCI_SURROGATE_ARCTANGENT)
        backward_as(layer, j, x, LOCI_SURROGATE_ARCTANGENT);
    else
        backward_as(layer, j, x, LOCI_SURROGATE_TRIANGULAR);
}

const loci_lif_kernels loci_lif_kernels_isa = {forward, backward};
