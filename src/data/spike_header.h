/* The header of a data set in an HDF5 file, looked through before libhdf5 does: in pieces, each of
 * messages. Layout: "HDF5 File Format Specification Version 3.0", IV.A (object headers). */
#ifndef LOCI_DATA_SPIKE_HEADER_H
#define LOCI_DATA_SPIKE_HEADER_H

#include "data/spike_heap.h"

/* Whether the object whose header is at an address is a data set of which all messages are sound
 * (spike_message.h): LOCI_E_FORMAT with its name, or LOCI_E_MEMORY. */
int loci_spike_header_check(const loci_spike_heap *heap, uint64_t address, const char *name,
                            loci_error *error);

#endif
