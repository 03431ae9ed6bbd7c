/* Layers whose neurons stand in maps and share one arbor each: their grids, and the stencils
 * between them. Layers 1 .. maps_count have maps, and so has the image where they are. */
#ifndef LOCI_NETWORK_MAPS_H
#define LOCI_NETWORK_MAPS_H

#include <loci/spec.h>
#include <stdbool.h>

#include "synapse/stencil.h"

/* Checks what a specification says of maps, and fills its lists; what has no use is set to what it
 * is in `plain`. LOCI_E_ARGUMENT. */
int loci_spec_resolve_maps(loci_spec *spec, const loci_spec *plain, loci_error *error);

/* Whether projection p leads to maps, by a stencil. */
static inline bool loci_has_stencil(const loci_spec *spec, size_t p) {
    return p < spec->maps_count;
}

/* Whether the senders of projection p are maps or an image that leads to some: their sites follow
 * from places on a grid and from what a map's neurons share. */
static inline bool loci_has_grid_senders(const loci_spec *spec, size_t p) {
    return spec->maps_count > 0 && p <= spec->maps_count;
}

/* Whether these have a place across maps, and a charge: all but a grey image. */
bool loci_senders_have_places(const loci_spec *spec, size_t p);

/* The stencil that leads to layer p + 1. */
loci_stencil loci_stencil_of(const loci_spec *spec, size_t p);

/* Rows and columns of the senders' places where they stand on a grid: the window of a stencil, or
 * the grid itself; and their maps. */
void loci_grid_of_senders(const loci_spec *spec, size_t p, size_t *rows, size_t *columns,
                          size_t *maps);

/* Connections of pair l: of maps the entries of a stencil. */
size_t loci_pair_connections(const loci_spec *spec, uint32_t l);

/* Neurons of layer l that have biases and constants of their own: maps, or all. Neuron j has those
 * of unit j % units. */
size_t loci_layer_units(const loci_spec *spec, uint32_t l);

#endif
