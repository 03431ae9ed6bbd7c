/* Where a network's parameters start. */
#ifndef LOCI_NETWORK_START_H
#define LOCI_NETWORK_START_H

#include "network/contents.h"

/* Draws all parameters. One random stream per tensor, so that adding a tensor changes no other. */
void loci_start(loci_network *network, uint64_t seed);

/* The places of all pixels, [pixels, coordinates]; NULL when memory is short. */
float *loci_start_sheet(const loci_spec *spec);

#endif
