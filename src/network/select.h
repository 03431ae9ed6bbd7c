/* Choosing anew which connections of a network are kept: the strongest of the moment. */
#ifndef LOCI_NETWORK_SELECT_H
#define LOCI_NETWORK_SELECT_H

#include <loci/pool.h>

#include "network/acting.h"

/* What a network is pruned by when asked for `by`: a conventional one by weight. */
int loci_prune_by_for(const loci_spec *spec, int by);
/* LOCI_E_ARGUMENT or LOCI_E_UNSUPPORTED unless the network can be pruned so. */
int loci_prune_check(const loci_network *network, double sparsity, int by, loci_error *error);

/* Selects the strongest by the parameters of the last loci_acting_update(). by, scope: enums of
 * prune.h. LOCI_E_MEMORY. */
int loci_select_strongest(loci_acting *acting, double sparsity, int by, int scope, loci_pool *pool,
                          loci_error *error);

/* After a selection in a network with a range of its own: a cut that would keep connections of
 * weight 0, out of reach, becomes one that leaves them out. */
void loci_select_cut_unreached(loci_acting *acting);

/* Whether a signal can go from an input to an output of what is selected. LOCI_E_MEMORY. */
int loci_select_connected(const loci_acting *acting, bool *connected, loci_error *error);

/* Hands what is selected to the network, as cuts. */
void loci_select_store(const loci_acting *acting, loci_network *network);
/* As sets of connections; weights that are stored and cut become 0. Nothing changes unless there is
 * memory for all: LOCI_E_MEMORY. */
int loci_select_store_sets(loci_acting *acting, loci_network *network, loci_error *error);

#endif
