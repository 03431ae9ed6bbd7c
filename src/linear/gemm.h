/* Dense products of float32 matrices, row-major, on the calling thread alone. */
#ifndef LOCI_LINEAR_GEMM_H
#define LOCI_LINEAR_GEMM_H

#include <stdbool.h>
#include <stddef.h>

#include <loci/status.h>

#include "base/cpu.h"

/* To be called before the first product, by anybody who may come first. LOCI_E_MEMORY. */
int loci_gemm_prepare(loci_error *error);

/* An operand of a product: element (i, j) stands at at[i * ld + j], or, transposed, at
 * at[j * ld + i]. Borrowed. */
typedef struct loci_operand {
    const float *at;
    size_t ld;
    bool transposed;
} loci_operand;

/* Our own product. Each element is added up over k in order, one fused multiply-add after the other
 * where the machine has them: as loci_linear_kernels.spmm does, so that skipping zeros or not is
 * the same to the last bit. */
typedef void loci_gemm_kernel(size_t m, size_t n, size_t k, loci_operand a, loci_operand b,
                              float *c, size_t ldc);
loci_gemm_kernel *loci_gemm_kernel_for(enum loci_isa isa);

/* C [m, ldc] = A [m, k] B [k, n]; columns of C past n are left alone. In what order an element's
 * products are added may depend on m, n and k: see loci_gemm_rows(). own: what does it where oneDNN
 * is not there or cannot. */
void loci_gemm(loci_gemm_kernel *own, size_t m, size_t n, size_t k, loci_operand a, loci_operand b,
               float *c, size_t ldc);

/* Rows of A that loci_gemm_rows() takes at a time. */
enum { LOCI_GEMM_ROWS = 64 };

/* The same for at most LOCI_GEMM_ROWS rows, m, so that a row of C does not depend on the other rows
 * of A, nor on how many there are, nor on its place among them: the shape of the product is always
 * the same. A is not transposed. scratch has room for LOCI_GEMM_ROWS * (k + n) floats. */
void loci_gemm_rows(loci_gemm_kernel *own, size_t m, size_t n, size_t k, const float *a, size_t lda,
                    loci_operand b, float *c, size_t ldc, float *scratch);

#endif
