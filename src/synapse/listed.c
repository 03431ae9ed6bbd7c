#include "synapse/listed.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "linear/linear.h"
#include "synapse/gathered.h"
#include "synapse/held.h"

/* Rows of a batch that are transposed together, and that one task multiplies. */
enum { BLOCK = 256, STRIP = LOCI_AFTER_ROWS };

/* Tasks that connections are cut into for their gradients, at most. */
enum { RANGES = 16 };

struct loci_listed {
    loci_arena arena;
    const loci_connections *connections;
    bool spatial;
    size_t n, m, blocks; /* blocks of BLOCK rows */
    size_t ranges;
    size_t range[RANGES + 1]; /* receiving neurons of range r: range[r] .. range[r+1]-1 */
    float *weight;            /* [count] by connection number, rounded where they are */
    float *bare;              /* [count] the same before that, of a spatial pair that rounds */
    float *by_sender;         /* [count] the same by place */
    float *dw;                /* [count] dL/dw by connection number */
    float *x;                 /* [blocks, n, BLOCK] what was sent */
    float *g;                 /* [blocks, m, BLOCK] dL/d(what arrived) */
    float *strip; /* [workers, widest, STRIP] what a task makes before it turns it back */
    size_t strip_floats;
    float *scratch; /* [workers, scratch_floats] */
    size_t scratch_floats;
    float *senders; /* [ranges, n, A, C+1] what each range found for the senders' sites */
    size_t sender_floats;
    loci_pair_sums sums[RANGES];
    const loci_linear_kernels *kernels;
};

/* Ranges of receiving neurons with about as many connections each. */
static void cut_ranges(loci_listed *s) {
    const loci_connections *c = s->connections;
    s->ranges = s->m < RANGES ? s->m : RANGES;
    size_t j = 0;
    for (size_t r = 0; r < s->ranges; r++) {
        s->range[r] = j;
        while (j < s->m && c->receiver_start[j + 1] <= c->count * (r + 1) / s->ranges)
            j++;
    }
    s->range[s->ranges] = s->m;
}

int loci_listed_create(loci_listed **out, const loci_wiring *w, const loci_connections *connections,
                       size_t rows, const loci_pool *pool, loci_error *error) {
    loci_listed *s = calloc(1, sizeof *s);
    if (s == NULL)
        return loci_fail_memory(error, "listed synapse");
    s->connections = connections;
    s->spatial = w->weight == NULL;
    s->n = w->n;
    s->m = w->m;
    s->blocks = (rows + BLOCK - 1) / BLOCK;
    s->strip_floats = (w->n > w->m ? w->n : w->m) * STRIP;
    s->scratch_floats = loci_gathered_floats(w);
    s->sender_floats = s->spatial ? w->n * w->axons * loci_dendrite_sums(w->coordinates) : 0;
    cut_ranges(s);
    size_t workers = (size_t)loci_pool_threads(pool);
    s->weight = loci_arena_floats(&s->arena, connections->count, 1);
    s->by_sender = loci_arena_floats(&s->arena, connections->count, 1);
    s->dw = loci_arena_floats(&s->arena, connections->count, 1);
    if (s->spatial && w->rounding.most > 0)
        s->bare = loci_arena_floats(&s->arena, connections->count, 1);
    s->x = loci_arena_floats(&s->arena, s->blocks * s->n, BLOCK);
    s->g = loci_arena_floats(&s->arena, s->blocks * s->m, BLOCK);
    s->strip = loci_arena_floats(&s->arena, workers, s->strip_floats);
    s->scratch = loci_arena_floats(&s->arena, workers, s->scratch_floats);
    s->senders = loci_arena_floats(&s->arena, s->ranges, s->sender_floats);
    s->kernels = loci_linear_kernels_for(loci_isa_best());
    int status = loci_arena_status(&s->arena, "listed synapse", error);
    if (status != LOCI_OK) {
        loci_listed_free(s);
        return status;
    }
    *out = s;
    return LOCI_OK;
}

void loci_listed_free(loci_listed *s) {
    if (s == NULL)
        return;
    loci_arena_clear(&s->arena);
    free(s);
}

size_t loci_listed_bytes(const loci_listed *s) {
    return s->arena.bytes;
}

struct crossing {
    loci_listed *s;
    const loci_wiring *w;
    const loci_activations *in;
    float *out;
    const float *g;
    float *g_in;
    const loci_after *after;
    const loci_wiring_gradient *gradient;
};

static size_t strips(const struct crossing *x) {
    return (x->in->count + STRIP - 1) / STRIP;
}

/* Rows first .. end-1 of a strip. */
static size_t rows_of(const struct crossing *x, size_t strip, size_t *first) {
    *first = strip * STRIP;
    size_t left = x->in->count - *first;
    return left < STRIP ? left : STRIP;
}

/* Where a strip of row `neuron` begins in an array [blocks, neurons, BLOCK]. */
static float *strip_at(float *array, size_t neurons, size_t strip) {
    size_t row = strip * STRIP;
    return array + row / BLOCK * neurons * BLOCK + row % BLOCK;
}

/* to [neurons, BLOCK] = from [rows, ld] transposed; lanes past the rows are 0. */
static void transpose(const loci_listed *s, const float *from, size_t ld, size_t rows,
                      size_t neurons, float *to) {
    s->kernels->transpose(from, ld, rows, neurons, to, BLOCK);
    for (size_t i = 0; i < neurons && rows < STRIP; i++)
        memset(to + i * BLOCK + rows, 0, (STRIP - rows) * sizeof *to);
}

static void transpose_sparse(const loci_sparse *from, size_t first, size_t rows, size_t neurons,
                             float *to) {
    for (size_t i = 0; i < neurons; i++)
        memset(to + i * BLOCK, 0, STRIP * sizeof *to);
    for (size_t b = 0; b < rows; b++)
        for (uint32_t t = from->start[first + b]; t < from->end[first + b]; t++)
            to[from->index[t] * BLOCK + b] = from->value[t];
}

/* ---- forward ---- */

/* Of receiving neurons first .. end-1. */
static void round_weights(loci_listed *s, const loci_wiring *w, size_t first, size_t end) {
    size_t from = s->connections->receiver_start[first];
    size_t count = s->connections->receiver_start[end] - from;
    if (w->rounding.unit == 0)
        return;
    if (s->bare != NULL)
        memcpy(s->bare + from, s->weight + from, count * sizeof *s->bare);
    loci_weights_round(w->rounding, s->weight + from, count);
}

static void make_weights(void *context, size_t task, size_t worker) {
    const struct crossing *x = context;
    loci_listed *s = x->s;
    loci_gathered_weights(s->connections, x->w, s->range[task], s->range[task + 1], s->weight,
                          s->scratch + worker * s->scratch_floats);
    round_weights(s, x->w, s->range[task], s->range[task + 1]);
}

static void multiply_strip(void *context, size_t task, size_t worker) {
    const struct crossing *x = context;
    loci_listed *s = x->s;
    size_t first, rows = rows_of(x, task, &first);
    float *sent = strip_at(s->x, s->n, task), *made = s->strip + worker * s->strip_floats;
    if (x->in->by_sample != NULL)
        transpose_sparse(x->in->by_sample, first, rows, s->n, sent);
    else
        transpose(s, x->in->dense + first * x->in->ld, x->in->ld, rows, s->n, sent);
    const loci_sparse w =
        loci_sparse_rows(s->m, s->connections->receiver_start, s->connections->sender, s->weight);
    s->kernels->spmm(&w, 0, s->m, sent, BLOCK, made, STRIP, STRIP, 0);
    size_t ld = loci_leading(s->m);
    s->kernels->transpose(made, STRIP, s->m, rows, x->out + first * ld, ld);
    loci_after_run(x->after, x->out + first * ld, first, rows, 0, s->m);
}

void loci_listed_forward(loci_listed *s, const loci_wiring *w, const loci_activations *in,
                         float *out, const loci_after *after, loci_pool *pool) {
    struct crossing x = {.s = s, .w = w, .in = in, .out = out, .after = after};
    loci_parallel(pool, s->ranges, make_weights, &x);
    loci_parallel(pool, strips(&x), multiply_strip, &x);
}

/* ---- backward ---- */

static void transpose_gradient(void *context, size_t task, size_t worker) {
    (void)worker;
    const struct crossing *x = context;
    size_t first, rows = rows_of(x, task, &first), ld = loci_leading(x->s->m);
    transpose(x->s, x->g + first * ld, ld, rows, x->s->m, strip_at(x->s->g, x->s->m, task));
}

/* dL/dw of the connections of some receiving neurons, block of rows by block. */
static void differentiate(const struct crossing *x, size_t first, size_t end) {
    const loci_listed *s = x->s;
    const loci_connections *c = s->connections;
    memset(s->dw + c->receiver_start[first], 0,
           (c->receiver_start[end] - c->receiver_start[first]) * sizeof *s->dw);
    for (size_t row = 0; row < x->in->count; row += BLOCK) {
        size_t left = x->in->count - row, width = (left < BLOCK ? left : BLOCK) + STRIP - 1;
        const float *sent = s->x + row * s->n, *g = s->g + row * s->m;
        for (size_t j = first; j < end; j++)
            s->kernels->sddmm(c->sender + c->receiver_start[j],
                              c->receiver_start[j + 1] - c->receiver_start[j], sent, BLOCK,
                              g + j * BLOCK, width / STRIP * STRIP, s->dw + c->receiver_start[j]);
    }
}

static void contract_range(void *context, size_t task, size_t worker) {
    const struct crossing *x = context;
    loci_listed *s = x->s;
    const loci_connections *c = s->connections;
    size_t first = s->range[task], end = s->range[task + 1];
    differentiate(x, first, end);
    if (s->bare != NULL)
        loci_hold_listed(x->w, s->bare + c->receiver_start[first],
                         c->receiver_start[end] - c->receiver_start[first],
                         s->dw + c->receiver_start[first]);
    if (!s->spatial) {
        for (size_t j = first; j < end; j++)
            for (uint32_t t = c->receiver_start[j]; t < c->receiver_start[j + 1]; t++)
                x->gradient->weight[c->sender[t] * s->m + j] += s->dw[t];
        return;
    }
    const loci_gathered_gradient out = {
        .q = x->gradient->q,
        .e = x->gradient->e,
        .senders = s->senders + task * s->sender_floats,
        .sums = &s->sums[task],
    };
    memset(out.senders, 0, s->sender_floats * sizeof *out.senders);
    *out.sums = (loci_pair_sums){0};
    loci_gathered_contract(c, x->w, first, end, s->dw, &out,
                           s->scratch + worker * s->scratch_floats);
}

/* Sums what the ranges found, in their order. */
static void reduce(const struct crossing *x, loci_wiring_gradient *gradient) {
    const loci_listed *s = x->s;
    const loci_wiring *w = x->w;
    size_t C = w->coordinates, sites = w->n * w->axons;
    for (size_t r = 0; r < s->ranges; r++) {
        const float *from = s->senders + r * s->sender_floats;
        for (size_t site = 0; site < sites; site++, from += loci_dendrite_sums(C)) {
            for (size_t d = 0; gradient->p != NULL && d < C; d++)
                gradient->p[site * C + d] += from[LOCI_DENDRITE_POSITION + d];
            if (gradient->c != NULL)
                gradient->c[site] += w->scale * from[loci_dendrite_value(C)];
        }
        loci_pair_sums_add(&gradient->sums, 1, &s->sums[r]);
    }
}

static void send_back(void *context, size_t task, size_t worker) {
    const struct crossing *x = context;
    loci_listed *s = x->s;
    size_t first, rows = rows_of(x, task, &first), ld = loci_leading(s->n);
    float *made = s->strip + worker * s->strip_floats;
    const loci_sparse w = loci_sparse_rows(s->n, s->connections->sender_start,
                                           s->connections->receiver, s->by_sender);
    s->kernels->spmm(&w, 0, s->n, strip_at(s->g, s->m, task), BLOCK, made, STRIP, STRIP, 0);
    s->kernels->transpose(made, STRIP, s->n, rows, x->g_in + first * ld, ld);
    loci_after_run(x->after, x->g_in + first * ld, first, rows, 0, s->n);
}

void loci_listed_backward(loci_listed *s, const loci_wiring *w, const loci_activations *in,
                          const float *g, float *g_in, const loci_after *after,
                          loci_wiring_gradient *gradient, loci_pool *pool) {
    struct crossing x = {
        .s = s, .w = w, .in = in, .g = g, .g_in = g_in, .after = after, .gradient = gradient};
    gradient->sums = (loci_pair_sums){0};
    loci_parallel(pool, strips(&x), transpose_gradient, &x);
    loci_parallel(pool, s->ranges, contract_range, &x);
    if (s->spatial)
        reduce(&x, gradient);
    if (g_in == NULL)
        return;
    for (size_t place = 0; place < s->connections->count; place++)
        s->by_sender[place] = s->weight[s->connections->connection[place]];
    loci_parallel(pool, strips(&x), send_back, &x);
}
