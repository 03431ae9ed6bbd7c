/* Pruning a network once, and looking at what a pruned one keeps. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "network/kept.h"
#include "network/select.h"

/* With the parameters of the moment. Close it even when it failed. */
static int open_acting(loci_acting *acting, const loci_network *network, loci_error *error) {
    int status = loci_acting_open(acting, network, error);
    if (status == LOCI_OK)
        loci_acting_update(acting);
    return status;
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
    int status = loci_network_check_matrix(network, pair, "kept", error);
    if (status != LOCI_OK)
        return status;
    status = open_acting(&acting, network, error);
    if (status == LOCI_OK)
        status = loci_kept_find_reached_of(&acting, pair, NULL, error);
    if (status == LOCI_OK)
        *count = loci_kept_count(&acting, pair, kept);
    loci_acting_close(&acting);
    return status;
}

/* What a range reaches is counted without a list. */
static int count_pair(loci_acting *acting, size_t p, size_t *count, loci_error *error) {
    const loci_wiring *w = &acting->wiring[p];
    if (acting->network->pruned_by == LOCI_UNPRUNED && w->inverse_range > 0)
        return loci_connections_count_within(w, w->inverse_range, count, NULL, error);
    int status = loci_kept_find_reached_of(acting, p, NULL, error);
    if (status == LOCI_OK)
        *count = loci_kept_count(acting, p, NULL);
    return status;
}

int loci_network_count_kept(const loci_network *network, size_t *count, loci_error *error) {
    loci_acting acting;
    size_t all = 0;
    int status = open_acting(&acting, network, error);
    for (size_t p = 0; status == LOCI_OK && p < acting.pairs; p++) {
        size_t own = 0;
        status = count_pair(&acting, p, &own, error);
        all += own;
    }
    if (status == LOCI_OK)
        *count = all;
    loci_acting_close(&acting);
    return status;
}

struct lengths {
    float *out; /* [n, m] */
    size_t n, m;
};

static void turn_into_lengths(void *context, const float *nearness, size_t j0, size_t width,
                              size_t worker) {
    (void)worker;
    const struct lengths *x = context;
    for (size_t i = 0; i < x->n; i++)
        for (size_t k = 0; k < width; k++)
            x->out[i * x->m + j0 + k] = 1 / nearness[i * LOCI_STRENGTH_WIDTH + k];
}

int loci_network_lengths(const loci_network *network, uint32_t pair, float *lengths,
                         loci_error *error) {
    loci_acting acting;
    int status = loci_network_check_matrix(network, pair, "lengths", error);
    if (status != LOCI_OK)
        return status;
    if (network->spec.wiring == LOCI_WIRING_DENSE)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "pair",
                         "a conventional network's connections have no length");
    status = open_acting(&acting, network, error);
    if (status == LOCI_OK) {
        const loci_wiring *w = &acting.wiring[pair];
        struct lengths x = {lengths, w->n, w->m};
        const loci_strength_visitor visitor = {turn_into_lengths, &x};
        status = loci_strength_visit(w, LOCI_RANK_NEARNESS, &visitor, NULL, error);
    }
    loci_acting_close(&acting);
    return status;
}

/* ---- changing it ---- */

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
    int status = loci_acting_open(&acting, network, error);
    if (status == LOCI_OK)
        status = loci_kept_find(&acting, NULL, error);
    if (status == LOCI_OK)
        status = loci_select_store_sets(&acting, network, error);
    loci_acting_close(&acting);
    return status;
}

/* Selects, as if nothing were cut yet, what a signal can cross. */
static int choose(loci_acting *acting, double sparsity, int by, int scope, loci_pool *pool,
                  loci_error *error) {
    bool connected = true;
    acting->pruned_by = LOCI_UNPRUNED;
    loci_acting_update(acting);
    int status = loci_select_strongest(acting, sparsity, by, scope, pool, error);
    if (status == LOCI_OK)
        status = loci_select_connected(acting, &connected, error);
    if (status == LOCI_OK && !connected)
        status = loci_fail(error, LOCI_E_ARGUMENT, "sparsity",
                           "%g leaves no way from an input to an output; keep more", sparsity);
    if (status == LOCI_OK)
        loci_select_cut_unreached(acting);
    return status;
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
    if (status == LOCI_OK)
        status = choose(&acting, sparsity, by, scope, pool, error);
    if (status == LOCI_OK && network->spec.wiring == LOCI_WIRING_DENSE)
        status = loci_select_store_sets(&acting, network, error);
    else if (status == LOCI_OK)
        loci_select_store(&acting, network);
    loci_acting_close(&acting);
    return status;
}
