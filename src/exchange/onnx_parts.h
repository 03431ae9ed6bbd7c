/* The parts of an ONNX export, under onnx.c. */
#ifndef LOCI_EXCHANGE_ONNX_PARTS_H
#define LOCI_EXCHANGE_ONNX_PARTS_H

#include "exchange/network_numbers.h"
#include "exchange/onnx_graph.h"
#include "synapse/stencil.h"

/* onnx_ends.c */

/* From `image` to a row of the pixels that are inputs, in [0, 1]; returns what that value is
 * called. */
const char *loci_onnx_image(loci_onnx *model, const loci_network *network);
/* Layers of maps take the row of an image as a grid; events become one step by step. */
const char *loci_onnx_grid(loci_onnx *model, const loci_spec *spec, const char *row, bool events);
/* From what a regressor has learnt to `values` in units of the data. */
void loci_onnx_units(loci_onnx *model, const loci_network *network, const char *from);
/* What the file says about itself. LOCI_E_MEMORY. */
int loci_onnx_notes(loci_onnx *model, const loci_network *network, loci_error *error);
/* Writes the model unless status says that making it failed, and frees it. Returns status,
 * LOCI_E_UNSUPPORTED (it is too large), LOCI_E_IO or LOCI_E_MEMORY. */
int loci_onnx_write(loci_onnx *model, int status, const char *path, loci_error *error);

/* onnx_activation.c: what the neurons of a hidden layer make of their current, and the constants
 * for it, once. */
void loci_onnx_activation_constants(loci_onnx *model, int activation);
void loci_onnx_activation(loci_onnx *model, int activation, uint32_t layer, const char *output,
                          const char *current);

/* The constants of pair l, "pairL.weight" [n, m] and "layerM.bias" [m], M = l + 1; of a stencil
 * [receiving maps, sending maps, window, window] and [receiving maps]. LOCI_E_DIVERGED or
 * LOCI_E_MEMORY. */
int loci_onnx_pair_constants(loci_onnx *model, const loci_acting *acting, uint32_t l,
                             const char *path, loci_error *error);
/* current = what enters pair l times its weights, and the bias. Rows [N, neurons] enter and leave,
 * of maps grids (onnx_maps.c). */
void loci_onnx_current(loci_onnx *model, const loci_spec *spec, uint32_t l, const char *from,
                       const char *current);

/* onnx_maps.c: layers of maps, and the image before them, are grids [N, maps, height, width] in the
 * graph, as convolutions take them. In rows [N, neurons] the maps of a place stand side by side. */

/* The shape of the image's grid, once. */
void loci_onnx_grid_constant(loci_onnx *model, const loci_spec *spec);
/* Rows of an image as its grid. */
void loci_onnx_to_grid(loci_onnx *model, const loci_spec *spec, const char *grid, const char *row);
/* The grid of a layer of maps as rows. */
void loci_onnx_to_row(loci_onnx *model, const char *row, const char *grid);
/* What goes with a pair that leads to maps; weights [n, m]. LOCI_E_MEMORY. */
int loci_onnx_stencil_constant(loci_onnx *model, const loci_spec *spec, uint32_t l,
                               const float *weights, loci_error *error);
void loci_onnx_stencil_current(loci_onnx *model, const loci_spec *spec, uint32_t l,
                               const char *from, const char *current);
/* The parts of that. Weight [i, j] of a stencil's matrix in the order that Conv has it; a
 * convolution of `in`, values and the names of weights and bias; the largest of each square of
 * places. */
size_t loci_onnx_turned(const loci_stencil *stencil, size_t i, size_t j);
void loci_onnx_conv(loci_onnx *model, const loci_stencil *stencil, const loci_onnx_name in[3],
                    const char *output);
void loci_onnx_maxpool(loci_onnx *model, const loci_stencil *stencil, const char *from,
                       const char *output);

/* Protocol buffers, and what reads them, end at 2 GiB. */
#define LOCI_ONNX_MOST_BYTES ((size_t)INT32_MAX)
/* LOCI_E_UNSUPPORTED for that reason. */
int loci_onnx_too_large(const char *path, loci_error *error);

/* onnx_spiking.c: all layers of a spiking net over its time steps, from the value `input` [N,
 * inputs], of events [N, T, inputs], to `output` [N, classes]. */
int loci_onnx_spiking(loci_onnx *model, loci_acting *acting, const char *input, const char *output,
                      const char *path, loci_error *error);

#endif
