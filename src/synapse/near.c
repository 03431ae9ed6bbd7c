#include "synapse/near.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "linear/linear.h"
#include "wiring/cells.h"

/* Receivers are cut into so many tasks, of so many at most. */
enum { TASKS = 16, WIDEST = 64 };

/* Lanes whose sums one task adds up. */
enum { LANES_OF_TASK = 1024 };

/* Weights of a matrix that it is for. */
enum { LEAST_WEIGHTS = 1 << 14, MOST_WEIGHTS = 1 << 22 };

/* The share of all pairs of sites up to which it pays. */
static const double PAYS = 0.6;

struct loci_near {
    loci_arena arena;
    size_t width, tasks; /* receivers of a task, a multiple of 16 */
    loci_cells cells;    /* the axon sites of all senders */
    size_t most_runs;
    loci_run *run;        /* [m, D, most_runs] what is within reach of each dendrite site */
    uint32_t *runs;       /* [m, D] how many */
    size_t *slabs;        /* [tasks] in all of them */
    float *turned;        /* [workers, width, room] columns of the matrix, lane by lane */
    float *receiver;      /* [m, D, C+4] sums of dendrite sites */
    float *sender;        /* [tasks, C+1, room] sums of axon sites that each task found */
    loci_pair_sums *sums; /* [tasks] */
    const loci_cells_kernels *kernels;
    const loci_linear_kernels *linear;
};

bool loci_near_suits(const loci_wiring *w) {
    return w->weight == NULL && w->coordinates <= LOCI_MOST_COORDINATES && w->m > 0 &&
           w->n * w->axons * w->dendrites >= LEAST_WEIGHTS / w->m && w->n <= MOST_WEIGHTS / w->m;
}

int loci_near_create(loci_near **out, const loci_wiring *w, const loci_pool *pool,
                     loci_error *error) {
    loci_near *s = calloc(1, sizeof *s);
    if (s == NULL)
        return loci_fail_memory(error, "synapse");
    size_t C = w->coordinates, axons = w->n * w->axons, dendrites = w->m * w->dendrites;
    size_t workers = (size_t)loci_pool_threads(pool);
    s->width = loci_pad16((w->m + TASKS - 1) / TASKS);
    s->width = s->width < WIDEST ? s->width : WIDEST;
    s->tasks = (w->m + s->width - 1) / s->width;
    loci_cells_take(&s->cells, axons, C, &s->arena);
    s->most_runs = loci_cells_runs(axons);
    s->run = loci_arena_take(&s->arena, dendrites * s->most_runs, sizeof *s->run);
    s->runs = loci_arena_take(&s->arena, dendrites, sizeof *s->runs);
    s->slabs = loci_arena_take(&s->arena, s->tasks, sizeof *s->slabs);
    s->turned = loci_arena_floats(&s->arena, workers * s->width, s->cells.room);
    s->receiver = loci_arena_floats(&s->arena, dendrites, loci_axon_sums(C));
    s->sender = loci_arena_floats(&s->arena, s->tasks, loci_dendrite_sums(C) * s->cells.room);
    s->sums = loci_arena_take(&s->arena, s->tasks, sizeof *s->sums);
    s->kernels = loci_cells_kernels_for(loci_isa_best());
    s->linear = loci_linear_kernels_for(loci_isa_best());
    int status = loci_arena_status(&s->arena, "synapse", error);
    if (status != LOCI_OK) {
        loci_near_free(s);
        return status;
    }
    *out = s;
    return LOCI_OK;
}

void loci_near_free(loci_near *s) {
    if (s == NULL)
        return;
    loci_arena_clear(&s->arena);
    free(s);
}

size_t loci_near_bytes(const loci_near *s) {
    return s->arena.bytes;
}

/* What a task needs to know. */
struct crossing {
    loci_near *s;
    const loci_wiring *w;
    float limit;
    float *to;       /* forward: [n, ld] */
    const float *dw; /* backward: [n, ld] */
    size_t ld;
    loci_wiring_gradient *gradient;
};

/* Receivers j0 .. j1-1 of a task. */
struct block {
    size_t j0, j1;
};

static struct block block_of(const struct crossing *x, size_t task) {
    struct block b = {.j0 = task * x->s->width};
    b.j1 = b.j0 + x->s->width < x->w->m ? b.j0 + x->s->width : x->w->m;
    return b;
}

static float charge_of(const loci_wiring *w, size_t site) {
    return w->e == NULL ? 1 : w->e[site];
}

/* ---- what lies where ---- */

static void find_runs(void *context, size_t task, size_t worker) {
    (void)worker;
    const struct crossing *x = context;
    loci_near *s = x->s;
    struct block b = block_of(x, task);
    size_t slabs = 0, D = x->w->dendrites;
    for (size_t site = b.j0 * D; site < b.j1 * D; site++) {
        loci_run *run = s->run + site * s->most_runs;
        s->runs[site] =
            (uint32_t)loci_cells_find(&s->cells, x->w->q + site * x->w->coordinates, x->limit, run);
        for (size_t k = 0; k < s->runs[site]; k++)
            slabs += run[k].end - run[k].first;
    }
    s->slabs[task] = slabs;
}

bool loci_near_update(loci_near *s, const loci_wiring *w, loci_pool *pool) {
    if (w->inverse_range == 0 || w->mask != NULL)
        return false;
    const loci_sites_of senders = {.position = w->p,
                                   .charge = w->c,
                                   .count = w->n * w->axons,
                                   .coordinates = w->coordinates,
                                   .factor = w->scale};
    struct crossing x = {.s = s, .w = w, .limit = loci_cells_limit(w)};
    loci_cells_sort(&s->cells, &senders);
    loci_parallel(pool, s->tasks, find_runs, &x);
    double found = 0, all = (double)(w->m * w->dendrites) * (double)s->cells.lanes / LOCI_SLAB;
    for (size_t task = 0; task < s->tasks; task++)
        found += (double)s->slabs[task];
    return found < PAYS * all;
}

/* ---- forward ---- */

/* Rows of the matrix from a task's columns, a slab at a time; sites of a neuron are added up. */
static void turn_back(const struct crossing *x, const float *turned, struct block b) {
    const loci_near *s = x->s;
    const loci_cells *cells = &s->cells;
    size_t width = loci_pad16(b.j1 - b.j0), A = x->w->axons;
    float rows[LOCI_SLAB * WIDEST] __attribute__((aligned(64)));
    for (size_t i = 0; A > 1 && i < x->w->n; i++)
        memset(x->to + i * x->ld + b.j0, 0, width * sizeof *x->to);
    for (size_t lane = 0; lane < cells->lanes; lane++) {
        size_t t = lane % LOCI_SLAB;
        if (t == 0)
            s->linear->transpose(turned + lane, cells->room, width, LOCI_SLAB, rows, width);
        if (cells->site[lane] == UINT32_MAX)
            continue;
        float *to = x->to + cells->site[lane] / A * x->ld + b.j0;
        for (size_t j = 0; A > 1 && j < width; j++)
            to[j] += rows[t * width + j];
        if (A == 1)
            memcpy(to, rows + t * width, width * sizeof *to);
    }
}

static void make_columns(void *context, size_t task, size_t worker) {
    const struct crossing *x = context;
    loci_near *s = x->s;
    const loci_wiring *w = x->w;
    struct block b = block_of(x, task);
    size_t D = w->dendrites, room = s->cells.room, width = loci_pad16(b.j1 - b.j0);
    float *turned = s->turned + worker * s->width * room;
    memset(turned, 0, width * room * sizeof *turned);
    for (size_t site = b.j0 * D; site < b.j1 * D; site++)
        s->kernels->weights(w, &s->cells, s->run + site * s->most_runs, s->runs[site],
                            w->q + site * w->coordinates, charge_of(w, site),
                            turned + (site / D - b.j0) * room);
    turn_back(x, turned, b);
}

void loci_near_weights(loci_near *s, const loci_wiring *w, float *to, size_t ld, loci_pool *pool) {
    struct crossing x = {.s = s, .w = w, .to = to, .ld = ld};
    loci_parallel(pool, s->tasks, make_columns, &x);
}

/* ---- backward ---- */

/* A task's columns of dL/dW, lane by lane. */
static void turn(const struct crossing *x, struct block b, float *turned) {
    const loci_cells *cells = &x->s->cells;
    size_t width = loci_pad16(b.j1 - b.j0);
    float rows[LOCI_SLAB * WIDEST] __attribute__((aligned(64)));
    for (size_t first = 0; first < cells->lanes; first += LOCI_SLAB) {
        for (size_t t = 0; t < LOCI_SLAB; t++) {
            uint32_t site = cells->site[first + t];
            size_t from = site == UINT32_MAX ? 0 : site / x->w->axons; /* of charge 0 there */
            memcpy(rows + t * width, x->dw + from * x->ld + b.j0, width * sizeof *rows);
        }
        x->s->linear->transpose(rows, width, LOCI_SLAB, width, turned + first, cells->room);
    }
}

/* What a task's dendrite sites get of the gradient, and what they add to the pair's. */
static loci_pair_sums add_receivers(const struct crossing *x, struct block b) {
    const loci_wiring *w = x->w;
    size_t C = w->coordinates, D = w->dendrites;
    loci_pair_sums sums = {0};
    for (size_t site = b.j0 * D; site < b.j1 * D; site++) {
        const float *from = x->s->receiver + site * loci_axon_sums(C);
        loci_gradient_of_receiver(x->gradient->q, x->gradient->e, &sums, C, site,
                                  charge_of(w, site), from);
    }
    return sums;
}

static void contract_columns(void *context, size_t task, size_t worker) {
    const struct crossing *x = context;
    loci_near *s = x->s;
    const loci_wiring *w = x->w;
    struct block b = block_of(x, task);
    size_t D = w->dendrites, room = s->cells.room, C = w->coordinates, S = loci_axon_sums(C);
    float *turned = s->turned + worker * s->width * room;
    float *sender = s->sender + task * loci_dendrite_sums(C) * room;
    turn(x, b, turned);
    memset(sender, 0, loci_dendrite_sums(C) * room * sizeof *sender);
    for (size_t site = b.j0 * D; site < b.j1 * D; site++) {
        float *receiver = s->receiver + site * S;
        memset(receiver, 0, S * sizeof *receiver);
        if (s->runs[site] > 0)
            s->kernels->contract(w, &s->cells, s->run + site * s->most_runs, s->runs[site],
                                 w->q + site * w->coordinates, charge_of(w, site),
                                 turned + (site / D - b.j0) * room, receiver, sender);
    }
    s->sums[task] = add_receivers(x, b);
}

/* Some lanes' sums, task after task. */
static void add_senders(void *context, size_t part, size_t worker) {
    (void)worker;
    const struct crossing *x = context;
    const loci_near *s = x->s;
    const loci_cells *cells = &s->cells;
    size_t C = x->w->coordinates, first = part * LANES_OF_TASK, end = first + LANES_OF_TASK;
    for (size_t task = 0; task < s->tasks; task++) {
        const float *from = s->sender + task * loci_dendrite_sums(C) * cells->room;
        for (size_t lane = first; lane < end && lane < cells->lanes; lane++) {
            size_t site = cells->site[lane];
            if (site == UINT32_MAX)
                continue;
            loci_gradient_of_sender(x->gradient, x->w, site, from + lane, cells->room);
        }
    }
}

void loci_near_contract(loci_near *s, const loci_wiring *w, const float *dw, size_t ld,
                        loci_wiring_gradient *gradient, loci_pool *pool) {
    struct crossing x = {.s = s, .w = w, .dw = dw, .ld = ld, .gradient = gradient};
    loci_parallel(pool, s->tasks, contract_columns, &x);
    loci_parallel(pool, (s->cells.lanes + LANES_OF_TASK - 1) / LANES_OF_TASK, add_senders, &x);
    gradient->sums = (loci_pair_sums){0};
    for (size_t task = 0; task < s->tasks; task++)
        loci_pair_sums_add(&gradient->sums, 1, &s->sums[task]);
}
