/**
 * @file inspect.h
 * @brief Looking into a network: each pair of sites, and what spiking neurons do step by step.
 */
#ifndef LOCI_INSPECT_H
#define LOCI_INSPECT_H

#include <loci/network.h>

#ifdef __cplusplus
extern "C" {
#endif

/** From a site of a sending neuron to a site of a receiving one. */
typedef struct loci_way {
    uint32_t from; /**< the sending neuron, of a stencil its row: loci_spec_pair_shape() */
    uint32_t to;   /**< the receiving one, of a stencil the map */
    float length;  /**< r, gap and softening included */
    float delay;   /**< d as it acts, in steps; without delays 0, of a loop 1 */
    float weight;  /**< what it adds to the weight of the connection, s c e f(r) */
} loci_way;

/** Is shown the ways that one neuron sends on. */
typedef void (*loci_way_visit)(void *context, const loci_way *ways, size_t count);

/**
 * Goes through the ways of a projection, sender by sender. Left out are those of connections that
 * are cut, and those longer than a finite range.
 * @param network the network.
 * @param projection 0 .. hidden_count: a layer pair; hidden_count + l, of a recurrent network:
 * hidden layer l, from 1, to itself.
 * @param visit called once a sender that has ways.
 * @param context given to it.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT (no such projection), LOCI_E_UNSUPPORTED (a conventional net has
 * no sites; loci_network_check_matrix()), LOCI_E_MISMATCH (as loci_network_kept()) or
 * LOCI_E_MEMORY.
 */
LOCI_API int loci_network_ways(const loci_network *network, uint32_t projection,
                               loci_way_visit visit, void *context, loci_error *error);

/**
 * What a layer of a spiking network does with a sample of a data set, step by step.
 * @param network the network.
 * @param data the data; its size must fit. Samples are scaled as loci_network_sample() does.
 * @param split which part.
 * @param i which sample.
 * @param layer 0, the input, .. hidden_count + 1, the output.
 * @param[out] membranes [time steps, neurons] U or V; NULL = not wanted. Of the input all 0.
 * @param[out] spikes [time steps, neurons] 1 where a neuron fires; of the input what enters in each
 * step. Of an output that does not fire all 0. NULL = not wanted.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT (no such sample or layer, or the network does not spike),
 * LOCI_E_MISMATCH (the size of the samples; as loci_network_kept()) or LOCI_E_MEMORY.
 */
LOCI_API int loci_network_trace(const loci_network *network, const loci_dataset *data,
                                enum loci_split split, size_t i, uint32_t layer, float *membranes,
                                float *spikes, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
