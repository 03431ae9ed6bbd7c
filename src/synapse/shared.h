/* Activations across a stencil: neurons of a map share one arbor, so their weights are one stencil,
 * and crossing is a convolution. Of each square of places that is pooled, the largest current
 * arrives.
 *
 * The stencil is made, and its gradient contracted into sites, by the kernels that do so for any
 * wiring (dense.h). Samples go through in small groups of a fixed size, so that a sample's outputs
 * do not depend on the others. */
#ifndef LOCI_SYNAPSE_SHARED_H
#define LOCI_SYNAPSE_SHARED_H

#include <loci/pool.h>

#include "linear/block.h"
#include "synapse/gradient.h"
#include "synapse/stencil.h"

typedef struct loci_shared loci_shared;

typedef struct loci_shared_use {
    size_t rows;         /* the most of a batch */
    bool backward;       /* whether it will be gone back */
    bool input_gradient; /* and gradients of the input will be asked for */
} loci_shared_use;

/* w: the stencil's wiring. LOCI_E_MEMORY. */
int loci_shared_create(loci_shared **out, const loci_wiring *w, const loci_stencil *stencil,
                       const loci_shared_use *use, const loci_pool *pool, loci_error *error);
void loci_shared_free(loci_shared *shared);
size_t loci_shared_bytes(const loci_shared *shared);

/* As loci_synapse_forward() and loci_synapse_backward(), n and m the neurons of the layers. */
void loci_shared_forward(loci_shared *shared, const loci_wiring *w, const loci_activations *in,
                         float *out, const loci_after *after, loci_pool *pool);
void loci_shared_backward(loci_shared *shared, const loci_wiring *w, const loci_activations *in,
                          const float *g, float *g_in, const loci_after *after,
                          loci_wiring_gradient *gradient, loci_pool *pool);

#endif
