/* Layers of maps in an export: their grids, and what stencils see of what enters them.
 *
 * The C source (c/run_maps.c) makes such layers row by row and keeps of each no more rows than the
 * next one looks at. */
#ifndef LOCI_CODEGEN_MAPS_H
#define LOCI_CODEGEN_MAPS_H

#include "codegen/export.h"
#include "synapse/stencil.h"

/* The most maps a layer can have (network/maps.c). */
enum { LOCI_CODEGEN_MAPS = 4096 };

/* LOCI_E_UNSUPPORTED, in a line, for what of maps is not written as C. */
int loci_codegen_check_maps(const loci_spec *spec, loci_error *error);

/* Rows of what a stencil looks at that are there at the same time. */
size_t loci_codegen_kept_rows(const loci_stencil *stencil);
/* Numbers of these, of all layers of maps up to layer l + 1, that one left out. */
size_t loci_codegen_kept_numbers(const loci_export *export, uint32_t l);
/* Weights of stencils that are made of positions, likewise. */
size_t loci_codegen_stencil_numbers(const loci_export *export, uint32_t l);
/* The most maps that any layer of them has; 0 = there is none. */
size_t loci_codegen_widest_maps(const loci_export *export);
/* How often one run takes row i of pair l's weights at the most. */
double loci_codegen_uses(const loci_export *export, uint32_t l, size_t i);

/* Patches of what enters a stencil that its moments are taken of. */
size_t loci_codegen_patches(const loci_export *export, uint32_t l, size_t samples);
/* Gathers them from samples in [samples, senders], evenly: out [patches, entries]. */
void loci_codegen_gather_patches(const loci_export *export, uint32_t l, const int32_t *in,
                                 size_t samples, int32_t *out);

#endif
