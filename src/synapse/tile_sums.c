#include "synapse/tile_sums.h"

#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"

/* Axon sites whose gradients one task sums. */
enum { SITES = 256 };

static size_t site_chunks(const loci_wiring *w) {
    return (w->n * w->axons + SITES - 1) / SITES;
}

void loci_tile_sums_take(loci_tile_sums *sums, const loci_wiring *w, loci_partition part,
                         loci_arena *arena) {
    bool spatial = w->weight == NULL;
    sums->part = part;
    sums->axon_floats = spatial ? w->n * w->axons * loci_axon_sums(w->coordinates) : 0;
    sums->dendrite_floats =
        spatial ? w->dendrites * loci_dendrite_sums(w->coordinates) * part.width : 0;
    sums->axon = loci_arena_floats(arena, part.columns, sums->axon_floats);
    sums->dendrite = loci_arena_floats(arena, part.rows * part.columns, sums->dendrite_floats);
    sums->chunk = loci_arena_take(arena, site_chunks(w), sizeof *sums->chunk);
}

float *loci_tile_sums_axons(const loci_tile_sums *sums, const loci_wiring *w, size_t column,
                            size_t first) {
    return sums->axon + column * sums->axon_floats +
           first * w->axons * loci_axon_sums(w->coordinates);
}

static float *dendrites_of(const loci_tile_sums *sums, size_t row, size_t column) {
    return sums->dendrite + (row * sums->part.columns + column) * sums->dendrite_floats;
}

float *loci_tile_sums_dendrites(const loci_tile_sums *sums, size_t row, size_t column) {
    float *dendrite = dendrites_of(sums, row, column);
    memset(dendrite, 0, sums->dendrite_floats * sizeof *dendrite);
    return dendrite;
}

/* What a task needs to know. */
struct reduction {
    const loci_tile_sums *sums;
    const loci_wiring *w;
    loci_wiring_gradient *gradient;
};

/* Sums what the columns of tiles found for some axon sites, in column order. */
static void reduce_axons(const struct reduction *x, size_t chunk) {
    const loci_wiring *w = x->w;
    size_t C = w->coordinates, sites = w->n * w->axons, first = chunk * SITES;
    loci_pair_sums sums = {0};
    for (size_t site = first; site < sites && site < first + SITES; site++) {
        loci_pair_sums own = {0};
        for (size_t column = 0; column < x->sums->part.columns; column++) {
            const float *from =
                loci_tile_sums_axons(x->sums, w, column, 0) + site * loci_axon_sums(C);
            own.value += from[LOCI_AXON_VALUE];
            own.slope += from[loci_axon_slope(C)];
            own.reach += from[loci_axon_reach(C)];
            own.length += from[loci_axon_length(C)];
            for (size_t d = 0; x->gradient->p != NULL && d < C; d++)
                x->gradient->p[site * C + d] += from[LOCI_AXON_POSITION + d];
        }
        if (x->gradient->c != NULL)
            x->gradient->c[site] += (float)own.value;
        loci_pair_sums_add(&sums, w->c == NULL ? 1 : w->c[site], &own);
    }
    x->sums->chunk[chunk] = sums;
}

/* Sums what a column's tiles found for its dendrite sites, in row order. */
static void reduce_dendrites(const struct reduction *x, size_t column) {
    const loci_wiring *w = x->w;
    const loci_partition *part = &x->sums->part;
    size_t C = w->coordinates, D = w->dendrites;
    size_t j0 = column * part->width, j1 = j0 + part->width < w->m ? j0 + part->width : w->m;
    size_t padded = loci_pad16(j1 - j0);
    for (size_t row = 0; row < part->rows; row++) {
        const float *from = dendrites_of(x->sums, row, column);
        for (size_t j = j0; j < j1; j++)
            for (size_t site = j * D, k = 0; k < D; k++, site++) {
                const float *at = from + k * padded + j - j0;
                for (size_t d = 0; x->gradient->q != NULL && d < C; d++)
                    x->gradient->q[site * C + d] += at[(LOCI_DENDRITE_POSITION + d) * D * padded];
                if (x->gradient->e != NULL)
                    x->gradient->e[site] += w->scale * at[loci_dendrite_value(C) * D * padded];
            }
    }
}

static void reduce_task(void *context, size_t task, size_t worker) {
    (void)worker;
    const struct reduction *x = context;
    size_t columns = x->sums->part.columns;
    if (task < columns)
        reduce_dendrites(x, task);
    else
        reduce_axons(x, task - columns);
}

void loci_tile_sums_reduce(const loci_tile_sums *sums, const loci_wiring *w,
                           loci_wiring_gradient *gradient, loci_pool *pool) {
    struct reduction x = {.sums = sums, .w = w, .gradient = gradient};
    size_t chunks = site_chunks(w);
    /* so little that waking a thread would take longer */
    bool little = w->n * w->axons + w->m * w->dendrites * sums->part.rows < 1024;
    loci_parallel(little ? NULL : pool, sums->part.columns + chunks, reduce_task, &x);
    for (size_t chunk = 0; chunk < chunks; chunk++)
        loci_pair_sums_add(&gradient->sums, 1, &sums->chunk[chunk]);
}
