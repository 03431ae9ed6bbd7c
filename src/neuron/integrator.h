/* Leaky integrators: the readout of a spiking net, V[t] = beta V[t-1] + I[t] + b, V[0] = 0.
 * Logits are the mean, largest or last V, or the sum over the steps of the softmax of V. One sample
 * a call; m is small. */
#ifndef LOCI_NEURON_INTEGRATOR_H
#define LOCI_NEURON_INTEGRATOR_H

#include <stddef.h>
#include <stdint.h>

typedef struct loci_integrator {
    size_t m;
    uint32_t steps;    /* T */
    int readout;       /* enum loci_readout, not count */
    const float *beta; /* [m] */
    const float *bias; /* [m] */
    float *scratch;    /* of the sum of softmax: [m], on the way back [2 m]; else unused */
} loci_integrator;

/* current [T, stride] (stride 0: the same in every step); membrane [T, membrane_stride] receives V;
 * out [m]. */
void loci_integrator_forward(const loci_integrator *layer, const float *current, size_t stride,
                             float *membrane, size_t membrane_stride, float *out);

/* g_out [m]; g_current [T, stride] receives dL/dI (stride 0: their sum); g_beta [m] is added to, or
 * NULL. */
void loci_integrator_backward(const loci_integrator *layer, const float *membrane,
                              size_t membrane_stride, const float *g_out, float *g_current,
                              size_t stride, float *g_beta);

/* For mean and last the logits are linear in the currents: weight [T] such that out = sum_t
 * weight[t] (I[t] + b). */
void loci_integrator_weights(int readout, float beta, uint32_t steps, float *weight);

#endif
