/**
 * @file prune.h
 * @brief Pruning: which connections a network keeps.
 *
 * Connections are ranked by distance (of their nearest pair of sites) or by |w|, and the strongest
 * are kept. What a trained network keeps follows from its positions and one number per layer pair,
 * so a pruned model is stored without a list of its connections.
 */
#ifndef LOCI_PRUNE_H
#define LOCI_PRUNE_H

#include <loci/network.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a network is pruned by. */
enum loci_prune_by {
    LOCI_PRUNE_BY_DISTANCE = 0, /**< the longest connections go; pure geometry */
    LOCI_PRUNE_BY_WEIGHT = 1,   /**< the smallest |w| go */
    /** As distance, but weights fall to 0 at the cut without a step: k is max(k - 1/R, 0), R the
     * distance of the cut. */
    LOCI_PRUNE_BY_RANGE = 2,
    /** A fixed set, stored as a bitmap: what is kept does not change when positions do. */
    LOCI_PRUNE_BY_SET = 3
};
/** Not pruned. */
#define LOCI_UNPRUNED (-1)

/** Among which connections the strongest are chosen. */
enum loci_prune_scope {
    LOCI_PRUNE_SCOPE_LAYER = 0, /**< in each layer pair the same share */
    /** Over the whole net; a weight is then measured by the root mean square of its layer's. */
    LOCI_PRUNE_SCOPE_NET = 1
};

/**
 * Prunes a network once. A conventional net is pruned by |w| whatever `by` says, and keeps a fixed
 * set; the weights that go become 0. Of a network with a finite range nothing is kept, by distance
 * or weight, that is out of reach.
 * @param network the network; unchanged on failure.
 * @param sparsity share of the connections of the unpruned net that go, 0 <= sparsity < 1; 0
 * changes nothing.
 * @param by enum loci_prune_by, but LOCI_PRUNE_BY_SET.
 * @param scope enum loci_prune_scope.
 * @param pool worker threads, or NULL.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT (a sparsity that is none, or one that leaves no way from an
 * input to an output), LOCI_E_UNSUPPORTED (a shrunk network) or LOCI_E_MEMORY.
 */
LOCI_API int loci_network_prune(loci_network *network, double sparsity, int by, int scope,
                                loci_pool *pool, loci_error *error);

/** What the network is pruned by: enum loci_prune_by, or LOCI_UNPRUNED. */
LOCI_API int loci_network_pruned_by(const loci_network *network);

/** Connections of the unpruned net, before anything was cut or removed: loci_spec_connections(). */
LOCI_API size_t loci_network_connections(const loci_network *network);

/**
 * Which connections of a layer pair are kept, a finite range's reach included.
 * @param network the network.
 * @param pair 0 .. hidden_count.
 * @param[out] kept [n, m] 1 or 0, row-major, as loci_spec_pair_shape() has them; NULL = not wanted.
 * @param[out] count how many.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT, LOCI_E_MISMATCH (parameters were changed since the net was
 * pruned, so that its cut no longer leaves as many) or LOCI_E_MEMORY.
 */
LOCI_API int loci_network_kept(const loci_network *network, uint32_t pair, uint8_t *kept,
                               size_t *count, loci_error *error);

/** Kept connections of all layer pairs. @return as loci_network_kept(). */
LOCI_API int loci_network_count_kept(const loci_network *network, size_t *count, loci_error *error);

/**
 * The length of each connection of a spatial layer pair: the distance of its nearest pair of sites.
 * @param network the network.
 * @param pair 0 .. hidden_count.
 * @param[out] lengths [n, m] row-major, as loci_spec_pair_shape() has them.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT, LOCI_E_UNSUPPORTED (a conventional net has none) or
 * LOCI_E_MEMORY.
 */
LOCI_API int loci_network_lengths(const loci_network *network, uint32_t pair, float *lengths,
                                  loci_error *error);

/**
 * Fixes the set of kept connections: from now on it is a bitmap.
 * @return LOCI_OK, LOCI_E_ARGUMENT (the network is not pruned), LOCI_E_UNSUPPORTED (pruned by
 * range: the range is part of its weights), LOCI_E_MISMATCH or LOCI_E_MEMORY.
 */
LOCI_API int loci_network_freeze(loci_network *network, loci_error *error);

/**
 * Makes a smaller network of a pruned one: without the hidden neurons and inputs that nothing
 * follows from, and without the hidden neurons that nothing reaches, whose constant output is added
 * to the biases of those they reach. Its outputs are the same, up to rounding. A spiking neuron
 * that nothing but its bias drives goes only if it never fires.
 * @param[out] out receives the smaller network; the caller frees it. Untouched on failure.
 * @param network unchanged. One that is not pruned is copied.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT (nothing would be left), LOCI_E_UNSUPPORTED (recurrent and
 * adaptive networks and those of maps keep all of their neurons) or LOCI_E_MEMORY.
 */
LOCI_API int loci_network_shrink(loci_network **out, const loci_network *network,
                                 loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
