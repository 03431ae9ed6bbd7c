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

/* The channels of a sheet start evenly over a line from minus this to this, in the coordinate that
 * they have places in. */
double loci_channels_half(const loci_spec *spec);
/* Where channel k starts on it. */
double loci_channel_place(const loci_spec *spec, uint32_t k);

#endif
