/* oneDNN's convolution, three primitives of it. Activations lie in its order "nhwc"; stencils it
 * wants in one that it chooses, so they are put into that order once a step, and their gradients
 * out of it. */
#include "linear/conv_dnnl.h"

#include <dnnl.h>
#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "linear/one_thread.h"

enum operation { FORWARD, INPUT_GRADIENT, STENCIL_GRADIENT, OPERATIONS };

/* What one of them takes and gives: x or dL/dx, K or dL/dK, y or dL/dy. */
enum { X, K, Y, ARGUMENTS };
static const int names[OPERATIONS][ARGUMENTS] = {
    {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST},
    {DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_DST},
    {DNNL_ARG_SRC, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_DST},
};

struct loci_conv_dnnl {
    loci_conv_shape shape;
    dnnl_engine_t engine;
    dnnl_primitive_desc_t description[OPERATIONS]; /* NULL: not asked for */
    dnnl_primitive_t primitive[OPERATIONS];
    float *stencil[OPERATIONS]; /* K in the order that each wants it in */
    void *scratch;              /* [workers, scratch_most] */
    size_t scratch_most;
    loci_arena arena;
};

static dnnl_query_t asks(enum operation o, int argument) {
    static const dnnl_query_t queries[OPERATIONS][ARGUMENTS] = {
        {dnnl_query_src_md, dnnl_query_weights_md, dnnl_query_dst_md},
        {dnnl_query_diff_src_md, dnnl_query_weights_md, dnnl_query_diff_dst_md},
        {dnnl_query_src_md, dnnl_query_diff_weights_md, dnnl_query_diff_dst_md},
    };
    return queries[o][argument];
}

static const dnnl_memory_desc_t *layout(const loci_conv_dnnl *c, enum operation o, int argument) {
    return dnnl_primitive_desc_query_md(c->description[o], asks(o, argument), 0);
}

/* What a convolution of this shape is, in oneDNN's words. */
static bool describe(const loci_conv_shape *s, enum operation o, dnnl_convolution_desc_t *to) {
    dnnl_dim_t rows = (dnnl_dim_t)s->rows, in = (dnnl_dim_t)s->in, out = (dnnl_dim_t)s->out,
               window = (dnnl_dim_t)s->window, height = (dnnl_dim_t)s->height,
               width = (dnnl_dim_t)s->width, stride = (dnnl_dim_t)s->stride,
               down = (dnnl_dim_t)loci_conv_places(s->height, s->stride),
               across = (dnnl_dim_t)loci_conv_places(s->width, s->stride), half = window / 2;
    dnnl_memory_desc_t x, k, y;
    bool fine = dnnl_memory_desc_init_by_tag(&x, 4, (dnnl_dims_t){rows, in, height, width},
                                             dnnl_f32, dnnl_nhwc) == dnnl_success &&
                dnnl_memory_desc_init_by_tag(&k, 4, (dnnl_dims_t){out, in, window, window},
                                             dnnl_f32, dnnl_format_tag_any) == dnnl_success &&
                dnnl_memory_desc_init_by_tag(&y, 4, (dnnl_dims_t){rows, out, down, across},
                                             dnnl_f32, dnnl_nhwc) == dnnl_success;
    const dnnl_dims_t strides = {stride, stride}, before = {half, half};
    /* of what lies behind the last place only what a window reaches is added */
    const dnnl_dims_t after = {stride * (down - 1) + half - (height - 1),
                               stride * (across - 1) + half - (width - 1)};
    if (!fine)
        return false;
    if (o == INPUT_GRADIENT)
        return dnnl_convolution_backward_data_desc_init(to, dnnl_convolution_direct, &x, &k, &y,
                                                        strides, before, after) == dnnl_success;
    if (o == STENCIL_GRADIENT)
        return dnnl_convolution_backward_weights_desc_init(to, dnnl_convolution_direct, &x, &k,
                                                           NULL, &y, strides, before,
                                                           after) == dnnl_success;
    return dnnl_convolution_forward_desc_init(to, dnnl_forward_training, dnnl_convolution_direct,
                                              &x, &k, NULL, &y, strides, before,
                                              after) == dnnl_success;
}

static bool make(loci_conv_dnnl *c, enum operation o, dnnl_primitive_attr_t attributes) {
    dnnl_convolution_desc_t what;
    const dnnl_primitive_desc_t hint = o == FORWARD ? NULL : c->description[FORWARD];
    if (!describe(&c->shape, o, &what) ||
        dnnl_primitive_desc_create(&c->description[o], &what, attributes, c->engine, hint) !=
            dnnl_success ||
        dnnl_primitive_create(&c->primitive[o], c->description[o]) != dnnl_success)
        return false;
    size_t bytes = dnnl_memory_desc_get_size(
        dnnl_primitive_desc_query_md(c->description[o], dnnl_query_scratchpad_md, 0));
    c->scratch_most = bytes > c->scratch_most ? bytes : c->scratch_most;
    return true;
}

static bool make_all(loci_conv_dnnl *c, const loci_conv_use *use) {
    dnnl_primitive_attr_t attributes;
    if (dnnl_engine_create(&c->engine, dnnl_cpu, 0) != dnnl_success ||
        dnnl_primitive_attr_create(&attributes) != dnnl_success)
        return false;
    bool fine = dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user) ==
                dnnl_success;
    fine = fine && make(c, FORWARD, attributes);
    if (fine && use->input_gradient)
        fine = make(c, INPUT_GRADIENT, attributes);
    if (fine && use->stencil_gradient)
        fine = make(c, STENCIL_GRADIENT, attributes);
    dnnl_primitive_attr_destroy(attributes);
    return fine;
}

static void take(loci_conv_dnnl *c, size_t workers) {
    for (enum operation o = FORWARD; o <= INPUT_GRADIENT; o++)
        if (c->primitive[o] != NULL)
            c->stencil[o] =
                loci_arena_take(&c->arena, dnnl_memory_desc_get_size(layout(c, o, K)), 1);
    c->scratch_most = (c->scratch_most + 4095) & ~(size_t)4095;
    c->scratch = loci_arena_take(&c->arena, workers, c->scratch_most);
}

int loci_conv_dnnl_create(loci_conv_dnnl **out, const loci_conv_shape *shape,
                          const loci_conv_use *use, loci_error *error) {
    if (!loci_one_thread_compiles()) {
        *out = NULL;
        return LOCI_OK;
    }
    int status = loci_one_thread_room("convolution", error);
    if (status != LOCI_OK)
        return status;
    loci_conv_dnnl *c = calloc(1, sizeof *c);
    if (c == NULL)
        return loci_fail_memory(error, "convolution");
    c->shape = *shape;
    loci_one_thread state;
    loci_one_thread_enter(&state);
    bool fine = make_all(c, use);
    loci_one_thread_leave(&state);
    if (fine)
        take(c, use->workers);
    if (!fine || c->arena.failed) {
        loci_conv_dnnl_free(c);
        return loci_fail_memory(error, "convolution");
    }
    *out = c;
    return LOCI_OK;
}

void loci_conv_dnnl_free(loci_conv_dnnl *c) {
    if (c == NULL)
        return;
    for (enum operation o = FORWARD; o < OPERATIONS; o++) {
        dnnl_primitive_destroy(c->primitive[o]);
        dnnl_primitive_desc_destroy(c->description[o]);
    }
    dnnl_engine_destroy(c->engine);
    loci_arena_clear(&c->arena);
    free(c);
}

size_t loci_conv_dnnl_bytes(const loci_conv_dnnl *c) {
    return c->arena.bytes;
}

/* An array as oneDNN sees it. */
static dnnl_memory_t view(const loci_conv_dnnl *c, const dnnl_memory_desc_t *as, const void *at) {
    dnnl_memory_t memory = NULL;
    dnnl_memory_create(&memory, as, c->engine, (void *)(uintptr_t)at);
    return memory;
}

/* Runs a primitive on up to four arrays, which it then lets go of. */
static bool execute(const loci_conv_dnnl *c, dnnl_primitive_t primitive, dnnl_exec_arg_t *arguments,
                    int count) {
    dnnl_stream_t stream = NULL;
    bool fine = dnnl_stream_create(&stream, c->engine, dnnl_stream_default_flags) == dnnl_success;
    for (int i = 0; i < count; i++)
        fine &= arguments[i].memory != NULL;
    fine = fine && dnnl_primitive_execute(primitive, stream, count, arguments) == dnnl_success &&
           dnnl_stream_wait(stream) == dnnl_success;
    for (int i = 0; i < count; i++)
        dnnl_memory_destroy(arguments[i].memory);
    dnnl_stream_destroy(stream);
    return fine;
}

static void run(loci_conv_dnnl *c, enum operation o, size_t worker, const float *x, const float *k,
                const float *y, float *made, size_t floats) {
    const float *at[ARGUMENTS] = {x, k, y};
    dnnl_exec_arg_t arguments[ARGUMENTS + 1];
    loci_one_thread state;
    loci_one_thread_enter(&state);
    for (int i = 0; i < ARGUMENTS; i++)
        arguments[i] = (dnnl_exec_arg_t){names[o][i], view(c, layout(c, o, i), at[i])};
    arguments[ARGUMENTS] = (dnnl_exec_arg_t){
        DNNL_ARG_SCRATCHPAD,
        view(c, dnnl_primitive_desc_query_md(c->description[o], dnnl_query_scratchpad_md, 0),
             (char *)c->scratch + worker * c->scratch_most)};
    bool fine = execute(c, c->primitive[o], arguments, ARGUMENTS + 1);
    loci_one_thread_leave(&state);
    for (size_t i = 0; !fine && i < floats; i++)
        made[i] = NAN;
}

/* Between our order of a stencil, [window, window, in, ld], and one of oneDNN's. */
static bool reorder(const loci_conv_dnnl *c, const dnnl_memory_desc_t *theirs, const float *from,
                    float *to, size_t ld, bool back) {
    const loci_conv_shape *s = &c->shape;
    dnnl_dim_t in = (dnnl_dim_t)s->in, window = (dnnl_dim_t)s->window, row = (dnnl_dim_t)ld;
    dnnl_memory_desc_t ours;
    dnnl_primitive_desc_t description = NULL;
    dnnl_primitive_t primitive = NULL;
    loci_one_thread state;
    loci_one_thread_enter(&state);
    bool fine = dnnl_memory_desc_init_by_strides(
                    &ours, 4, (dnnl_dims_t){(dnnl_dim_t)s->out, in, window, window}, dnnl_f32,
                    (dnnl_dims_t){1, row, window * in * row, in * row}) == dnnl_success;
    const dnnl_memory_desc_t *source = back ? theirs : &ours, *target = back ? &ours : theirs;
    fine = fine &&
           dnnl_reorder_primitive_desc_create(&description, source, c->engine, target, c->engine,
                                              NULL) == dnnl_success &&
           dnnl_primitive_create(&primitive, description) == dnnl_success;
    if (fine) {
        dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, view(c, source, from)},
                                       {DNNL_ARG_TO, view(c, target, to)}};
        fine = execute(c, primitive, arguments, 2);
    }
    dnnl_primitive_destroy(primitive);
    dnnl_primitive_desc_destroy(description);
    loci_one_thread_leave(&state);
    return fine;
}

void loci_conv_dnnl_set_stencil(loci_conv_dnnl *c, const float *k, size_t ld) {
    for (enum operation o = FORWARD; o <= INPUT_GRADIENT; o++)
        if (c->primitive[o] != NULL && !reorder(c, layout(c, o, K), k, c->stencil[o], ld, false))
            c->stencil[o][0] = NAN;
}

void loci_conv_dnnl_forward(loci_conv_dnnl *c, size_t worker, const float *x, float *y) {
    run(c, FORWARD, worker, x, c->stencil[FORWARD], y, y, loci_conv_out_floats(&c->shape));
}

void loci_conv_dnnl_input_gradient(loci_conv_dnnl *c, size_t worker, const float *g, float *g_x) {
    run(c, INPUT_GRADIENT, worker, g_x, c->stencil[INPUT_GRADIENT], g, g_x,
        loci_conv_in_floats(&c->shape));
}

void loci_conv_dnnl_stencil_gradient(loci_conv_dnnl *c, size_t worker, const float *x,
                                     const float *g, float *g_k) {
    run(c, STENCIL_GRADIENT, worker, x, g_k, g, g_k, loci_conv_dnnl_gradient_floats(c));
}

size_t loci_conv_dnnl_gradient_floats(const loci_conv_dnnl *c) {
    return dnnl_memory_desc_get_size(layout(c, STENCIL_GRADIENT, K)) / sizeof(float);
}

void loci_conv_dnnl_put(loci_conv_dnnl *c, const float *g_k, float *to) {
    if (!reorder(c, layout(c, STENCIL_GRADIENT, K), g_k, to, c->shape.out, true))
        to[0] = NAN;
}
