/* Sparse matrices for inputs that are mostly zero, and their product with a dense block.
 * MNIST pixels are 81% zero: a product that skips them does a fifth of the arithmetic. */
#ifndef LOCI_SYNAPSE_SPARSE_H
#define LOCI_SYNAPSE_SPARSE_H

#include <loci/status.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

/* Compressed rows. Entries of row r: start[r] .. start[r+1]-1. Borrowed. */
typedef struct loci_sparse {
    size_t rows;
    const uint32_t *start; /* [rows + 1] */
    const uint32_t *index; /* column of each entry */
    const float *value;    /* of each entry */
} loci_sparse;

/* The entries of a sparse matrix by column, in blocks of rows: block k holds rows k *
 * LOCI_BLOCK_ROWS and on, numbered from there. What a product with one block reads of a dense
 * matrix then stays in the first-level cache. Owned; start with all 0. */
enum { LOCI_BLOCK_ROWS = 128 };
typedef struct loci_sparse_blocks {
    size_t blocks;
    loci_sparse *block; /* [blocks], each with as many rows as the matrix has columns */
    uint32_t *start;    /* [blocks, columns + 1] */
    uint32_t *index;    /* [room] */
    float *value;       /* [room] */
    size_t block_room, start_room, room;
} loci_sparse_blocks;

/* Fills `out` from s; within a column entries keep the order of rows. LOCI_E_MEMORY. */
int loci_sparse_transpose(loci_sparse_blocks *out, const loci_sparse *s, size_t columns,
                          loci_error *error);
void loci_sparse_blocks_clear(loci_sparse_blocks *blocks);

typedef struct loci_sparse_kernels {
    /* out [r1-r0, ldo] (+)= S[r0..r1) [rows, K] * m [K, ldm], for the first `width` columns, a
     * multiple of 16. add 0: out is written; 1: added to. Entries are taken in order, one
     * multiply-add each, so a row's result does not depend on how the rows are shared out. */
    void (*product)(const loci_sparse *s, size_t r0, size_t r1, const float *m, size_t ldm,
                    float *out, size_t ldo, size_t width, int add);
    /* out[t] += row index[t] of x [., ldx] times g, both over [width], a multiple of 64: the
     * product of two dense matrices at chosen places. */
    void (*inner)(const uint32_t *index, size_t count, const float *x, size_t ldx, const float *g,
                  size_t width, float *out);
} loci_sparse_kernels;

const loci_sparse_kernels *loci_sparse_kernels_for(enum loci_isa isa);

#endif
