/* A network as an ONNX graph; docs/exchange.md describes it. */
#include "exchange/onnx_parts.h"

#include <loci/exchange.h>
#include <stdio.h>

#include "base/error.h"
#include "network/model_file.h"

/* From `events`, what enters in each step, to those inputs that are taken. */
static const char *put_events(loci_onnx *model, const loci_network *network) {
    const loci_spec *spec = &network->spec;
    const size_t shape[2] = {spec->time_steps, loci_spec_pixels(spec)};
    loci_onnx_input(model, "events", 2, shape);
    if (network->pixels == NULL)
        return "events";
    loci_onnx_indices(model, LOCI_MODEL_PIXELS, network->pixels, spec->inputs);
    loci_onnx_node_with(model, "Gather", "events.inputs", "events", LOCI_MODEL_PIXELS, "axis", 2);
    return "events.inputs";
}

/* Layers of neurons that do not spike; the last only sums. */
static int put_layers(loci_onnx *model, const loci_acting *acting, const char *row,
                      const char *output, const char *path, loci_error *error) {
    const loci_spec *spec = &acting->network->spec;
    bool scaled = (float)spec->logit_scale != 1;
    loci_onnx_name from, current;
    snprintf(from.text, sizeof from.text, "%s", row);
    if (loci_spec_hidden_layers(spec) > 0)
        loci_onnx_activation_constants(model, spec->activation);
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec); l++) {
        bool last = l == loci_spec_hidden_layers(spec);
        int status = loci_onnx_pair_constants(model, acting, l, path, error);
        if (status != LOCI_OK)
            return status;
        loci_onnx_label(&current, l + 1, "current", 0);
        loci_onnx_current(model, spec, l, from.text, last && !scaled ? output : current.text);
        if (!last)
            loci_onnx_activation(model, spec->activation, l + 1,
                                 loci_onnx_label(&from, l + 1, "output", 0), current.text);
    }
    if (scaled) {
        loci_onnx_scalar(model, "logit_scale", (float)spec->logit_scale);
        loci_onnx_node2(model, "Mul", output, current.text, "logit_scale");
    }
    return LOCI_OK;
}

static int put_network(loci_onnx *model, const loci_network *network, const char *path,
                       loci_error *error) {
    loci_acting acting;
    bool spiking = loci_spec_spikes(&network->spec), units = network->target_mean != NULL;
    const char *output = network->spec.task == LOCI_TASK_REGRESS ? "values" : "logits";
    const char *last = units ? "values.standard" : output;
    int status = loci_exchange_acting(&acting, network, error);
    if (status == LOCI_OK) {
        bool events = spiking && network->spec.coding == LOCI_CODING_EVENTS;
        const char *row = events ? put_events(model, network) : loci_onnx_image(model, network);
        if (network->spec.maps_count > 0)
            row = loci_onnx_grid(model, &network->spec, row, events);
        loci_onnx_output(model, output, network->spec.classes);
        status = spiking ? loci_onnx_spiking(model, &acting, row, last, path, error)
                         : put_layers(model, &acting, row, last, path, error);
        if (status == LOCI_OK && units)
            loci_onnx_units(model, network, last);
    }
    loci_acting_close(&acting);
    loci_onnx_close(model);
    return status == LOCI_OK ? loci_onnx_notes(model, network, error) : status;
}

int loci_exchange_onnx(const loci_network *network, const char *path, loci_error *error) {
    const loci_spec *spec = &network->spec;
    loci_onnx model;
    if (loci_spec_spikes(spec) && spec->coding == LOCI_CODING_POISSON)
        return loci_fail(error, LOCI_E_UNSUPPORTED, path,
                         "not written: its input spikes are drawn at random (coding poisson), "
                         "which a graph cannot repeat; constant and latency coding can be written");
    if (loci_spec_connections(spec) > LOCI_ONNX_MOST_BYTES / sizeof(float))
        return loci_onnx_too_large(path, error);
    int status = loci_exchange_check(network, path, error);
    if (status != LOCI_OK)
        return status;
    loci_onnx_open(&model);
    return loci_onnx_write(&model, put_network(&model, network, path, error), path, error);
}
