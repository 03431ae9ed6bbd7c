/* A convolution as a product of matrices: what a window sees of each place becomes a row. For
 * builds without oneDNN, and to hold oneDNN to. */
#ifndef LOCI_LINEAR_CONV_OWN_H
#define LOCI_LINEAR_CONV_OWN_H

#include "linear/conv.h"
#include "linear/gemm.h"

/* Floats of scratch that each of these needs. */
size_t loci_conv_own_floats(const loci_conv_shape *shape);

void loci_conv_own_forward(loci_gemm_kernel *gemm, const loci_conv_shape *shape, const float *k,
                           size_t ld, const float *x, float *y, float *scratch);
void loci_conv_own_input_gradient(loci_gemm_kernel *gemm, const loci_conv_shape *shape,
                                  const float *k, size_t ld, const float *g, float *g_x,
                                  float *scratch);
/* g_k [window * window * in, out] */
void loci_conv_own_stencil_gradient(loci_gemm_kernel *gemm, const loci_conv_shape *shape,
                                    const float *x, const float *g, float *g_k, float *scratch);

#endif
