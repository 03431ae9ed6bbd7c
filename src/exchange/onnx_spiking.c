/* A spiking network as a graph, unrolled over its time steps: the equations of docs/format.md, one
 * node an operation. Values are called "layerM.PART.t", t = 1 .. T. */
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "exchange/onnx_parts.h"

/* One layer, or the input as layer 0, over all steps. */
typedef struct unrolled {
    loci_onnx *model;
    const loci_spec *spec;
    uint32_t steps;
    bool constant;           /* the input is the same in all steps */
    loci_onnx_name *spike;   /* [steps] what leaves the layer before, then this one */
    loci_onnx_name *current; /* [steps] what enters the layer */
    loci_onnx_name *state;   /* [steps] its membranes */
} unrolled;

/* A constant of a layer: one number, or one for each neuron. */
static int put_constant(loci_onnx *model, const loci_network *network, uint32_t l, const char *part,
                        void (*get)(const loci_network *, uint32_t, float *, size_t *),
                        loci_error *error) {
    size_t count;
    loci_onnx_name name;
    float *numbers = loci_alloc(loci_spec_layer_size(&network->spec, l + 1), sizeof *numbers);
    if (numbers == NULL)
        return loci_fail_memory(error, "onnx");
    get(network, l, numbers, &count);
    loci_onnx_floats(model, loci_onnx_label(&name, l + 1, part, 0), 1, &count, numbers);
    free(numbers);
    return LOCI_OK;
}

/* Latency: input x spikes once, in the step that (1 - x)(T - 1), rounded, says; never where x <= 0.
 * Rounding halves up is comparing with halves: past(t) = (1 - x)(T - 1) >= t - 3/2 holds from t = 1
 * up to the step of the spike, so that it spikes where past(t) holds and past(t + 1) does not. */
static void put_latency(const unrolled *u, const char *pixels) {
    loci_onnx *model = u->model;
    loci_onnx_name now, next, half, flag;
    loci_onnx_scalar(model, "one", 1);
    loci_onnx_scalar(model, "zero", 0);
    loci_onnx_scalar(model, "last", (float)(u->steps - 1));
    loci_onnx_scalar(model, "never", (float)u->steps);
    loci_onnx_node2(model, "Min", "latency.bright", pixels, "one");
    loci_onnx_node2(model, "Sub", "latency.dark", "one", "latency.bright");
    loci_onnx_node2(model, "Mul", "latency.wait", "latency.dark", "last");
    loci_onnx_node2(model, "Greater", "latency.any", pixels, "zero");
    const loci_onnx_name choice[3] = {{"latency.any"}, {"latency.wait"}, {"never"}};
    loci_onnx_node(model, "Where", "latency.step", choice, 3);
    for (uint32_t t = 1; t <= u->steps + 1; t++) {
        snprintf(half.text, sizeof half.text, "latency.half.%u", t);
        snprintf(flag.text, sizeof flag.text, "latency.flag.%u", t);
        snprintf(next.text, sizeof next.text, "latency.past.%u", t);
        loci_onnx_scalar(model, half.text, (float)t - 1.5f);
        loci_onnx_node2(model, "GreaterOrEqual", flag.text, "latency.step", half.text);
        loci_onnx_node_with(model, "Cast", next.text, flag.text, NULL, "to", LOCI_ONNX_FLOAT);
        if (t > 1)
            loci_onnx_node2(model, "Sub", loci_onnx_label(&u->spike[t - 2], 0, "spike", t - 1),
                            now.text, next.text);
        now = next;
    }
}

/* What enters a layer in each step; a constant input's product is made once. */
static void put_currents(const unrolled *u, uint32_t l, const char *pixels) {
    bool once = l == 0 && u->constant;
    if (once)
        loci_onnx_current(u->model, l, pixels, loci_onnx_label(&u->current[0], 1, "current", 0));
    for (uint32_t t = 1; t <= u->steps; t++)
        if (once)
            u->current[t - 1] = u->current[0];
        else
            loci_onnx_current(u->model, l, u->spike[t - 1].text,
                              loci_onnx_label(&u->current[t - 1], l + 1, "current", t));
}

/* state = beta * before + current; before the first step there is nothing. */
static void put_leak(const unrolled *u, uint32_t layer, uint32_t t, const char *before,
                     const char *state) {
    loci_onnx_name beta, leaked;
    loci_onnx_node2(u->model, "Mul", loci_onnx_label(&leaked, layer, "leaked", t), before,
                    loci_onnx_label(&beta, layer, "beta", 0));
    loci_onnx_node2(u->model, "Add", state, leaked.text, u->current[t - 1].text);
}

/* The membrane in step t > 1: a spike in the step before resets it. */
static void put_membrane(const unrolled *u, uint32_t layer, uint32_t t) {
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

/* Leaky integrate-and-fire neurons over all steps; "layerM.spikes" counts what they fired. */
static void put_firing(const unrolled *u, uint32_t layer, size_t neurons) {
    loci_onnx_name flag, theta, spikes;
    loci_onnx_label(&theta, layer, "threshold", 0);
    u->state[0] = u->current[0];
    for (uint32_t t = 1; t <= u->steps; t++) {
        if (t > 1)
            put_membrane(u, layer, t);
        loci_onnx_node2(u->model, "Greater", loci_onnx_label(&flag, layer, "above", t),
                        u->state[t - 1].text, theta.text);
        loci_onnx_node_with(u->model, "Cast", loci_onnx_label(&u->spike[t - 1], layer, "spike", t),
                            flag.text, NULL, "to", LOCI_ONNX_FLOAT);
    }
    loci_onnx_label(&spikes, layer, "spikes", 0);
    loci_onnx_node(u->model, "Sum", spikes.text, u->spike, u->steps);
    loci_onnx_output(u->model, spikes.text, neurons);
}

/* Leaky integrators over all steps. */
static void put_integrators(const unrolled *u, uint32_t layer) {
    u->state[0] = u->current[0];
    for (uint32_t t = 2; t <= u->steps; t++)
        put_leak(u, layer, t, u->state[t - 2].text,
                 loci_onnx_label(&u->state[t - 1], layer, "membrane", t));
}

/* From the output layer to the logits, or what a regressor has in their place. */
static void put_readout(const unrolled *u, uint32_t layer, const char *output) {
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
    loci_onnx_scalar(u->model, "logit_scale", scale);
    loci_onnx_node2(u->model, "Mul", output, value.text, "logit_scale");
}

static int put_layer(const unrolled *u, const loci_acting *acting, uint32_t l, const char *pixels,
                     const char *path, loci_error *error) {
    bool fires = loci_spec_fires(u->spec, l + 1);
    int status = loci_onnx_pair_constants(u->model, acting, l, path, error);
    if (status == LOCI_OK && u->steps > 1)
        status = put_constant(u->model, acting->network, l, "beta", loci_exchange_betas, error);
    if (status == LOCI_OK && fires)
        status = put_constant(u->model, acting->network, l, "threshold", loci_exchange_thresholds,
                              error);
    if (status != LOCI_OK)
        return status;
    put_currents(u, l, pixels);
    if (fires)
        put_firing(u, l + 1, acting->wiring[l].m);
    else
        put_integrators(u, l + 1);
    return LOCI_OK;
}

int loci_onnx_spiking(loci_onnx *model, const loci_acting *acting, const char *pixels,
                      const char *output, const char *path, loci_error *error) {
    const loci_spec *spec = &acting->network->spec;
    loci_onnx_name *names = loci_alloc(3 * (size_t)spec->time_steps, sizeof *names);
    if (names == NULL)
        return loci_fail_memory(error, path);
    unrolled u = {.model = model,
                  .spec = spec,
                  .steps = spec->time_steps,
                  .constant = spec->coding == LOCI_CODING_CONSTANT,
                  .spike = names,
                  .current = names + spec->time_steps,
                  .state = names + 2 * (size_t)spec->time_steps};
    if (spec->reset == LOCI_RESET_ZERO)
        loci_onnx_scalar(model, "silence", 1);
    if (!u.constant)
        put_latency(&u, pixels);
    int status = LOCI_OK;
    for (uint32_t l = 0; status == LOCI_OK && l <= spec->hidden_count; l++)
        status = put_layer(&u, acting, l, pixels, path, error);
    if (status == LOCI_OK)
        put_readout(&u, spec->hidden_count + 1, output);
    free(names);
    return status;
}
