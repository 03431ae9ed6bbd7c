/* A spiking network as a graph, unrolled over its time steps: the equations of docs/format.md, one
 * node an operation. Values are called "layerM.PART.t", t = 1 .. T. */
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "exchange/onnx_unrolled.h"
#include "network/acting.h"

/* A constant of a layer: one number, or one for each neuron, or for each map of a grid. */
static int put_constant(loci_onnx *model, const loci_network *network, uint32_t l, const char *part,
                        void (*get)(const loci_network *, uint32_t, float *, size_t *),
                        loci_error *error) {
    size_t shape[3] = {1, 1, 1};
    uint32_t rank = l < network->spec.maps_count ? 3 : 1;
    loci_onnx_name name;
    float *numbers = loci_alloc(loci_spec_layer_size(&network->spec, l + 1), sizeof *numbers);
    if (numbers == NULL)
        return loci_fail_memory(error, "onnx");
    get(network, l, numbers, &shape[0]);
    loci_onnx_floats(model, loci_onnx_label(&name, l + 1, part, 0), rank, shape, numbers);
    free(numbers);
    return LOCI_OK;
}

/* The decay has a say from the third step on. */
static int put_adaptation_constants(loci_onnx *model, const loci_network *network, uint32_t l,
                                    uint32_t steps, loci_error *error) {
    static const struct {
        const char *part;
        void (*get)(const loci_network *, uint32_t, float *, size_t *);
    } parts[] = {{"adaptation.membrane", loci_exchange_by_membrane},
                 {"adaptation.spike", loci_exchange_by_spike},
                 {"adaptation.decay", loci_exchange_decays}};
    int status = LOCI_OK;
    for (size_t k = 0; k < (steps > 2 ? 3 : 2) && status == LOCI_OK; k++)
        status = put_constant(model, network, l, parts[k].part, parts[k].get, error);
    return status;
}

/* state = beta * before + current; before the first step there is nothing. */
static void put_leak(const loci_onnx_unrolled *u, uint32_t layer, uint32_t t, const char *before,
                     const char *state) {
    loci_onnx_name beta, leaked;
    loci_onnx_node2(u->model, "Mul", loci_onnx_label(&leaked, layer, "leaked", t), before,
                    loci_onnx_label(&beta, layer, "beta", 0));
    loci_onnx_node2(u->model, "Add", state, leaked.text, u->current[t - 1].text);
}

/* The membrane in step t > 1: a spike in the step before resets it. */
static void put_membrane(const loci_onnx_unrolled *u, uint32_t layer, uint32_t t) {
    loci_onnx *model = u->model;
    const char *before = u->state[t - 2].text, *spike = u->spike[t - 2].text;
    const char *membrane = loci_onnx_label(&u->state[t - 1], layer, "membrane", t);
    loci_onnx_name theta, silent, kept, summed, taken;
    switch (u->spec->reset) {
    case LOCI_RESET_ZERO:
        loci_onnx_node2(model, "Sub", loci_onnx_label(&silent, layer, "silent", t), "silence",
                        spike);
        loci_onnx_node2(model, "Mul", loci_onnx_label(&kept, layer, "kept", t), before,
                        silent.text);
        put_leak(u, layer, t, kept.text, membrane);
        break;
    case LOCI_RESET_SUBTRACT:
        put_leak(u, layer, t, before, loci_onnx_label(&summed, layer, "summed", t));
        loci_onnx_node2(model, "Mul", loci_onnx_label(&taken, layer, "taken", t), spike,
                        loci_onnx_label(&theta, layer, "threshold", 0));
        loci_onnx_node2(model, "Sub", membrane, summed.text, taken.text);
        break;
    default:
        put_leak(u, layer, t, before, membrane);
    }
}

/* A[t] = rho A[t-1] + a U[t-1] + b S[t-1], taken off the current; t > 1. */
static void put_adaptation(const loci_onnx_unrolled *u, uint32_t layer, uint32_t t) {
    loci_onnx *model = u->model;
    loci_onnx_name rho, a, b, eased, part[3];
    loci_onnx_name *adapted = &u->adapted[t - 1];
    loci_onnx_node2(model, "Mul", loci_onnx_label(&part[0], layer, "pulled", t),
                    u->state[t - 2].text, loci_onnx_label(&a, layer, "adaptation.membrane", 0));
    loci_onnx_node2(model, "Mul", loci_onnx_label(&part[1], layer, "sparked", t),
                    u->spike[t - 2].text, loci_onnx_label(&b, layer, "adaptation.spike", 0));
    if (t > 2)
        loci_onnx_node2(model, "Mul", loci_onnx_label(&part[2], layer, "fading", t),
                        u->adapted[t - 2].text,
                        loci_onnx_label(&rho, layer, "adaptation.decay", 0));
    loci_onnx_node(model, "Sum", loci_onnx_label(adapted, layer, "adapted", t), part,
                   t > 2 ? 3 : 2);
    loci_onnx_node2(model, "Sub", loci_onnx_label(&eased, layer, "eased", t),
                    u->current[t - 1].text, adapted->text);
    u->current[t - 1] = eased;
}

/* "layerM.spikes" counts what neurons fired. */
static void put_spikes(const loci_onnx_unrolled *u, uint32_t layer, size_t neurons) {
    loci_onnx_name spikes, grid;
    bool maps = layer <= u->spec->maps_count;
    loci_onnx_label(&spikes, layer, "spikes", 0);
    loci_onnx_label(&grid, layer, "spikes.grid", 0);
    loci_onnx_node(u->model, "Sum", maps ? grid.text : spikes.text, u->spike, u->steps);
    if (maps)
        loci_onnx_to_row(u->model, spikes.text, grid.text);
    loci_onnx_output(u->model, spikes.text, neurons);
}

/* Leaky integrate-and-fire neurons over all steps. */
static void put_firing(const loci_onnx_unrolled *u, uint32_t layer, size_t neurons) {
    loci_onnx_name flag, theta;
    loci_onnx_label(&theta, layer, "threshold", 0);
    u->state[0] = u->current[0];
    for (uint32_t t = 1; t <= u->steps; t++) {
        loci_onnx_hear(u, layer, t);
        if (t > 1 && u->spec->neuron == LOCI_NEURON_ADLIF)
            put_adaptation(u, layer, t);
        if (t > 1)
            put_membrane(u, layer, t);
        loci_onnx_node2(u->model, "Greater", loci_onnx_label(&flag, layer, "above", t),
                        u->state[t - 1].text, theta.text);
        loci_onnx_node_with(u->model, "Cast", loci_onnx_label(&u->spike[t - 1], layer, "spike", t),
                            flag.text, NULL, "to", LOCI_ONNX_FLOAT);
    }
    put_spikes(u, layer, neurons);
}

/* Leaky integrators over all steps. */
static void put_integrators(const loci_onnx_unrolled *u, uint32_t layer) {
    u->state[0] = u->current[0];
    for (uint32_t t = 2; t <= u->steps; t++)
        put_leak(u, layer, t, u->state[t - 2].text,
                 loci_onnx_label(&u->state[t - 1], layer, "membrane", t));
}

/* The softmax of each step, summed up. */
static void put_softmax(const loci_onnx_unrolled *u, uint32_t layer, loci_onnx_name *sum) {
    for (uint32_t t = 1; t <= u->steps; t++)
        loci_onnx_node_with(u->model, "Softmax", loci_onnx_label(&u->sum[t - 1], layer, "share", t),
                            u->state[t - 1].text, NULL, "axis", 1);
    loci_onnx_node(u->model, "Sum", loci_onnx_label(sum, layer, "shares", 0), u->sum, u->steps);
}

/* From the output layer to the logits, or what a regressor has in their place. */
static void put_readout(const loci_onnx_unrolled *u, uint32_t layer, const char *output) {
    loci_onnx_name value = u->state[u->steps - 1];
    float scale = (float)u->spec->logit_scale;
    if (u->spec->readout == LOCI_READOUT_COUNT)
        loci_onnx_label(&value, layer, "spikes", 0);
    else if (u->spec->readout == LOCI_READOUT_MEMBRANE_MEAN)
        loci_onnx_node(u->model, "Mean", loci_onnx_label(&value, layer, "mean", 0), u->state,
                       u->steps);
    else if (u->spec->readout == LOCI_READOUT_MEMBRANE_MAX)
        loci_onnx_node(u->model, "Max", loci_onnx_label(&value, layer, "max", 0), u->state,
                       u->steps);
    else if (u->spec->readout == LOCI_READOUT_SOFTMAX_SUM)
        put_softmax(u, layer, &value);
    loci_onnx_scalar(u->model, "logit_scale", scale);
    loci_onnx_node2(u->model, "Mul", output, value.text, "logit_scale");
}

static int put_layer(loci_onnx_unrolled *u, loci_acting *acting, uint32_t l, const char *input,
                     const char *path, loci_error *error) {
    bool fires = loci_spec_fires(u->spec, l + 1);
    int status = loci_onnx_crossing_constants(u, acting, l, path, error);
    if (status == LOCI_OK && u->steps > 1)
        status = put_constant(u->model, acting->network, l, "beta", loci_exchange_betas, error);
    if (status == LOCI_OK && fires)
        status = put_constant(u->model, acting->network, l, "threshold", loci_exchange_thresholds,
                              error);
    if (status == LOCI_OK && fires && u->spec->neuron == LOCI_NEURON_ADLIF && u->steps > 1)
        status = put_adaptation_constants(u->model, acting->network, l, u->steps, error);
    if (status != LOCI_OK)
        return status;
    loci_onnx_currents(u, l, input);
    if (fires)
        put_firing(u, l + 1, acting->size[l + 1]);
    else
        put_integrators(u, l + 1);
    return LOCI_OK;
}

int loci_onnx_spiking(loci_onnx *model, loci_acting *acting, const char *input, const char *output,
                      const char *path, loci_error *error) {
    const loci_spec *spec = &acting->network->spec;
    size_t steps = spec->time_steps;
    int status = loci_onnx_crossing_fits(acting, path, error);
    if (status != LOCI_OK)
        return status;
    loci_onnx_name *names = loci_alloc(5 * steps + 1, sizeof *names);
    if (names == NULL)
        return loci_fail_memory(error, path);
    loci_onnx_unrolled u = {.model = model,
                            .spec = spec,
                            .steps = spec->time_steps,
                            .constant = spec->coding == LOCI_CODING_CONSTANT,
                            .spike = names,
                            .current = names + steps,
                            .state = names + 2 * steps,
                            .adapted = names + 3 * steps,
                            .sum = names + 4 * steps};
    if (spec->reset == LOCI_RESET_ZERO)
        loci_onnx_scalar(model, "silence", 1);
    loci_onnx_coding(&u, input);
    for (uint32_t l = 0; status == LOCI_OK && l <= loci_spec_hidden_layers(spec); l++) {
        status = put_layer(&u, acting, l, input, path, error);
        free(u.pair.late);
        free(u.loop.late);
    }
    if (status == LOCI_OK)
        put_readout(&u, loci_spec_hidden_layers(spec) + 1, output);
    free(names);
    return status;
}
