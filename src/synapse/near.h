/* A matrix of weights of finite range, and of their gradient, by what is within reach.
 *
 * It is made from its other side: the axon sites of all senders are lanes, sorted in space
 * (wiring/cells.h), and each dendrite site goes through those within its reach. What is left out is
 * exactly 0, so the matrix is what the kernels of whole tiles make of it, but for rounding. Whether
 * that is less work than to go through all follows from the positions of the moment. */
#ifndef LOCI_SYNAPSE_NEAR_H
#define LOCI_SYNAPSE_NEAR_H

#include <loci/pool.h>
#include <loci/status.h>

#include "synapse/gradient.h"

typedef struct loci_near loci_near;

/* Whether a wiring of this shape is for it: spatial, neither so small that nothing is won nor so
 * large that its matrix had better not stand in memory. */
bool loci_near_suits(const loci_wiring *w);

/* LOCI_E_MEMORY. */
int loci_near_create(loci_near **out, const loci_wiring *w, const loci_pool *pool,
                     loci_error *error);
void loci_near_free(loci_near *near);
size_t loci_near_bytes(const loci_near *near);

/* Takes positions as they are now. Whether it pays: what follows is only for then. */
bool loci_near_update(loci_near *near, const loci_wiring *w, loci_pool *pool);

/* to [n, ld] = W, columns past m 0; ld >= loci_leading(m). */
void loci_near_weights(loci_near *near, const loci_wiring *w, float *to, size_t ld,
                       loci_pool *pool);
/* From dw [n, ld] = dL/dW: gradient is added to, its sums set. */
void loci_near_contract(loci_near *near, const loci_wiring *w, const float *dw, size_t ld,
                        loci_wiring_gradient *gradient, loci_pool *pool);

#endif
