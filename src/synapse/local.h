/* Activations across a wiring of finite range in which each site reaches few others, without its
 * matrix: work and memory follow the pairs of sites that meet.
 *
 * The sites of both sides are sorted in space (wiring/cells.h). A site gathers, over the batch,
 * what those within its reach send, and its neuron adds up what its sites gathered; sites are gone
 * through in their order in space, so that what neighbours have in common stays in the cache. The
 * gradient of the input goes the same way from the other side. */
#ifndef LOCI_SYNAPSE_LOCAL_H
#define LOCI_SYNAPSE_LOCAL_H

#include <loci/pool.h>
#include <stdbool.h>

#include "linear/block.h"
#include "synapse/gradient.h"

typedef struct loci_local loci_local;

/* rows: the most of a batch. input_gradient: whether gradients of the input will be asked for.
 * LOCI_E_MEMORY. */
int loci_local_create(loci_local **out, const loci_wiring *w, bool input_gradient, size_t rows,
                      const loci_pool *pool, loci_error *error);
void loci_local_free(loci_local *local);
size_t loci_local_bytes(const loci_local *local);

/* As loci_synapse_forward() and loci_synapse_backward(), of a spatial wiring of finite range. */
void loci_local_forward(loci_local *local, const loci_wiring *w, const loci_activations *in,
                        float *out, const loci_after *after, loci_pool *pool);
void loci_local_backward(loci_local *local, const loci_wiring *w, const loci_activations *in,
                         const float *g, float *g_in, const loci_after *after,
                         loci_wiring_gradient *gradient, loci_pool *pool);

#endif
