/* What the weights of a network follow from at this moment: positions, charges as they act, scales,
 * gaps, ranges, and which connections are kept. */
#ifndef LOCI_NETWORK_ACTING_H
#define LOCI_NETWORK_ACTING_H

#include <loci/pool.h>

#include "network/network.h"
#include "synapse/connections.h"

typedef struct loci_acting {
    const loci_network *network; /* borrowed */
    size_t count;                /* layer pairs */
    loci_wiring pair[LOCI_MAX_PAIRS];
    float *axon_charge[LOCI_MAX_PAIRS];     /* [n, A] as they act, where they are masked */
    float *dendrite_charge[LOCI_MAX_PAIRS]; /* [m, D] likewise */
    int pruned_by; /* enum loci_prune_by, or LOCI_UNPRUNED; the network's, until a selection */
    loci_selection *selection[LOCI_MAX_PAIRS]; /* of pruned nets; else NULL */
    size_t bytes;                              /* set aside */
} loci_acting;

/* Shapes and buffers; pointers come with loci_acting_update(). Close it even when it failed.
 * LOCI_E_MEMORY. */
int loci_acting_open(loci_acting *acting, const loci_network *network, loci_error *error);
void loci_acting_close(loci_acting *acting);

/* Takes the parameters as they are now. The kept sets stay as they are. */
void loci_acting_update(loci_acting *acting);

/* Finds the kept sets of the network: of a cut, from its number; of a finite range, what it
 * reaches. Nothing is done where all are kept. LOCI_E_MEMORY, or LOCI_E_MISMATCH when a cut does
 * not leave as many connections as it should. */
int loci_acting_prune(loci_acting *acting, loci_pool *pool, loci_error *error);

/* After a selection in a network with a range of its own: a cut that would keep connections of
 * weight 0, out of reach, becomes one that leaves them out. */
void loci_acting_cut_unreached(loci_acting *acting);

/* Of a pruned network with a range of its own, leaves out of what is kept the connections that are
 * out of reach at the moment: their weights are 0, and nobody should count or run on them. Training
 * on, a fixed set keeps them: they may come into reach. LOCI_E_MEMORY. */
int loci_acting_reach(loci_acting *acting, loci_pool *pool, loci_error *error);

/* Weights [n, m] of pair l, those cut 0. LOCI_E_MEMORY. */
int loci_acting_weights(const loci_acting *acting, size_t l, float *weights, loci_error *error);

/* Which connections of pair l are kept: mask [n, m] 1 or 0, NULL = not wanted. Returns how many. */
size_t loci_acting_kept(const loci_acting *acting, size_t l, uint8_t *mask);

/* Chooses new kept sets: the strongest of the parameters as they are now, loci_acting_update()
 * having been called. by, scope: enums of prune.h. LOCI_E_MEMORY. */
int loci_acting_select(loci_acting *acting, double sparsity, int by, int scope, loci_pool *pool,
                       loci_error *error);

/* Of a network pruned by a cut: counts anew what its cuts leave, with the parameters as they are
 * now. LOCI_E_MEMORY. */
int loci_acting_recount(loci_network *network, loci_error *error);

/* Hands the kept sets to the network, as cuts. */
void loci_acting_store(const loci_acting *acting, loci_network *network);

/* What a network is pruned by when asked for `by`: a conventional one by weight. */
int loci_prune_by_for(const loci_spec *spec, int by);
/* LOCI_E_ARGUMENT or LOCI_E_UNSUPPORTED unless the network can be pruned so. */
int loci_prune_check(const loci_network *network, double sparsity, int by, loci_error *error);

/* Kept connections of each sending neuron of pair l: fan_out [n]; false when all are kept, and
 * nothing is written. */
bool loci_acting_fan_out(const loci_acting *acting, size_t l, uint32_t *fan_out);

/* Whether a signal can go from an input to an output. */
bool loci_acting_connected(const loci_acting *acting);

#endif
