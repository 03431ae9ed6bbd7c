/* The weights that follow from where a network's neurons sit now, for those who want to look at
 * them. */
#include <string.h>

#include "network/kept.h"
#include "synapse/whole.h"

int loci_acting_weights(const loci_acting *acting, size_t p, float *weights, loci_error *error) {
    const loci_wiring *w = &acting->wiring[p];
    int status = LOCI_OK;
    if (w->weight != NULL)
        memcpy(weights, w->weight, w->n * w->m * sizeof *weights);
    if (w->weight != NULL && w->rounding.unit > 0)
        loci_weights_round(w->rounding, weights, w->n * w->m);
    if (w->weight == NULL)
        status = loci_whole_weights(w, NULL, weights, error);
    if (status != LOCI_OK || acting->pruned_by == LOCI_PRUNE_BY_RANGE)
        return status; /* a range keeps what it reaches: there the kernels cut by themselves */
    if (acting->selection[p] != NULL)
        loci_selection_clear_others(acting->selection[p], weights);
    else if (acting->kept[p] != NULL)
        loci_connections_clear_others(acting->kept[p], weights);
    return status;
}

int loci_network_weights(const loci_network *network, uint32_t pair, float *weights,
                         loci_error *error) {
    loci_acting acting;
    int status = loci_network_check_matrix(network, pair, "weights", error);
    if (status != LOCI_OK)
        return status;
    status = loci_acting_open(&acting, network, error);
    if (status == LOCI_OK) {
        loci_acting_update(&acting);
        status = loci_kept_find_of(&acting, pair, NULL, error);
    }
    if (status == LOCI_OK)
        status = loci_acting_weights(&acting, pair, weights, error);
    loci_acting_close(&acting);
    return status;
}
