/* What acts in neurons themselves: biases and constants, each rule forward, and below it backward.
 * Those of a map share theirs. */
#include "network/acting.h"
#include "network/maps.h"

/* How many numbers a layer has for a constant: one, or one per neuron, of maps one each. Neuron j
 * has number j % that. */
static size_t numbers_of(const loci_spec *spec, uint32_t layer, int trained) {
    return trained == LOCI_TRAINED_NEURON ? loci_layer_units(spec, layer) : 1;
}

/* A constant of a layer: the parameters where it is trained, else the spec's. */
static void expand(const loci_network *network, size_t offset, int trained, double constant,
                   uint32_t layer, float *to) {
    size_t m = loci_spec_layer_size(&network->spec, layer);
    size_t numbers = numbers_of(&network->spec, layer, trained);
    for (size_t j = 0; j < m; j++)
        to[j] = offset == LOCI_NONE ? (float)constant : network->parameters[offset + j % numbers];
}

/* The terms of a layer's number largely cancel, so they are summed in double. */
void loci_acting_chain_constant(const loci_acting *acting, size_t l, size_t offset, int trained,
                                const float *g, float *gradient) {
    size_t m = acting->size[l + 1],
           numbers = numbers_of(&acting->network->spec, (uint32_t)l + 1, trained);
    for (size_t k = 0; offset != LOCI_NONE && k < numbers; k++) {
        double sum = 0;
        for (size_t j = k; j < m; j += numbers)
            sum += g[j];
        gradient[offset + k] += (float)sum;
    }
}

/* ---- biases, which are always trained ---- */

void loci_acting_update_bias(loci_acting *acting, size_t l) {
    const loci_network *network = acting->network;
    if (acting->bias[l] != NULL)
        expand(network, network->layer[l + 1].bias, LOCI_TRAINED_NEURON, 0, (uint32_t)l + 1,
               acting->bias[l]);
}

const float *loci_acting_bias(const loci_acting *acting, size_t l) {
    return acting->bias[l] != NULL
               ? acting->bias[l]
               : acting->network->parameters + acting->network->layer[l + 1].bias;
}

void loci_acting_chain_bias(const loci_acting *acting, size_t l, const float *g, float *gradient) {
    loci_acting_chain_constant(acting, l, acting->network->layer[l + 1].bias, LOCI_TRAINED_NEURON,
                               g, gradient);
}

/* ---- constants of spiking neurons ---- */

void loci_acting_threshold(const loci_network *network, uint32_t l, float *theta) {
    expand(network, network->layer[l + 1].threshold, network->spec.train_threshold,
           network->spec.threshold, l + 1, theta);
}

void loci_acting_beta(const loci_network *network, uint32_t l, float *beta) {
    size_t m = loci_spec_layer_size(&network->spec, l + 1);
    expand(network, network->layer[l + 1].beta, network->spec.train_beta, network->spec.beta, l + 1,
           beta);
    for (size_t j = 0; j < m; j++)
        beta[j] = beta[j] < 0 ? 0 : beta[j] > 1 ? 1 : beta[j];
}

void loci_acting_adaptation(const loci_network *network, uint32_t l, int k, float *to) {
    const loci_spec *spec = &network->spec;
    const double constant[] = {spec->adaptation_decay, spec->adaptation_membrane,
                               spec->adaptation_spike};
    size_t m = loci_spec_layer_size(spec, l + 1);
    expand(network, network->layer[l + 1].adaptation[k], spec->train_adaptation, constant[k], l + 1,
           to);
    for (size_t j = 0; k == 0 && j < m; j++)
        to[j] = to[j] < 0 ? 0 : to[j] > 1 ? 1 : to[j];
}

static bool is_decay(const loci_network *network, const loci_tensor *tensor) {
    if (tensor->kind == LOCI_TENSOR_BETA)
        return true;
    for (uint32_t l = 1; l <= loci_spec_hidden_layers(&network->spec) + 1; l++)
        if (network->layer[l].adaptation[0] == tensor->offset)
            return true;
    return false;
}

void loci_acting_hold_bounds(const loci_network *network, float *gradient) {
    for (size_t i = 0; i < network->tensor_count; i++) {
        const loci_tensor *tensor = &network->tensors[i];
        if (!is_decay(network, tensor))
            continue;
        for (size_t k = tensor->offset; k < tensor->offset + tensor->count; k++) {
            float beta = network->parameters[k];
            if ((beta <= 0 && gradient[k] > 0) || (beta >= 1 && gradient[k] < 0))
                gradient[k] = 0;
        }
    }
}
