/* How activations cross a wiring, forward and backward: with all of its weights (dense.h), where a
 * pruned pair has few connections left on these alone (listed.h), of a large pair of which few
 * meet, from what is within reach (local.h), or between maps by a stencil (shared.h). */
#ifndef LOCI_SYNAPSE_SYNAPSE_H
#define LOCI_SYNAPSE_SYNAPSE_H

#include <stdbool.h>

#include <loci/pool.h>

#include "linear/block.h"
#include "synapse/connections.h"
#include "synapse/gradient.h"
#include "synapse/stencil.h"

typedef struct loci_synapse loci_synapse;

/* How a synapse is to be used. */
typedef struct loci_synapse_options {
    bool input_gradient; /* whether gradients of the input will be asked for */
    bool backward;       /* whether it will be gone back at all; a stencil wants to know */
    size_t rows;         /* the most rows of a batch */
    /* to run on these alone (listed.h), whatever w->mask says; NULL = on all. Borrowed */
    const loci_connections *connections;
    bool near;  /* its range is finite: all weights may be made by what is within reach */
    bool local; /* to work on what is within reach alone: of a spatial pair of finite range */
    /* between maps: w is the stencil's wiring, and n and m below are the layers' neurons. NULL =
     * not. Borrowed */
    const loci_stencil *stencil;
} loci_synapse_options;

/* Prepares for pairs of w's shape (its pointers are not looked at, but whether weight is NULL is,
 * and whether weights are to be rounded). */
int loci_synapse_create(loci_synapse **out, const loci_wiring *w,
                        const loci_synapse_options *options, const loci_pool *pool,
                        loci_error *error);
void loci_synapse_free(loci_synapse *synapse);
/* Bytes set aside. */
size_t loci_synapse_bytes(const loci_synapse *synapse);

/* out [B, loci_leading(m)] = in W, then what comes after; NULL = nothing. */
void loci_synapse_forward(loci_synapse *synapse, const loci_wiring *w, const loci_activations *in,
                          float *out, const loci_after *after, loci_pool *pool);

/* g [B, loci_leading(m)] = dL/dout. g_in [B, loci_leading(n)] = dL/din is written, in blocks of
 * full width, each followed by what comes after; NULL when not wanted (then the synapse need not
 * have been made for input gradients). Uses the weights of the last forward. */
void loci_synapse_backward(loci_synapse *synapse, const loci_wiring *w, const loci_activations *in,
                           const float *g, float *g_in, const loci_after *after,
                           loci_wiring_gradient *gradient, loci_pool *pool);

#endif
