/* Convolution of maps with stencils, float32, on the calling thread: by oneDNN where it is there,
 * else as a product of matrices, by our own kernel.
 *
 * Activations stand place by place, the maps of a place side by side: [rows, height, width, maps].
 * A stencil K [window, window, in, out] is laid over each place as it is, without turning it round;
 * what it reaches beyond the edge is 0:
 *
 *     y[oy, ox, m] = sum over dy, dx, n of K[dy, dx, n, m] x[s oy + dy - h, s ox + dx - h, n]
 *
 * with s the stride and h = (window - 1) / 2. The number of rows is fixed, so that what comes of a
 * row depends on that row alone. */
#ifndef LOCI_LINEAR_CONV_H
#define LOCI_LINEAR_CONV_H

#include <loci/status.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct loci_conv_shape {
    size_t rows; /* of a call */
    size_t height, width, in;
    size_t out, window, stride; /* window odd */
} loci_conv_shape;

/* Places that a stencil is laid over, along one side. */
static inline size_t loci_conv_places(size_t side, size_t stride) {
    return (side + stride - 1) / stride;
}

/* Floats of x, y and K. */
static inline size_t loci_conv_in_floats(const loci_conv_shape *s) {
    return s->rows * s->height * s->width * s->in;
}
static inline size_t loci_conv_out_floats(const loci_conv_shape *s) {
    return s->rows * loci_conv_places(s->height, s->stride) *
           loci_conv_places(s->width, s->stride) * s->out;
}
static inline size_t loci_conv_stencil_floats(const loci_conv_shape *s) {
    return s->window * s->window * s->in * s->out;
}

typedef struct loci_conv loci_conv;

/* What will be asked for beside going forward. */
typedef struct loci_conv_use {
    bool input_gradient, stencil_gradient;
    size_t workers; /* calls at the same time, each with a number of its own below that */
} loci_conv_use;

/* LOCI_E_MEMORY. */
int loci_conv_create(loci_conv **out, const loci_conv_shape *shape, const loci_conv_use *use,
                     loci_error *error);
void loci_conv_free(loci_conv *conv);
size_t loci_conv_bytes(const loci_conv *conv);

/* The stencil of all following calls, K [window * window * in, ld]; borrowed. Not beside them. */
void loci_conv_set_stencil(loci_conv *conv, const float *k, size_t ld);

/* y from x. What oneDNN failed to compute, for want of memory, is not a number. */
void loci_conv_forward(loci_conv *conv, size_t worker, const float *x, float *y);
/* dL/dx from dL/dy. */
void loci_conv_input_gradient(loci_conv *conv, size_t worker, const float *g, float *g_x);
/* dL/dK, in an order of its own: it may be added to others of this convolution, and is put in order
 * by loci_conv_put(). [loci_conv_gradient_floats()] */
void loci_conv_stencil_gradient(loci_conv *conv, size_t worker, const float *x, const float *g,
                                float *g_k);
size_t loci_conv_gradient_floats(const loci_conv *conv);
/* to [window * window * in, out]. Not beside other calls. */
void loci_conv_put(loci_conv *conv, const float *g_k, float *to);

#endif
