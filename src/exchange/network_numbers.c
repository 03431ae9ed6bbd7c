#include "exchange/network_numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/finite.h"
#include "base/memory.h"

int loci_exchange_check(const loci_network *network, const char *path, loci_error *error) {
    for (size_t i = 0; i < network->tensor_count; i++) {
        const loci_tensor *tensor = &network->tensors[i];
        if (!loci_all_finite(network->parameters + tensor->offset, tensor->count))
            return loci_fail(error, LOCI_E_DIVERGED, path,
                             "not written: %s holds a number that is not finite", tensor->name);
    }
    return LOCI_OK;
}

int loci_exchange_acting(loci_acting *acting, const loci_network *network, loci_error *error) {
    int status = loci_acting_open(acting, network, error);
    return status == LOCI_OK ? loci_acting_prune(acting, NULL, error) : status;
}

int loci_exchange_weights(const loci_acting *acting, uint32_t l, const char *path, float **out,
                          loci_error *error) {
    size_t count = acting->pair[l].n * acting->pair[l].m;
    float *weights = loci_alloc(count, sizeof *weights);
    if (weights == NULL)
        return loci_fail_memory(error, path);
    int status = loci_acting_weights(acting, l, weights, error);
    if (status == LOCI_OK && !loci_all_finite(weights, count))
        status = loci_fail(error, LOCI_E_DIVERGED, path,
                           "not written: a weight of layer pair %u is not finite", l);
    if (status != LOCI_OK) {
        free(weights);
        return status;
    }
    *out = weights;
    return LOCI_OK;
}

const float *loci_exchange_bias(const loci_network *network, uint32_t l) {
    return network->parameters + network->views[l].bias;
}

/* The stored numbers, or the specification's where there are none. */
static size_t constant(const loci_network *network, uint32_t l, size_t offset, int trained,
                       double fixed, float *out) {
    size_t count = trained == LOCI_TRAINED_NEURON ? loci_spec_layer_size(&network->spec, l + 1) : 1;
    if (offset == LOCI_NONE) {
        out[0] = (float)fixed;
        return 1;
    }
    memcpy(out, network->parameters + offset, count * sizeof *out);
    return count;
}

void loci_exchange_betas(const loci_network *network, uint32_t l, float *out, size_t *count) {
    const loci_spec *spec = &network->spec;
    *count = constant(network, l, network->views[l].beta, spec->train_beta, spec->beta, out);
    for (size_t j = 0; j < *count; j++)
        out[j] = fminf(fmaxf(out[j], 0), 1);
}

void loci_exchange_thresholds(const loci_network *network, uint32_t l, float *out, size_t *count) {
    const loci_spec *spec = &network->spec;
    *count = constant(network, l, network->views[l].threshold, spec->train_threshold,
                      spec->threshold, out);
}

bool loci_exchange_fires(const loci_spec *spec, uint32_t l) {
    return spec->neuron == LOCI_NEURON_LIF &&
           (l < spec->hidden_count || spec->readout == LOCI_READOUT_COUNT);
}
