/* A sparse matrix for its product with one vector: the format SELL, slices of rows whose entries
 * stand side by side (Kreutzer et al. 2014, arXiv 1307.6209). */
#ifndef LOCI_LINEAR_SELL_H
#define LOCI_LINEAR_SELL_H

#include <loci/status.h>

#include "base/arena.h"
#include "linear/sparse.h"

/* Rows of a sparse matrix in slices of 16 rows of about the same length, entries side by side in
 * steps of one entry a row: a product with one vector reads them in order, and no loop is short.
 * Entries that only fill up have value 0. Owned; start with all 0. */
enum { LOCI_SLICE = 16, LOCI_SLICED_COLUMNS = 1 << 16 };
typedef struct loci_slices {
    size_t rows, slices;
    uint32_t *start; /* [slices + 1] steps of each slice */
    uint32_t *row;   /* [slices, 16] which row each lane is; lanes past the rows come last */
    uint16_t *index; /* [steps, 16] column of each entry */
    float *value;    /* [steps, 16] */
    float *sum;      /* [slices, 16] scratch */
    loci_arena arena;
} loci_slices;

/* s has at most LOCI_SLICED_COLUMNS columns. LOCI_E_MEMORY; clear it even then. */
int loci_slices_create(loci_slices *out, const loci_sparse *s, loci_error *error);
void loci_slices_clear(loci_slices *slices);

#endif
