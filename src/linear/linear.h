/* The kernels of sparse and of small dense products, by the names their field has for them,
 * compiled once per instruction set. The products of dense matrices are in gemm.h. */
#ifndef LOCI_LINEAR_LINEAR_H
#define LOCI_LINEAR_LINEAR_H

#include <stdbool.h>

#include "base/cpu.h"
#include "linear/sell.h"
#include "linear/sparse.h"

/* Which bits of a byte are set: what a kernel needs to list the non-zero numbers of an array
 * without a branch for each. */
typedef struct loci_bits {
    uint32_t set[256][8]; /* positions of the set bits, then 0 */
    uint8_t count[256];
} loci_bits;
void loci_bits_fill(loci_bits *bits);

typedef struct loci_linear_kernels {
    /* Sparse times dense: out [r1-r0, ldo] (+)= S[r0..r1) [rows, K] * m [K, ldm], for the first
     * `width` columns, a multiple of 16. add 0: out is written; 1: added to. Each sum goes through
     * its row's entries in their order, each multiplied and added at once where the machine can:
     * entries of value 0 change no bit of it, and neither does how rows and columns are shared out.
     */
    void (*spmm)(const loci_sparse *s, size_t r0, size_t r1, const float *m, size_t ldm, float *out,
                 size_t ldo, size_t width, int add);
    /* Sparse times sparse vector: out [m] += active's row times W, given by its rows:
     * weight[start[i]] .. weight[start[i+1]-1] go to receiver[.] of them. The same bits as spmm()
     * makes of W's columns. */
    void (*spmspv)(const uint32_t *start, const uint32_t *receiver, const float *weight,
                   const loci_sparse *active, size_t row, float *out);
    /* Sampled dense times dense: out[t] += row index[t] of x [., ldx] times g, both over [width], a
     * multiple of 64. */
    void (*sddmm)(const uint32_t *index, size_t count, const float *x, size_t ldx, const float *g,
                  size_t width, float *out);
    /* Sliced sparse times vector: out [rows] = S x, the same bits as spmm() makes. */
    void (*sell_spmv)(const loci_slices *s, const float *x, float *out);
    /* to [columns, ldt] = from [rows, ldf] transposed. */
    void (*transpose)(const float *from, size_t ldf, size_t rows, size_t columns, float *to,
                      size_t ldt);
    /* Lists the non-zero numbers of x [n]; index and value have room for LOCI_SLICE more than n.
     * heard: bit i % 16 of entry i / 16 is 0 where x[i] is to be left out; NULL = nowhere. Returns
     * how many. */
    size_t (*compact)(const loci_bits *bits, const uint16_t *heard, const float *x, size_t n,
                      uint32_t *index, float *value);
    /* to [n] = bytes [n] / 255. */
    void (*levels)(const uint8_t *bytes, size_t n, float *to);
    /* Whether all numbers are finite. */
    bool (*finite)(const float *numbers, size_t count);
} loci_linear_kernels;

/* Static storage. */
const loci_linear_kernels *loci_linear_kernels_for(enum loci_isa isa);

#endif
