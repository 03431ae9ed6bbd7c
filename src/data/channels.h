/* Samples of several channels: their order, and grey. */
#ifndef LOCI_DATA_CHANNELS_H
#define LOCI_DATA_CHANNELS_H

#include "data/dataset.h"

/* How grey a colour is, by Rec. 601; all of one unit. */
static inline float loci_luma(float red, float green, float blue) {
    return 0.299f * red + 0.587f * green + 0.114f * blue;
}

/* Items [a, b] of each sample become [b, a], a * b being the features. LOCI_E_MEMORY. */
int loci_dataset_turn(loci_dataset *data, size_t a, size_t b, const char *where, loci_error *error);

/* Puts the channels of each pixel side by side where they stand one after the other.
 * LOCI_E_MEMORY. */
int loci_dataset_interleave(loci_dataset *data, const char *where, loci_error *error);

/* Merges red, green and blue of a data set that is not finished; grey stays what it is.
 * LOCI_E_ARGUMENT with `where` for another number of channels; LOCI_E_MEMORY. */
int loci_dataset_merge(loci_dataset *data, const char *where, loci_error *error);

/* Grey samples become red, green and blue that are the same. LOCI_E_MEMORY. */
int loci_dataset_spread(loci_dataset *data, const char *where, loci_error *error);

#endif
