#include "neuron/integrator.h"

#include <loci/spec.h>

/* Whether step t of neuron j enters the logit, and how much. */
static float share(const loci_integrator *layer, uint32_t t, uint32_t largest) {
    if (layer->readout == LOCI_READOUT_MEMBRANE_MEAN)
        return 1.0f / (float)layer->steps;
    if (layer->readout == LOCI_READOUT_MEMBRANE_MAX)
        return t == largest ? 1 : 0;
    return t + 1 == layer->steps ? 1 : 0;
}

/* The first step in which neuron j's membrane is largest. */
static uint32_t largest_step(const float *membrane, size_t stride, uint32_t steps, size_t j) {
    uint32_t best = 0;
    for (uint32_t t = 1; t < steps; t++)
        if (membrane[t * stride + j] > membrane[best * stride + j])
            best = t;
    return best;
}

void loci_integrator_forward(const loci_integrator *layer, const float *current, size_t stride,
                             float *membrane, size_t membrane_stride, float *out) {
    for (size_t j = 0; j < layer->m; j++) {
        float v = 0;
        double sum = 0;
        for (uint32_t t = 0; t < layer->steps; t++) {
            v = layer->beta[j] * v + (current[t * stride + j] + layer->bias[j]);
            membrane[t * membrane_stride + j] = v;
            sum += v;
        }
        if (layer->readout == LOCI_READOUT_MEMBRANE_MEAN)
            out[j] = (float)(sum / layer->steps);
        else if (layer->readout == LOCI_READOUT_MEMBRANE_MAX)
            out[j] = membrane[largest_step(membrane, membrane_stride, layer->steps, j) *
                                  membrane_stride +
                              j];
        else
            out[j] = v;
    }
}

void loci_integrator_backward(const loci_integrator *layer, const float *membrane,
                              size_t membrane_stride, const float *g_out, float *g_current,
                              size_t stride, float *g_beta) {
    for (size_t j = 0; j < layer->m; j++) {
        uint32_t largest = largest_step(membrane, membrane_stride, layer->steps, j);
        float g = 0, sum = 0, sum_beta = 0;
        for (uint32_t t = layer->steps; t-- > 0;) {
            g = g_out[j] * share(layer, t, largest) + layer->beta[j] * g;
            sum += g;
            if (t > 0)
                sum_beta += g * membrane[(t - 1) * membrane_stride + j];
            if (stride != 0)
                g_current[t * stride + j] = g;
        }
        if (stride == 0)
            g_current[j] = sum;
        if (g_beta != NULL)
            g_beta[j] += sum_beta;
    }
}

void loci_integrator_weights(int readout, float beta, uint32_t steps, float *weight) {
    double power = 1, sum = 0; /* beta^(T-1-t), and the sum of those from t on */
    for (uint32_t t = steps; t-- > 0; power *= beta) {
        sum += power;
        weight[t] = (float)(readout == LOCI_READOUT_MEMBRANE_MEAN ? sum / steps : power);
    }
}
