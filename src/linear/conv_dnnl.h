/* A convolution by oneDNN: conv.h has what each of these is. */
#ifndef LOCI_LINEAR_CONV_DNNL_H
#define LOCI_LINEAR_CONV_DNNL_H

#include "linear/conv.h"

typedef struct loci_conv_dnnl loci_conv_dnnl;

/* *out is NULL where the build is without oneDNN, or oneDNN without code for the processor. */
int loci_conv_dnnl_create(loci_conv_dnnl **out, const loci_conv_shape *shape,
                          const loci_conv_use *use, loci_error *error);
void loci_conv_dnnl_free(loci_conv_dnnl *conv);
size_t loci_conv_dnnl_bytes(const loci_conv_dnnl *conv);
void loci_conv_dnnl_set_stencil(loci_conv_dnnl *conv, const float *k, size_t ld);
void loci_conv_dnnl_forward(loci_conv_dnnl *conv, size_t worker, const float *x, float *y);
void loci_conv_dnnl_input_gradient(loci_conv_dnnl *conv, size_t worker, const float *g, float *g_x);
void loci_conv_dnnl_stencil_gradient(loci_conv_dnnl *conv, size_t worker, const float *x,
                                     const float *g, float *g_k);
size_t loci_conv_dnnl_gradient_floats(const loci_conv_dnnl *conv);
void loci_conv_dnnl_put(loci_conv_dnnl *conv, const float *g_k, float *to);

#endif
