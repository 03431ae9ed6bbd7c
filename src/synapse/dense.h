/* Activations across a wiring with all of its weights, on a fixed partition of the work.
 *
 * The input pair is streamed: a column tile of W is made in cache, multiplied with the batch and
 * dropped. A later pair's W, small and needed a second time for the gradient of its input, is made
 * whole. In both, a tile of dL/dW is made in cache and contracted into site gradients at once. */
#ifndef LOCI_SYNAPSE_DENSE_H
#define LOCI_SYNAPSE_DENSE_H

#include <loci/pool.h>
#include <stdbool.h>

#include "linear/block.h"
#include "synapse/gradient.h"

typedef struct loci_dense loci_dense;

/* input_gradient: whether gradients of the input will be asked for; near: whether weights may be
 * made by what is within reach, where the range is finite (near.h). LOCI_E_MEMORY. Whoever goes
 * forward or backward with it calls loci_gemm_prepare() first; loci_dense_contract() has no
 * products. */
int loci_dense_create(loci_dense **out, const loci_wiring *w, bool input_gradient, bool near,
                      const loci_pool *pool, loci_error *error);
void loci_dense_free(loci_dense *dense);
size_t loci_dense_bytes(const loci_dense *dense);

/* As loci_synapse_forward() and loci_synapse_backward(). */
void loci_dense_forward(loci_dense *dense, const loci_wiring *w, const loci_activations *in,
                        float *out, const loci_after *after, loci_pool *pool);
void loci_dense_backward(loci_dense *dense, const loci_wiring *w, const loci_activations *in,
                         const float *g, float *g_in, const loci_after *after,
                         loci_wiring_gradient *gradient, loci_pool *pool);

/* All weights as they are now, [n, ld], padding columns 0; of one that input gradients will be
 * asked of. Borrowed, until the next call. */
const float *loci_dense_weights(loci_dense *dense, const loci_wiring *w, size_t *ld,
                                loci_pool *pool);

/* From dL/dW [n, m] itself: gradient is added to, its sums are set; q may be NULL here too. */
void loci_dense_contract(loci_dense *dense, const loci_wiring *w, const float *weight_gradient,
                         loci_wiring_gradient *gradient, loci_pool *pool);

#endif
