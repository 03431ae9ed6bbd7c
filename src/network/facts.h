/* What follows from a specification in one line, and is asked in many places. */
#ifndef LOCI_NETWORK_FACTS_H
#define LOCI_NETWORK_FACTS_H

#include <loci/spec.h>
#include <stdbool.h>

/* Whether the receivers of pair l, which are layer l + 1, spike: hidden neurons of a spiking net
 * do, and its outputs where they are read by their spikes. */
bool loci_spec_fires(const loci_spec *spec, uint32_t l);

/* The pixel grid lies around 0, its longer side from -extent to extent. Coordinate 0 runs along a
 * row, 1 along a column. */
/* From one pixel to the next. */
double loci_grid_pitch(const loci_spec *spec);
/* Half of what the grid spans along coordinate 0 or 1. */
double loci_grid_half(const loci_spec *spec, size_t coordinate);
/* Coordinate of a pixel, row by row; 0 from coordinate 2 on. */
double loci_grid_place(const loci_spec *spec, size_t pixel, size_t coordinate);

#endif
