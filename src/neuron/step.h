/* Spiking neurons a time step at a time, where what they send comes back to them, or where they
 * adapt:
 *
 *     A[t] = rho A[t-1] + a U[t-1] + b S[t-1]                              adaptive neurons, else 0
 *     U[t] = beta U[t-1] + I[t] - A[t] - theta S[t-1], reset as in lif.h
 *     S[t] = U[t] > theta
 *
 * after Bittar and Garner (Frontiers in Neuroscience 2022), whose alpha is our beta and whose input
 * is scaled by 1 - alpha, which ours is not. From the last step back, with h as in lif.h, s the
 * gradient of S[t] from elsewhere, and no gradient through the reset:
 *
 *     dS = s + b dA[t+1]        dU = dS h(U[t] - theta) + beta dU[t+1] + a dA[t+1]
 *     dA = -dU + rho dA[t+1]    dI = dU        (reset to zero: beta dU[t+1] times 1 - S[t])
 *
 * All arrays are rows of neurons, padded to a multiple of 64; padding has theta = 1, no current. */
#ifndef LOCI_NEURON_STEP_H
#define LOCI_NEURON_STEP_H

#include <stddef.h>

#include "base/cpu.h"
#include "neuron/lif.h"

/* A layer's constants, [padded] each. */
typedef struct loci_stepped {
    const loci_lif *lif;
    const float *rho, *a, *b; /* NULL: neurons do not adapt */
} loci_stepped;

/* Of one step, [padded] each. `before` are of step t - 1: all 0 at the first. */
typedef struct loci_step {
    const float *current;                              /* I[t] without bias */
    const float *u_before, *adapted_before, *s_before; /* adapted: A; NULL of neurons that do not */
    float *u, *adapted, *s;                            /* written */
    /* backward: u, adapted and s are read then */
    const float *g_s;                                  /* s of the formulas */
    float *g_u, *g_a;                                  /* dU[t+1], dA[t+1]; become those of t */
    float *g_beta, *g_theta, *g_rho, *g_by_u, *g_by_s; /* added to; NULL = not wanted */
} loci_step;

typedef struct loci_step_kernels {
    void (*forward)(const loci_stepped *layer, const loci_step *x);
    /* g_u is dI[t] when it is done. */
    void (*backward)(const loci_stepped *layer, const loci_step *x);
} loci_step_kernels;

const loci_step_kernels *loci_step_kernels_for(enum loci_isa isa);

#endif
