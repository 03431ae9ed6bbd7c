/* An ONNX model under way: nodes and constants, written as they come. */
#ifndef LOCI_EXCHANGE_ONNX_GRAPH_H
#define LOCI_EXCHANGE_ONNX_GRAPH_H

#include "exchange/protobuf.h"

/* Operators are those of opset 13, the oldest with all that is needed; IR version 7 came with it.
 */
enum { LOCI_ONNX_OPSET = 13, LOCI_ONNX_IR = 7 };

/* Room for the name of a value, such as "layer15.membrane.1000". */
enum { LOCI_ONNX_NAME = 48 };
typedef struct loci_onnx_name {
    char text[LOCI_ONNX_NAME];
} loci_onnx_name;

/* Writes "layerM.part", or "layerM.part.step" where step > 0, to name, and returns it. */
const char *loci_onnx_label(loci_onnx_name *name, uint32_t layer, const char *part, uint32_t step);

typedef struct loci_onnx {
    loci_protobuf out; /* free() its bytes */
    size_t graph;      /* where the graph begins in it */
} loci_onnx;

void loci_onnx_open(loci_onnx *model);
/* Ends the graph; now out holds the whole file. Notes come after it. */
void loci_onnx_close(loci_onnx *model);
void loci_onnx_note(loci_onnx *model, const char *key, const char *text);

/* A node with one output, which is its name too. Operators: github.com/onnx/onnx,
 * docs/Operators.md. */
void loci_onnx_node(loci_onnx *model, const char *operator, const char * output,
                    const loci_onnx_name *inputs, size_t count);
/* Rows [N, ...] side by side. */
void loci_onnx_concat(loci_onnx *model, const char *output, const loci_onnx_name *inputs,
                      size_t count);
/* A node of any inputs with an axis. */
void loci_onnx_node_along(loci_onnx *model, const char *operator, const char * output,
                          const loci_onnx_name *inputs, size_t count, int64_t axis);
/* Nodes of one or two inputs. */
void loci_onnx_node1(loci_onnx *model, const char *operator, const char * output, const char *a);
void loci_onnx_node2(loci_onnx *model, const char *operator, const char * output, const char *a,
                     const char *b);
/* Likewise with an attribute that is a whole number. */
void loci_onnx_node_with(loci_onnx *model, const char *operator, const char * output, const char *a,
                         const char *b, const char *attribute, int64_t value);
/* Likewise of any inputs, with attributes that are lists. */
typedef struct loci_onnx_list {
    const char *name;
    size_t count;
    uint64_t numbers[4];
} loci_onnx_list;
void loci_onnx_node_lists(loci_onnx *model, const char *operator, const char * output,
                          const loci_onnx_name *inputs, size_t count, const loci_onnx_list *lists,
                          size_t list_count);
/* Numbers of types. */
enum { LOCI_ONNX_FLOAT = 1, LOCI_ONNX_UINT8 = 2, LOCI_ONNX_INT8 = 3, LOCI_ONNX_INT32 = 6 };

/* Constants. */
void loci_onnx_floats(loci_onnx *model, const char *name, uint32_t rank, const size_t *shape,
                      const float *numbers);
void loci_onnx_scalar(loci_onnx *model, const char *name, float number);
void loci_onnx_indices(loci_onnx *model, const char *name, const uint32_t *numbers, size_t count);
/* Whole numbers of one of these types, each within it. */
void loci_onnx_whole(loci_onnx *model, const char *name, int type, uint32_t rank,
                     const size_t *shape, const int32_t *numbers);
/* One, without a dimension of its own. */
void loci_onnx_index(loci_onnx *model, const char *name, uint32_t number);

/* What goes in and comes out: floats [N, shape...], N any number. */
void loci_onnx_input(loci_onnx *model, const char *name, uint32_t rank, const size_t *shape);
void loci_onnx_output(loci_onnx *model, const char *name, size_t columns);

#endif
