/* A sparse matrix by columns, for the product of its transpose. */
#ifndef LOCI_LINEAR_SPARSE_TRANSPOSE_H
#define LOCI_LINEAR_SPARSE_TRANSPOSE_H

#include <loci/pool.h>
#include <loci/status.h>

#include "linear/sparse.h"

/* The entries of a sparse matrix by column, in blocks of rows: block k holds rows k * height and
 * on, numbered from there. What a product with one block reads of a dense matrix then stays in the
 * first-level cache. Height is LOCI_BLOCK_ROWS, or half of it for a matrix of no more rows, so that
 * two threads have work. Owned; start with all 0. */
enum { LOCI_BLOCK_ROWS = 128 };
typedef struct loci_sparse_blocks {
    size_t blocks, height;
    loci_sparse *block; /* [blocks], each with as many rows as the matrix has columns */
    uint32_t *start;    /* [blocks, columns + 1] */
    uint32_t *index;    /* [room] */
    float *value;       /* [room] */
    size_t block_room, start_room, room;
} loci_sparse_blocks;

/* Fills `out` from s; within a column entries keep the order of rows. LOCI_E_MEMORY. */
int loci_sparse_transpose(loci_sparse_blocks *out, const loci_sparse *s, size_t columns,
                          loci_pool *pool, loci_error *error);
void loci_sparse_blocks_clear(loci_sparse_blocks *blocks);

#endif
