/* Builds without oneDNN: conv.c does all by itself. */
#include "linear/conv_dnnl.h"

int loci_conv_dnnl_create(loci_conv_dnnl **out, const loci_conv_shape *shape,
                          const loci_conv_use *use, loci_error *error) {
    (void)shape, (void)use, (void)error;
    *out = NULL;
    return LOCI_OK;
}

void loci_conv_dnnl_free(loci_conv_dnnl *conv) {
    (void)conv;
}

size_t loci_conv_dnnl_bytes(const loci_conv_dnnl *conv) {
    (void)conv;
    return 0;
}

void loci_conv_dnnl_set_stencil(loci_conv_dnnl *conv, const float *k, size_t ld) {
    (void)conv, (void)k, (void)ld;
}

void loci_conv_dnnl_forward(loci_conv_dnnl *conv, size_t worker, const float *x, float *y) {
    (void)conv, (void)worker, (void)x, (void)y;
}

void loci_conv_dnnl_input_gradient(loci_conv_dnnl *conv, size_t worker, const float *g,
                                   float *g_x) {
    (void)conv, (void)worker, (void)g, (void)g_x;
}

void loci_conv_dnnl_stencil_gradient(loci_conv_dnnl *conv, size_t worker, const float *x,
                                     const float *g, float *g_k) {
    (void)conv, (void)worker, (void)x, (void)g, (void)g_k;
}

size_t loci_conv_dnnl_gradient_floats(const loci_conv_dnnl *conv) {
    (void)conv;
    return 0;
}

void loci_conv_dnnl_put(loci_conv_dnnl *conv, const float *g_k, float *to) {
    (void)conv, (void)g_k, (void)to;
}
