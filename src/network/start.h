/* Where a network's parameters start. */
#ifndef LOCI_NETWORK_START_H
#define LOCI_NETWORK_START_H

#include "network/network.h"

/* Draws all parameters. One random stream per tensor, so that adding a tensor changes no other. */
void loci_start(loci_network *network, uint64_t seed);

/* The pixel grid, [inputs, coordinates]; NULL when memory is short. Pixel (row, column) sits at
 * (column + 1/2 - width/2, row + 1/2 - height/2) * 2 extent / max(height, width); further
 * coordinates are 0. */
float *loci_start_sheet(const loci_spec *spec);

#endif
