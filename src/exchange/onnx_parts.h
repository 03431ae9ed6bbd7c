/* The parts of an ONNX export, under onnx.c. */
#ifndef LOCI_EXCHANGE_ONNX_PARTS_H
#define LOCI_EXCHANGE_ONNX_PARTS_H

#include "exchange/network_numbers.h"
#include "exchange/onnx_graph.h"

/* Writes "layerM.part", or "layerM.part.step" where step > 0, to name, and returns it. */
const char *loci_onnx_label(loci_onnx_name *name, uint32_t layer, const char *part, uint32_t step);

/* The constants of pair l, "pairL.weight" [n, m] and "layerM.bias" [m], M = l + 1. LOCI_E_DIVERGED
 * or LOCI_E_MEMORY. */
int loci_onnx_pair_constants(loci_onnx *model, const loci_acting *acting, uint32_t l,
                             const char *path, loci_error *error);
/* current = what enters pair l times its weights, and the bias. */
void loci_onnx_current(loci_onnx *model, uint32_t l, const char *from, const char *current);

/* Protocol buffers, and what reads them, end at 2 GiB. */
#define LOCI_ONNX_MOST_BYTES ((size_t)INT32_MAX)
/* LOCI_E_UNSUPPORTED for that reason. */
int loci_onnx_too_large(const char *path, loci_error *error);

/* onnx_spiking.c: all layers of a spiking net over its time steps, from the value `input` [N,
 * inputs], of events [N, T, inputs], to `output` [N, classes]. */
int loci_onnx_spiking(loci_onnx *model, loci_acting *acting, const char *input, const char *output,
                      const char *path, loci_error *error);

#endif
