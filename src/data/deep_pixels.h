/* Pixels of more than 8 bits, which are numbers of floating point here. */
#ifndef LOCI_DATA_DEEP_PIXELS_H
#define LOCI_DATA_DEEP_PIXELS_H

#include <stddef.h>

/* The largest value that cameras of as many bits as these values [count] need can have: of 1, 8,
 * 10, 12, 14 or 16 bits. *most receives the largest there is. */
float loci_deep_pixels_white(const float *values, size_t count, float *most);

#endif
