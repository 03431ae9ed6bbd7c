/* Sets of kept connections: measured, applied, stored. */
#include "synapse/selection.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"

/* Receiving neurons that are measured at a time. */
enum { WIDTH = 64 };

int loci_selection_create(loci_selection **out, size_t n, size_t m, loci_error *error) {
    loci_selection *selection = calloc(1, sizeof *selection);
    if (selection == NULL)
        return loci_fail_memory(error, "pruning");
    *selection =
        (loci_selection){.n = n, .m = m, .ld = loci_mask_leading(m), .count = n * m, .cut = -1};
    selection->mask = loci_alloc(n, selection->ld);
    selection->strength = loci_alloc(n, selection->ld * sizeof(float));
    if (selection->mask == NULL || selection->strength == NULL) {
        loci_selection_free(selection);
        return loci_fail_memory(error, "pruning");
    }
    for (size_t i = 0; i < n; i++)
        memset(selection->mask + i * selection->ld, 1, m);
    *out = selection;
    return LOCI_OK;
}

void loci_selection_free(loci_selection *selection) {
    if (selection == NULL)
        return;
    free(selection->mask);
    free(selection->strength);
    free(selection);
}

size_t loci_selection_bytes(const loci_selection *selection) {
    return selection->n * selection->ld * (sizeof *selection->mask + sizeof *selection->strength);
}

/* ---- measuring ---- */

struct measuring {
    loci_selection *selection;
    loci_wiring wiring;
    const loci_strength_kernels *kernels;
    enum loci_rank rank;
    float *pack; /* [workers, pack_floats] */
    size_t pack_floats;
};

static void measure_columns(void *context, size_t task, size_t worker) {
    const struct measuring *x = context;
    size_t j0 = task * WIDTH, left = x->wiring.m - j0;
    loci_tile tile;
    loci_tile_pack(&x->wiring, j0, left < WIDTH ? left : WIDTH, x->pack + worker * x->pack_floats,
                   &tile);
    float *out = x->selection->strength + j0;
    if (x->rank == LOCI_RANK_NEARNESS)
        x->kernels->nearness(&x->wiring, &tile, 0, x->wiring.n, out, x->selection->ld);
    else
        x->kernels->magnitude(&x->wiring, &tile, 0, x->wiring.n, out, x->selection->ld);
}

static void measure_stored(loci_selection *selection, const float *weight) {
    for (size_t i = 0; i < selection->n; i++)
        for (size_t j = 0; j < selection->m; j++)
            selection->strength[i * selection->ld + j] = fabsf(weight[i * selection->m + j]);
}

int loci_selection_measure(loci_selection *selection, const loci_wiring *w, enum loci_rank rank,
                           loci_pool *pool, loci_error *error) {
    if (w->weight != NULL) {
        measure_stored(selection, w->weight);
        return LOCI_OK;
    }
    struct measuring x = {.selection = selection, .wiring = *w, .rank = rank};
    x.wiring.scale = 1;
    x.kernels = loci_strength_kernels_for(loci_isa_best());
    x.pack_floats = loci_tile_floats(w, WIDTH);
    x.pack = loci_alloc((size_t)loci_pool_threads(pool), x.pack_floats * sizeof *x.pack);
    if (x.pack == NULL)
        return loci_fail_memory(error, "pruning");
    loci_parallel(pool, (w->m + WIDTH - 1) / WIDTH, measure_columns, &x);
    free(x.pack);
    return LOCI_OK;
}

/* ---- stored cuts and bitmaps ---- */

/* Keeps what is stronger than the cut; returns how many. */
static size_t keep_stronger(loci_selection *selection, float cut) {
    size_t above = 0;
    for (size_t i = 0; i < selection->n; i++) {
        const float *restrict strength = selection->strength + i * selection->ld;
        uint8_t *restrict keep = selection->mask + i * selection->ld;
        uint32_t here = 0;
        for (size_t j = 0; j < selection->m; j++) {
            uint8_t stronger = strength[j] > cut;
            keep[j] = stronger;
            here += stronger;
        }
        above += here;
    }
    return above;
}

void loci_selection_reached(loci_selection *selection, float cut) {
    selection->count = keep_stronger(selection, cut);
    selection->cut = cut;
}

void loci_kept_leave_out(loci_selection *selection, float cut) {
    selection->count = 0;
    for (size_t i = 0; i < selection->n; i++)
        for (size_t j = 0; j < selection->m; j++) {
            uint8_t *keep = &selection->mask[i * selection->ld + j];
            *keep &= selection->strength[i * selection->ld + j] > cut;
            selection->count += *keep;
        }
}

bool loci_selection_apply(loci_selection *selection, float cut, size_t count) {
    size_t above = keep_stronger(selection, cut);
    if (above > count)
        return false;
    size_t ties = count - above; /* of those equal to the cut */
    for (size_t i = 0; i < selection->n && ties > 0; i++)
        for (size_t j = 0; j < selection->m && ties > 0; j++)
            if (selection->strength[i * selection->ld + j] == cut) {
                selection->mask[i * selection->ld + j] = 1;
                ties--;
            }
    selection->cut = cut;
    selection->count = count;
    return ties == 0;
}

size_t loci_bitmap_bytes(size_t n, size_t m) {
    return (n * m + 7) / 8;
}

void loci_kept_to_bitmap(const loci_selection *selection, uint8_t *bitmap) {
    memset(bitmap, 0, loci_bitmap_bytes(selection->n, selection->m));
    for (size_t i = 0, bit = 0; i < selection->n; i++)
        for (size_t j = 0; j < selection->m; j++, bit++)
            bitmap[bit / 8] |= (uint8_t)(selection->mask[i * selection->ld + j] << bit % 8);
}

void loci_kept_from_bitmap(loci_selection *selection, const uint8_t *bitmap) {
    selection->count = 0;
    for (size_t i = 0, bit = 0; i < selection->n; i++)
        for (size_t j = 0; j < selection->m; j++, bit++) {
            uint8_t keep = bitmap[bit / 8] >> bit % 8 & 1;
            selection->mask[i * selection->ld + j] = keep;
            selection->count += keep;
        }
}
