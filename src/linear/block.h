/* The vocabulary of batches: how arrays [samples, neurons] lie in memory, and what is done to a
 * block of one while it is in the cache. */
#ifndef LOCI_LINEAR_BLOCK_H
#define LOCI_LINEAR_BLOCK_H

#include <stddef.h>

#include "linear/sparse_transpose.h"

/* Leading dimension of a [B, neurons] array: room for whole strips of 64 neurons, and never a
 * multiple of 512, whose rows would all fall into the same few cache sets. Columns past the neurons
 * are 0. */
static inline size_t loci_leading(size_t neurons) {
    size_t padded = (neurons + 63) & ~(size_t)63;
    return padded % 512 == 0 ? padded + 16 : padded;
}

/* What arrives from the sending layer: sparse (both orders) or dense. Borrowed. */
typedef struct loci_activations {
    size_t count;                       /* B, samples */
    const loci_sparse *by_sample;       /* [B] rows of entries (input, value); NULL = dense */
    const loci_sparse_blocks *by_input; /* the same by input; needed for backward */
    const float *dense;                 /* [B, ld], or NULL */
    size_t ld;
} loci_activations;

/* What is done to a block of a result while it is in the cache: rows first .. first+rows-1, columns
 * j0 .. j0+width-1, of which block [rows, loci_leading()] is the first. Backward, blocks that are
 * as wide as the result begin at multiples of LOCI_AFTER_ROWS. Called from several threads. */
typedef struct loci_after {
    void (*run)(void *context, float *block, size_t first, size_t rows, size_t j0, size_t width);
    void *context;
} loci_after;
enum { LOCI_AFTER_ROWS = 64 };

/* after may be NULL. */
static inline void loci_after_run(const loci_after *after, float *block, size_t first, size_t rows,
                                  size_t j0, size_t width) {
    if (after != NULL)
        after->run(after->context, block, first, rows, j0, width);
}

#endif
