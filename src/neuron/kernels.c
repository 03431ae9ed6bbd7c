/* LIF neurons, 64 side by side through all time steps, compiled once per instruction set. The state of a strip is in
 * registers or the first-level cache; each step is a handful of multiply-adds. */
#include <math.h>
#include <string.h>

#include "base/inverse_root.h"
#include "base/isa.h"
#include "loci/spec.h"
#include "neuron/lif.h"

#define loci_lif_kernels_isa LOCI_ISA_NAME(loci_lif_kernels)
extern const loci_lif_kernels loci_lif_kernels_isa;

enum { N = LOCI_LIF_STRIP };
#define ALIGNED __attribute__((aligned(64)))

/* A strip's constants, the reset folded into two factors: U = beta (1 - zero S) U + I - subtract S. */
struct constants {
    float beta[N] ALIGNED, theta[N] ALIGNED, bias[N] ALIGNED, subtract[N] ALIGNED;
    float zero;
};

static void load(struct constants *k, const loci_lif *layer, size_t j) {
    memcpy(k->beta, layer->beta + j, sizeof k->beta);
    memcpy(k->theta, layer->theta + j, sizeof k->theta);
    memcpy(k->bias, layer->bias + j, sizeof k->bias);
    for (size_t i = 0; i < N; i++)
        k->subtract[i] = layer->reset == LOCI_RESET_SUBTRACT ? k->theta[i] : 0;
    k->zero = layer->reset == LOCI_RESET_ZERO ? 1 : 0;
}

/* One step: u and s go from t-1 to t. */
static inline void step(const struct constants *k, const float *restrict current, float *restrict u,
                        float *restrict s) {
    for (size_t i = 0; i < N; i++) {
        float kept = u[i] - k->zero * s[i] * u[i];
        float now = k->beta[i] * kept + (current[i] + k->bias[i]) - k->subtract[i] * s[i];
        u[i] = now;
        s[i] = now > k->theta[i] ? 1.0f : 0.0f;
    }
}

static void forward(const loci_lif *layer, size_t j, const loci_lif_strip *x) {
    struct constants k;
    load(&k, layer, j);
    float u[N] ALIGNED = {0}, s[N] ALIGNED = {0}, sum[N] ALIGNED = {0}, count[N] ALIGNED = {0};
    for (uint32_t t = 0; t < layer->steps; t++) {
        step(&k, x->current + t * x->current_stride, u, s);
        float weight = x->weighted == NULL ? 0 : x->weight[t];
        for (size_t i = 0; i < N; i++) {
            sum[i] += weight * s[i];
            count[i] += s[i];
        }
        if (x->spikes != NULL)
            memcpy(x->spikes + t * x->spikes_stride, s, sizeof s);
        if (x->membrane != NULL)
            memcpy(x->membrane + t * x->membrane_stride, u, sizeof u);
    }
    if (x->weighted != NULL)
        memcpy(x->weighted, sum, sizeof sum);
    for (size_t i = 0; x->count != NULL && i < N; i++)
        x->count[i] += count[i];
}

/* h[i] of x = u - theta. The reciprocals are inverse roots to the fourth and second power. */
static inline void surrogate(const loci_lif *layer, const float *restrict u, const float *restrict theta,
                             float *restrict h) {
    float slope = layer->slope;
    if (layer->surrogate == LOCI_SURROGATE_FAST_SIGMOID) {
        for (size_t i = 0; i < N; i++) {
            float root = loci_inverse_root(1 + slope * fabsf(u[i] - theta[i])), squared = root * root;
            h[i] = squared * squared;
        }
    } else if (layer->surrogate == LOCI_SURROGATE_ARCTANGENT) {
        for (size_t i = 0; i < N; i++) {
            float x = 1.57079632679f * slope * (u[i] - theta[i]), root = loci_inverse_root(1 + x * x);
            h[i] = root * root;
        }
    } else {
        for (size_t i = 0; i < N; i++) {
            float x = 1 - slope * fabsf(u[i] - theta[i]);
            h[i] = x > 0 ? x : 0;
        }
    }
}

static void backward(const loci_lif *layer, size_t j, const loci_lif_strip *x) {
    struct constants k;
    load(&k, layer, j);
    uint32_t steps = layer->steps;
    float *restrict all_u = x->scratch, *restrict all_s = x->scratch + (size_t)steps * N;
    float u[N] ALIGNED = {0}, s[N] ALIGNED = {0};
    for (uint32_t t = 0; t < steps; t++) {
        step(&k, x->current + t * x->current_stride, u, s);
        memcpy(all_u + (size_t)t * N, u, sizeof u);
        memcpy(all_s + (size_t)t * N, s, sizeof s);
    }
    float g[N] ALIGNED = {0}; /* dL/dU[t+1], then dL/dU[t] */
    float h[N] ALIGNED, g_spike[N] ALIGNED, g_weighted[N] ALIGNED = {0};
    float sum[N] ALIGNED = {0}, sum_beta[N] ALIGNED = {0}, sum_theta[N] ALIGNED = {0};
    if (x->g_weighted != NULL)
        memcpy(g_weighted, x->g_weighted, sizeof g_weighted);
    for (uint32_t t = steps; t-- > 0;) {
        const float *restrict ut = all_u + (size_t)t * N, *restrict st = all_s + (size_t)t * N;
        surrogate(layer, ut, k.theta, h);
        float weight = x->g_weighted == NULL ? 0 : x->weight[t];
        for (size_t i = 0; i < N; i++)
            g_spike[i] = weight * g_weighted[i];
        if (x->g_spikes != NULL)
            for (size_t i = 0; i < N; i++)
                g_spike[i] += x->g_spikes[t * x->g_stride + i];
        for (size_t i = 0; i < N; i++) {
            float through = g_spike[i] * h[i];
            g[i] = through + k.beta[i] * (g[i] - k.zero * st[i] * g[i]);
            sum[i] += g[i];
            sum_theta[i] -= through;
        }
        if (t > 0 && (x->g_beta != NULL || x->g_theta != NULL)) {
            const float *restrict before_u = ut - N, *restrict before_s = st - N;
            for (size_t i = 0; i < N; i++) {
                sum_beta[i] += g[i] * (before_u[i] - k.zero * before_s[i] * before_u[i]);
                sum_theta[i] -= layer->reset == LOCI_RESET_SUBTRACT ? g[i] * before_s[i] : 0;
            }
        }
        if (x->g_current_stride != 0)
            memcpy(x->g_current + t * x->g_current_stride, g, sizeof g);
    }
    if (x->g_current_stride == 0)
        memcpy(x->g_current, sum, sizeof sum);
    for (size_t i = 0; x->g_beta != NULL && i < N; i++)
        x->g_beta[i] += sum_beta[i];
    for (size_t i = 0; x->g_theta != NULL && i < N; i++)
        x->g_theta[i] += sum_theta[i];
}

const loci_lif_kernels loci_lif_kernels_isa = {forward, backward};
