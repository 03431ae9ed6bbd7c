/* Pixels of more than 8 bits, which are numbers of floating point here. */
#ifndef LOCI_DATA_DEEP_PIXELS_H
#define LOCI_DATA_DEEP_PIXELS_H

#include "data/dataset.h"

/* Scales all pixels alike, from 0 to the largest value that cameras of as many bits as the training
 * part needs can have, and notes it down. LOCI_E_MEMORY. */
int loci_deep_pixels_scale(loci_dataset *data, const char *where, loci_error *error);

#endif
