/* A network as an ONNX graph in 8 bits: bytes between QuantizeLinear and DequantizeLinear, around
 * the nodes that a graph of floats has. docs/exchange.md describes it.
 *
 * What moves bytes about (MaxPool, Transpose, Flatten) stands between the two and does so. */
#include <loci/exchange.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "codegen/export.h"
#include "exchange/onnx_parts.h"
#include "network/maps.h"

/* NAME.PART, which the longest names have room for. */
static const char *part_of(loci_onnx_name *to, const char *name, const char *part) {
    snprintf(to->text, sizeof to->text, "%.36s.%.10s", name, part);
    return to->text;
}

/* ---- bytes ---- */

/* `NAME.scale` and `NAME.zero`, and from the value `from` to `NAME.bytes`. */
static void put_quantise(loci_onnx *model, loci_linear_scale by, const char *name,
                         const char *from) {
    loci_onnx_name in[3], bytes;
    snprintf(in[0].text, sizeof in[0].text, "%s", from);
    loci_onnx_scalar(model, part_of(&in[1], name, "scale"), by.scale);
    loci_onnx_whole(model, part_of(&in[2], name, "zero"), LOCI_ONNX_UINT8, 0, NULL, &by.zero);
    loci_onnx_node(model, "QuantizeLinear", part_of(&bytes, name, "bytes"), in, 3);
}

/* From bytes to `NAME.real`. */
static void put_real(loci_onnx *model, const char *name, const char *bytes) {
    loci_onnx_name in[3], real;
    snprintf(in[0].text, sizeof in[0].text, "%s", bytes);
    part_of(&in[1], name, "scale");
    part_of(&in[2], name, "zero");
    loci_onnx_node(model, "DequantizeLinear", part_of(&real, name, "real"), in, 3);
}

/* A constant's `NAME.real`, of a scale for each output; `zero`: it has NAME.zero. */
static void put_real_constant(loci_onnx *model, const char *name, bool zero, int64_t axis) {
    loci_onnx_name in[3], real;
    snprintf(in[0].text, sizeof in[0].text, "%s", name);
    part_of(&in[1], name, "scale");
    part_of(&in[2], name, "zero");
    loci_onnx_node_along(model, "DequantizeLinear", part_of(&real, name, "real"), in, zero ? 3 : 2,
                         axis);
}

/* ---- constants of a pair ---- */

/* Of a receiver: what 1 of its weights is. */
static float weight_scale(const loci_pair_fixed *fixed, size_t j) {
    return (float)(fixed->unit / fixed->unit_in * loci_codegen_gain(fixed, j));
}

/* "pairL.weight", of a stencil in the order of Conv. */
static int put_weights(loci_onnx *model, const loci_export *export, uint32_t l, const char *name,
                       loci_error *error) {
    const loci_codegen_pair *pair = &export->pair[l];
    const size_t shape[2] = {pair->n, pair->m};
    if (!loci_has_stencil(export->spec, l)) {
        loci_onnx_whole(model, name, LOCI_ONNX_INT8, 2, shape, pair->fixed.w);
        return LOCI_OK;
    }
    const loci_stencil s = loci_stencil_of(export->spec, l);
    const size_t grid[4] = {s.out, s.in, s.window, s.window};
    int32_t *turned = loci_alloc(pair->n * pair->m, sizeof *turned);
    if (turned == NULL)
        return loci_fail_memory(error, "onnx");
    for (size_t i = 0; i < pair->n; i++)
        for (size_t j = 0; j < pair->m; j++)
            turned[loci_onnx_turned(&s, i, j)] = pair->fixed.w[i * pair->m + j];
    loci_onnx_whole(model, name, LOCI_ONNX_INT8, 4, grid, turned);
    free(turned);
    return LOCI_OK;
}

/* Weights and biases of pair l as they stand in the file, and as `pairL.weight.real` and
 * `layerM.bias.real`. A bias counts in what its sum does: the scale of what enters times that of
 * its weights. */
static int put_constants(loci_onnx *model, const loci_export *export, uint32_t l,
                         loci_error *error) {
    const loci_codegen_pair *pair = &export->pair[l];
    const loci_pair_fixed *fixed = &pair->fixed;
    char weight[LOCI_MODEL_NAME];
    loci_onnx_name bias, name;
    float *scale = loci_alloc(pair->m, sizeof *scale), *sum = loci_alloc(pair->m, sizeof *sum);
    int32_t *whole = loci_alloc(pair->m, sizeof *whole);
    int status =
        scale == NULL || sum == NULL || whole == NULL ? loci_fail_memory(error, "onnx") : LOCI_OK;
    loci_model_name(weight, l, "weight");
    loci_onnx_label(&bias, l + 1, "bias", 0);
    if (status == LOCI_OK)
        status = put_weights(model, export, l, weight, error);
    for (size_t j = 0; status == LOCI_OK && j < pair->m; j++) {
        scale[j] = weight_scale(fixed, j);
        sum[j] = (float)fixed->unit_in * scale[j];
        whole[j] = 0;
    }
    if (status == LOCI_OK) {
        loci_onnx_floats(model, part_of(&name, weight, "scale"), 1, &pair->m, scale);
        loci_onnx_whole(model, part_of(&name, weight, "zero"), LOCI_ONNX_INT8, 1, &pair->m, whole);
        put_real_constant(model, weight, true, loci_has_stencil(export->spec, l) ? 0 : 1);
        for (size_t j = 0; j < pair->m; j++)
            whole[j] = fixed->bias[j] / loci_codegen_gain(fixed, j);
        loci_onnx_floats(model, part_of(&name, bias.text, "scale"), 1, &pair->m, sum);
        loci_onnx_whole(model, bias.text, LOCI_ONNX_INT32, 1, &pair->m, whole);
        put_real_constant(model, bias.text, false, 0);
    }
    free(scale);
    free(sum);
    free(whole);
    return status;
}

/* ---- layers ---- */

/* What enters pair l, its weights and its bias. */
static void name_inputs(loci_onnx_name in[3], uint32_t l, const char *from) {
    char weight[LOCI_MODEL_NAME];
    loci_onnx_name bias;
    snprintf(in[0].text, sizeof in[0].text, "%s", from);
    part_of(&in[1], loci_model_name(weight, l, "weight"), "real");
    part_of(&in[2], loci_onnx_label(&bias, l + 1, "bias", 0), "real");
}

/* Whether the largest may be taken of what neurons send, not only of their currents. */
static bool rises(int activation) {
    return activation == LOCI_ACTIVATION_RELU || activation == LOCI_ACTIVATION_LEAKY_RELU ||
           activation == LOCI_ACTIVATION_TANH;
}

/* Hidden layer l + 1 of maps, from grids `from`; leaves what its bytes are called in *bytes. A
 * convolution, an activation and QuantizeLinear in a row are one operation in whole numbers to a
 * runtime, so pooling comes after them where it may. */
static void put_maps(loci_onnx *model, const loci_export *export, uint32_t l, const char *from,
                     loci_onnx_name *bytes) {
    const loci_stencil s = loci_stencil_of(export->spec, l);
    const int activation = export->spec->activation;
    bool late = s.pool > 1 && rises(activation), early = s.pool > 1 && !late;
    loci_onnx_name in[3], places, current, output;
    name_inputs(in, l, from);
    loci_onnx_label(&places, l + 1, "current.places", 0);
    loci_onnx_label(&current, l + 1, "current", 0);
    loci_onnx_label(&output, l + 1, "output", 0);
    loci_onnx_conv(model, &s, in, early ? places.text : current.text);
    if (early)
        loci_onnx_maxpool(model, &s, places.text, current.text);
    loci_onnx_activation(model, activation, l + 1, output.text, current.text);
    put_quantise(model, export->pair[l].fixed.linear, output.text, output.text);
    part_of(bytes, output.text, "bytes");
    if (late) {
        loci_onnx_name pooled;
        loci_onnx_maxpool(model, &s, bytes->text, part_of(&pooled, output.text, "pooled"));
        *bytes = pooled;
    }
}

/* Hidden layer l + 1, from the value `from` to `layerM.output.real`, which *to receives. */
static void put_hidden(loci_onnx *model, const loci_export *export, uint32_t l, const char *from,
                       loci_onnx_name *to) {
    loci_onnx_name in[3], current, output, bytes, row;
    loci_onnx_label(&output, l + 1, "output", 0);
    if (loci_has_stencil(export->spec, l)) {
        put_maps(model, export, l, from, &bytes);
    } else {
        name_inputs(in, l, from);
        loci_onnx_node(model, "Gemm", loci_onnx_label(&current, l + 1, "current", 0), in, 3);
        loci_onnx_activation(model, export->spec->activation, l + 1, output.text, current.text);
        put_quantise(model, export->pair[l].fixed.linear, output.text, output.text);
        part_of(&bytes, output.text, "bytes");
    }
    if (loci_has_grid_senders(export->spec, l + 1) && !loci_has_stencil(export->spec, l + 1)) {
        loci_onnx_to_row(model, part_of(&row, output.text, "row"), bytes.text);
        bytes = row;
    }
    put_real(model, output.text, bytes.text);
    part_of(to, output.text, "real");
}

static int put_layers(loci_onnx *model, const loci_export *export, const char *row,
                      const char *output, loci_error *error) {
    const loci_spec *spec = export->spec;
    bool scaled = (float)spec->logit_scale != 1;
    uint32_t last = (uint32_t) export->pairs - 1;
    loci_onnx_name from = {"image.real"}, to, in[3], current;
    put_quantise(model, export->input.linear, "image", row);
    put_real(model, "image", "image.bytes");
    if (last > 0)
        loci_onnx_activation_constants(model, spec->activation);
    for (uint32_t l = 0; l <= last; l++) {
        int status = put_constants(model, export, l, error);
        if (status != LOCI_OK)
            return status;
        if (l == last)
            break;
        put_hidden(model, export, l, from.text, &to);
        from = to;
    }
    name_inputs(in, last, from.text);
    loci_onnx_label(&current, last + 1, "current", 0);
    loci_onnx_node(model, "Gemm", scaled ? current.text : output, in, 3);
    if (scaled) {
        loci_onnx_scalar(model, "logit_scale", (float)spec->logit_scale);
        loci_onnx_node2(model, "Mul", output, current.text, "logit_scale");
    }
    return LOCI_OK;
}

static int put_network(loci_onnx *model, const loci_export *export, loci_error *error) {
    const loci_network *network = export->network;
    const char *output = loci_codegen_regresses(export) ? "values" : "logits";
    bool units = network->target_mean != NULL;
    const char *row = loci_onnx_image(model, network);
    if (network->spec.maps_count > 0)
        row = loci_onnx_grid(model, &network->spec, row, false);
    loci_onnx_output(model, output, network->spec.classes);
    int status = put_layers(model, export, row, units ? "values.standard" : output, error);
    if (status == LOCI_OK && units)
        loci_onnx_units(model, network, "values.standard");
    loci_onnx_close(model);
    if (status == LOCI_OK)
        status = loci_onnx_notes(model, network, error);
    loci_onnx_note(model, "bits", "8");
    return status;
}

int loci_exchange_onnx_quantised(const loci_export *export, const char *path, loci_error *error) {
    loci_onnx model;
    if (!export->options.linear)
        return loci_fail(error, LOCI_E_ARGUMENT, "linear", "is not set: this export is for C");
    loci_onnx_open(&model);
    return loci_onnx_write(&model, put_network(&model, export, error), path, error);
}
