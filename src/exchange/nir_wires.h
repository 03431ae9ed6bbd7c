/* Connections as nodes of a NIR graph, between the neurons that nir.c writes. */
#ifndef LOCI_EXCHANGE_NIR_WIRES_H
#define LOCI_EXCHANGE_NIR_WIRES_H

#include "exchange/network_numbers.h"
#include "exchange/nir_file.h"

/* The node that a layer's current enters, and the one that its spikes, or membranes, leave: the
 * same but for neurons whose spikes reset nothing. Layer 0 is the input. */
const char *loci_nir_enters(char name[LOCI_NIR_NAME], const loci_spec *spec, uint32_t layer);
const char *loci_nir_leaves(char name[LOCI_NIR_NAME], const loci_spec *spec, uint32_t layer);

/* Pair l, with the biases of the layer it leads to; dt: what a step lasts. LOCI_E_DIVERGED or
 * LOCI_E_MEMORY. */
int loci_nir_pair(loci_nir *nir, loci_acting *acting, uint32_t l, double dt, const char *path,
                  loci_error *error);
/* Projection p of a layer to itself. Likewise. */
int loci_nir_loop(loci_nir *nir, loci_acting *acting, size_t p, double dt, const char *path,
                  loci_error *error);

#endif
