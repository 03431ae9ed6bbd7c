#include "exchange/onnx_graph.h"

#include <loci/status.h>
#include <stdio.h>
#include <string.h>

/* Fields of the messages in github.com/onnx/onnx, onnx/onnx.proto3. */
enum {
    MODEL_IR_VERSION = 1,
    MODEL_PRODUCER_NAME = 2,
    MODEL_PRODUCER_VERSION = 3,
    MODEL_GRAPH = 7,
    MODEL_OPSET = 8,
    MODEL_METADATA = 14,
    OPSET_VERSION = 2,
    ENTRY_KEY = 1,
    ENTRY_VALUE = 2,
    GRAPH_NODE = 1,
    GRAPH_NAME = 2,
    GRAPH_INITIALIZER = 5,
    GRAPH_INPUT = 11,
    GRAPH_OUTPUT = 12,
    NODE_INPUT = 1,
    NODE_OUTPUT = 2,
    NODE_NAME = 3,
    NODE_OPERATOR = 4,
    NODE_ATTRIBUTE = 5,
    ATTRIBUTE_NAME = 1,
    ATTRIBUTE_INT = 3,
    ATTRIBUTE_INTS = 8,
    ATTRIBUTE_TYPE = 20,
    TENSOR_DIMS = 1,
    TENSOR_TYPE = 2,
    TENSOR_NAME = 8,
    TENSOR_RAW = 9,
    VALUE_NAME = 1,
    VALUE_TYPE = 2,
    TYPE_TENSOR = 1,
    TYPE_ELEMENT = 1,
    TYPE_SHAPE = 2,
    SHAPE_DIMENSION = 1,
    DIMENSION_VALUE = 1,
    DIMENSION_NAME = 2
};
/* Values of enumerations there. */
enum { ATTRIBUTE_IS_INT = 2, ATTRIBUTE_IS_INTS = 7, TENSOR_INT64 = 7 };

void loci_onnx_open(loci_onnx *model) {
    loci_protobuf *p = &model->out;
    *model = (loci_onnx){0};
    loci_protobuf_number(p, MODEL_IR_VERSION, LOCI_ONNX_IR);
    loci_protobuf_text(p, MODEL_PRODUCER_NAME, "loci");
    loci_protobuf_text(p, MODEL_PRODUCER_VERSION, loci_version());
    size_t opset = loci_protobuf_begin(p, MODEL_OPSET);
    loci_protobuf_number(p, OPSET_VERSION, LOCI_ONNX_OPSET);
    loci_protobuf_end(p, opset);
    model->graph = loci_protobuf_begin(p, MODEL_GRAPH);
    loci_protobuf_text(p, GRAPH_NAME, "loci");
}

void loci_onnx_close(loci_onnx *model) {
    loci_protobuf_end(&model->out, model->graph);
}

void loci_onnx_note(loci_onnx *model, const char *key, const char *text) {
    size_t entry = loci_protobuf_begin(&model->out, MODEL_METADATA);
    loci_protobuf_text(&model->out, ENTRY_KEY, key);
    loci_protobuf_text(&model->out, ENTRY_VALUE, text);
    loci_protobuf_end(&model->out, entry);
}

const char *loci_onnx_label(loci_onnx_name *name, uint32_t layer, const char *part, uint32_t step) {
    if (step > 0)
        snprintf(name->text, sizeof name->text, "layer%u.%s.%u", layer, part, step);
    else
        snprintf(name->text, sizeof name->text, "layer%u.%s", layer, part);
    return name->text;
}

/* ---- nodes ---- */

/* Begins a node; its inputs follow. */
static size_t begin_node(loci_protobuf *p, const char *operator, const char * output) {
    size_t node = loci_protobuf_begin(p, GRAPH_NODE);
    loci_protobuf_text(p, NODE_OUTPUT, output);
    loci_protobuf_text(p, NODE_NAME, output);
    loci_protobuf_text(p, NODE_OPERATOR, operator);
    return node;
}

void loci_onnx_node(loci_onnx *model, const char *operator, const char * output,
                    const loci_onnx_name *inputs, size_t count) {
    loci_onnx_node_lists(model, operator, output, inputs, count, NULL, 0);
}

static void put_attribute(loci_protobuf *p, const char *name, int64_t value) {
    size_t inside = loci_protobuf_begin(p, NODE_ATTRIBUTE);
    loci_protobuf_text(p, ATTRIBUTE_NAME, name);
    loci_protobuf_number(p, ATTRIBUTE_INT, (uint64_t)value);
    loci_protobuf_number(p, ATTRIBUTE_TYPE, ATTRIBUTE_IS_INT);
    loci_protobuf_end(p, inside);
}

void loci_onnx_node_along(loci_onnx *model, const char *operator, const char * output,
                          const loci_onnx_name *inputs, size_t count, int64_t axis) {
    size_t node = begin_node(&model->out, operator, output);
    for (size_t i = 0; i < count; i++)
        loci_protobuf_text(&model->out, NODE_INPUT, inputs[i].text);
    put_attribute(&model->out, "axis", axis);
    loci_protobuf_end(&model->out, node);
}

void loci_onnx_concat(loci_onnx *model, const char *output, const loci_onnx_name *inputs,
                      size_t count) {
    loci_onnx_node_along(model, "Concat", output, inputs, count, 1);
}

void loci_onnx_node_with(loci_onnx *model, const char *operator, const char * output, const char *a,
                         const char *b, const char *attribute, int64_t value) {
    loci_protobuf *p = &model->out;
    size_t node = begin_node(p, operator, output);
    loci_protobuf_text(p, NODE_INPUT, a);
    if (b != NULL)
        loci_protobuf_text(p, NODE_INPUT, b);
    if (attribute != NULL)
        put_attribute(p, attribute, value);
    loci_protobuf_end(p, node);
}

static void put_list(loci_protobuf *p, const loci_onnx_list *list) {
    size_t inside = loci_protobuf_begin(p, NODE_ATTRIBUTE);
    loci_protobuf_text(p, ATTRIBUTE_NAME, list->name);
    for (size_t i = 0; i < list->count; i++)
        loci_protobuf_number(p, ATTRIBUTE_INTS, list->numbers[i]);
    loci_protobuf_number(p, ATTRIBUTE_TYPE, ATTRIBUTE_IS_INTS);
    loci_protobuf_end(p, inside);
}

void loci_onnx_node_lists(loci_onnx *model, const char *operator, const char * output,
                          const loci_onnx_name *inputs, size_t count, const loci_onnx_list *lists,
                          size_t list_count) {
    size_t node = begin_node(&model->out, operator, output);
    for (size_t i = 0; i < count; i++)
        loci_protobuf_text(&model->out, NODE_INPUT, inputs[i].text);
    for (size_t i = 0; i < list_count; i++)
        put_list(&model->out, &lists[i]);
    loci_protobuf_end(&model->out, node);
}

void loci_onnx_node1(loci_onnx *model, const char *operator, const char * output, const char *a) {
    loci_onnx_node_with(model, operator, output, a, NULL, NULL, 0);
}

void loci_onnx_node2(loci_onnx *model, const char *operator, const char * output, const char *a,
                     const char *b) {
    loci_onnx_node_with(model, operator, output, a, b, NULL, 0);
}

/* ---- constants ---- */

/* A little-endian number of `size` bytes. */
static void put(unsigned char *to, uint64_t bits, size_t size) {
    for (size_t b = 0; b < size; b++)
        to[b] = (unsigned char)(bits >> (8 * b));
}

/* Begins a constant; its numbers follow. */
static size_t begin_tensor(loci_protobuf *p, const char *name, int type, uint32_t rank,
                           const size_t *shape) {
    size_t tensor = loci_protobuf_begin(p, GRAPH_INITIALIZER);
    for (uint32_t d = 0; d < rank; d++)
        loci_protobuf_number(p, TENSOR_DIMS, shape[d]);
    loci_protobuf_number(p, TENSOR_TYPE, (uint64_t)type);
    loci_protobuf_text(p, TENSOR_NAME, name);
    return tensor;
}

void loci_onnx_floats(loci_onnx *model, const char *name, uint32_t rank, const size_t *shape,
                      const float *numbers) {
    size_t count = 1;
    for (uint32_t d = 0; d < rank; d++)
        count *= shape[d];
    size_t tensor = begin_tensor(&model->out, name, LOCI_ONNX_FLOAT, rank, shape);
    unsigned char *to = loci_protobuf_room(&model->out, TENSOR_RAW, count * sizeof *numbers);
    for (size_t i = 0; to != NULL && i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &numbers[i], sizeof bits);
        put(to + i * sizeof bits, bits, sizeof bits);
    }
    loci_protobuf_end(&model->out, tensor);
}

void loci_onnx_scalar(loci_onnx *model, const char *name, float number) {
    loci_onnx_floats(model, name, 0, NULL, &number);
}

void loci_onnx_whole(loci_onnx *model, const char *name, int type, uint32_t rank,
                     const size_t *shape, const int32_t *numbers) {
    size_t count = 1, size = type == LOCI_ONNX_INT32 ? sizeof *numbers : 1;
    for (uint32_t d = 0; d < rank; d++)
        count *= shape[d];
    size_t tensor = begin_tensor(&model->out, name, type, rank, shape);
    unsigned char *to = loci_protobuf_room(&model->out, TENSOR_RAW, count * size);
    for (size_t i = 0; to != NULL && i < count; i++)
        put(to + i * size, (uint32_t)numbers[i], size);
    loci_protobuf_end(&model->out, tensor);
}

static void put_indices(loci_onnx *model, const char *name, uint32_t rank, size_t count,
                        const uint32_t *numbers) {
    size_t tensor = begin_tensor(&model->out, name, TENSOR_INT64, rank, &count);
    unsigned char *to = loci_protobuf_room(&model->out, TENSOR_RAW, count * 8);
    for (size_t i = 0; to != NULL && i < count; i++)
        put(to + i * 8, numbers[i], 8);
    loci_protobuf_end(&model->out, tensor);
}

void loci_onnx_indices(loci_onnx *model, const char *name, const uint32_t *numbers, size_t count) {
    put_indices(model, name, 1, count, numbers);
}

void loci_onnx_index(loci_onnx *model, const char *name, uint32_t number) {
    put_indices(model, name, 0, 1, &number);
}

/* ---- what goes in and comes out ---- */

static void put_dimension(loci_protobuf *p, size_t size, const char *name) {
    size_t dimension = loci_protobuf_begin(p, SHAPE_DIMENSION);
    if (name != NULL)
        loci_protobuf_text(p, DIMENSION_NAME, name);
    else
        loci_protobuf_number(p, DIMENSION_VALUE, size);
    loci_protobuf_end(p, dimension);
}

static void put_value(loci_protobuf *p, uint32_t field, const char *name, uint32_t rank,
                      const size_t *shape) {
    size_t value = loci_protobuf_begin(p, field);
    loci_protobuf_text(p, VALUE_NAME, name);
    size_t type = loci_protobuf_begin(p, VALUE_TYPE);
    size_t tensor = loci_protobuf_begin(p, TYPE_TENSOR);
    loci_protobuf_number(p, TYPE_ELEMENT, LOCI_ONNX_FLOAT);
    size_t inside = loci_protobuf_begin(p, TYPE_SHAPE);
    put_dimension(p, 0, "N");
    for (uint32_t d = 0; d < rank; d++)
        put_dimension(p, shape[d], NULL);
    loci_protobuf_end(p, inside);
    loci_protobuf_end(p, tensor);
    loci_protobuf_end(p, type);
    loci_protobuf_end(p, value);
}

void loci_onnx_input(loci_onnx *model, const char *name, uint32_t rank, const size_t *shape) {
    put_value(&model->out, GRAPH_INPUT, name, rank, shape);
}

void loci_onnx_output(loci_onnx *model, const char *name, size_t columns) {
    put_value(&model->out, GRAPH_OUTPUT, name, 1, &columns);
}
