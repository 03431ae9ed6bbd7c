/* Which connections of a network are kept, as lists: of what its cut, its set or its range say. */
#ifndef LOCI_NETWORK_KEPT_H
#define LOCI_NETWORK_KEPT_H

#include <loci/pool.h>

#include "network/acting.h"

/* How connections are ranked that are pruned by this. */
enum loci_rank loci_rank_of(int prune_by);

/* Takes the parameters as they are now and lists what the network keeps; nothing is done where all
 * are kept. Once only. LOCI_E_MEMORY, or LOCI_E_MISMATCH when a cut does not leave as many
 * connections as it should. */
int loci_kept_find(loci_acting *acting, loci_pool *pool, loci_error *error);
/* Likewise, but of a pruned network with a range of its own, connections are left out that are out
 * of reach at the moment: their weights are 0, and nobody should count or run on them. Training on,
 * a fixed set keeps them: they may come into reach. */
int loci_kept_find_reached(loci_acting *acting, loci_pool *pool, loci_error *error);

/* Of projection p alone, loci_acting_update() having been called. */
int loci_kept_find_of(loci_acting *acting, size_t p, loci_pool *pool, loci_error *error);
int loci_kept_find_reached_of(loci_acting *acting, size_t p, loci_pool *pool, loci_error *error);

/* So that projection p runs with all weights, those that are cut 0. LOCI_E_MEMORY. */
int loci_kept_make_mask(loci_acting *acting, size_t p, loci_error *error);

/* Which connections of projection p are listed as kept: mask [n, m] 1 or 0, NULL = not wanted.
 * Returns how many. */
size_t loci_kept_count(const loci_acting *acting, size_t p, uint8_t *mask);

/* How many connections of each sending neuron are listed as kept: fan_out [n]. */
void loci_kept_fan_out(const loci_connections *kept, uint32_t *fan_out);

/* Of a network pruned by a cut: counts anew what its cuts leave, with the parameters as they are
 * now. LOCI_E_MEMORY. */
int loci_kept_recount(loci_network *network, loci_error *error);

#endif
