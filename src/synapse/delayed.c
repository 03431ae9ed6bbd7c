#include "synapse/delayed.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "linear/gemm.h"

/* Receivers of a tile: the taps of all senders to a tile stay in a cache while spikes are sent.
 * Blocks that the senders are cut into on the way back. */
enum { TILE = LOCI_DELAY_WIDTH, BLOCKS = 16 };

struct loci_delayed {
    loci_arena arena;
    size_t n, m, ld;
    uint32_t taps, first;
    bool own;
    float *tap;        /* [tiles, n, taps, TILE] */
    loci_reach *reach; /* [n], over all receivers */
    float
        *bare;  /* [n, taps, m], without padding: for products on the way back to spikes; or NULL */
    size_t row; /* taps * ld */
    float *pack; /* [tiles, pack_floats] the dendrites of each tile */
    size_t tiles, pack_floats;
    loci_tile *tile;      /* [tiles] */
    size_t block, blocks; /* senders of a block; blocks */
    float *g_tap;         /* [workers, taps, ld] */
    float *axon;          /* [n, A, C+4] */
    float *late;          /* [n, A] */
    float *dendrite;      /* [blocks, tiles, (C+1) D padded] */
    size_t dendrite_floats;
    const loci_delay_kernels *kernels;
    loci_gemm_kernel *gemm;
};

int loci_delayed_create(loci_delayed **out, const loci_wiring *w,
                        const loci_delayed_options *options, const loci_pool *pool,
                        loci_error *error) {
    bool backward = options->backward, back = options->back;
    loci_delayed *s = calloc(1, sizeof *s);
    if (s == NULL)
        return loci_fail_memory(error, "delays");
    bool spatial = w->weight == NULL;
    size_t workers = (size_t)loci_pool_threads(pool);
    s->n = w->n;
    s->m = w->m;
    s->ld = options->ld;
    s->taps = options->taps;
    s->own = options->own;
    s->row = s->taps * s->ld;
    s->tiles = (w->m + TILE - 1) / TILE;
    s->pack_floats = spatial ? loci_tile_floats(w, TILE) : 0;
    s->block = (w->n + BLOCKS - 1) / BLOCKS;
    s->blocks = (w->n + s->block - 1) / s->block;
    s->tap = loci_arena_floats(&s->arena, s->tiles * w->n, s->taps * TILE);
    s->reach = loci_arena_take(&s->arena, w->n, sizeof *s->reach);
    s->pack = loci_arena_floats(&s->arena, s->tiles, s->pack_floats);
    s->tile = loci_arena_take(&s->arena, s->tiles, sizeof *s->tile);
    if (back)
        s->bare = loci_arena_floats(&s->arena, w->n, s->taps * w->m);
    if (backward)
        s->g_tap = loci_arena_floats(&s->arena, workers, s->row);
    if (backward && spatial) {
        s->axon = loci_arena_floats(&s->arena, w->n * w->axons, loci_axon_sums(w->coordinates));
        s->late = loci_arena_floats(&s->arena, w->n, w->axons);
        s->dendrite_floats = loci_dendrite_sums(w->coordinates) * w->dendrites * TILE;
        s->dendrite = loci_arena_floats(&s->arena, s->blocks * s->tiles, s->dendrite_floats);
    }
    s->kernels = loci_delay_kernels_for(loci_isa_best());
    s->gemm = loci_gemm_kernel_for(loci_isa_best());
    int status = loci_arena_status(&s->arena, "delays", error);
    if (status == LOCI_OK && back)
        status = loci_gemm_prepare(error);
    if (status != LOCI_OK) {
        loci_delayed_free(s);
        return status;
    }
    *out = s;
    return LOCI_OK;
}

void loci_delayed_free(loci_delayed *s) {
    if (s == NULL)
        return;
    loci_arena_clear(&s->arena);
    free(s);
}

size_t loci_delayed_bytes(const loci_delayed *s) {
    return s->arena.bytes;
}

/* The taps of sender i to a tile. */
static float *taps_of(const loci_delayed *s, size_t tile, size_t i) {
    return s->tap + (tile * s->n + i) * s->taps * TILE;
}

/* What a task needs to know. */
struct crossing {
    loci_delayed *s;
    const loci_wiring *w;
    const loci_delay *delay;
    const loci_over_time *in;
    float *current;
    float *g;
    loci_wiring_gradient *gradient;
};

/* ---- making them ---- */

static void make_sender(void *context, size_t i, size_t worker) {
    (void)worker;
    const struct crossing *x = context;
    loci_delayed *s = x->s;
    const float *weight = x->w->weight;
    s->reach[i] = weight == NULL ? (loci_reach){s->taps, 0} : (loci_reach){0, 1};
    for (size_t k = 0; k < s->tiles; k++) {
        float *tap = taps_of(s, k, i);
        size_t left = s->m - k * TILE, width = left < TILE ? left : TILE;
        if (weight == NULL)
            s->kernels->expand(x->w, x->delay, &s->tile[k], i, s->own, tap, TILE, &s->reach[i]);
        else
            memcpy(tap, weight + i * s->m + k * TILE, width * sizeof *tap);
        if (weight != NULL && s->own && i / TILE == k)
            tap[i % TILE] = 0;
        for (size_t t = 0; s->bare != NULL && t < s->taps; t++)
            memcpy(s->bare + (i * s->taps + t) * s->m + k * TILE, tap + t * TILE,
                   width * sizeof *tap);
    }
}

void loci_delayed_make(loci_delayed *s, const loci_wiring *w, const loci_delay *delay,
                       loci_pool *pool) {
    struct crossing x = {.s = s, .w = w, .delay = delay};
    s->first = delay->first;
    for (size_t k = 0; w->weight == NULL && k < s->tiles; k++) {
        size_t j0 = k * TILE, width = s->m - j0 < TILE ? s->m - j0 : TILE;
        loci_tile_pack(w, j0, width, s->pack + k * s->pack_floats, &s->tile[k]);
    }
    loci_parallel(pool, s->n, make_sender, &x);
}

/* ---- forward ---- */

/* Steps that the taps of a spike still find. */
static uint32_t steps_reached(const loci_delayed *s, uint32_t left) {
    if (left < s->first)
        return 0;
    uint32_t room = left - s->first;
    return room < s->taps ? room + 1 : s->taps;
}

/* To the receivers of one tile. */
static void send_tile(const loci_delayed *s, size_t tile, size_t count, const uint32_t *sender,
                      const float *value, float *now, uint32_t left) {
    enum { MANY = 4 }; /* that go together, over all that any of them reaches */
    const float *taps[MANY];
    uint32_t reached = steps_reached(s, left);
    for (size_t at = 0; at < count; at += MANY) {
        size_t some = count - at < MANY ? count - at : MANY;
        uint32_t first = reached, end = 0;
        for (size_t k = 0; k < some; k++) {
            loci_reach reach = s->reach[sender[at + k]];
            first = reach.first < first ? reach.first : first;
            end = reach.end > end ? reach.end : end;
        }
        end = end < reached ? end : reached;
        for (size_t k = 0; k < some; k++)
            taps[k] = taps_of(s, tile, sender[at + k]) + first * TILE;
        if (first < end)
            s->kernels->send(some, value + at, taps, end - first, s->ld - tile * TILE,
                             now + (s->first + first) * s->ld + tile * TILE, s->ld);
    }
}

void loci_delayed_send(const loci_delayed *s, size_t count, const uint32_t *sender,
                       const float *value, float *now, uint32_t left) {
    for (size_t k = 0; k < s->tiles; k++)
        send_tile(s, k, count, sender, value, now, left);
}

/* The row of the currents that a row of the input begins at, and how many steps follow it. */
static size_t row_of(const loci_over_time *in, size_t row, uint32_t *left) {
    *left = in->steps - 1 - (in->constant ? 0 : (uint32_t)(row % in->steps));
    return in->constant ? row * in->steps : row;
}

/* What is the same in every step brings all that it brought before, and its taps of this step. */
static void sum_up(float *current, uint32_t steps, size_t ld) {
    for (size_t k = ld; k < steps * ld; k++)
        current[k] += current[k - ld];
}

static void send_chunk(void *context, size_t chunk, size_t worker) {
    (void)worker;
    const struct crossing *x = context;
    const loci_delayed *s = x->s;
    const loci_sparse *in = x->in->by_sample;
    size_t per_sample = x->in->constant ? 1 : x->in->steps, one = x->in->steps * s->ld;
    size_t first = chunk * LOCI_DELAYED_CHUNK * per_sample;
    size_t end = first + LOCI_DELAYED_CHUNK * per_sample;
    end = end < in->rows ? end : in->rows;
    size_t sample = first / per_sample, samples = (end - first) / per_sample;
    memset(x->current + sample * one, 0, samples * one * sizeof *x->current);
    for (size_t k = 0; k < s->tiles; k++)
        for (size_t row = first; row < end; row++) {
            uint32_t left, at = in->start[row];
            size_t to = row_of(x->in, row, &left);
            send_tile(s, k, in->end[row] - at, in->index + at, in->value + at,
                      x->current + to * s->ld, left);
        }
    for (size_t k = sample; x->in->constant && k < sample + samples; k++)
        sum_up(x->current + k * one, x->in->steps, s->ld);
}

static size_t chunks_of(const loci_over_time *in) {
    size_t samples = in->by_sample->rows / (in->constant ? 1 : in->steps);
    return (samples + LOCI_DELAYED_CHUNK - 1) / LOCI_DELAYED_CHUNK;
}

void loci_delayed_forward(const loci_delayed *s, const loci_over_time *in, float *current,
                          loci_pool *pool) {
    struct crossing x = {.s = (loci_delayed *)(uintptr_t)s, .in = in, .current = current};
    loci_parallel(pool, chunks_of(in), send_chunk, &x);
}

/* ---- backward ---- */

static void sum_back(void *context, size_t chunk, size_t worker) {
    (void)worker;
    const struct crossing *x = context;
    size_t rows = x->in->by_sample->rows, first = chunk * LOCI_DELAYED_CHUNK;
    size_t end = first + LOCI_DELAYED_CHUNK < rows ? first + LOCI_DELAYED_CHUNK : rows;
    size_t one = x->in->steps * x->s->ld;
    for (size_t sample = first; sample < end; sample++)
        for (size_t k = one - x->s->ld; k-- > 0;)
            x->g[sample * one + k] += x->g[sample * one + k + x->s->ld];
}

/* dL/d(taps) of sender i, 0 where it does not reach; spikes that meet all of its taps go together.
 */
static void collect(const struct crossing *x, size_t i, float *g_tap) {
    enum { MANY = 64 };
    const loci_delayed *s = x->s;
    const loci_sparse_blocks *in = x->in->by_input;
    const loci_reach reach = s->reach[i];
    const float *window[MANY];
    float value[MANY], *to = g_tap + reach.first * s->ld;
    size_t count = 0, all = (reach.end - reach.first) * s->ld;
    memset(g_tap, 0, s->row * sizeof *g_tap);
    for (size_t k = 0; k < in->blocks; k++) {
        const loci_sparse *block = &in->block[k];
        for (uint32_t e = block->start[i]; e < block->end[i]; e++) {
            uint32_t left;
            size_t row = row_of(x->in, k * in->height + block->index[e], &left);
            uint32_t reached = steps_reached(s, left);
            if (reached < reach.end || count == MANY) {
                s->kernels->add(count, value, window, all, to);
                count = 0;
            }
            window[count] = x->g + (row + s->first + reach.first) * s->ld;
            value[count] = block->value[e];
            if (reached >= reach.end)
                count++;
            else if (reached > reach.first)
                s->kernels->add(1, value, window, (reached - reach.first) * s->ld, to);
        }
    }
    s->kernels->add(count, value, window, all, to);
}

static void contract_block(void *context, size_t block, size_t worker) {
    const struct crossing *x = context;
    loci_delayed *s = x->s;
    const loci_wiring *w = x->w;
    size_t end = (block + 1) * s->block < s->n ? (block + 1) * s->block : s->n;
    float *g_tap = s->g_tap + worker * s->row;
    float *dendrite = s->dendrite + block * s->tiles * s->dendrite_floats;
    bool spatial = w->weight == NULL;
    if (spatial)
        memset(dendrite, 0, s->tiles * s->dendrite_floats * sizeof *dendrite);
    for (size_t i = block * s->block; i < end; i++) {
        collect(x, i, g_tap);
        size_t axon = i * w->axons * loci_axon_sums(w->coordinates);
        for (size_t j = 0; !spatial && j < s->m; j++)
            x->gradient->weight[i * s->m + j] += s->own && j == i ? 0 : g_tap[j];
        for (size_t k = 0; spatial && k < s->tiles; k++)
            s->kernels->contract(w, x->delay, &s->tile[k], i, s->own, g_tap + k * TILE, s->ld,
                                 s->axon + axon, dendrite + k * s->dendrite_floats,
                                 s->late + i * w->axons);
    }
}

/* The sums of axon sites become gradients of their own numbers and of the pair. */
static double add_axons(const struct crossing *x) {
    const loci_delayed *s = x->s;
    const loci_wiring *w = x->w;
    size_t C = w->coordinates, width = loci_axon_sums(C);
    loci_wiring_gradient *to = x->gradient;
    double late = 0;
    for (size_t site = 0; site < w->n * w->axons; site++) {
        const float *sum = s->axon + site * width;
        double c = w->c == NULL ? 1 : w->c[site];
        for (size_t k = 0; to->p != NULL && k < C; k++)
            to->p[site * C + k] += sum[LOCI_AXON_POSITION + k];
        if (to->c != NULL)
            to->c[site] += sum[LOCI_AXON_VALUE];
        to->sums.value += c * sum[LOCI_AXON_VALUE];
        to->sums.slope += c * sum[loci_axon_slope(C)];
        to->sums.reach += c * sum[loci_axon_reach(C)];
        to->sums.length += c * sum[loci_axon_length(C)];
        late += c * s->late[site];
    }
    return late;
}

static void add_dendrites(void *context, size_t tile, size_t worker) {
    (void)worker;
    const struct crossing *x = context;
    const loci_delayed *s = x->s;
    const loci_wiring *w = x->w;
    size_t C = w->coordinates, D = w->dendrites, padded = s->tile[tile].padded;
    for (size_t block = 0; block < s->blocks; block++) {
        const float *sum = s->dendrite + (block * s->tiles + tile) * s->dendrite_floats;
        for (size_t t = 0; t < s->tile[tile].width; t++)
            for (size_t b = 0; b < D; b++) {
                size_t site = (s->tile[tile].j0 + t) * D + b;
                for (size_t k = 0; x->gradient->q != NULL && k < C; k++)
                    x->gradient->q[site * C + k] +=
                        sum[((LOCI_DENDRITE_POSITION + k) * D + b) * padded + t];
                if (x->gradient->e != NULL)
                    x->gradient->e[site] +=
                        w->scale * sum[(loci_dendrite_value(C) * D + b) * padded + t];
            }
    }
}

void loci_delayed_backward(loci_delayed *s, const loci_wiring *w, const loci_delay *delay,
                           const loci_over_time *in, float *g, loci_wiring_gradient *gradient,
                           double *speed, loci_pool *pool) {
    struct crossing x = {.s = s, .w = w, .delay = delay, .in = in, .g = g, .gradient = gradient};
    if (in->constant)
        loci_parallel(pool, chunks_of(in), sum_back, &x);
    gradient->sums = (loci_pair_sums){0};
    *speed = 0;
    if (w->weight == NULL) {
        memset(s->axon, 0, w->n * w->axons * loci_axon_sums(w->coordinates) * sizeof *s->axon);
        memset(s->late, 0, w->n * w->axons * sizeof *s->late);
    }
    loci_parallel(pool, s->blocks, contract_block, &x);
    if (w->weight != NULL)
        return;
    *speed = -add_axons(&x);
    loci_parallel(pool, s->tiles, add_dendrites, &x);
}

/* ---- back to the spikes ---- */

size_t loci_delayed_scratch(const loci_delayed *s) {
    return LOCI_GEMM_ROWS * (2 * s->taps * s->m + 2 * loci_leading(s->n));
}

void loci_delayed_back(const loci_delayed *s, size_t rows, const float *const *window,
                       const uint32_t *left, float *g_in, size_t ld_in, bool add, float *scratch) {
    size_t width = s->taps * s->m;
    float *a = scratch, *c = a + LOCI_GEMM_ROWS * width, *room = c + LOCI_GEMM_ROWS * ld_in;
    const loci_operand taps = {s->bare, width, true};
    for (size_t r = 0; r < rows; r++) {
        size_t reached = steps_reached(s, left[r]);
        float *to = a + r * width;
        for (size_t k = 0; k < reached; k++)
            memcpy(to + k * s->m, window[r] + (s->first + k) * s->ld, s->m * sizeof *to);
        memset(to + reached * s->m, 0, (s->taps - reached) * s->m * sizeof *to);
    }
    loci_gemm_rows(s->gemm, rows, s->n, width, a, width, taps, c, ld_in, room);
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < s->n; i++)
            g_in[r * ld_in + i] = (add ? g_in[r * ld_in + i] : 0) + c[r * ld_in + i];
}
