/* What is within reach, without looking at what is not: candidates by cells, the strength of each
 * as pruning measures it, so that a list is the same however it was found. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/parallel.h"
#include "synapse/connections_list.h"
#include "wiring/cells.h"

/* Senders that are measured at a time; receivers of a task. */
enum { SENDERS = 64, RECEIVERS = 64 };

/* What one worker needs. */
typedef struct finder {
    loci_run *run;
    uint32_t looks;   /* receivers looked at so far */
    uint32_t *found;  /* [n] at which of these a sender was found last */
    uint32_t *sender; /* [n] candidates of a receiver, then those within reach, in order */
    float *pack;
    float *strength; /* [SENDERS] */
} finder;

typedef struct search {
    loci_arena arena;
    const loci_wiring *w;
    float cut, limit;
    loci_cells cells;       /* axon sites */
    finder *finder;         /* [workers] */
    size_t *count;          /* [tasks] */
    loci_connections *list; /* NULL: they are only counted */
    const loci_strength_kernels *kernels;
} search;

static int by_number(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Senders any of whose sites may be within reach of receiver j. */
static size_t candidates(const search *x, size_t j, finder *f) {
    size_t count = 0, D = x->w->dendrites, A = x->w->axons;
    f->looks++;
    for (size_t b = 0; b < D; b++) {
        const float *q = x->w->q + (j * D + b) * x->w->coordinates;
        size_t runs = loci_cells_find(&x->cells, q, x->limit, f->run);
        for (size_t k = 0; k < runs; k++)
            for (size_t lane = f->run[k].first * LOCI_SLAB; lane < f->run[k].end * LOCI_SLAB;
                 lane++) {
                uint32_t site = x->cells.site[lane], i = site / (uint32_t)A;
                if (site == UINT32_MAX || f->found[i] == f->looks)
                    continue;
                f->found[i] = f->looks;
                f->sender[count++] = i;
            }
    }
    return count;
}

/* Those of the candidates that are. */
static size_t within(const search *x, size_t j, finder *f) {
    size_t all = candidates(x, j, f), count = 0;
    if (x->list != NULL)
        qsort(f->sender, all, sizeof *f->sender, by_number);
    for (size_t first = 0; first < all; first += SENDERS) {
        size_t some = all - first < SENDERS ? all - first : SENDERS;
        loci_tile tile;
        const loci_wiring turned =
            loci_tile_gather(x->w, j, f->sender + first, some, f->pack, &tile);
        x->kernels->nearness(&turned, &tile, 0, 1, f->strength, tile.padded);
        for (size_t k = 0; k < some; k++)
            if (f->strength[k] > x->cut)
                f->sender[count++] = f->sender[first + k];
    }
    return count;
}

static void count_task(void *context, size_t task, size_t worker) {
    const search *x = context;
    x->count[task] = 0;
    for (size_t j = task * RECEIVERS; j < (task + 1) * RECEIVERS && j < x->w->m; j++) {
        size_t count = within(x, j, &x->finder[worker]);
        x->count[task] += count;
        if (x->list != NULL)
            x->list->receiver_start[j + 1] = (uint32_t)count;
    }
}

static void fill_task(void *context, size_t task, size_t worker) {
    const search *x = context;
    for (size_t j = task * RECEIVERS; j < (task + 1) * RECEIVERS && j < x->w->m; j++) {
        size_t count = within(x, j, &x->finder[worker]);
        for (size_t k = 0; k < count; k++)
            x->list->sender[x->list->receiver_start[j + 1]++] = x->finder[worker].sender[k];
    }
}

static size_t tasks_of(const loci_wiring *w) {
    return (w->m + RECEIVERS - 1) / RECEIVERS;
}

static int open_search(search *x, const loci_wiring *w, float cut, loci_pool *pool,
                       loci_error *error) {
    size_t sites = w->n * w->axons, workers = (size_t)loci_pool_threads(pool);
    loci_wiring reaching = *w;
    reaching.inverse_range = cut;
    *x = (search){.w = w, .cut = cut, .limit = loci_cells_limit(&reaching)};
    x->kernels = loci_strength_kernels_for(loci_isa_best());
    loci_cells_take(&x->cells, sites, w->coordinates, &x->arena);
    x->finder = loci_arena_take(&x->arena, workers, sizeof *x->finder);
    x->count = loci_arena_take(&x->arena, tasks_of(w), sizeof *x->count);
    for (size_t k = 0; x->finder != NULL && k < workers; k++) {
        finder *f = &x->finder[k];
        f->run = loci_arena_take(&x->arena, loci_cells_runs(sites), sizeof *f->run);
        f->found = loci_arena_take(&x->arena, w->n, sizeof *f->found);
        f->sender = loci_arena_take(&x->arena, w->n, sizeof *f->sender);
        f->pack = loci_arena_floats(&x->arena, loci_gather_floats(w, SENDERS), 1);
        f->strength = loci_arena_floats(&x->arena, SENDERS, 1);
    }
    const loci_sites_of axons = {w->p, NULL, sites, w->coordinates, 1};
    int status = loci_arena_status(&x->arena, "connections", error);
    if (status == LOCI_OK)
        loci_cells_sort(&x->cells, &axons);
    return status;
}

static size_t total(const search *x) {
    size_t all = 0;
    for (size_t task = 0; task < tasks_of(x->w); task++)
        all += x->count[task];
    return all;
}

int loci_connections_count_within(const loci_wiring *w, float inverse_range, size_t *count,
                                  loci_pool *pool, loci_error *error) {
    search x;
    int status = open_search(&x, w, inverse_range, pool, error);
    if (status == LOCI_OK) {
        loci_parallel(pool, tasks_of(w), count_task, &x);
        *count = total(&x);
    }
    loci_arena_clear(&x.arena);
    return status;
}

int loci_connections_within(loci_connections **out, const loci_wiring *w, float inverse_range,
                            loci_pool *pool, loci_error *error) {
    search x;
    loci_connections *list = NULL;
    int status = open_search(&x, w, inverse_range, pool, error);
    if (status == LOCI_OK)
        status = loci_connections_open(&list, w->n, w->m, error);
    x.list = list;
    if (status == LOCI_OK) {
        loci_parallel(pool, tasks_of(w), count_task, &x);
        status = total(&x) <= UINT32_MAX ? loci_connections_begin(list, error)
                                         : loci_fail_memory(error, "connections");
    }
    if (status == LOCI_OK) {
        loci_parallel(pool, tasks_of(w), fill_task, &x);
        loci_connections_end(list);
        *out = list;
    } else
        loci_connections_free(list);
    loci_arena_clear(&x.arena);
    return status;
}
