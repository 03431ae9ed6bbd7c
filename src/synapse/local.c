#include "synapse/local.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "synapse/local_side.h"

/* Rows of a batch that go through together. */
enum { ROWS = 128 };

/* Tasks that slabs are cut into, at most, and parts of a pair whose sums of axon sites are kept
 * apart. */
enum { TASKS = 256, PARTS = 16 };

/* What one worker lists of the sites within a site's reach. */
typedef struct listing {
    float *near;      /* [room] max(f - f(R), 0), or dL/dw, lane by lane */
    loci_run *run;    /* [most runs] */
    uint32_t *lane;   /* [room + 16] of those that meet */
    uint32_t *neuron; /* [room + 16] likewise */
    float *weight;    /* [room + 16] */
    size_t runs, count;
} listing;

struct loci_local {
    loci_arena arena;
    loci_local_side axon, dendrite;
    float *gathered;  /* [sites of either side, rows] what each gathered */
    float *scratch;   /* [workers, LOCI_LOCAL_COLUMNS, rows] */
    listing *listing; /* [workers] */
    float *receiver;  /* [m, D, C+4] sums of dendrite sites */
    float *sender;    /* [PARTS, C+1, room of axons] sums of axon sites that each part found */
    loci_pair_sums sums[PARTS];
    loci_bits bits;
    const loci_cells_kernels *wiring;
    const loci_linear_kernels *linear;
};

static void take_listing(loci_local *s, listing *x, size_t sites) {
    size_t room = loci_cells_room(sites);
    x->near = loci_arena_floats(&s->arena, room, 1);
    x->run = loci_arena_take(&s->arena, loci_cells_runs(sites), sizeof *x->run);
    x->lane = loci_arena_take(&s->arena, room + LOCI_SLAB, sizeof *x->lane);
    x->neuron = loci_arena_take(&s->arena, room + LOCI_SLAB, sizeof *x->neuron);
    x->weight = loci_arena_floats(&s->arena, room + LOCI_SLAB, 1);
}

int loci_local_create(loci_local **out, const loci_wiring *w, bool input_gradient, size_t rows,
                      const loci_pool *pool, loci_error *error) {
    loci_local *s = calloc(1, sizeof *s);
    if (s == NULL)
        return loci_fail_memory(error, "synapse");
    size_t C = w->coordinates, workers = (size_t)loci_pool_threads(pool);
    size_t width = rows < ROWS ? (rows + 63) & ~(size_t)63 : ROWS;
    loci_local_side_take(&s->axon, w->n, w->axons, C, width, &s->arena);
    loci_local_side_take(&s->dendrite, w->m, w->dendrites, C, width, &s->arena);
    size_t here = s->dendrite.sites, there = input_gradient ? s->axon.sites : 0;
    size_t most = s->axon.sites > here ? s->axon.sites : here;
    s->gathered = loci_arena_floats(&s->arena, here > there ? here : there, width);
    s->scratch = loci_arena_floats(&s->arena, workers * LOCI_LOCAL_COLUMNS, width);
    s->listing = loci_arena_take(&s->arena, workers, sizeof *s->listing);
    for (size_t k = 0; s->listing != NULL && k < workers; k++)
        take_listing(s, &s->listing[k], most);
    s->receiver = loci_arena_floats(&s->arena, here, loci_axon_sums(C));
    s->sender = loci_arena_floats(&s->arena, PARTS * loci_dendrite_sums(C), s->axon.cells.room);
    loci_bits_fill(&s->bits);
    s->wiring = loci_cells_kernels_for(loci_isa_best());
    s->linear = loci_linear_kernels_for(loci_isa_best());
    int status = loci_arena_status(&s->arena, "synapse", error);
    if (status != LOCI_OK) {
        loci_local_free(s);
        return status;
    }
    *out = s;
    return LOCI_OK;
}

void loci_local_free(loci_local *s) {
    if (s == NULL)
        return;
    loci_arena_clear(&s->arena);
    free(s);
}

size_t loci_local_bytes(const loci_local *s) {
    return s->arena.bytes;
}

static void sort(loci_local *s, const loci_wiring *w) {
    const loci_sites_of axons = {w->p, w->c, w->n * w->axons, w->coordinates, w->scale};
    const loci_sites_of dendrites = {w->q, w->e, w->m * w->dendrites, w->coordinates, 1};
    loci_local_side_sort(&s->axon, &axons);
    loci_local_side_sort(&s->dendrite, &dendrites);
}

/* ---- who meets whom ---- */

/* Sites of `to` look at those of `from`. */
struct crossing {
    loci_local *s;
    const loci_wiring *w;
    const loci_local_side *from, *to;
    float limit;
    size_t rows;
    loci_wiring_gradient *gradient;
};

/* A lane's site: where it is, its charge, and its neuron. */
struct site {
    float p[LOCI_MOST_COORDINATES];
    float charge;
    size_t site, neuron;
};

/* False where a lane is padding. */
static bool site_of(const loci_local_side *side, size_t lane, struct site *out) {
    const loci_cells *cells = &side->cells;
    if (cells->site[lane] == UINT32_MAX)
        return false;
    for (size_t k = 0; k < cells->coordinates; k++)
        out->p[k] = cells->q[k * cells->room + lane];
    out->charge = cells->e[lane];
    out->site = cells->site[lane];
    out->neuron = side->neuron[lane];
    return true;
}

/* Of lanes that were listed those stay whose connection is kept. */
static void leave_cut(const struct crossing *x, const struct site *at, listing *l) {
    size_t ld = loci_mask_leading(x->w->m), count = 0;
    bool forward = x->to == &x->s->dendrite;
    for (size_t t = 0; t < l->count; t++) {
        size_t other = x->from->neuron[l->lane[t]];
        size_t i = forward ? other : at->neuron, j = forward ? at->neuron : other;
        l->lane[count] = l->lane[t];
        l->weight[count] = l->weight[t];
        count += x->w->mask[i * ld + j] != 0;
    }
    l->count = count;
}

/* Lists the lanes that a site meets and that send anything, with their weights. */
static void list(const struct crossing *x, const struct site *at, listing *l) {
    const loci_local *s = x->s;
    const loci_cells *bare = &x->from->bare;
    l->runs = loci_cells_find(bare, at->p, x->limit, l->run);
    l->count = 0;
    for (size_t k = 0; k < l->runs; k++) {
        size_t slab = l->run[k].first, first = slab * LOCI_SLAB;
        size_t lanes = l->run[k].end * LOCI_SLAB - first, before = l->count;
        memset(l->near + first, 0, lanes * sizeof *l->near);
        s->wiring->weights(x->w, bare, &l->run[k], 1, at->p, 1, l->near);
        l->count += s->linear->compact(&s->bits, x->from->heard + slab, l->near + first, lanes,
                                       l->lane + before, l->weight + before);
        for (size_t t = before; t < l->count; t++)
            l->lane[t] += (uint32_t)first;
    }
    if (x->w->mask != NULL)
        leave_cut(x, at, l);
    for (size_t t = 0; t < l->count; t++) {
        l->neuron[t] = x->from->neuron[l->lane[t]];
        l->weight[t] *= at->charge * x->from->cells.e[l->lane[t]];
    }
}

/* ---- what a site gathers ---- */

/* Slabs of a task. */
static size_t slabs_of(const struct crossing *x, size_t tasks, size_t task, size_t *first) {
    size_t slabs = x->to->cells.lanes / LOCI_SLAB;
    *first = task * slabs / tasks;
    return (task + 1) * slabs / tasks;
}

static void gather(void *context, size_t task, size_t worker) {
    const struct crossing *x = context;
    loci_local *s = x->s;
    listing *l = &s->listing[worker];
    size_t first, end = slabs_of(x, TASKS, task, &first), width = x->from->width;
    struct site at;
    for (size_t lane = first * LOCI_SLAB; lane < end * LOCI_SLAB; lane++) {
        if (!site_of(x->to, lane, &at))
            continue;
        list(x, &at, l);
        uint32_t start = 0, stop = (uint32_t)l->count;
        const loci_sparse row = {1, l->count, &start, &stop, l->neuron, l->weight};
        s->linear->spmm(&row, 0, 1, x->from->values, width, s->gathered + at.site * width, width,
                        loci_pad16(x->rows), 0);
    }
}

static struct crossing cross(loci_local *s, const loci_wiring *w, bool forward, size_t rows) {
    return (struct crossing){.s = s,
                             .w = w,
                             .from = forward ? &s->axon : &s->dendrite,
                             .to = forward ? &s->dendrite : &s->axon,
                             .limit = loci_cells_limit(w),
                             .rows = rows};
}

/* Rows of a batch from `first` on that go through together. */
static size_t rows_from(const loci_local *s, const loci_activations *in, size_t first) {
    size_t left = in->count - first;
    return left < s->axon.width ? left : s->axon.width;
}

void loci_local_forward(loci_local *s, const loci_wiring *w, const loci_activations *in, float *out,
                        const loci_after *after, loci_pool *pool) {
    size_t ld = loci_leading(w->m);
    sort(s, w);
    for (size_t first = 0; first < in->count; first += s->axon.width) {
        struct crossing x = cross(s, w, true, rows_from(s, in, first));
        loci_local_side_hear(&s->axon, in, first, x.rows, s->linear, pool);
        loci_parallel(pool, TASKS, gather, &x);
        loci_local_side_tell(&s->dendrite, s->gathered, out + first * ld, ld, first, x.rows, after,
                             s->scratch, s->linear, pool);
    }
}

/* ---- backward ---- */

/* dL/dw of the lanes that a site meets, lane by lane: in near, 0 elsewhere in its runs. */
static void differentiate(const struct crossing *x, const struct site *at, listing *l) {
    const loci_local *s = x->s;
    size_t width = x->from->width;
    for (size_t k = 0; k < l->runs; k++)
        memset(l->near + l->run[k].first * LOCI_SLAB, 0,
               (l->run[k].end - l->run[k].first) * LOCI_SLAB * sizeof *l->near);
    memset(l->weight, 0, l->count * sizeof *l->weight);
    s->linear->sddmm(l->neuron, l->count, x->from->values, width,
                     x->to->values + at->neuron * width, (x->rows + 63) & ~(size_t)63, l->weight);
    for (size_t t = 0; t < l->count; t++)
        l->near[l->lane[t]] = l->weight[t];
}

/* Whether axon sites are trained: pixels of a sheet are not. */
static bool wants_senders(const loci_wiring_gradient *gradient) {
    return gradient->p != NULL || gradient->c != NULL;
}

static void contract_part(void *context, size_t part, size_t worker) {
    const struct crossing *x = context;
    loci_local *s = x->s;
    listing *l = &s->listing[worker];
    size_t first, end = slabs_of(x, PARTS, part, &first), C = x->w->coordinates;
    float *sender = s->sender + part * loci_dendrite_sums(C) * s->axon.cells.room;
    struct site at;
    if (wants_senders(x->gradient)) /* else nobody reads what is added to them */
        memset(sender, 0, loci_dendrite_sums(C) * s->axon.cells.room * sizeof *sender);
    s->sums[part] = (loci_pair_sums){0};
    for (size_t lane = first * LOCI_SLAB; lane < end * LOCI_SLAB; lane++) {
        if (!site_of(x->to, lane, &at))
            continue;
        float *receiver = s->receiver + at.site * loci_axon_sums(C);
        memset(receiver, 0, loci_axon_sums(C) * sizeof *receiver);
        if ((x->to->heard[lane / LOCI_SLAB] >> lane % LOCI_SLAB & 1) == 0)
            continue; /* nothing comes back to it */
        list(x, &at, l);
        differentiate(x, &at, l);
        s->wiring->contract(x->w, &x->from->cells, l->run, l->runs, at.p, at.charge, l->near,
                            receiver, sender);
        loci_gradient_of_receiver(x->gradient->q, x->gradient->e, &s->sums[part], C, at.site,
                                  at.charge, receiver);
    }
}

/* Some axon sites' gradient, part after part. */
static void add_senders(void *context, size_t task, size_t worker) {
    (void)worker;
    const struct crossing *x = context;
    const loci_local *s = x->s;
    const loci_cells *cells = &s->axon.cells;
    size_t C = x->w->coordinates, first = task * cells->lanes / TASKS;
    for (size_t lane = first; lane < (task + 1) * cells->lanes / TASKS; lane++) {
        size_t site = cells->site[lane];
        if (site == UINT32_MAX)
            continue;
        for (size_t part = 0; part < PARTS; part++) {
            const float *from = s->sender + part * loci_dendrite_sums(C) * cells->room + lane;
            loci_gradient_of_sender(x->gradient, x->w, site, from, cells->room);
        }
    }
}

struct afterwards {
    const loci_after *after;
    float *g_in;
    size_t n, ld, first, rows;
};

static void finish_strip(void *context, size_t task, size_t worker) {
    (void)worker;
    const struct afterwards *x = context;
    size_t at = task * LOCI_AFTER_ROWS, left = x->rows - at;
    loci_after_run(x->after, x->g_in + (x->first + at) * x->ld, x->first + at,
                   left < LOCI_AFTER_ROWS ? left : LOCI_AFTER_ROWS, 0, x->n);
}

/* dL/d(input) of a block: the same way from the other side. */
static void send_back(loci_local *s, const loci_wiring *w, size_t first, size_t rows, float *g_in,
                      const loci_after *after, loci_pool *pool) {
    struct crossing back = cross(s, w, false, rows);
    size_t ld = loci_leading(w->n);
    struct afterwards x = {after, g_in, w->n, ld, first, rows};
    loci_parallel(pool, TASKS, gather, &back);
    loci_local_side_tell(&s->axon, s->gathered, g_in + first * ld, ld, first, rows, NULL,
                         s->scratch, s->linear, pool);
    loci_parallel(pool, (rows + LOCI_AFTER_ROWS - 1) / LOCI_AFTER_ROWS, finish_strip, &x);
}

void loci_local_backward(loci_local *s, const loci_wiring *w, const loci_activations *in,
                         const float *g, float *g_in, const loci_after *after,
                         loci_wiring_gradient *gradient, loci_pool *pool) {
    const loci_activations back = {.count = in->count, .dense = g, .ld = loci_leading(w->m)};
    bool heard = in->count <= s->axon.width; /* by the forward pass */
    gradient->sums = (loci_pair_sums){0};
    for (size_t first = 0; first < in->count; first += s->axon.width) {
        struct crossing x = cross(s, w, true, rows_from(s, in, first));
        x.gradient = gradient;
        if (!heard)
            loci_local_side_hear(&s->axon, in, first, x.rows, s->linear, pool);
        loci_local_side_hear(&s->dendrite, &back, first, x.rows, s->linear, pool);
        loci_parallel(pool, PARTS, contract_part, &x);
        if (wants_senders(gradient))
            loci_parallel(pool, TASKS, add_senders, &x);
        for (size_t part = 0; part < PARTS; part++)
            loci_pair_sums_add(&gradient->sums, 1, &s->sums[part]);
        if (g_in != NULL)
            send_back(s, w, first, x.rows, g_in, after, pool);
    }
}
