/* A spiking network as a NIR graph; docs/exchange.md derives its constants. */
#include <loci/exchange.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "exchange/network_numbers.h"
#include "exchange/nir_wires.h"
#include "network/spec_json.h"

/* The neurons of one layer, as a node of NIR has them. A constant with one number is the same for
 * all. */
typedef struct neurons {
    size_t count;         /* m */
    size_t betas, thetas; /* 1 or m */
    float *tau, *r, *theta;
    bool leaky, fires, resets;
} neurons;

static const char *const resets[] = {"subtract", "zero", "none"};
static const char *const codings[] = {"constant", "poisson", "latency", "events"};
static const char *const readouts[] = {"count", "membrane-mean", "membrane-max", "membrane-last",
                                       "softmax-sum"};

/* tau = dt / (1 - beta) and R = 1 / (1 - beta); without a leak, tau has no end and R = 1 / dt. */
static int derive(neurons *n, const loci_network *network, uint32_t l, double dt, const char *path,
                  loci_error *error) {
    size_t lossless = 0;
    loci_exchange_betas(network, l, n->tau, &n->betas);
    for (size_t j = 0; j < n->betas; j++) {
        double lost = 1 - (double)n->tau[j];
        lossless += lost == 0;
        n->tau[j] = (float)(dt / lost);
        n->r[j] = (float)(lost == 0 ? 1 / dt : 1 / lost);
    }
    n->leaky = lossless == 0;
    if (lossless > 0 && lossless < n->betas)
        return loci_fail(
            error, LOCI_E_UNSUPPORTED, path,
            "not written: %zu of %zu neurons of layer %u do not leak (beta 1), and NIR "
            "has no layer of both kinds",
            lossless, n->betas, l + 1);
    if (n->fires)
        loci_exchange_thresholds(network, l, n->theta, &n->thetas);
    return LOCI_OK;
}

/* A constant of a layer: an array of m numbers in any case, as readers of NIR take it. */
static void put_constant(loci_nir *nir, hid_t node, const char *name, const neurons *n,
                         const float *numbers, size_t count) {
    if (count == n->count && count > 1)
        loci_nir_floats(nir, node, name, 1, &n->count, numbers);
    else
        loci_nir_uniform(nir, node, name, n->count, numbers[0]);
}

static void put_reset(loci_nir *nir, hid_t node, const loci_spec *spec) {
    hid_t metadata = loci_nir_metadata(nir, node);
    loci_nir_text(nir, metadata, "reset", resets[spec->reset]);
    loci_nir_integer(nir, metadata, "reset_delay", 1);
    loci_nir_end(nir, metadata);
}

/* One node, or two where no spike resets: an integrator, and what fires above a threshold. */
static void put_neurons(loci_nir *nir, const loci_spec *spec, const neurons *n, uint32_t layer) {
    char name[LOCI_NIR_NAME], next[LOCI_NIR_NAME];
    bool one = n->fires && n->resets;
    const char *type = one ? (n->leaky ? "LIF" : "IF") : (n->leaky ? "LI" : "I");
    loci_nir_enters(name, spec, layer);
    hid_t node = loci_nir_node(nir, name, type);
    put_constant(nir, node, "r", n, n->r, n->betas);
    if (n->leaky) {
        put_constant(nir, node, "tau", n, n->tau, n->betas);
        loci_nir_uniform(nir, node, "v_leak", n->count, 0);
    }
    if (one) {
        put_constant(nir, node, "v_threshold", n, n->theta, n->thetas);
        loci_nir_uniform(nir, node, "v_reset", n->count, 0);
        put_reset(nir, node, spec);
    }
    loci_nir_end(nir, node);
    if (!n->fires || n->resets)
        return;
    loci_nir_leaves(next, spec, layer);
    node = loci_nir_node(nir, next, "Threshold");
    put_constant(nir, node, "threshold", n, n->theta, n->thetas);
    loci_nir_end(nir, node);
    loci_nir_edge(nir, name, next);
}

static int put_layer(loci_nir *nir, const loci_network *network, uint32_t l, double dt,
                     const char *path, loci_error *error) {
    const loci_spec *spec = &network->spec;
    size_t m = loci_spec_layer_size(spec, l + 1);
    float *room = loci_alloc(3 * m, sizeof *room);
    if (room == NULL)
        return loci_fail_memory(error, path);
    neurons n = {.count = m,
                 .tau = room,
                 .r = room + m,
                 .theta = room + 2 * m,
                 .fires = loci_spec_fires(spec, l + 1),
                 .resets = spec->reset != LOCI_RESET_NONE};
    int status = derive(&n, network, l, dt, path, error);
    if (status == LOCI_OK)
        put_neurons(nir, spec, &n, l + 1);
    free(room);
    return status;
}

static void put_end(loci_nir *nir, const char *name, const char *type, size_t size) {
    hid_t node = loci_nir_node(nir, name, type);
    loci_nir_shape(nir, node, "shape", size);
    loci_nir_end(nir, node);
}

/* What NIR has no place for: how inputs become spikes, and outputs logits or
 * numbers in units of the data. */
static int put_metadata(loci_nir *nir, const loci_network *network, double dt, loci_error *error) {
    const loci_spec *spec = &network->spec;
    size_t pixels = loci_spec_pixels(spec), outputs = spec->classes;
    char *text = loci_spec_to_text(spec);
    if (text == NULL)
        return loci_fail_memory(error, "nir");
    hid_t metadata = loci_nir_metadata(nir, nir->graph);
    loci_nir_text(nir, metadata, "producer", "loci");
    loci_nir_real(nir, metadata, "dt", (float)dt);
    loci_nir_integer(nir, metadata, "time_steps", spec->time_steps);
    loci_nir_text(nir, metadata, "coding", codings[spec->coding]);
    if (spec->coding == LOCI_CODING_LATENCY && spec->latency_span != 1)
        loci_nir_real(nir, metadata, "latency_span", (float)spec->latency_span);
    if (spec->recurrent)
        loci_nir_integer(nir, metadata, "loop_delay", 1);
    loci_nir_text(nir, metadata, "readout", readouts[spec->readout]);
    loci_nir_real(nir, metadata, "logit_scale", (float)spec->logit_scale);
    loci_nir_text(nir, metadata, "spec", text);
    for (size_t i = 0; loci_note_keys[i] != NULL; i++)
        if (*loci_network_note(network, loci_note_keys[i]) != '\0')
            loci_nir_text(nir, metadata, loci_exchange_note_name(network, loci_note_keys[i]),
                          loci_network_note(network, loci_note_keys[i]));
    if (network->low != NULL) {
        loci_nir_floats(nir, metadata, "input_low", 1, &pixels, network->low);
        loci_nir_floats(nir, metadata, "input_span", 1, &pixels, network->span);
    }
    if (network->target_mean != NULL) {
        loci_nir_floats(nir, metadata, "target_mean", 1, &outputs, network->target_mean);
        loci_nir_floats(nir, metadata, "target_deviation", 1, &outputs, network->target_deviation);
    }
    loci_nir_end(nir, metadata);
    free(text);
    return LOCI_OK;
}

static int put_network(loci_nir *nir, const loci_network *network, double dt, const char *path,
                       loci_error *error) {
    const loci_spec *spec = &network->spec;
    char last[LOCI_NIR_NAME];
    loci_acting acting;
    int status = loci_exchange_acting(&acting, network, error);
    if (status == LOCI_OK)
        status = put_metadata(nir, network, dt, error);
    put_end(nir, "input", "Input", loci_spec_pixels(spec));
    for (uint32_t l = 0; status == LOCI_OK && l <= loci_spec_hidden_layers(spec); l++) {
        status = loci_nir_pair(nir, &acting, l, dt, path, error);
        if (status == LOCI_OK)
            status = put_layer(nir, network, l, dt, path, error);
        if (status == LOCI_OK && l + acting.pairs < acting.count)
            status = loci_nir_loop(nir, &acting, l + acting.pairs, dt, path, error);
    }
    put_end(nir, "output", "Output", spec->classes);
    loci_nir_leaves(last, spec, loci_spec_hidden_layers(spec) + 1);
    loci_nir_edge(nir, last, "output");
    loci_acting_close(&acting);
    return status;
}

int loci_exchange_nir(const loci_network *network, double dt, const char *path, loci_error *error) {
    loci_nir nir;
    H5E_auto2_t print;
    void *stream;
    if (!(dt > 0 && isfinite(dt)))
        return loci_fail(error, LOCI_E_ARGUMENT, "dt", "%g is no number of seconds above 0", dt);
    if (!loci_spec_spikes(&network->spec))
        return loci_fail(error, LOCI_E_UNSUPPORTED, path,
                         "not written: NIR has no neurons that do not spike, only spiking networks "
                         "can be; --to onnx takes both");
    if (network->spec.neuron == LOCI_NEURON_ADLIF)
        return loci_fail(error, LOCI_E_UNSUPPORTED, path,
                         "not written: NIR has no neurons that adapt (adlif); --to onnx and --to "
                         "npz take them");
    if (network->spec.maps_count > 0)
        return loci_fail(error, LOCI_E_UNSUPPORTED, path,
                         "not written: layers of maps have no form in NIR, which cannot pool by "
                         "the largest; --to onnx and --to npz take them");
    int status = loci_exchange_check(network, path, error);
    if (status != LOCI_OK)
        return status;
    /* left alone, HDF5 prints what goes wrong */
    H5Eget_auto2(H5E_DEFAULT, &print, &stream);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    loci_nir_open(&nir);
    status = put_network(&nir, network, dt, path, error);
    if (status == LOCI_OK)
        status = loci_nir_save(&nir, path, error);
    loci_nir_close(&nir);
    H5Eset_auto2(H5E_DEFAULT, print, stream);
    return status;
}
