/* Lists in an HDF5 file. libhdf5 believes what the file says of their lengths and writes past its
 * memory where that is not so; here each is held against the heap that it lies in, and that against
 * the file. Layout: "HDF5 File Format Specification Version 3.0", III.E (global heap) and IV.A.2.e
 * (variable-length data). */
#ifndef LOCI_DATA_SPIKE_HEAP_H
#define LOCI_DATA_SPIKE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loci/status.h>

enum { LOCI_SPIKE_REFERENCE = 16 }; /* bytes that stand for a list: length, address, number */

typedef struct loci_spike_heap {
    int descriptor; /* of the file */
    uint64_t bytes; /* that the file has */
    const char *path;
    /* the collection that was read last: [size] from an address; where its objects' bytes begin, by
     * number, 0 = there is none */
    uint64_t address, size;
    unsigned char *collection;
    uint32_t *place; /* [65536] */
    uint32_t last;   /* the largest number in there */
} loci_spike_heap;

/* path is borrowed. Close it in any case. */
int loci_spike_heap_open(loci_spike_heap *heap, const char *path, loci_error *error);
void loci_spike_heap_close(loci_spike_heap *heap);

/* Reads bytes of the file; false where it has none of them there. */
bool loci_spike_heap_read(const loci_spike_heap *heap, uint64_t address, void *out, size_t size);

/* What a reference stands for: *length items of `item` bytes, which stay until the next call. */
int loci_spike_heap_list(loci_spike_heap *heap, const unsigned char *reference, size_t item,
                         const unsigned char **bytes, size_t *length, loci_error *error);

#endif
