#include "neuron/integrator.h"

#include <loci/spec.h>
#include <math.h>
#include <string.h>

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

/* share [m] = the softmax of v [m]. */
static void softmax(const float *v, size_t m, float *share) {
    float most = v[0];
    double sum = 0;
    for (size_t j = 1; j < m; j++)
        most = v[j] > most ? v[j] : most;
    for (size_t j = 0; j < m; j++)
        sum += share[j] = expf(v[j] - most);
    for (size_t j = 0; j < m; j++)
        share[j] = (float)(share[j] / sum);
}

/* out [m] = the sum of the softmax of all steps; scratch [m]. */
static void sum_softmax(const loci_integrator *layer, const float *membrane, size_t stride,
                        float *scratch, float *out) {
    memset(out, 0, layer->m * sizeof *out);
    for (uint32_t t = 0; t < layer->steps; t++) {
        softmax(membrane + t * stride, layer->m, scratch);
        for (size_t j = 0; j < layer->m; j++)
            out[j] += scratch[j];
    }
}

/* g [T, m] = dL/d(membrane) of what the readout sees. */
static void unsum_softmax(const loci_integrator *layer, const float *membrane, size_t stride,
                          const float *g_out, uint32_t t, float *g) {
    double mean = 0;
    softmax(membrane + t * stride, layer->m, g);
    for (size_t j = 0; j < layer->m; j++)
        mean += (double)g[j] * g_out[j];
    for (size_t j = 0; j < layer->m; j++)
        g[j] *= g_out[j] - (float)mean;
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
        if (layer->readout == LOCI_READOUT_SOFTMAX_SUM)
            continue;
        if (layer->readout == LOCI_READOUT_MEMBRANE_MEAN)
            out[j] = (float)(sum / layer->steps);
        else if (layer->readout == LOCI_READOUT_MEMBRANE_MAX)
            out[j] = membrane[largest_step(membrane, membrane_stride, layer->steps, j) *
                                  membrane_stride +
                              j];
        else
            out[j] = v;
    }
    if (layer->readout == LOCI_READOUT_SOFTMAX_SUM)
        sum_softmax(layer, membrane, membrane_stride, layer->scratch, out);
}

/* Step by step, as all neurons enter the softmax together. */
static void backward_softmax(const loci_integrator *layer, const float *membrane,
                             size_t membrane_stride, const float *g_out, float *g_current,
                             size_t stride, float *g_beta) {
    float *g = layer->scratch + layer->m, *seen = layer->scratch;
    memset(g, 0, layer->m * sizeof *g);
    for (size_t j = 0; stride == 0 && j < layer->m; j++)
        g_current[j] = 0;
    for (uint32_t t = layer->steps; t-- > 0;) {
        unsum_softmax(layer, membrane, membrane_stride, g_out, t, seen);
        for (size_t j = 0; j < layer->m; j++) {
            g[j] = seen[j] + layer->beta[j] * g[j];
            if (t > 0 && g_beta != NULL)
                g_beta[j] += g[j] * membrane[(t - 1) * membrane_stride + j];
            if (stride != 0)
                g_current[t * stride + j] = g[j];
            else
                g_current[j] += g[j];
        }
    }
}

void loci_integrator_backward(const loci_integrator *layer, const float *membrane,
                              size_t membrane_stride, const float *g_out, float *g_current,
                              size_t stride, float *g_beta) {
    if (layer->readout == LOCI_READOUT_SOFTMAX_SUM) {
        backward_softmax(layer, membrane, membrane_stride, g_out, g_current, stride, g_beta);
        return;
    }
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
