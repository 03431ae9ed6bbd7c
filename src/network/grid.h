/* Where the pixels of an image lie in the plane of the input. */
#ifndef LOCI_NETWORK_GRID_H
#define LOCI_NETWORK_GRID_H

#include <loci/spec.h>

/* The pixel grid lies around 0, its longer side from -extent to extent. Coordinate 0 runs along a
 * row, 1 along a column. */
/* From one pixel to the next. */
double loci_grid_pitch(const loci_spec *spec);
/* Half of what the grid spans along coordinate 0 or 1. */
double loci_grid_half(const loci_spec *spec, size_t coordinate);

#endif
