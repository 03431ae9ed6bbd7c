#include "exchange/network_numbers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/finite.h"
#include "base/memory.h"
#include "network/kept.h"
#include "network/maps.h"
#include "network/spiking.h"

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
    *acting = (loci_acting){.network = network};
    int status = loci_check_matrices(network, "export", error);
    if (status == LOCI_OK)
        status = loci_acting_open(acting, network, error);
    return status == LOCI_OK ? loci_kept_find(acting, NULL, error) : status;
}

char *loci_exchange_name(char name[LOCI_MODEL_NAME], const loci_network *network, size_t p,
                         const char *part) {
    uint32_t hidden = loci_spec_hidden_layers(&network->spec), l = (uint32_t)p;
    if (l <= hidden)
        return loci_model_name(name, l, part);
    snprintf(name, LOCI_MODEL_NAME, "recurrent%u.%s", l - hidden, part);
    return name;
}

int loci_exchange_weights(const loci_acting *acting, size_t p, const char *path, float **out,
                          loci_error *error) {
    size_t m = acting->wiring[p].m, count = acting->wiring[p].n * m;
    bool own = p >= acting->pairs;
    float *weights = loci_alloc(count, sizeof *weights);
    if (weights == NULL)
        return loci_fail_memory(error, path);
    int status = loci_acting_weights(acting, p, weights, error);
    for (size_t j = 0; own && j < m; j++)
        weights[j * m + j] = 0;
    if (status == LOCI_OK && !loci_all_finite(weights, count))
        status =
            loci_fail(error, LOCI_E_DIVERGED, path, "not written: a weight of %s %zu is not finite",
                      own ? "recurrent layer" : "layer pair", own ? p - acting->pairs + 1 : p);
    if (status != LOCI_OK) {
        free(weights);
        return status;
    }
    *out = weights;
    return LOCI_OK;
}

const float *loci_exchange_bias(const loci_network *network, uint32_t l) {
    return network->parameters + network->layer[l + 1].bias;
}

const char *loci_exchange_note_name(const loci_network *network, const char *key) {
    bool outputs = network->spec.task == LOCI_TASK_REGRESS && strcmp(key, "classes") == 0;
    return outputs ? "outputs" : key;
}

/* How many numbers layer l + 1 has for a constant. */
static size_t constants(const loci_spec *spec, int trained, uint32_t l) {
    return trained == LOCI_TRAINED_NEURON ? loci_layer_units(spec, l + 1) : 1;
}

void loci_exchange_betas(const loci_network *network, uint32_t l, float *out, size_t *count) {
    const loci_spec *spec = &network->spec;
    loci_acting_beta(network, l, out);
    *count = constants(spec, spec->train_beta, l);
}

void loci_exchange_thresholds(const loci_network *network, uint32_t l, float *out, size_t *count) {
    const loci_spec *spec = &network->spec;
    loci_acting_threshold(network, l, out);
    *count = constants(spec, spec->train_threshold, l);
}

static void adaptation(const loci_network *network, uint32_t l, int k, float *out, size_t *count) {
    const loci_spec *spec = &network->spec;
    loci_acting_adaptation(network, l, k, out);
    *count = constants(spec, spec->train_adaptation, l);
}

void loci_exchange_decays(const loci_network *network, uint32_t l, float *out, size_t *count) {
    adaptation(network, l, 0, out, count);
}

void loci_exchange_by_membrane(const loci_network *network, uint32_t l, float *out, size_t *count) {
    adaptation(network, l, 1, out, count);
}

void loci_exchange_by_spike(const loci_network *network, uint32_t l, float *out, size_t *count) {
    adaptation(network, l, 2, out, count);
}
