/* Pruning a network once, and looking at what a pruned one keeps. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "network/acting.h"

/* Wires with their kept sets found. Close them even when it failed. */
static int open_wires(loci_acting *acting, const loci_network *network, loci_error *error) {
    int status = loci_acting_open(acting, network, error);
    return status == LOCI_OK ? loci_acting_prune(acting, NULL, error) : status;
}

/* What of them carries anything, for counting. */
static int open_reached(loci_acting *acting, const loci_network *network, loci_error *error) {
    int status = open_wires(acting, network, error);
    return status == LOCI_OK ? loci_acting_reach(acting, NULL, error) : status;
}

static int check_pair(const loci_network *network, uint32_t pair, loci_error *error) {
    if (pair <= network->spec.hidden_count)
        return LOCI_OK;
    return loci_fail(error, LOCI_E_ARGUMENT, "pair", "%u is not one of %u layer pairs", pair,
                     network->spec.hidden_count + 1);
}

int loci_network_pruned_by(const loci_network *network) {
    return network->pruned_by;
}

size_t loci_network_connections(const loci_network *network) {
    return network->connections;
}

int loci_network_kept(const loci_network *network, uint32_t pair, uint8_t *kept, size_t *count,
                      loci_error *error) {
    loci_acting acting;
    int status = check_pair(network, pair, error);
    if (status != LOCI_OK)
        return status;
    status = open_reached(&acting, network, error);
    if (status == LOCI_OK)
        *count = loci_acting_kept(&acting, pair, kept);
    loci_acting_close(&acting);
    return status;
}

int loci_network_count_kept(const loci_network *network, size_t *count, loci_error *error) {
    loci_acting acting;
    int status = open_reached(&acting, network, error);
    if (status == LOCI_OK)
        *count = 0;
    for (size_t l = 0; status == LOCI_OK && l < acting.count; l++)
        *count += loci_acting_kept(&acting, l, NULL);
    loci_acting_close(&acting);
    return status;
}

int loci_network_lengths(const loci_network *network, uint32_t pair, float *lengths,
                         loci_error *error) {
    loci_acting acting;
    loci_selection *kept = NULL;
    int status = check_pair(network, pair, error);
    if (status != LOCI_OK)
        return status;
    if (network->spec.wiring == LOCI_WIRING_DENSE)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "pair",
                         "a conventional network's connections have no length");
    status = loci_acting_open(&acting, network, error);
    if (status == LOCI_OK) {
        loci_acting_update(&acting);
        status = loci_selection_create(&kept, acting.pair[pair].n, acting.pair[pair].m, error);
    }
    if (status == LOCI_OK)
        status = loci_selection_measure(kept, &acting.pair[pair], LOCI_RANK_NEARNESS, NULL, error);
    for (size_t i = 0; status == LOCI_OK && i < kept->n; i++)
        for (size_t j = 0; j < kept->m; j++)
            lengths[i * kept->m + j] = 1 / kept->strength[i * kept->ld + j];
    loci_selection_free(kept);
    loci_acting_close(&acting);
    return status;
}

/* ---- changing it ---- */

/* The kept sets as bitmaps; nothing changes unless there is memory for all. */
static int store_sets(const loci_acting *acting, loci_network *network, loci_error *error) {
    uint8_t *set[LOCI_MAX_PAIRS] = {NULL};
    bool lost = false;
    for (size_t l = 0; l < acting->count; l++) {
        const loci_selection *kept = acting->selection[l];
        set[l] = loci_alloc(loci_bitmap_bytes(kept->n, kept->m), 1);
        lost |= set[l] == NULL;
        if (set[l] != NULL)
            loci_kept_to_bitmap(kept, set[l]);
    }
    for (size_t l = 0; l < acting->count; l++) {
        if (lost) {
            free(set[l]);
            continue;
        }
        free(network->cut[l].set);
        network->cut[l] = (loci_cut){.kept = acting->selection[l]->count, .set = set[l]};
    }
    if (lost)
        return loci_fail_memory(error, "pruning");
    network->pruned_by = LOCI_PRUNE_BY_SET;
    return LOCI_OK;
}

/* Weights that are stored and cut are 0. */
static void clear_weights(const loci_acting *acting, loci_network *network) {
    for (size_t l = 0; l < acting->count; l++) {
        const loci_selection *kept = acting->selection[l];
        size_t at = network->views[l].weight;
        for (size_t i = 0; at != LOCI_NONE && i < kept->n; i++)
            for (size_t j = 0; j < kept->m; j++)
                if (kept->mask[i * kept->ld + j] == 0)
                    network->parameters[at + i * kept->m + j] = 0;
    }
}

int loci_network_freeze(loci_network *network, loci_error *error) {
    loci_acting acting;
    if (network->pruned_by == LOCI_UNPRUNED)
        return loci_fail(error, LOCI_E_ARGUMENT, "freeze", "the network is not pruned");
    if (network->pruned_by == LOCI_PRUNE_BY_SET)
        return LOCI_OK;
    if (network->pruned_by == LOCI_PRUNE_BY_RANGE)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "freeze",
                         "a network pruned by range has no set that could be fixed: what it keeps "
                         "follows from the range");
    int status = open_wires(&acting, network, error);
    if (status == LOCI_OK)
        status = store_sets(&acting, network, error);
    if (status == LOCI_OK)
        clear_weights(&acting, network);
    loci_acting_close(&acting);
    return status;
}

int loci_prune_by_for(const loci_spec *spec, int by) {
    return spec->wiring == LOCI_WIRING_DENSE ? LOCI_PRUNE_BY_WEIGHT : by;
}

int loci_prune_check(const loci_network *network, double sparsity, int by, loci_error *error) {
    if (!(sparsity >= 0 && sparsity < 1))
        return loci_fail(error, LOCI_E_ARGUMENT, "sparsity",
                         "%g is not a share from 0 to below 1 of the connections", sparsity);
    if (by < LOCI_PRUNE_BY_DISTANCE || by > LOCI_PRUNE_BY_RANGE)
        return loci_fail(error, LOCI_E_ARGUMENT, "prune-by", "%d is nothing to prune by", by);
    for (uint32_t l = 0; l <= network->spec.hidden_count; l++)
        if (by == LOCI_PRUNE_BY_RANGE && network->spec.range[l] > 0)
            return loci_fail(error, LOCI_E_UNSUPPORTED, "prune-by",
                             "the network has a range of its own; prune by distance or weight, or "
                             "train it with --range -1");
    if (network->connections != loci_spec_connections(&network->spec))
        return loci_fail(error, LOCI_E_UNSUPPORTED, "prune",
                         "the network was shrunk; prune the one it was made from");
    return LOCI_OK;
}

int loci_network_prune(loci_network *network, double sparsity, int by, int scope, loci_pool *pool,
                       loci_error *error) {
    loci_acting acting;
    if (scope != LOCI_PRUNE_SCOPE_LAYER && scope != LOCI_PRUNE_SCOPE_NET)
        return loci_fail(error, LOCI_E_ARGUMENT, "prune-scope", "%d is no scope", scope);
    int status = loci_prune_check(network, sparsity, by, error);
    if (status != LOCI_OK || sparsity == 0)
        return status;
    by = loci_prune_by_for(&network->spec, by);
    status = loci_acting_open(&acting, network, error);
    if (status == LOCI_OK) {
        acting.pruned_by = LOCI_UNPRUNED; /* ranked as if nothing were cut yet */
        loci_acting_update(&acting);
        status = loci_acting_select(&acting, sparsity, by, scope, pool, error);
    }
    if (status == LOCI_OK && !loci_acting_connected(&acting))
        status = loci_fail(error, LOCI_E_ARGUMENT, "sparsity",
                           "%g leaves no way from an input to an output; keep more", sparsity);
    if (status == LOCI_OK)
        loci_acting_cut_unreached(&acting);
    if (status == LOCI_OK && network->spec.wiring == LOCI_WIRING_DENSE) {
        status = store_sets(&acting, network, error);
        if (status == LOCI_OK)
            clear_weights(&acting, network);
    } else if (status == LOCI_OK) {
        loci_acting_store(&acting, network);
    }
    loci_acting_close(&acting);
    return status;
}
