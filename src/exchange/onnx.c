/* A network as an ONNX graph; docs/exchange.md describes it. */
#include "exchange/onnx_parts.h"

#include <loci/exchange.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/file.h"
#include "network/model_file.h"
#include "network/spec_json.h"

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

/* From `image` to a row of the pixels that are inputs, in [0, 1]; returns what that value is
 * called.
 */
static const char *put_image(loci_onnx *model, const loci_network *network) {
    const loci_spec *spec = &network->spec;
    size_t pixels = loci_spec_pixels(spec);
    const size_t shape[3] = {spec->height, spec->width, spec->channels};
    const char *row = "image";
    if (spec->height > 1 || spec->channels > 1) {
        loci_onnx_input(model, "image", spec->channels > 1 ? 3 : 2, shape);
        loci_onnx_node_with(model, "Flatten", "image.row", "image", NULL, "axis", 1);
        row = "image.row";
    } else {
        loci_onnx_input(model, "image", 1, &pixels);
    }
    if (network->low != NULL) {
        loci_onnx_floats(model, LOCI_MODEL_LOW, 1, &pixels, network->low);
        loci_onnx_floats(model, LOCI_MODEL_SPAN, 1, &pixels, network->span);
        loci_onnx_node2(model, "Sub", "image.above", row, LOCI_MODEL_LOW);
        loci_onnx_node2(model, "Div", "image.scaled", "image.above", LOCI_MODEL_SPAN);
        row = "image.scaled";
    }
    if (network->pixels != NULL) {
        loci_onnx_indices(model, LOCI_MODEL_PIXELS, network->pixels, spec->inputs);
        loci_onnx_node_with(model, "Gather", "image.inputs", row, LOCI_MODEL_PIXELS, "axis", 1);
        row = "image.inputs";
    }
    return row;
}

/* Layers of maps take the image as a grid; events become one step by step. */
static const char *put_grid(loci_onnx *model, const loci_spec *spec, const char *row, bool events) {
    loci_onnx_grid_constant(model, spec);
    if (events)
        return row;
    loci_onnx_to_grid(model, spec, "image.grid", row);
    return "image.grid";
}

/* u (1 + erf(u / sqrt 2)) / 2; a Gelu of its own came with opset 20. */
static void put_gelu(loci_onnx *model, uint32_t layer, const char *output, const char *current) {
    loci_onnx_name share, error, above, twice;
    loci_onnx_label(&share, layer, "gelu.share", 0);
    loci_onnx_label(&error, layer, "gelu.erf", 0);
    loci_onnx_label(&above, layer, "gelu.above", 0);
    loci_onnx_label(&twice, layer, "gelu.twice", 0);
    loci_onnx_node2(model, "Mul", share.text, current, "gelu.root");
    loci_onnx_node1(model, "Erf", error.text, share.text);
    loci_onnx_node2(model, "Add", above.text, error.text, "gelu.one");
    loci_onnx_node2(model, "Mul", twice.text, current, above.text);
    loci_onnx_node2(model, "Mul", output, twice.text, "gelu.half");
}

static void put_gelu_constants(loci_onnx *model) {
    loci_onnx_scalar(model, "gelu.root", 0.707106781f); /* 1 / sqrt 2 */
    loci_onnx_scalar(model, "gelu.one", 1);
    loci_onnx_scalar(model, "gelu.half", 0.5f);
}

/* What the neurons of a hidden layer make of their current. */
static void put_activation(loci_onnx *model, int activation, uint32_t layer, const char *output,
                           const char *current) {
    switch (activation) {
    case LOCI_ACTIVATION_LEAKY_RELU: /* its alpha is 0.01 unless it says otherwise */
        loci_onnx_node1(model, "LeakyRelu", output, current);
        break;
    case LOCI_ACTIVATION_TANH:
        loci_onnx_node1(model, "Tanh", output, current);
        break;
    case LOCI_ACTIVATION_GELU:
        put_gelu(model, layer, output, current);
        break;
    case LOCI_ACTIVATION_SINE:
        loci_onnx_node1(model, "Sin", output, current);
        break;
    default:
        loci_onnx_node1(model, "Relu", output, current);
    }
}

/* Layers of neurons that do not spike; the last only sums. */
static int put_layers(loci_onnx *model, const loci_acting *acting, const char *row,
                      const char *output, const char *path, loci_error *error) {
    const loci_spec *spec = &acting->network->spec;
    bool scaled = (float)spec->logit_scale != 1;
    loci_onnx_name from, current;
    snprintf(from.text, sizeof from.text, "%s", row);
    if (spec->activation == LOCI_ACTIVATION_GELU && loci_spec_hidden_layers(spec) > 0)
        put_gelu_constants(model);
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec); l++) {
        bool last = l == loci_spec_hidden_layers(spec);
        int status = loci_onnx_pair_constants(model, acting, l, path, error);
        if (status != LOCI_OK)
            return status;
        loci_onnx_label(&current, l + 1, "current", 0);
        loci_onnx_current(model, spec, l, from.text, last && !scaled ? output : current.text);
        if (!last)
            put_activation(model, spec->activation, l + 1,
                           loci_onnx_label(&from, l + 1, "output", 0), current.text);
    }
    if (scaled) {
        loci_onnx_scalar(model, "logit_scale", (float)spec->logit_scale);
        loci_onnx_node2(model, "Mul", output, current.text, "logit_scale");
    }
    return LOCI_OK;
}

/* From what a regressor has learnt to units of the data. */
static void put_units(loci_onnx *model, const loci_network *network, const char *from) {
    size_t outputs = network->spec.classes;
    loci_onnx_floats(model, LOCI_MODEL_MEAN, 1, &outputs, network->target_mean);
    loci_onnx_floats(model, LOCI_MODEL_DEVIATION, 1, &outputs, network->target_deviation);
    loci_onnx_node2(model, "Mul", "values.above", from, LOCI_MODEL_DEVIATION);
    loci_onnx_node2(model, "Add", "values", "values.above", LOCI_MODEL_MEAN);
}

/* What the file says about itself. */
static int put_notes(loci_onnx *model, const loci_network *network, loci_error *error) {
    char *spec = loci_spec_to_text(&network->spec);
    if (spec == NULL)
        return loci_fail_memory(error, "onnx");
    loci_onnx_note(model, "spec", spec);
    free(spec);
    if (loci_spec_spikes(&network->spec) && network->spec.coding == LOCI_CODING_EVENTS)
        loci_onnx_note(model, "events", "how many events there are in each time step");
    else
        loci_onnx_note(model, "image",
                       network->low != NULL
                           ? "values as in the data set; their range is in the graph"
                           : "values from 0 to 1; of bytes, value / 255");
    if (network->spec.task == LOCI_TASK_REGRESS)
        loci_onnx_note(model, "values",
                       network->target_mean != NULL
                           ? "numbers in units of the data; their scale is in the graph"
                           : "numbers as the network learnt them");
    for (size_t i = 0; loci_note_keys[i] != NULL; i++) {
        const char *text = loci_network_note(network, loci_note_keys[i]);
        if (*text != '\0')
            loci_onnx_note(model, loci_exchange_note_name(network, loci_note_keys[i]), text);
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
        const char *row = events ? put_events(model, network) : put_image(model, network);
        if (network->spec.maps_count > 0)
            row = put_grid(model, &network->spec, row, events);
        loci_onnx_output(model, output, network->spec.classes);
        status = spiking ? loci_onnx_spiking(model, &acting, row, last, path, error)
                         : put_layers(model, &acting, row, last, path, error);
        if (status == LOCI_OK && units)
            put_units(model, network, last);
    }
    loci_acting_close(&acting);
    loci_onnx_close(model);
    return status == LOCI_OK ? put_notes(model, network, error) : status;
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
    status = put_network(&model, network, path, error);
    if (status == LOCI_OK && model.out.lost)
        status = loci_fail_memory(error, path);
    if (status == LOCI_OK && model.out.size > LOCI_ONNX_MOST_BYTES)
        status = loci_onnx_too_large(path, error);
    if (status == LOCI_OK)
        status = loci_file_write(path, model.out.bytes, model.out.size, error);
    free(model.out.bytes);
    return status;
}
