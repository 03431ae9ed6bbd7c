/**
 * @file prepared.h
 * @brief Inference with the weights computed once.
 *
 * The cost follows what is active: inputs and hidden neurons that are zero or silent are skipped,
 * and connections that were pruned are not there, but for entries of a stencil between maps. A
 * spiking net runs event by event: spikes x fan-out + neurons x time steps.
 */
#ifndef LOCI_PREPARED_H
#define LOCI_PREPARED_H

#include <loci/network.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A network's weights, computed once, and buffers. One caller at a time. */
typedef struct loci_prepared loci_prepared;

/**
 * Computes the weights of all layer pairs.
 * @param[out] out receives the prepared network; the caller frees it with loci_prepared_free().
 * Untouched on failure.
 * @param network must outlive the prepared one; changes of its parameters are not seen.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_MISMATCH (as loci_network_kept()) or LOCI_E_MEMORY.
 */
LOCI_API int loci_prepared_create(loci_prepared **out, const loci_network *network,
                                  loci_error *error);

/** Frees a prepared network. NULL is allowed. */
LOCI_API void loci_prepared_free(loci_prepared *prepared);

/**
 * Runs one input.
 * @param prepared the prepared network.
 * @param input [height*width], finite; in [0, 1] as in training. Of a shrunk net, pixels that it
 * does not look at may be anything.
 * @param number which input this is: with Poisson coding, spikes are a function of it. As in
 * loci_network_run(), the first input is 0.
 * @param[out] logits [classes].
 * @param[out] activity what fired; only spiking nets; may be NULL.
 * @param error filled on failure, may be NULL.
 * @return LOCI_OK, LOCI_E_ARGUMENT (an input that is not finite; where pruning left no connection
 * it may go unnoticed) or LOCI_E_MEMORY.
 */
LOCI_API int loci_prepared_run(loci_prepared *prepared, const float *input, uint32_t number,
                               float *logits, loci_activity *activity, loci_error *error);

/**
 * Runs many inputs. Nets without spikes take 64 at a time through all layers; spiking ones run one
 * by one, event by event.
 * @param prepared the prepared network.
 * @param pool worker threads, or NULL.
 * @param inputs [count, height*width], finite.
 * @param count number of inputs; 0 allowed. With Poisson coding they are the inputs 0, 1, ...
 * @param[out] logits [count, classes].
 * @param error filled on failure, may be NULL.
 * @return as loci_prepared_run().
 */
LOCI_API int loci_prepared_run_batch(loci_prepared *prepared, loci_pool *pool, const float *inputs,
                                     size_t count, float *logits, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
