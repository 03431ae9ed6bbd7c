/* Which tensors a specification has and where they stand in the flat parameter array. */
#ifndef LOCI_NETWORK_LAYOUT_H
#define LOCI_NETWORK_LAYOUT_H

#include "network/contents.h"

typedef struct loci_layout {
    size_t tensor_count, parameter_count;
    loci_tensor tensors[LOCI_MAX_TENSORS];
    size_t projection_count;
    loci_projection projection[LOCI_MAX_PROJECTIONS];
    loci_layer layer[LOCI_MAX_PAIRS + 1];
} loci_layout;

/* spec is resolved. LOCI_E_ARGUMENT when the parameters would be more than 2^31. */
int loci_layout_of(loci_layout *out, const loci_spec *spec, loci_error *error);

/* Coordinates of a site: dim - 1 in planes, dim when relaxed. */
size_t loci_coordinates(const loci_spec *spec);

/* Whether inputs stand on a sheet whose pixels have several channels: then the first pair has one
 * coordinate more, the last, in which each channel has a place. */
bool loci_channels_have_places(const loci_spec *spec);

/* Sites of a sending and of a receiving neuron of projection p: of a layer to itself those that it
 * has for others. */
uint32_t loci_axon_sites(const loci_spec *spec, size_t p);
uint32_t loci_dendrite_sites(const loci_spec *spec, size_t p);

/* The layer pair whose options projection p has, where it has none of its own. */
size_t loci_pair_of(const loci_spec *spec, size_t p);

/* Coordinates of the sites of projection p: of an arbor over a grey image two, across maps the rest
 * as well. */
size_t loci_pair_coordinates(const loci_spec *spec, size_t p);

#endif
