/* How activations cross a wiring, forward and backward, on a fixed partition of the work.
 *
 * The input pair is streamed: a column tile of W is made in cache, multiplied with the batch and
 * dropped. A later pair is kept: its W, small and needed a second time for the gradient of its
 * input, is made whole. In both, a tile of dL/dW is made in cache and contracted into site
 * gradients at once. A pruned pair of which little is left runs on its connections alone
 * (listed.h). */
#ifndef LOCI_SYNAPSE_SYNAPSE_H
#define LOCI_SYNAPSE_SYNAPSE_H

#include <stdbool.h>

#include <loci/pool.h>

#include "linear/block.h"
#include "wiring/wiring.h"

typedef struct loci_synapse loci_synapse;

/* How a synapse is to be used. */
typedef struct loci_synapse_options {
    bool input_gradient; /* whether gradients of the input will be asked for */
    size_t rows;         /* the most rows of a batch */
    const struct loci_connections *connections; /* to run on these alone (listed.h), which must be
                                                   what w->mask says; NULL = on all. Borrowed */
} loci_synapse_options;

/* Prepares for pairs of w's shape (its pointers are not looked at, but whether weight is NULL is).
 */
int loci_synapse_create(loci_synapse **out, const loci_wiring *w,
                        const loci_synapse_options *options, const loci_pool *pool,
                        loci_error *error);
void loci_synapse_free(loci_synapse *synapse);
/* Bytes set aside. */
size_t loci_synapse_bytes(const loci_synapse *synapse);

/* out [B, loci_leading(m)] = in W, then what comes after; NULL = nothing. */
void loci_synapse_forward(loci_synapse *synapse, const loci_wiring *w, const loci_activations *in,
                          float *out, const loci_after *after, loci_pool *pool);

/* What comes of dL/dW; arrays are added to. */
typedef struct loci_wiring_gradient {
    float *p, *c, *q, *e; /* shapes as in loci_wiring; NULL = not wanted */
    float *weight;        /* [n, m], conventional pairs */
    double base;          /* sum of c G e' k^3: dL/dg = -g base. Set */
    double reached;       /* sum of c G e' over k > cutoff: dL/dcutoff = -reached. Set */
    double log_scale;     /* dL/dlog s. Set */
} loci_wiring_gradient;

/* g [B, loci_leading(m)] = dL/dout. g_in [B, loci_leading(n)] = dL/din is written, in blocks of
 * full width, each followed by what comes after; NULL when not wanted (then the synapse need not be
 * kept). Uses the weights of the last forward. */
void loci_synapse_backward(loci_synapse *synapse, const loci_wiring *w, const loci_activations *in,
                           const float *g, float *g_in, const loci_after *after,
                           loci_wiring_gradient *gradient, loci_pool *pool);

#endif
