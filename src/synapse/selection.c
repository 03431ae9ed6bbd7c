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

int loci_kept_create(loci_kept **out, size_t n, size_t m, loci_error *error) {
    loci_kept *kept = calloc(1, sizeof *kept);
    if (kept == NULL)
        return loci_fail_memory(error, "pruning");
    *kept = (loci_kept){.n = n, .m = m, .ld = loci_keep_leading(m), .count = n * m, .cut = -1};
    kept->keep = loci_alloc(n, kept->ld);
    kept->strength = loci_alloc(n, kept->ld * sizeof(float));
    if (kept->keep == NULL || kept->strength == NULL) {
        loci_kept_free(kept);
        return loci_fail_memory(error, "pruning");
    }
    for (size_t i = 0; i < n; i++)
        memset(kept->keep + i * kept->ld, 1, m);
    *out = kept;
    return LOCI_OK;
}

void loci_kept_free(loci_kept *kept) {
    if (kept == NULL)
        return;
    free(kept->keep);
    free(kept->strength);
    free(kept);
}

size_t loci_kept_bytes(const loci_kept *kept) {
    return kept->n * kept->ld * (sizeof *kept->keep + sizeof *kept->strength);
}

/* ---- measuring ---- */

struct measuring {
    loci_kept *kept;
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
    float *out = x->kept->strength + j0;
    if (x->rank == LOCI_RANK_NEARNESS)
        x->kernels->nearness(&x->wiring, &tile, 0, x->wiring.n, out, x->kept->ld);
    else
        x->kernels->magnitude(&x->wiring, &tile, 0, x->wiring.n, out, x->kept->ld);
}

static void measure_stored(loci_kept *kept, const float *weight) {
    for (size_t i = 0; i < kept->n; i++)
        for (size_t j = 0; j < kept->m; j++)
            kept->strength[i * kept->ld + j] = fabsf(weight[i * kept->m + j]);
}

int loci_kept_measure(loci_kept *kept, const loci_wiring *w, enum loci_rank rank, loci_pool *pool,
                      loci_error *error) {
    if (w->weight != NULL) {
        measure_stored(kept, w->weight);
        return LOCI_OK;
    }
    struct measuring x = {.kept = kept, .wiring = *w, .rank = rank};
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
static size_t keep_stronger(loci_kept *kept, float cut) {
    size_t above = 0;
    for (size_t i = 0; i < kept->n; i++) {
        const float *restrict strength = kept->strength + i * kept->ld;
        uint8_t *restrict keep = kept->keep + i * kept->ld;
        uint32_t here = 0;
        for (size_t j = 0; j < kept->m; j++) {
            uint8_t stronger = strength[j] > cut;
            keep[j] = stronger;
            here += stronger;
        }
        above += here;
    }
    return above;
}

void loci_kept_reached(loci_kept *kept, float cut) {
    kept->count = keep_stronger(kept, cut);
    kept->cut = cut;
}

void loci_kept_leave_out(loci_kept *kept, float cut) {
    kept->count = 0;
    for (size_t i = 0; i < kept->n; i++)
        for (size_t j = 0; j < kept->m; j++) {
            uint8_t *keep = &kept->keep[i * kept->ld + j];
            *keep &= kept->strength[i * kept->ld + j] > cut;
            kept->count += *keep;
        }
}

bool loci_kept_apply(loci_kept *kept, float cut, size_t count) {
    size_t above = keep_stronger(kept, cut);
    if (above > count)
        return false;
    size_t ties = count - above; /* of those equal to the cut */
    for (size_t i = 0; i < kept->n && ties > 0; i++)
        for (size_t j = 0; j < kept->m && ties > 0; j++)
            if (kept->strength[i * kept->ld + j] == cut) {
                kept->keep[i * kept->ld + j] = 1;
                ties--;
            }
    kept->cut = cut;
    kept->count = count;
    return ties == 0;
}

size_t loci_bitmap_bytes(size_t n, size_t m) {
    return (n * m + 7) / 8;
}

void loci_kept_to_bitmap(const loci_kept *kept, uint8_t *bitmap) {
    memset(bitmap, 0, loci_bitmap_bytes(kept->n, kept->m));
    for (size_t i = 0, bit = 0; i < kept->n; i++)
        for (size_t j = 0; j < kept->m; j++, bit++)
            bitmap[bit / 8] |= (uint8_t)(kept->keep[i * kept->ld + j] << bit % 8);
}

void loci_kept_from_bitmap(loci_kept *kept, const uint8_t *bitmap) {
    kept->count = 0;
    for (size_t i = 0, bit = 0; i < kept->n; i++)
        for (size_t j = 0; j < kept->m; j++, bit++) {
            uint8_t keep = bitmap[bit / 8] >> bit % 8 & 1;
            kept->keep[i * kept->ld + j] = keep;
            kept->count += keep;
        }
}
