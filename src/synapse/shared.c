#include "synapse/shared.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cpu.h"
#include "base/error.h"
#include "base/parallel.h"
#include "synapse/dense.h"

/* Samples that are convolved at a time; parts that a batch's gradient is summed in. */
enum { GROUP = 8, PARTS = 16 };

struct loci_shared {
    loci_stencil stencil;
    loci_maxpool pool;
    size_t senders, receivers; /* neurons */
    loci_dense *dense;         /* makes the stencil, and takes its gradient apart */
    loci_conv *conv;
    const loci_maxpool_kernels *kernels;
    size_t x_floats, y_floats, g_floats; /* of a group, of a stencil's gradient */
    float *x, *y;                        /* [workers, GROUP, ...] a group's input and currents */
    uint8_t *winner;                     /* [rows, receivers]; NULL: nothing is pooled */
    float *part;                         /* [PARTS, g_floats] */
    float *made;                         /* [workers, g_floats] */
    float *g_k;                          /* [entries, out] dL/d(stencil) */
    loci_arena arena;
};

static void take(loci_shared *s, const loci_shared_use *use, size_t workers) {
    s->x = loci_arena_floats(&s->arena, workers, s->x_floats);
    s->y = loci_arena_floats(&s->arena, workers, s->y_floats);
    if (!use->backward)
        return;
    if (s->stencil.pool > 1)
        s->winner = loci_arena_take(&s->arena, use->rows, s->receivers);
    s->g_floats = loci_conv_gradient_floats(s->conv);
    s->part = loci_arena_floats(&s->arena, PARTS, s->g_floats);
    s->made = loci_arena_floats(&s->arena, workers, s->g_floats);
    s->g_k = loci_arena_floats(&s->arena, loci_stencil_entries(&s->stencil), s->stencil.out);
}

int loci_shared_create(loci_shared **out, const loci_wiring *w, const loci_stencil *stencil,
                       const loci_shared_use *use, const loci_pool *pool, loci_error *error) {
    loci_shared *s = calloc(1, sizeof *s);
    if (s == NULL)
        return loci_fail_memory(error, "synapse");
    size_t workers = (size_t)loci_pool_threads(pool);
    const loci_conv_shape shape = {GROUP,        stencil->height, stencil->width, stencil->in,
                                   stencil->out, stencil->window, stencil->stride};
    const loci_conv_use of_conv = {.input_gradient = use->backward && use->input_gradient,
                                   .stencil_gradient = use->backward,
                                   .workers = workers};
    s->stencil = *stencil;
    s->pool = loci_stencil_pool(stencil);
    s->senders = loci_stencil_senders(stencil);
    s->receivers = loci_stencil_receivers(stencil);
    s->kernels = loci_maxpool_kernels_for(loci_isa_best());
    s->x_floats = loci_conv_in_floats(&shape);
    s->y_floats = loci_conv_out_floats(&shape);
    int status = loci_dense_create(&s->dense, w, true, false, pool, error);
    if (status == LOCI_OK)
        status = loci_conv_create(&s->conv, &shape, &of_conv, error);
    if (status == LOCI_OK) {
        take(s, use, workers);
        status = loci_arena_status(&s->arena, "synapse", error);
    }
    if (status != LOCI_OK) {
        loci_shared_free(s);
        return status;
    }
    *out = s;
    return LOCI_OK;
}

void loci_shared_free(loci_shared *s) {
    if (s == NULL)
        return;
    loci_dense_free(s->dense);
    loci_conv_free(s->conv);
    loci_arena_clear(&s->arena);
    free(s);
}

size_t loci_shared_bytes(const loci_shared *s) {
    return s->arena.bytes + loci_dense_bytes(s->dense) + loci_conv_bytes(s->conv);
}

/* What a task of either way needs to know. */
struct crossing {
    loci_shared *s;
    const loci_activations *in;
    float *out;     /* forward: [B, ldm] */
    const float *g; /* backward: [B, ldm] */
    float *g_in;    /* [B, ldn], or NULL */
    const loci_after *after;
    size_t ldm, ldn;
};

static size_t groups(const struct crossing *x) {
    return (x->in->count + GROUP - 1) / GROUP;
}

static size_t rows_of(const struct crossing *x, size_t group) {
    size_t left = x->in->count - group * GROUP;
    return left < GROUP ? left : GROUP;
}

/* A sample's row of the batch, [senders]. */
static void take_row(const struct crossing *x, size_t row, float *to) {
    const loci_sparse *sparse = x->in->by_sample;
    if (sparse == NULL) {
        memcpy(to, x->in->dense + row * x->in->ld, x->s->senders * sizeof *to);
        return;
    }
    memset(to, 0, x->s->senders * sizeof *to);
    for (uint32_t e = sparse->start[row]; e < sparse->end[row]; e++)
        to[sparse->index[e]] = sparse->value[e];
}

/* Whether a convolution may take a group of rows from where they lie, or leave them there. */
static bool lie_closely(const struct crossing *x, size_t group, size_t ld, size_t neurons) {
    return ld == neurons && rows_of(x, group) == GROUP;
}

/* A group's input [GROUP, senders]; rows that there are not are 0. */
static const float *take_input(const struct crossing *x, size_t group, size_t worker) {
    size_t n = x->s->senders, rows = rows_of(x, group);
    float *to = x->s->x + worker * x->s->x_floats;
    if (x->in->by_sample == NULL && lie_closely(x, group, x->in->ld, n))
        return x->in->dense + group * GROUP * n;
    for (size_t r = 0; r < rows; r++)
        take_row(x, group * GROUP + r, to + r * n);
    memset(to + rows * n, 0, (GROUP - rows) * n * sizeof *to);
    return to;
}

/* ---- forward ---- */

/* The largest of each square of a group's currents. */
static void pool_rows(const struct crossing *x, size_t group, const float *y) {
    const loci_shared *s = x->s;
    size_t of_sample = s->y_floats / GROUP;
    for (size_t r = 0; r < rows_of(x, group); r++) {
        size_t row = group * GROUP + r;
        float *out = x->out + row * x->ldm;
        if (s->stencil.pool == 1)
            memcpy(out, y + r * of_sample, of_sample * sizeof *out);
        else
            s->kernels->forward(&s->pool, y + r * of_sample, out,
                                s->winner != NULL ? s->winner + row * s->receivers : NULL);
    }
}

static void convolve(void *context, size_t group, size_t worker) {
    const struct crossing *x = context;
    const loci_shared *s = x->s;
    const float *in = take_input(x, group, worker);
    float *y = s->y + worker * s->y_floats, *out = x->out + group * GROUP * x->ldm;
    if (s->stencil.pool == 1 && lie_closely(x, group, x->ldm, s->receivers)) {
        loci_conv_forward(s->conv, worker, in, out);
    } else {
        loci_conv_forward(s->conv, worker, in, y);
        pool_rows(x, group, y);
    }
    loci_after_run(x->after, out, group * GROUP, rows_of(x, group), 0, s->receivers);
}

void loci_shared_forward(loci_shared *s, const loci_wiring *w, const loci_activations *in,
                         float *out, const loci_after *after, loci_pool *pool) {
    struct crossing x = {
        .s = s, .in = in, .out = out, .after = after, .ldm = loci_leading(s->receivers)};
    size_t ld;
    const float *stencil = loci_dense_weights(s->dense, w, &ld, pool);
    loci_conv_set_stencil(s->conv, stencil, ld);
    loci_parallel(pool, groups(&x), convolve, &x);
}

/* ---- backward ---- */

/* dL/d(currents) of a group before they were pooled, [GROUP, ...]. */
static const float *take_gradient(const struct crossing *x, size_t group, size_t worker) {
    const loci_shared *s = x->s;
    size_t of_sample = s->y_floats / GROUP, rows = rows_of(x, group);
    float *y = s->y + worker * s->y_floats;
    if (s->winner == NULL && lie_closely(x, group, x->ldm, s->receivers))
        return x->g + group * GROUP * x->ldm;
    for (size_t r = 0; r < rows; r++) {
        size_t row = group * GROUP + r;
        const float *g = x->g + row * x->ldm;
        if (s->winner == NULL)
            memcpy(y + r * of_sample, g, of_sample * sizeof *y);
        else
            s->kernels->backward(&s->pool, g, s->winner + row * s->receivers, y + r * of_sample);
    }
    memset(y + rows * of_sample, 0, (GROUP - rows) * of_sample * sizeof *y);
    return y;
}

/* dL/d(input) of a group. */
static void give_input(const struct crossing *x, size_t group, size_t worker, const float *g) {
    const loci_shared *s = x->s;
    size_t n = s->senders;
    float *to = x->g_in + group * GROUP * x->ldn, *made = s->x + worker * s->x_floats;
    if (lie_closely(x, group, x->ldn, n)) {
        loci_conv_input_gradient(s->conv, worker, g, to);
        return;
    }
    loci_conv_input_gradient(s->conv, worker, g, made);
    for (size_t r = 0; r < rows_of(x, group); r++)
        memcpy(to + r * x->ldn, made + r * n, n * sizeof *to);
}

static size_t parts(const struct crossing *x) {
    return groups(x) < PARTS ? groups(x) : PARTS;
}

/* Sums the stencil's gradient over some groups, in order. */
static void convolve_back(void *context, size_t part, size_t worker) {
    const struct crossing *x = context;
    const loci_shared *s = x->s;
    float *sum = s->part + part * s->g_floats, *made = s->made + worker * s->g_floats;
    size_t first = part * groups(x) / parts(x), end = (part + 1) * groups(x) / parts(x);
    for (size_t group = first; group < end; group++) {
        const float *in = take_input(x, group, worker), *g = take_gradient(x, group, worker);
        loci_conv_stencil_gradient(s->conv, worker, in, g, group == first ? sum : made);
        for (size_t i = 0; group > first && i < s->g_floats; i++)
            sum[i] += made[i];
        if (x->g_in != NULL)
            give_input(x, group, worker, g);
    }
}

/* What comes after is done to whole rows, as many at a time as it wants. */
static void run_after(void *context, size_t task, size_t worker) {
    (void)worker;
    const struct crossing *x = context;
    size_t first = task * LOCI_AFTER_ROWS, left = x->in->count - first;
    loci_after_run(x->after, x->g_in + first * x->ldn, first,
                   left < LOCI_AFTER_ROWS ? left : LOCI_AFTER_ROWS, 0, x->s->senders);
}

void loci_shared_backward(loci_shared *s, const loci_wiring *w, const loci_activations *in,
                          const float *g, float *g_in, const loci_after *after,
                          loci_wiring_gradient *gradient, loci_pool *pool) {
    struct crossing x = {.s = s, .in = in, .g = g, .g_in = g_in, .after = after};
    x.ldm = loci_leading(s->receivers);
    x.ldn = loci_leading(s->senders);
    loci_parallel(pool, parts(&x), convolve_back, &x);
    for (size_t part = 1; part < parts(&x); part++)
        for (size_t i = 0; i < s->g_floats; i++)
            s->part[i] += s->part[part * s->g_floats + i];
    loci_conv_put(s->conv, s->part, s->g_k);
    loci_dense_contract(s->dense, w, s->g_k, gradient, pool);
    if (g_in != NULL && after != NULL)
        loci_parallel(pool, (in->count + LOCI_AFTER_ROWS - 1) / LOCI_AFTER_ROWS, run_after, &x);
}
