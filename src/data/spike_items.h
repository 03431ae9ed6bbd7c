/* Items of a data set in an HDF5 file, read past libhdf5, which copies as many bytes as the set is
 * said to have, whether its storage has them or not. Layout: "HDF5 File Format Specification
 * Version 3.0", IV.A.2.i (layout) and IV.A.2.l (filters). */
#ifndef LOCI_DATA_SPIKE_ITEMS_H
#define LOCI_DATA_SPIKE_ITEMS_H

#include <hdf5.h>

#include "data/spike_heap.h"

typedef struct loci_spike_set {
    hid_t id;        /* -1: closed */
    uint64_t header; /* where it is in the file */
} loci_spike_set;

/* Reads items first .. first + count - 1 of a data set of one dimension, as the file has them, of
 * `item` bytes each: out [count, item]. Stored in one piece, in the header, or in chunks that are
 * deflated, shuffled or have sums (Fletcher). LOCI_E_FORMAT where they are not there, or written in
 * another way; LOCI_E_MEMORY; nothing is said. */
int loci_spike_items_read(const loci_spike_heap *heap, const loci_spike_set *set, uint64_t first,
                          size_t count, size_t item, unsigned char *out);

#endif
