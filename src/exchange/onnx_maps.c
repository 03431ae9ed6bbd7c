/* Layers of maps as nodes of a graph: a convolution, and pooling by the largest. */
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "exchange/onnx_parts.h"
#include "network/maps.h"

static const char grid_shape[] = "image.shape";

void loci_onnx_grid_constant(loci_onnx *model, const loci_spec *spec) {
    /* 0: as many as come in. Of one channel nothing is to be turned. */
    const uint32_t grey[4] = {0, 1, spec->height, spec->width};
    const uint32_t colour[4] = {0, spec->height, spec->width, spec->channels};
    loci_onnx_indices(model, grid_shape, spec->channels > 1 ? colour : grey, 4);
}

void loci_onnx_to_grid(loci_onnx *model, const loci_spec *spec, const char *grid, const char *row) {
    static const loci_onnx_list order = {"perm", 4, {0, 3, 1, 2}};
    loci_onnx_name places;
    if (spec->channels == 1) {
        loci_onnx_node2(model, "Reshape", grid, row, grid_shape);
        return;
    }
    snprintf(places.text, sizeof places.text, "%s.places", grid);
    loci_onnx_node2(model, "Reshape", places.text, row, grid_shape);
    loci_onnx_node_lists(model, "Transpose", grid, &places, 1, &order, 1);
}

void loci_onnx_to_row(loci_onnx *model, const char *row, const char *grid) {
    static const loci_onnx_list order = {"perm", 4, {0, 2, 3, 1}};
    loci_onnx_name from, places;
    snprintf(from.text, sizeof from.text, "%s", grid);
    snprintf(places.text, sizeof places.text, "%s.places", row);
    loci_onnx_node_lists(model, "Transpose", places.text, &from, 1, &order, 1);
    loci_onnx_node_with(model, "Flatten", row, places.text, NULL, "axis", 1);
}

size_t loci_onnx_turned(const loci_stencil *stencil, size_t i, size_t j) {
    size_t places = stencil->window * stencil->window, at = i / stencil->in;
    return (j * stencil->in + i % stencil->in) * places + at;
}

int loci_onnx_stencil_constant(loci_onnx *model, const loci_spec *spec, uint32_t l,
                               const float *weights, loci_error *error) {
    const loci_stencil s = loci_stencil_of(spec, l);
    const size_t shape[4] = {s.out, s.in, s.window, s.window}, places = s.window * s.window;
    char name[LOCI_MODEL_NAME];
    float *turned = loci_alloc(places * s.in * s.out, sizeof *turned);
    if (turned == NULL)
        return loci_fail_memory(error, "onnx");
    for (size_t i = 0; i < places * s.in; i++)
        for (size_t j = 0; j < s.out; j++)
            turned[loci_onnx_turned(&s, i, j)] = weights[i * s.out + j];
    loci_onnx_floats(model, loci_model_name(name, l, "weight"), 4, shape, turned);
    free(turned);
    return LOCI_OK;
}

void loci_onnx_conv(loci_onnx *model, const loci_stencil *stencil, const loci_onnx_name in[3],
                    const char *output) {
    const uint64_t around = (stencil->window - 1) / 2;
    const loci_onnx_list crossing[] = {{"kernel_shape", 2, {stencil->window, stencil->window}},
                                       {"strides", 2, {stencil->stride, stencil->stride}},
                                       {"pads", 4, {around, around, around, around}}};
    loci_onnx_node_lists(model, "Conv", output, in, 3, crossing, 3);
}

void loci_onnx_maxpool(loci_onnx *model, const loci_stencil *stencil, const char *from,
                       const char *output) {
    const loci_onnx_list pooling[] = {{"kernel_shape", 2, {stencil->pool, stencil->pool}},
                                      {"strides", 2, {stencil->pool, stencil->pool}}};
    loci_onnx_name in;
    snprintf(in.text, sizeof in.text, "%s", from);
    loci_onnx_node_lists(model, "MaxPool", output, &in, 1, pooling, 2);
}

/* A bias is the same at all places, so it may come before the largest is taken. */
void loci_onnx_stencil_current(loci_onnx *model, const loci_spec *spec, uint32_t l,
                               const char *from, const char *current) {
    const loci_stencil s = loci_stencil_of(spec, l);
    loci_onnx_name in[3], places;
    char weight[LOCI_MODEL_NAME];
    snprintf(in[0].text, sizeof in[0].text, "%s", from);
    snprintf(in[1].text, sizeof in[1].text, "%s", loci_model_name(weight, l, "weight"));
    loci_onnx_label(&in[2], l + 1, "bias", 0);
    snprintf(places.text, sizeof places.text, "%s%s", current, s.pool > 1 ? ".places" : "");
    loci_onnx_conv(model, &s, in, places.text);
    if (s.pool > 1)
        loci_onnx_maxpool(model, &s, places.text, current);
}
