/* The weights of a layer pair that no longer change: as a whole matrix, as lists of the kept
 * connections, or as both, since what is faster for one input may be slower for many. Between maps
 * as a stencil, which is laid over what is active, or, of a sample of which most is, over all. */
#ifndef LOCI_INFER_FIXED_H
#define LOCI_INFER_FIXED_H

#include "base/arena.h"
#include "linear/block.h"
#include "linear/conv_events.h"
#include "linear/gemm.h"
#include "linear/linear.h"
#include "linear/maxpool.h"
#include "synapse/connections.h"
#include "synapse/stencil.h"

/* Samples that go through a layer together, samples innermost. */
enum { LOCI_FIXED_STRIP = 64 };

typedef struct loci_fixed {
    loci_arena arena;
    size_t n, m, ld; /* ld = loci_leading(m) */
    /* [n, ld], padding columns 0; NULL where kept connections are faster for one input */
    float *dense;
    loci_connections *connections; /* the kept ones; NULL where dense is faster for many */
    float *by_receiver;            /* [count] weights by connection number */
    float *by_sender;              /* [count] the same by place */
    loci_slices slices; /* the same by receiver, for one input; none where dense stands */
    /* One bit per sender, whether anything follows from it, as loci_linear_kernels.compact() takes
     * it; NULL: from all. */
    uint16_t *heard;
    bool shared;           /* it leads to maps: of all these, n, m and ld alone */
    loci_conv_events conv; /* what lays its stencil over the places */
    loci_maxpool pool;     /* and what is taken of these */
    const float *stencil;  /* [entries, out], where loci_fixed_provide() was called */
    loci_conv *whole;      /* for samples of more entries than `sparse` */
    size_t sparse, workers;
    const loci_linear_kernels *kernels;
    loci_gemm_kernel *gemm; /* adds in the same order as the others do */
} loci_fixed;

/* Takes weights [n, m], of which those with mask [n, m] 0 are 0; mask may be NULL. LOCI_E_MEMORY;
 * clear it even then. */
int loci_fixed_create(loci_fixed *fixed, size_t n, size_t m, const float *weights,
                      const uint8_t *mask, size_t kept, loci_error *error);
/* Likewise of a stencil, weights [entries, out]; n and m become the neurons. */
int loci_fixed_create_shared(loci_fixed *fixed, const loci_stencil *stencil, const float *weights,
                             loci_error *error);
/* Makes ready for loci_fixed_sample() of so many workers; between no maps does nothing.
 * LOCI_E_MEMORY, and what was ready stays so. */
int loci_fixed_provide(loci_fixed *fixed, size_t workers, loci_error *error);
void loci_fixed_clear(loci_fixed *fixed);

/* Scratch that loci_fixed_events() wants, floats. */
size_t loci_fixed_scratch(const loci_fixed *fixed);

/* Whether anything follows from neuron i of the sending layer. */
static inline bool loci_fixed_sends(const loci_fixed *fixed, size_t i) {
    const loci_connections *c = fixed->connections;
    return c == NULL || c->sender_start[i + 1] > c->sender_start[i];
}

/* out [ld] = W^T x of one input x [n], silent or not. Only where slices stand. */
void loci_fixed_vector(const loci_fixed *fixed, const float *x, float *out);

/* out [rows, ld] = active [rows, n] W, at the cost of what is active; of places that are pooled the
 * largest. scratch: [loci_fixed_scratch()]. */
void loci_fixed_events(const loci_fixed *fixed, const loci_sparse *active, float *out,
                       float *scratch);

/* Likewise of one sample x [n] across a stencil, active its entries: which of the two ways it goes
 * follows from their number. */
void loci_fixed_sample(const loci_fixed *fixed, size_t worker, const float *x,
                       const loci_sparse *active, float *out, float *scratch);

/* out [m, STRIP] = W^T x, x [n, STRIP]. */
void loci_fixed_strip(const loci_fixed *fixed, const float *x, float *out);

#endif
