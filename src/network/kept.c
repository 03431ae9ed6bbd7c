#include "network/kept.h"

#include <string.h>

#include "base/error.h"

enum loci_rank loci_rank_of(int prune_by) {
    return prune_by == LOCI_PRUNE_BY_WEIGHT ? LOCI_RANK_MAGNITUDE : LOCI_RANK_NEARNESS;
}

static int list(loci_acting *acting, size_t p, loci_pool *pool, loci_error *error) {
    const loci_network *network = acting->network;
    const loci_cut *cut = &network->cut[p];
    const loci_wiring *w = &acting->wiring[p];
    loci_connections **kept = &acting->kept[p];
    if (network->pruned_by == LOCI_PRUNE_BY_SET)
        return loci_connections_of_bitmap(kept, w->n, w->m, cut->set, error);
    if (network->pruned_by == LOCI_UNPRUNED)
        return loci_connections_within(kept, w, w->inverse_range, pool, error);
    int status = loci_connections_of_cut(kept, w, loci_rank_of(network->pruned_by), cut->value,
                                         cut->kept, pool, error);
    if (status != LOCI_E_MISMATCH)
        return status;
    return loci_fail(error, LOCI_E_MISMATCH, "pruning",
                     "the cut of layer pair %zu does not leave the %zu connections it should", p,
                     cut->kept);
}

int loci_kept_find_of(loci_acting *acting, size_t p, loci_pool *pool, loci_error *error) {
    bool all = acting->network->pruned_by == LOCI_UNPRUNED && acting->wiring[p].inverse_range == 0;
    return all ? LOCI_OK : list(acting, p, pool, error);
}

int loci_kept_find_reached_of(loci_acting *acting, size_t p, loci_pool *pool, loci_error *error) {
    const loci_wiring *w = &acting->wiring[p];
    bool cut = acting->pruned_by != LOCI_UNPRUNED && acting->pruned_by != LOCI_PRUNE_BY_RANGE;
    int status = loci_kept_find_of(acting, p, pool, error);
    if (status == LOCI_OK && cut && w->inverse_range > 0)
        status = loci_connections_leave_out(&acting->kept[p], w, w->inverse_range, pool, error);
    return status;
}

typedef int find(loci_acting *acting, size_t p, loci_pool *pool, loci_error *error);

static int find_all(loci_acting *acting, find *of, loci_pool *pool, loci_error *error) {
    int status = LOCI_OK;
    loci_acting_update(acting);
    for (size_t p = 0; p < acting->pairs && status == LOCI_OK; p++)
        status = of(acting, p, pool, error);
    return status;
}

int loci_kept_find(loci_acting *acting, loci_pool *pool, loci_error *error) {
    return find_all(acting, loci_kept_find_of, pool, error);
}

int loci_kept_find_reached(loci_acting *acting, loci_pool *pool, loci_error *error) {
    return find_all(acting, loci_kept_find_reached_of, pool, error);
}

int loci_kept_make_mask(loci_acting *acting, size_t p, loci_error *error) {
    const loci_wiring *w = &acting->wiring[p];
    if (acting->kept[p] == NULL || acting->mask[p] != NULL)
        return LOCI_OK;
    size_t ld = loci_mask_leading(w->m);
    uint8_t *mask = loci_arena_take(&acting->arena, w->n, ld);
    if (mask == NULL)
        return loci_fail_memory(error, "pruning");
    loci_connections_mask(acting->kept[p], mask, ld);
    acting->mask[p] = mask;
    return LOCI_OK;
}

size_t loci_kept_count(const loci_acting *acting, size_t p, uint8_t *mask) {
    const loci_connections *kept = acting->kept[p];
    size_t n = acting->wiring[p].n, m = acting->wiring[p].m;
    if (mask != NULL && kept != NULL)
        loci_connections_mask(kept, mask, m);
    else if (mask != NULL)
        memset(mask, 1, n * m);
    return kept == NULL ? n * m : kept->count;
}

void loci_kept_fan_out(const loci_connections *kept, uint32_t *fan_out) {
    for (size_t i = 0; i < kept->n; i++)
        fan_out[i] = kept->sender_start[i + 1] - kept->sender_start[i];
}

int loci_kept_recount(loci_network *network, loci_error *error) {
    loci_acting acting;
    int status = loci_acting_open(&acting, network, error);
    if (status == LOCI_OK)
        loci_acting_update(&acting);
    for (size_t p = 0; p < acting.pairs && status == LOCI_OK; p++)
        status = loci_connections_count(&acting.wiring[p], loci_rank_of(network->pruned_by),
                                        network->cut[p].value, &network->cut[p].kept, NULL, error);
    loci_acting_close(&acting);
    return status;
}
