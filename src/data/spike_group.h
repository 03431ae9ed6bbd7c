/* Names in an HDF5 file, looked up without libhdf5: on its way through damaged groups it goes round
 * without end, or leaves its memory. Layout: "HDF5 File Format Specification Version 3.0", II
 * (superblock), III.A, III.B and III.D (trees, tables and names of groups), IV.A.2.g (links). */
#ifndef LOCI_DATA_SPIKE_GROUP_H
#define LOCI_DATA_SPIKE_GROUP_H

#include "data/spike_heap.h"

/* Where the header of the root group is; all that libhdf5 reads as it opens the file is sound then.
 * LOCI_E_FORMAT, LOCI_E_MEMORY. */
int loci_spike_group_root(const loci_spike_heap *heap, uint64_t *root, loci_error *error);

/* Where the header of the object is that has a name in a group, and is no link to elsewhere;
 * UINT64_MAX where there is none. LOCI_E_FORMAT where the group is damaged, LOCI_E_MEMORY; nothing
 * is said. */
int loci_spike_group_find(const loci_spike_heap *heap, uint64_t group, const char *name,
                          size_t length, uint64_t *address);

#endif
