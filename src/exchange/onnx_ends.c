/* What goes into a graph and comes out of it, what its file says about itself, and writing that. */
#include <stdlib.h>

#include "base/error.h"
#include "base/file.h"
#include "exchange/onnx_parts.h"
#include "network/spec_json.h"

const char *loci_onnx_image(loci_onnx *model, const loci_network *network) {
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

const char *loci_onnx_grid(loci_onnx *model, const loci_spec *spec, const char *row, bool events) {
    loci_onnx_grid_constant(model, spec);
    if (events)
        return row;
    loci_onnx_to_grid(model, spec, "image.grid", row);
    return "image.grid";
}

void loci_onnx_units(loci_onnx *model, const loci_network *network, const char *from) {
    size_t outputs = network->spec.classes;
    loci_onnx_floats(model, LOCI_MODEL_MEAN, 1, &outputs, network->target_mean);
    loci_onnx_floats(model, LOCI_MODEL_DEVIATION, 1, &outputs, network->target_deviation);
    loci_onnx_node2(model, "Mul", "values.above", from, LOCI_MODEL_DEVIATION);
    loci_onnx_node2(model, "Add", "values", "values.above", LOCI_MODEL_MEAN);
}

int loci_onnx_notes(loci_onnx *model, const loci_network *network, loci_error *error) {
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

int loci_onnx_write(loci_onnx *model, int status, const char *path, loci_error *error) {
    if (status == LOCI_OK && model->out.lost)
        status = loci_fail_memory(error, path);
    if (status == LOCI_OK && model->out.size > LOCI_ONNX_MOST_BYTES)
        status = loci_onnx_too_large(path, error);
    if (status == LOCI_OK)
        status = loci_file_write(path, model->out.bytes, model->out.size, error);
    free(model->out.bytes);
    return status;
}
