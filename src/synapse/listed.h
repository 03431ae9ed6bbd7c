/* Activations across a pruned wiring, on its kept connections alone.
 *
 * Arrays of a batch are transposed first: samples innermost, so that one connection is one vector
 * operation on 16 samples, whichever neurons it joins. Weights and gradients of sites are made by
 * the same kernels as everywhere, on lists of senders (loci_tile_gather()). */
#ifndef LOCI_SYNAPSE_LISTED_H
#define LOCI_SYNAPSE_LISTED_H

#include <loci/pool.h>

#include "linear/block.h"
#include "synapse/connections.h"
#include "synapse/gradient.h"

typedef struct loci_listed loci_listed;

/* connections are borrowed. rows: the most rows of a batch. */
int loci_listed_create(loci_listed **out, const loci_wiring *w, const loci_connections *connections,
                       size_t rows, const loci_pool *pool, loci_error *error);
void loci_listed_free(loci_listed *listed);
size_t loci_listed_bytes(const loci_listed *listed);

/* As loci_synapse_forward() and loci_synapse_backward(). */
void loci_listed_forward(loci_listed *listed, const loci_wiring *w, const loci_activations *in,
                         float *out, const loci_after *after, loci_pool *pool);
void loci_listed_backward(loci_listed *listed, const loci_wiring *w, const loci_activations *in,
                          const float *g, float *g_in, const loci_after *after,
                          loci_wiring_gradient *gradient, loci_pool *pool);

#endif
