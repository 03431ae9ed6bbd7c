#include "synapse/strength.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/parallel.h"

enum { WIDTH = LOCI_STRENGTH_WIDTH };

struct measuring {
    loci_wiring wiring; /* of scale 1 */
    enum loci_rank rank;
    const loci_strength_kernels *kernels;
    float *pack; /* [workers, pack_floats] */
    size_t pack_floats;
    float *strength; /* [n, ld] of all, or of each worker's strip */
    size_t ld;
    const loci_strength_visitor *visitor; /* of strips, else NULL */
};

static size_t width_of(const struct measuring *x, size_t j0) {
    return x->wiring.m - j0 < WIDTH ? x->wiring.m - j0 : WIDTH;
}

/* The stored weights of a conventional pair. */
static void measure_stored(const loci_wiring *w, size_t j0, size_t width, float *out, size_t ld) {
    for (size_t i = 0; i < w->n; i++)
        for (size_t j = 0; j < width; j++)
            out[i * ld + j] = fabsf(w->weight[i * w->m + j0 + j]);
}

static void measure_strip(const struct measuring *x, size_t j0, size_t worker, float *out) {
    const loci_wiring *w = &x->wiring;
    if (w->weight != NULL) {
        measure_stored(w, j0, width_of(x, j0), out, x->ld);
        return;
    }
    loci_tile tile;
    loci_tile_pack(w, j0, width_of(x, j0), x->pack + worker * x->pack_floats, &tile);
    if (x->rank == LOCI_RANK_NEARNESS)
        x->kernels->nearness(w, &tile, 0, w->n, out, x->ld);
    else
        x->kernels->magnitude(w, &tile, 0, w->n, out, x->ld);
}

static void run(void *context, size_t task, size_t worker) {
    const struct measuring *x = context;
    size_t j0 = task * WIDTH;
    if (x->visitor == NULL) {
        measure_strip(x, j0, worker, x->strength + j0);
        return;
    }
    float *strip = x->strength + worker * x->wiring.n * WIDTH;
    measure_strip(x, j0, worker, strip);
    x->visitor->visit(x->visitor->context, strip, j0, width_of(x, j0), worker);
}

/* strength: NULL = strips. */
static int measure(const loci_wiring *w, enum loci_rank rank, float *strength, size_t ld,
                   const loci_strength_visitor *visitor, loci_pool *pool, loci_error *error) {
    loci_arena arena = {0};
    size_t workers = (size_t)loci_pool_threads(pool);
    struct measuring x = {
        .wiring = *w, .rank = rank, .strength = strength, .ld = ld, .visitor = visitor};
    x.wiring.scale = 1;
    x.kernels = loci_strength_kernels_for(loci_isa_best());
    x.pack_floats = w->weight != NULL ? 0 : loci_tile_floats(w, WIDTH);
    x.pack = loci_arena_floats(&arena, workers, x.pack_floats);
    if (strength == NULL)
        x.strength = loci_arena_floats(&arena, workers * w->n, WIDTH);
    int status = loci_arena_status(&arena, "pruning", error);
    if (status == LOCI_OK)
        loci_parallel(pool, (w->m + WIDTH - 1) / WIDTH, run, &x);
    loci_arena_clear(&arena);
    return status;
}

int loci_strength_measure(const loci_wiring *w, enum loci_rank rank, float *strength, size_t ld,
                          loci_pool *pool, loci_error *error) {
    return measure(w, rank, strength, ld, NULL, pool, error);
}

int loci_strength_visit(const loci_wiring *w, enum loci_rank rank,
                        const loci_strength_visitor *visitor, loci_pool *pool, loci_error *error) {
    return measure(w, rank, NULL, WIDTH, visitor, pool, error);
}
