/* Sparse matrices for inputs that are mostly zero, and their product with a dense block.
 * MNIST pixels are 81% zero: a product that skips them does a fifth of the arithmetic. */
#ifndef LOCI_SYNAPSE_SPARSE_H
#define LOCI_SYNAPSE_SPARSE_H

#include <loci/pool.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

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
} loci_slices;

/* s has at most LOCI_SLICED_COLUMNS columns. LOCI_E_MEMORY; clear it even then. */
int loci_slices_create(loci_slices *out, const loci_sparse *s, loci_error *error);
void loci_slices_clear(loci_slices *slices);

/* Which bits of a byte are set: what a kernel needs to list the non-zero numbers of an array
 * without a branch for each. */
typedef struct loci_bits {
    uint32_t set[256][8]; /* positions of the set bits, then 0 */
    uint8_t count[256];
} loci_bits;
void loci_bits_fill(loci_bits *bits);

typedef struct loci_sparse_kernels {
    /* out [r1-r0, ldo] (+)= S[r0..r1) [rows, K] * m [K, ldm], for the first `width` columns, a
     * multiple of 16. add 0: out is written; 1: added to. Each sum goes through its row's entries
     * in their order, each multiplied and added at once where the machine can: entries of value 0
     * change no bit of it, and neither does how rows and columns are shared out. */
    void (*product)(const loci_sparse *s, size_t r0, size_t r1, const float *m, size_t ldm,
                    float *out, size_t ldo, size_t width, int add);
    /* out[t] += row index[t] of x [., ldx] times g, both over [width], a multiple of 64: the
     * product of two dense matrices at chosen places. */
    void (*inner)(const uint32_t *index, size_t count, const float *x, size_t ldx, const float *g,
                  size_t width, float *out);
    /* out [rows] = S x, the same bits as product() makes. */
    void (*sliced)(const loci_slices *s, const float *x, float *out);
    /* out [m] += active's row times W, given by its rows: weight[from[i]] .. weight[from[i+1]-1] go
     * to receiver[.] of them. The same bits as product() makes of W's columns. */
    void (*scatter)(const uint32_t *from, const uint32_t *receiver, const float *weight,
                    const loci_sparse *active, size_t row, float *out);
    /* to [columns, ldt] = from [rows, ldf] turned round. */
    void (*turn)(const float *from, size_t ldf, size_t rows, size_t columns, float *to, size_t ldt);
    /* Lists the non-zero numbers of x [n]; index and value have room for LOCI_SLICE more than n.
     * heard: bit i % 16 of entry i / 16 is 0 where x[i] is to be left out; NULL = nowhere. Returns
     * how many. */
    size_t (*active)(const loci_bits *bits, const uint16_t *heard, const float *x, size_t n,
                     uint32_t *index, float *value);
    /* x [n] = max(0, x + bias). */
    void (*rectify)(float *x, const float *bias, size_t n);
    /* to [n] = bytes [n] / 255. */
    void (*levels)(const uint8_t *bytes, size_t n, float *to);
    /* Whether all numbers are finite. */
    bool (*finite)(const float *numbers, size_t count);
} loci_sparse_kernels;

const loci_sparse_kernels *loci_sparse_kernels_for(enum loci_isa isa);

#endif
