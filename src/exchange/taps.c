#include "exchange/taps.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/finite.h"
#include "base/memory.h"
#include "exchange/network_numbers.h"
#include "network/kept.h"

enum { TILE = LOCI_DELAY_WIDTH }; /* receivers that are made at a time */

bool loci_taps_needed(const loci_acting *acting, size_t p) {
    return p >= acting->pairs || acting->network->spec.delay != LOCI_DELAY_NONE;
}

void loci_taps_size(loci_taps *taps, const loci_acting *acting, size_t p) {
    const loci_delay delay = loci_acting_delay(acting, p);
    uint32_t steps = acting->network->spec.time_steps;
    uint32_t room = steps > delay.first ? steps - delay.first : 0;
    *taps = (loci_taps){.n = acting->wiring[p].n,
                        .m = acting->wiring[p].m,
                        .first = delay.first,
                        .count = delay.taps < room ? delay.taps : room};
}

const float *loci_tap(const loci_taps *taps, uint32_t k) {
    return taps->weight + k * taps->n * taps->m;
}

bool loci_tap_used(const loci_taps *taps, uint32_t k) {
    const float *weight = loci_tap(taps, k);
    for (size_t i = 0; i < taps->n * taps->m; i++)
        if (weight[i] != 0)
            return true;
    return false;
}

/* Of all senders to one tile of receivers; made [delay->taps, TILE] is scratch. */
static void make_tile(loci_taps *taps, const loci_wiring *w, const loci_delay *delay,
                      const loci_tile *tile, float *made) {
    const loci_delay_kernels *kernels = loci_delay_kernels_for(loci_isa_best());
    for (size_t i = 0; i < taps->n; i++) {
        loci_reach reach = {delay->taps, 0};
        kernels->expand(w, delay, tile, i, delay->first > 0, made, TILE, &reach);
        for (uint32_t k = 0; k < taps->count; k++)
            memcpy(taps->weight + (k * taps->n + i) * taps->m + tile->j0, made + k * TILE,
                   tile->width * sizeof *made);
    }
}

/* By the kernel that the network runs with, so that all bits are its own. */
static int make_of_sites(loci_taps *taps, const loci_wiring *w, const loci_delay *delay,
                         const char *path, loci_error *error) {
    float *pack = loci_alloc(loci_tile_floats(w, TILE), sizeof *pack);
    float *made = loci_alloc((size_t)delay->taps * TILE, sizeof *made);
    bool lost = pack == NULL || made == NULL;
    for (size_t j0 = 0; !lost && j0 < taps->m; j0 += TILE) {
        loci_tile tile;
        loci_tile_pack(w, j0, taps->m - j0 < TILE ? taps->m - j0 : TILE, pack, &tile);
        make_tile(taps, w, delay, &tile, made);
    }
    free(pack);
    free(made);
    return lost ? loci_fail_memory(error, path) : LOCI_OK;
}

/* A conventional layer's weights to itself: they come one step later. */
static int make_stored(loci_taps *taps, const loci_acting *acting, size_t p, const char *path,
                       loci_error *error) {
    float *weights;
    int status = loci_exchange_weights(acting, p, path, &weights, error);
    if (status != LOCI_OK)
        return status;
    if (taps->count > 0)
        memcpy(taps->weight, weights, taps->n * taps->m * sizeof *weights);
    free(weights);
    return LOCI_OK;
}

int loci_taps_make(loci_taps *taps, loci_acting *acting, size_t p, const char *path,
                   loci_error *error) {
    const loci_wiring *w = &acting->wiring[p];
    const loci_delay delay = loci_acting_delay(acting, p);
    loci_taps_size(taps, acting, p);
    int status = loci_kept_make_mask(acting, p, error);
    if (status != LOCI_OK)
        return status;
    loci_acting_update(acting); /* takes the mask */
    size_t all = taps->count * taps->n * taps->m;
    taps->weight = loci_alloc(all, sizeof *taps->weight);
    if (taps->weight == NULL)
        return loci_fail_memory(error, path);
    status = w->weight != NULL ? make_stored(taps, acting, p, path, error)
                               : make_of_sites(taps, w, &delay, path, error);
    if (status == LOCI_OK && !loci_all_finite(taps->weight, all))
        status =
            loci_fail(error, LOCI_E_DIVERGED, path, "not written: a weight of %s %zu is not finite",
                      p < acting->pairs ? "layer pair" : "recurrent layer",
                      p < acting->pairs ? p : p - acting->pairs + 1);
    if (status == LOCI_OK)
        return LOCI_OK;
    free(taps->weight);
    taps->weight = NULL;
    return status;
}
