/* Sparse matrices, for inputs that are mostly zero. MNIST pixels are 81% zero: a product that skips
 * them does a fifth of the arithmetic. */
#ifndef LOCI_LINEAR_SPARSE_H
#define LOCI_LINEAR_SPARSE_H

#include <stddef.h>
#include <stdint.h>

/* Compressed rows. Entries of row r: start[r] .. end[r]-1. Rows follow each other; there may be
 * gaps between them, so that several threads can lay them out at once. Borrowed. */
typedef struct loci_sparse {
    size_t rows, entries;
    const uint32_t *start, *end; /* [rows] */
    const uint32_t *index;       /* column of each entry */
    const float *value;          /* of each entry */
} loci_sparse;

/* Rows without gaps: each ends where the next starts. start [rows + 1] */
static inline loci_sparse loci_sparse_rows(size_t rows, const uint32_t *start,
                                           const uint32_t *index, const float *value) {
    return (loci_sparse){rows, start[rows] - start[0], start, start + 1, index, value};
}

#endif
