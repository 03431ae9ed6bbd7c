/* How activations cross a wiring, forward and backward, on a fixed partition of the work.
 *
 * The input pair is streamed: a column tile of W is made in cache, multiplied with the batch and
 * dropped. A later pair is kept: its W, small and needed a second time for the gradient of its
 * input, is made whole. In both, a tile of dL/dW is made in cache and contracted into site
 * gradients at once. A pruned pair of which little is left runs on its connections alone
 * (pruned.h). */
#ifndef LOCI_SYNAPSE_SYNAPSE_H
#define LOCI_SYNAPSE_SYNAPSE_H

#include <stdbool.h>

#include <loci/pool.h>

#include "synapse/sparse.h"
#include "wiring/wiring.h"

/* What arrives from the sending layer: sparse (both orders) or dense. Borrowed. */
typedef struct loci_activations {
    size_t count;                       /* B, samples */
    const loci_sparse *by_sample;       /* [B] rows of entries (input, value); NULL = dense */
    const loci_sparse_blocks *by_input; /* the same by input; needed for backward */
    const float *dense;                 /* [B, ld], or NULL */
    size_t ld;
} loci_activations;

/* Leading dimension of a [B, neurons] array: room for whole strips of 64 neurons, and never a
 * multiple of 512, whose rows would all fall into the same few cache sets. Columns past the neurons
 * are 0. */
static inline size_t loci_leading(size_t neurons) {
    size_t padded = (neurons + 63) & ~(size_t)63;
    return padded % 512 == 0 ? padded + 16 : padded;
}

/* What is done to a block of a result while it is in the cache: rows first .. first+rows-1, columns
 * j0 .. j0+width-1, of which block [rows, loci_leading()] is the first. Blocks that are as wide as
 * the result begin at multiples of LOCI_AFTER_ROWS. Called from several threads. */
typedef struct loci_after {
    void (*run)(void *context, float *block, size_t first, size_t rows, size_t j0, size_t width);
    void *context;
} loci_after;
enum { LOCI_AFTER_ROWS = 64 };

/* after may be NULL. */
static inline void loci_after_run(const loci_after *after, float *block, size_t first, size_t rows,
                                  size_t j0, size_t width) {
    if (after != NULL)
        after->run(after->context, block, first, rows, j0, width);
}

typedef struct loci_synapse loci_synapse;

/* How a synapse is to be used. */
typedef struct loci_synapse_options {
    bool keep;   /* whether gradients of the input will be asked for */
    size_t rows; /* the most rows of a batch */
    const struct loci_connections *connections; /* to run on these alone (pruned.h), which must be
                                                   what w->keep says; NULL = on all. Borrowed */
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
