#include "synapse/dense.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "linear/gemm.h"
#include "linear/linear.h"
#include "synapse/held.h"
#include "synapse/near.h"
#include "synapse/outer.h"
#include "synapse/partition.h"
#include "synapse/tile_sums.h"

/* Samples of a batch that one task multiplies. */
enum { SAMPLES = LOCI_AFTER_ROWS };
_Static_assert((int)SAMPLES == (int)LOCI_GEMM_ROWS, "a task is one product of rows");

struct loci_dense {
    loci_arena arena;
    loci_partition part;
    size_t pack_floats, tile_floats, strip_floats, few_floats; /* of one worker */
    float *pack;   /* [workers, pack_floats] a block's dendrites */
    float *tile;   /* [workers, tile_floats] a tile of W or dL/dW */
    float *strip;  /* [workers, LOCI_BLOCK_ROWS, width] a tile's columns of dL/dout, side by side */
    float *few;    /* [workers, few_floats] room for a product of fewer rows than SAMPLES */
    float *matrix; /* [n, ldw] the whole W, padding columns 0; NULL where it is streamed */
    float *matrix_gradient; /* [n, ldw] dL/dW, where nearby weights alone may be made; or NULL */
    size_t ldw;
    bool streamed;
    loci_near *near;     /* what makes nearby weights alone; NULL where it is not for the pair */
    bool nearby;         /* whether that is less work, at the moment */
    loci_tile_sums sums; /* what tiles contribute to the gradient of sites */
    const loci_wiring_kernels *wiring;
    const loci_linear_kernels *linear;
    loci_gemm_kernel *gemm;
};

/* Sizes of what one worker needs. */
static void measure(loci_dense *s, const loci_wiring *w, bool input_gradient) {
    bool spatial = w->weight == NULL;
    s->part = loci_partition_of(w->n, w->m, !input_gradient);
    s->pack_floats = spatial ? loci_tile_floats(w, s->part.width) : 0;
    s->tile_floats = (input_gradient ? s->part.height : w->n) * s->part.width;
    s->strip_floats = LOCI_BLOCK_ROWS * s->part.width;
    s->few_floats = input_gradient ? LOCI_GEMM_ROWS * (w->n + w->m) : 0;
    s->ldw = loci_leading(w->m);
}

int loci_dense_create(loci_dense **out, const loci_wiring *w, bool input_gradient, bool near,
                      const loci_pool *pool, loci_error *error) {
    loci_dense *s = calloc(1, sizeof *s);
    if (s == NULL)
        return loci_fail_memory(error, "synapse");
    size_t workers = (size_t)loci_pool_threads(pool);
    measure(s, w, input_gradient);
    s->pack = loci_arena_floats(&s->arena, workers, s->pack_floats);
    s->tile = loci_arena_floats(&s->arena, workers, s->tile_floats);
    s->strip = loci_arena_floats(&s->arena, workers, s->strip_floats);
    s->few = loci_arena_floats(&s->arena, workers, s->few_floats);
    loci_tile_sums_take(&s->sums, w, s->part, &s->arena);
    near &= loci_near_suits(w);
    s->streamed = !input_gradient;
    if (input_gradient || near)
        s->matrix = loci_arena_floats(&s->arena, w->n, s->ldw);
    if (near)
        s->matrix_gradient = loci_arena_floats(&s->arena, w->n, s->ldw);
    s->wiring = loci_wiring_kernels_for(loci_isa_best());
    s->linear = loci_linear_kernels_for(loci_isa_best());
    s->gemm = loci_gemm_kernel_for(loci_isa_best());
    int status = loci_arena_status(&s->arena, "synapse", error);
    if (status == LOCI_OK && near)
        status = loci_near_create(&s->near, w, pool, error);
    if (status != LOCI_OK) {
        loci_dense_free(s);
        return status;
    }
    *out = s;
    return LOCI_OK;
}

void loci_dense_free(loci_dense *s) {
    if (s == NULL)
        return;
    loci_near_free(s->near);
    loci_arena_clear(&s->arena);
    free(s);
}

size_t loci_dense_bytes(const loci_dense *s) {
    return s->arena.bytes + (s->near != NULL ? loci_near_bytes(s->near) : 0);
}

/* What a task of forward or backward needs to know. */
struct crossing {
    loci_dense *s;
    const loci_wiring *w;
    const loci_activations *in;
    float *out;              /* forward: [B, ldm] */
    const float *g;          /* backward: [B, ldm]; or, with in NULL, dL/dW [n, m] itself */
    float *g_in;             /* backward: [B, ldn] or NULL */
    const loci_after *after; /* or NULL */
    loci_wiring_gradient *gradient;
    size_t ldm, ldn;
};

/* A rectangle of the weight matrix. */
struct block {
    size_t i0, i1, j0, j1, padded;
};

static struct block block_of(const struct crossing *x, size_t row, size_t column) {
    const loci_partition *part = &x->s->part;
    struct block b = {.i0 = row * part->height, .j0 = column * part->width};
    b.i1 = b.i0 + part->height < x->w->n ? b.i0 + part->height : x->w->n;
    b.j1 = b.j0 + part->width < x->w->m ? b.j0 + part->width : x->w->m;
    b.padded = loci_pad16(b.j1 - b.j0);
    return b;
}

/* Copies rows of a conventional pair's weights into a tile, so that the tile's rows are near each
 * other. */
static void copy_weights(const loci_wiring *w, struct block b, float *tile, size_t ld) {
    for (size_t i = b.i0; i < b.i1; i++) {
        float *to = tile + (i - b.i0) * ld;
        memcpy(to, w->weight + i * w->m + b.j0, (b.j1 - b.j0) * sizeof *to);
        memset(to + (b.j1 - b.j0), 0, (b.padded - (b.j1 - b.j0)) * sizeof *to);
        if (w->rounding.unit > 0)
            loci_weights_round(w->rounding, to, b.j1 - b.j0);
        if (w->mask == NULL)
            continue;
        const uint8_t *mask = w->mask + i * loci_mask_leading(w->m) + b.j0;
        for (size_t j = 0; j < b.j1 - b.j0; j++)
            to[j] = mask[j] != 0 ? to[j] : 0;
    }
}

static void make_weights(const struct crossing *x, struct block b, size_t worker, float *to,
                         size_t ld) {
    if (x->w->weight != NULL) {
        copy_weights(x->w, b, to, ld);
        return;
    }
    loci_tile tile;
    loci_tile_pack(x->w, b.j0, b.j1 - b.j0, x->s->pack + worker * x->s->pack_floats, &tile);
    x->s->wiring->weights(x->w, &tile, b.i0, b.i1, to, ld);
}

/* Streamed: one column of W is made, multiplied with the whole batch, and dropped. */
static void stream_column(void *context, size_t task, size_t worker) {
    const struct crossing *x = context;
    struct block b = block_of(x, 0, task);
    b.i1 = x->w->n;
    float *tile = x->s->tile + worker * x->s->tile_floats, *out = x->out + b.j0;
    size_t ld = b.padded;
    if (x->s->nearby) {
        tile = x->s->matrix + b.j0;
        ld = x->s->ldw;
    } else
        make_weights(x, b, worker, tile, ld);
    if (x->in->by_sample != NULL)
        x->s->linear->spmm(x->in->by_sample, 0, x->in->count, tile, ld, out, x->ldm, b.padded, 0);
    else
        loci_gemm(x->s->gemm, x->in->count, b.padded, x->w->n,
                  (loci_operand){x->in->dense, x->in->ld, false}, (loci_operand){tile, ld, false},
                  out, x->ldm);
    loci_after_run(x->after, out, 0, x->in->count, b.j0, b.j1 - b.j0);
}

/* Whole: a tile of W goes to its place in the whole. */
static void make_tile(void *context, size_t task, size_t worker) {
    const struct crossing *x = context;
    struct block b = block_of(x, task / x->s->part.columns, task % x->s->part.columns);
    make_weights(x, b, worker, x->s->matrix + b.i0 * x->s->ldw + b.j0, x->s->ldw);
}

static size_t sample_tasks(const struct crossing *x) {
    return (x->in->count + SAMPLES - 1) / SAMPLES;
}

static size_t samples_of(const struct crossing *x, size_t task) {
    size_t left = x->in->count - task * SAMPLES;
    return left < SAMPLES ? left : SAMPLES;
}

/* Whole: some samples are multiplied with the whole W. */
static void multiply_samples(void *context, size_t task, size_t worker) {
    const struct crossing *x = context;
    size_t first = task * SAMPLES, count = samples_of(x, task);
    float *out = x->out + first * x->ldm;
    if (x->in->by_sample != NULL)
        x->s->linear->spmm(x->in->by_sample, first, first + count, x->s->matrix, x->s->ldw, out,
                           x->ldm, loci_pad16(x->w->m), 0);
    else
        loci_gemm_rows(x->s->gemm, count, x->w->m, x->w->n, x->in->dense + first * x->in->ld,
                       x->in->ld, (loci_operand){x->s->matrix, x->s->ldw, false}, out, x->ldm,
                       x->s->few + worker * x->s->few_floats);
    loci_after_run(x->after, out, first, count, 0, x->w->m);
}

const float *loci_dense_weights(loci_dense *s, const loci_wiring *w, size_t *ld, loci_pool *pool) {
    struct crossing x = {.s = s, .w = w};
    loci_parallel(pool, s->part.rows * s->part.columns, make_tile, &x);
    *ld = s->ldw;
    return s->matrix;
}

void loci_dense_forward(loci_dense *s, const loci_wiring *w, const loci_activations *in, float *out,
                        const loci_after *after, loci_pool *pool) {
    struct crossing x = {
        .s = s, .w = w, .in = in, .out = out, .after = after, .ldm = loci_leading(w->m)};
    s->nearby = s->near != NULL && loci_near_update(s->near, w, pool);
    if (s->nearby)
        loci_near_weights(s->near, w, s->matrix, s->ldw, pool);
    if (s->streamed) {
        loci_parallel(pool, s->part.columns, stream_column, &x);
        return;
    }
    if (!s->nearby)
        loci_parallel(pool, s->part.rows * s->part.columns, make_tile, &x);
    loci_parallel(pool, sample_tasks(&x), multiply_samples, &x);
}

/* dw [rows, ld] = in^T g for one tile. */
static void multiply_back(const struct crossing *x, struct block b, size_t worker, float *dw,
                          size_t ld) {
    const loci_dense *s = x->s;
    const loci_sparse_blocks *in = x->in->by_input;
    const loci_outer outer = {.kernels = s->linear,
                              .g = x->g,
                              .ld = x->ldm,
                              .count = x->in->count,
                              .j0 = b.j0,
                              .width = b.padded,
                              .strip = s->strip + worker * s->strip_floats};
    if (in != NULL)
        loci_outer_product(&outer, in->block, in->blocks, in->height, b.i0, b.i1, dw, ld);
    else
        loci_gemm(s->gemm, b.i1 - b.i0, b.padded, x->in->count,
                  (loci_operand){x->in->dense + b.i0, x->in->ld, true},
                  (loci_operand){x->g + b.j0, x->ldm, false}, dw, ld);
}

/* One tile of dL/dW goes to its place in the whole. */
static void make_gradient_tile(void *context, size_t task, size_t worker) {
    const struct crossing *x = context;
    loci_dense *s = x->s;
    struct block b = block_of(x, task / s->part.columns, task % s->part.columns);
    multiply_back(x, b, worker, s->matrix_gradient + b.i0 * s->ldw + b.j0, s->ldw);
}

/* Rows of a given dL/dW become a tile, as copy_weights() has it. */
static void copy_gradient(const struct crossing *x, struct block b, float *dw) {
    for (size_t i = b.i0; i < b.i1; i++) {
        float *to = dw + (i - b.i0) * b.padded;
        memcpy(to, x->g + i * x->w->m + b.j0, (b.j1 - b.j0) * sizeof *to);
        memset(to + (b.j1 - b.j0), 0, (b.padded - (b.j1 - b.j0)) * sizeof *to);
    }
}

/* A conventional pair's gradient is dL/dW itself, where a connection is kept. */
static void add_weights(const struct crossing *x, struct block b, const float *dw) {
    const uint8_t *mask = x->w->mask;
    for (size_t i = b.i0; i < b.i1; i++) {
        float *to = x->gradient->weight + i * x->w->m;
        for (size_t j = b.j0; j < b.j1; j++)
            if (mask == NULL || mask[i * loci_mask_leading(x->w->m) + j] != 0)
                to[j] += dw[(i - b.i0) * b.padded + j - b.j0];
    }
}

/* One tile of dL/dW is made and contracted, or, of a conventional pair, added to the gradient. */
static void contract_tile(void *context, size_t task, size_t worker) {
    const struct crossing *x = context;
    loci_dense *s = x->s;
    size_t row = task / s->part.columns, column = task % s->part.columns;
    struct block b = block_of(x, row, column);
    float *dw = s->tile + worker * s->tile_floats;
    if (x->in == NULL)
        copy_gradient(x, b, dw);
    else
        multiply_back(x, b, worker, dw, b.padded);
    if (x->w->weight != NULL) {
        add_weights(x, b, dw);
        return;
    }
    loci_tile tile;
    loci_tile_pack(x->w, b.j0, b.j1 - b.j0, s->pack + worker * s->pack_floats, &tile);
    if (x->w->rounding.unit > 0)
        loci_hold_tile(x->w, &tile, b.i0, b.i1, dw, b.padded);
    s->wiring->contract(x->w, &tile, b.i0, b.i1, dw, b.padded,
                        loci_tile_sums_axons(&s->sums, x->w, column, b.i0),
                        loci_tile_sums_dendrites(&s->sums, row, column));
}

static void send_back(void *context, size_t task, size_t worker) {
    (void)worker;
    const struct crossing *x = context;
    size_t first = task * SAMPLES, rows = samples_of(x, task);
    float *to = x->g_in + first * x->ldn;
    loci_gemm(x->s->gemm, rows, x->w->n, x->w->m,
              (loci_operand){x->g + first * x->ldm, x->ldm, false},
              (loci_operand){x->s->matrix, x->s->ldw, true}, to, x->ldn);
    loci_after_run(x->after, to, first, rows, 0, x->w->n);
}

void loci_dense_backward(loci_dense *s, const loci_wiring *w, const loci_activations *in,
                         const float *g, float *g_in, const loci_after *after,
                         loci_wiring_gradient *gradient, loci_pool *pool) {
    struct crossing x = {
        .s = s, .w = w, .in = in, .g = g, .g_in = g_in, .after = after, .gradient = gradient};
    x.ldm = loci_leading(w->m);
    x.ldn = loci_leading(w->n);
    gradient->sums = (loci_pair_sums){0};
    loci_parallel(pool, s->part.rows * s->part.columns,
                  s->nearby ? make_gradient_tile : contract_tile, &x);
    if (s->nearby)
        loci_near_contract(s->near, w, s->matrix_gradient, s->ldw, gradient, pool);
    else if (w->weight == NULL)
        loci_tile_sums_reduce(&s->sums, w, gradient, pool);
    if (g_in != NULL)
        loci_parallel(pool, sample_tasks(&x), send_back, &x);
}

void loci_dense_contract(loci_dense *s, const loci_wiring *w, const float *weight_gradient,
                         loci_wiring_gradient *gradient, loci_pool *pool) {
    struct crossing x = {.s = s, .w = w, .g = weight_gradient, .gradient = gradient};
    gradient->sums = (loci_pair_sums){0};
    loci_parallel(pool, s->part.rows * s->part.columns, contract_tile, &x);
    if (w->weight == NULL)
        loci_tile_sums_reduce(&s->sums, w, gradient, pool);
}
