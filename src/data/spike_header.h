/* Headers of objects in an HDF5 file, in pieces, each of messages; they are looked through before
 * libhdf5 reads them. Layout: "HDF5 File Format Specification Version 3.0", IV.A. */
#ifndef LOCI_DATA_SPIKE_HEADER_H
#define LOCI_DATA_SPIKE_HEADER_H

#include "data/spike_heap.h"

/* Calls `visit`, if it is not NULL, for each message of the header at an address. LOCI_E_FORMAT
 * where it is none or one of them is not sound (spike_message.h), LOCI_E_MEMORY; nothing is said.
 */
int loci_spike_header_visit(const loci_spike_heap *heap, uint64_t address,
                            void (*visit)(void *context, unsigned kind, const unsigned char *bytes,
                                          size_t size),
                            void *context);

#endif
