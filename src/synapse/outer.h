/* Rows of dL/dW from what was sent, as sparse rows by input, and what came back. */
#ifndef LOCI_SYNAPSE_OUTER_H
#define LOCI_SYNAPSE_OUTER_H

#include "linear/linear.h"
#include "linear/sparse_transpose.h"

/* dL/d(what arrived) of a batch, and the columns of it that are asked for. */
typedef struct loci_outer {
    const loci_linear_kernels *kernels;
    const float *g; /* [count, ld] */
    size_t ld, count;
    size_t j0, width; /* columns j0 .. j0+width-1, a multiple of 16 */
    float *strip;     /* [LOCI_BLOCK_ROWS, width] scratch */
} loci_outer;

/* dw [i1-i0, ld] = rows i0 .. i1-1 of the blocks times g. */
void loci_outer_product(const loci_outer *x, const loci_sparse *block, size_t blocks, size_t height,
                        size_t i0, size_t i1, float *dw, size_t ld);

#endif
