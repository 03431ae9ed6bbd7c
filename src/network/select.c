#include "network/select.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "network/kept.h"

int loci_prune_by_for(const loci_spec *spec, int by) {
    return spec->wiring == LOCI_WIRING_DENSE ? LOCI_PRUNE_BY_WEIGHT : by;
}

int loci_prune_check(const loci_network *network, double sparsity, int by, loci_error *error) {
    if (!(sparsity >= 0 && sparsity < 1))
        return loci_fail(error, LOCI_E_ARGUMENT, "sparsity",
                         "%g is not a share from 0 to below 1 of the connections", sparsity);
    if (by < LOCI_PRUNE_BY_DISTANCE || by > LOCI_PRUNE_BY_RANGE)
        return loci_fail(error, LOCI_E_ARGUMENT, "prune-by", "%d is nothing to prune by", by);
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&network->spec); l++)
        if (by == LOCI_PRUNE_BY_RANGE && network->spec.range[l] > 0)
            return loci_fail(error, LOCI_E_UNSUPPORTED, "prune-by",
                             "the network has a range of its own; prune by distance or weight, or "
                             "train it with --range -1");
    if (network->connections != loci_spec_connections(&network->spec))
        return loci_fail(error, LOCI_E_UNSUPPORTED, "prune",
                         "the network was shrunk; prune the one it was made from");
    return LOCI_OK;
}

/* ---- choosing ---- */

_Static_assert((int)LOCI_RANKED_PAIRS >= LOCI_MAX_PAIRS, "all pairs are ranked together");

static int open_selection(loci_acting *acting, size_t p, loci_error *error) {
    const loci_wiring *w = &acting->wiring[p];
    if (acting->selection[p] != NULL)
        return LOCI_OK;
    return loci_selection_create(&acting->selection[p], w->n, w->m, error);
}

/* How many of all connections a sparsity leaves. */
static size_t remaining(size_t all, double sparsity) {
    return all - (size_t)llround(sparsity * (double)all);
}

/* Layers differ in the scale of their weights, and what comes after makes up for it: over the whole
 * net, a weight is measured by the root mean square of its layer's. */
static float layer_factor(const loci_selection *kept, int by) {
    double sum = 0;
    if (by != LOCI_PRUNE_BY_WEIGHT)
        return 1;
    for (size_t i = 0; i < kept->n; i++)
        for (size_t j = 0; j < kept->m; j++) {
            double strength = kept->strength[i * kept->ld + j];
            sum += strength * strength;
        }
    return sum > 0 ? (float)(1 / sqrt(sum / ((double)kept->n * (double)kept->m))) : 1;
}

/* How many connections each pair keeps. */
static int share_out(loci_acting *acting, double sparsity, int by, int scope, size_t *counts,
                     loci_pool *pool, loci_error *error) {
    float factor[LOCI_MAX_PAIRS];
    size_t all = 0;
    for (size_t l = 0; l < acting->pairs; l++) {
        size_t pair = acting->wiring[l].n * acting->wiring[l].m;
        counts[l] = remaining(pair, sparsity);
        all += pair;
    }
    if (scope == LOCI_PRUNE_SCOPE_LAYER)
        return LOCI_OK;
    for (size_t l = 0; l < acting->pairs; l++)
        factor[l] = layer_factor(acting->selection[l], by);
    return loci_selection_share(acting->selection, factor, acting->pairs, remaining(all, sparsity),
                                counts, pool, error);
}

int loci_select_strongest(loci_acting *acting, double sparsity, int by, int scope, loci_pool *pool,
                          loci_error *error) {
    size_t counts[LOCI_MAX_PAIRS];
    int status = LOCI_OK;
    for (uint32_t l = 0; l < acting->pairs && status == LOCI_OK; l++) {
        status = open_selection(acting, l, error);
        if (status == LOCI_OK)
            status = loci_selection_measure(acting->selection[l], &acting->wiring[l],
                                            loci_rank_of(by), pool, error);
    }
    if (status == LOCI_OK)
        status = share_out(acting, sparsity, by, scope, counts, pool, error);
    for (uint32_t l = 0; l < acting->pairs && status == LOCI_OK; l++)
        status = loci_selection_select(acting->selection[l], counts[l], pool, error);
    acting->pruned_by = by;
    loci_acting_update(acting);
    return status;
}

void loci_select_cut_unreached(loci_acting *acting) {
    for (size_t l = 0; l < acting->pairs && acting->pruned_by != LOCI_PRUNE_BY_RANGE; l++) {
        float reach = acting->wiring[l].inverse_range;
        float nothing = acting->pruned_by == LOCI_PRUNE_BY_WEIGHT ? 0 : reach;
        if (reach > 0 && acting->selection[l]->cut <= nothing)
            loci_selection_reached(acting->selection[l], nothing);
    }
}

/* ---- what was chosen ---- */

/* Marks the receiving neurons that something reaches, of a stencil the maps; returns whether there
 * are any. */
static bool spread(const loci_selection *kept, const uint8_t *sending, uint8_t *receiving) {
    bool any = false;
    for (size_t i = 0; i < kept->n; i++)
        for (size_t j = 0; sending[i] != 0 && j < kept->m; j++)
            if (kept->mask[i * kept->ld + j] != 0) {
                receiving[j] = 1;
                any = true;
            }
    return any;
}

int loci_select_connected(const loci_acting *acting, bool *connected, loci_error *error) {
    loci_arena arena = {0};
    size_t inputs = acting->wiring[0].n;
    uint8_t *reached = loci_arena_take(&arena, inputs, 1);
    bool any = reached != NULL;
    if (any)
        memset(reached, 1, inputs);
    for (size_t p = 0; p < acting->pairs && any; p++) {
        size_t m = acting->wiring[p].m,
               senders = p + 1 < acting->pairs ? acting->wiring[p + 1].n : m;
        uint8_t *next = loci_arena_take(&arena, senders > m ? senders : m, 1);
        any = next != NULL && spread(acting->selection[p], reached, next);
        for (size_t i = m; any && i < senders; i++) /* a map sends from all of its places */
            next[i] = next[i % m];
        reached = next;
    }
    *connected = any;
    int status = loci_arena_status(&arena, "pruning", error);
    loci_arena_clear(&arena);
    return status;
}

void loci_select_store(const loci_acting *acting, loci_network *network) {
    network->pruned_by = acting->pruned_by;
    for (size_t l = 0; l < acting->pairs; l++) {
        free(network->cut[l].set);
        network->cut[l] =
            (loci_cut){.value = acting->selection[l]->cut, .kept = acting->selection[l]->count};
    }
}

/* The selection of projection p as a list. */
static int list(loci_acting *acting, size_t p, loci_error *error) {
    const loci_selection *chosen = acting->selection[p];
    if (chosen == NULL)
        return LOCI_OK;
    loci_connections_free(acting->kept[p]);
    acting->kept[p] = NULL;
    return loci_connections_of_mask(&acting->kept[p], chosen->n, chosen->m, chosen->mask,
                                    chosen->ld, error);
}

static void clear_weights(const loci_acting *acting, loci_network *network) {
    for (size_t p = 0; p < acting->pairs; p++) {
        size_t at = network->projection[p].weight;
        if (at != LOCI_NONE)
            loci_connections_clear_others(acting->kept[p], network->parameters + at);
    }
}

int loci_select_store_sets(loci_acting *acting, loci_network *network, loci_error *error) {
    uint8_t *set[LOCI_MAX_PAIRS] = {NULL};
    int status = LOCI_OK;
    for (size_t p = 0; p < acting->pairs && status == LOCI_OK; p++) {
        status = list(acting, p, error);
        if (status != LOCI_OK)
            break;
        set[p] = loci_alloc(loci_bitmap_bytes(acting->wiring[p].n, acting->wiring[p].m), 1);
        if (set[p] == NULL)
            status = loci_fail_memory(error, "pruning");
        else
            loci_connections_bitmap(acting->kept[p], set[p]);
    }
    for (size_t p = 0; p < acting->pairs; p++) {
        if (status != LOCI_OK) {
            free(set[p]);
            continue;
        }
        free(network->cut[p].set);
        network->cut[p] = (loci_cut){.kept = acting->kept[p]->count, .set = set[p]};
    }
    if (status != LOCI_OK)
        return status;
    network->pruned_by = LOCI_PRUNE_BY_SET;
    clear_weights(acting, network);
    return LOCI_OK;
}
