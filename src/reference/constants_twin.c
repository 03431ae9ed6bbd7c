#include "reference/constants_twin.h"

#include <math.h>

/* A constant of unit j as it is trained, or fixed. */
static double constant(const double *parameters, size_t offset, int trained, double fixed,
                       size_t j) {
    if (offset == LOCI_NONE)
        return fixed;
    return parameters[offset + (trained == LOCI_TRAINED_NEURON ? j : 0)];
}

static double clamped(double decay) {
    return fmax(0, fmin(1, decay));
}

/* Those of unit j. */
static void take_unit(const loci_reference_pair *pair, const double *p, bool adapts, size_t j,
                      loci_reference_neuron *x) {
    const loci_layer *v = pair->layer;
    const loci_spec *spec = &pair->network->spec;
    int adaptation = spec->train_adaptation;
    x->beta = clamped(constant(p, v->beta, spec->train_beta, spec->beta, j));
    x->theta = constant(p, v->threshold, spec->train_threshold, spec->threshold, j);
    if (!adapts)
        return;
    x->rho = clamped(constant(p, v->adaptation[0], adaptation, spec->adaptation_decay, j));
    x->a = constant(p, v->adaptation[1], adaptation, spec->adaptation_membrane, j);
    x->b = constant(p, v->adaptation[2], adaptation, spec->adaptation_spike, j);
}

void loci_reference_constants(const loci_reference_pair *pair, const double *parameters, bool fires,
                              bool smooth, loci_reference_neuron *neuron) {
    const loci_spec *spec = &pair->network->spec;
    bool adapts = spec->neuron == LOCI_NEURON_ADLIF && fires;
    for (size_t j = 0; j < pair->m; j++) {
        neuron[j] = (loci_reference_neuron){.reset = spec->reset,
                                            .surrogate = spec->surrogate,
                                            .slope = spec->slope,
                                            .smooth = smooth};
        take_unit(pair, parameters, adapts, j % pair->units, &neuron[j]);
    }
}

static void add(double *gradient, size_t offset, int trained, size_t j, double g) {
    if (offset != LOCI_NONE)
        gradient[offset + (trained == LOCI_TRAINED_NEURON ? j : 0)] += g;
}

void loci_reference_constants_back(const loci_reference_pair *pair,
                                   const loci_reference_step_gradient *g, double *gradient) {
    const loci_layer *v = pair->layer;
    const loci_spec *spec = &pair->network->spec;
    for (size_t i = 0; i < pair->m; i++) {
        size_t j = i % pair->units;
        add(gradient, v->beta, spec->train_beta, j, g[i].beta);
        add(gradient, v->threshold, spec->train_threshold, j, g[i].theta);
        add(gradient, v->adaptation[0], spec->train_adaptation, j, g[i].rho);
        add(gradient, v->adaptation[1], spec->train_adaptation, j, g[i].a);
        add(gradient, v->adaptation[2], spec->train_adaptation, j, g[i].b);
    }
}

/* Whether a tensor's numbers act clamped to 0..1. */
static bool is_decay(const loci_network *network, const loci_tensor *tensor) {
    bool decays = tensor->kind == LOCI_TENSOR_BETA;
    for (uint32_t l = 0; l <= LOCI_MAX_PAIRS; l++)
        decays |= network->layer[l].adaptation[0] == tensor->offset;
    return decays;
}

void loci_reference_hold_bounds(const loci_network *network, const double *parameters,
                                double *gradient) {
    for (size_t i = 0; i < network->tensor_count; i++) {
        const loci_tensor *tensor = &network->tensors[i];
        for (size_t k = tensor->offset; k < tensor->offset + tensor->count; k++) {
            double beta = parameters[k];
            bool outward = (beta <= 0 && gradient[k] > 0) || (beta >= 1 && gradient[k] < 0);
            if (outward && is_decay(network, tensor))
                gradient[k] = 0;
        }
    }
}
