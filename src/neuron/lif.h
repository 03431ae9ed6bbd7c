/* Leaky integrate-and-fire neurons over T time steps, and the leaky integrator of the readout.
 *
 *     U[t] = beta U[t-1] + I[t] - theta S[t-1]          reset by subtraction
 *     U[t] = beta (1 - S[t-1]) U[t-1] + I[t]            reset to zero
 *     U[t] = beta U[t-1] + I[t]                         no reset
 *     S[t] = U[t] > theta,  U[0] = S[0] = 0, t = 1..T
 *
 * Backward replaces dS/dU by a surrogate h(x), x = U - theta, and passes no gradient through the
 * reset (as snnTorch's Leaky does):
 *
 *     fast sigmoid   h = 1 / (1 + k |x|)^2
 *     arctangent     h = 1 / (1 + (pi k x / 2)^2)
 *     triangular     h = max(0, 1 - k |x|)
 *
 *     dL/dU[t] = dL/dS[t] h + beta dL/dU[t+1]           (times 1 - S[t] where the reset is to zero)
 *     dL/dI[t] = dL/dU[t]
 *     dL/dbeta  = sum_t dL/dU[t] U[t-1]                 (likewise times 1 - S[t-1])
 *     dL/dtheta = - sum_t dL/dS[t] h - sum_t dL/dU[t] S[t-1]   (the second only by subtraction)
 *
 * The membrane is never stored: backward runs the steps forward again, in cache, from the current.
 */
#ifndef LOCI_NEURON_LIF_H
#define LOCI_NEURON_LIF_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

/* Neurons a kernel call works on. */
enum { LOCI_LIF_STRIP = 64 };

/* A layer. Arrays are [padded], padded a multiple of 64; what is past the neurons has theta = 1 and
 * no current. */
typedef struct loci_lif {
    size_t padded;
    uint32_t steps;     /* T */
    int reset;          /* enum loci_reset */
    int surrogate;      /* enum loci_surrogate */
    float slope;        /* k */
    const float *beta;  /* [padded] */
    const float *theta; /* [padded] */
    const float *bias;  /* [padded], added to every current */
} loci_lif;

/* One strip of one sample. Pointers are to the strip's first neuron; the next time step is `stride`
 * further on. stride 0: the same numbers in every step. */
typedef struct loci_lif_strip {
    const float *current; /* [T, stride] input without bias */
    size_t current_stride;
    float *spikes; /* [T, stride] 0 or 1, written; NULL = not wanted */
    size_t spikes_stride;
    const float *weight; /* [T] for weighted */
    float *weighted;     /* [64] sum_t weight[t] S[t], written; NULL = not wanted */
    float *count;        /* [64] spikes over all steps, added to; NULL = not wanted */
    float *membrane;     /* [T, stride] U, written; NULL = not wanted (for traces) */
    size_t membrane_stride;
    /* backward only */
    const float *g_spikes; /* [T, g_stride] dL/dS; NULL = none */
    size_t g_stride;
    const float *g_weighted; /* [64] dL/dweighted; NULL = none */
    float *g_current; /* [T, stride] dL/dI written; stride 0: [64] their sum over time, written */
    size_t g_current_stride;
    float *g_beta;  /* [64] added to; NULL = not wanted */
    float *g_theta; /* [64] added to; NULL = not wanted */
    float *scratch; /* [T, 64] for backward */
} loci_lif_strip;

typedef struct loci_lif_kernels {
    /* j: the strip's first neuron, for the layer's arrays. */
    void (*forward)(const loci_lif *layer, size_t j, const loci_lif_strip *strip);
    void (*backward)(const loci_lif *layer, size_t j, const loci_lif_strip *strip);
} loci_lif_kernels;

const loci_lif_kernels *loci_lif_kernels_for(enum loci_isa isa);

#endif
