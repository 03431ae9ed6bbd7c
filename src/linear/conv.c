#include "linear/conv.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "linear/conv_dnnl.h"
#include "linear/conv_own.h"

struct loci_conv {
    loci_conv_shape shape;
    loci_conv_dnnl *dnnl; /* NULL where the build is without it */
    const float *k;       /* [window * window * in, ld], borrowed */
    size_t ld;
    loci_gemm_kernel *gemm;
    float *scratch; /* [workers, scratch_floats] */
    size_t scratch_floats;
    loci_arena arena;
};

int loci_conv_create(loci_conv **out, const loci_conv_shape *shape, const loci_conv_use *use,
                     loci_error *error) {
    loci_conv *c = calloc(1, sizeof *c);
    if (c == NULL)
        return loci_fail_memory(error, "convolution");
    c->shape = *shape;
    c->gemm = loci_gemm_kernel_for(loci_isa_best());
    int status = loci_conv_dnnl_create(&c->dnnl, shape, use, error);
    if (status == LOCI_OK && c->dnnl == NULL) {
        c->scratch_floats = loci_conv_own_floats(shape);
        c->scratch = loci_arena_floats(&c->arena, use->workers, c->scratch_floats);
        status = loci_arena_status(&c->arena, "convolution", error);
    }
    if (status != LOCI_OK) {
        loci_conv_free(c);
        return status;
    }
    *out = c;
    return LOCI_OK;
}

void loci_conv_free(loci_conv *c) {
    if (c == NULL)
        return;
    loci_conv_dnnl_free(c->dnnl);
    loci_arena_clear(&c->arena);
    free(c);
}

size_t loci_conv_bytes(const loci_conv *c) {
    return c->arena.bytes + (c->dnnl != NULL ? loci_conv_dnnl_bytes(c->dnnl) : 0);
}

void loci_conv_set_stencil(loci_conv *c, const float *k, size_t ld) {
    c->k = k;
    c->ld = ld;
    if (c->dnnl != NULL)
        loci_conv_dnnl_set_stencil(c->dnnl, k, ld);
}

static float *scratch_of(const loci_conv *c, size_t worker) {
    return c->scratch + worker * c->scratch_floats;
}

void loci_conv_forward(loci_conv *c, size_t worker, const float *x, float *y) {
    if (c->dnnl != NULL)
        loci_conv_dnnl_forward(c->dnnl, worker, x, y);
    else
        loci_conv_own_forward(c->gemm, &c->shape, c->k, c->ld, x, y, scratch_of(c, worker));
}

void loci_conv_input_gradient(loci_conv *c, size_t worker, const float *g, float *g_x) {
    if (c->dnnl != NULL)
        loci_conv_dnnl_input_gradient(c->dnnl, worker, g, g_x);
    else
        loci_conv_own_input_gradient(c->gemm, &c->shape, c->k, c->ld, g, g_x,
                                     scratch_of(c, worker));
}

void loci_conv_stencil_gradient(loci_conv *c, size_t worker, const float *x, const float *g,
                                float *g_k) {
    if (c->dnnl != NULL)
        loci_conv_dnnl_stencil_gradient(c->dnnl, worker, x, g, g_k);
    else
        loci_conv_own_stencil_gradient(c->gemm, &c->shape, x, g, g_k, scratch_of(c, worker));
}

size_t loci_conv_gradient_floats(const loci_conv *c) {
    return c->dnnl != NULL ? loci_conv_dnnl_gradient_floats(c->dnnl)
                           : loci_conv_stencil_floats(&c->shape);
}

void loci_conv_put(loci_conv *c, const float *g_k, float *to) {
    if (c->dnnl != NULL)
        loci_conv_dnnl_put(c->dnnl, g_k, to);
    else
        memcpy(to, g_k, loci_conv_stencil_floats(&c->shape) * sizeof *to);
}
