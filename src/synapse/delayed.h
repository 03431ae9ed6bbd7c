/* How spikes cross a wiring that takes time, forward and backward: each spike adds its sender's
 * taps to the currents of the steps to come, so work follows spikes x fan-out x taps.
 *
 * Rows of arrays over time stand sample by sample, row b * T + t, so that the taps of a sender lie
 * over as many rows of the currents.
 */
#ifndef LOCI_SYNAPSE_DELAYED_H
#define LOCI_SYNAPSE_DELAYED_H

#include <stdbool.h>

#include "linear/block.h"
#include "synapse/gradient.h"
#include "wiring/delay.h"

typedef struct loci_delayed loci_delayed;

/* Samples that one task takes. */
enum { LOCI_DELAYED_CHUNK = 16 };

/* How they are to be used. */
typedef struct loci_delayed_options {
    uint32_t taps;
    size_t ld;     /* of currents: loci_leading(m), or any multiple of 16 that is at least m */
    bool own;      /* a layer wires to itself, no neuron to itself */
    bool backward; /* loci_delayed_backward() will be called */
    bool back;     /* loci_delayed_back(), too */
} loci_delayed_options;

/* Prepares for a wiring of w's shape (pointers are not looked at, but whether weight is NULL is: a
 * conventional pair has one tap). LOCI_E_MEMORY. */
int loci_delayed_create(loci_delayed **out, const loci_wiring *w,
                        const loci_delayed_options *options, const loci_pool *pool,
                        loci_error *error);
void loci_delayed_free(loci_delayed *delayed); /* NULL is allowed */
size_t loci_delayed_bytes(const loci_delayed *delayed);

/* Makes all taps. */
void loci_delayed_make(loci_delayed *delayed, const loci_wiring *w, const loci_delay *delay,
                       loci_pool *pool);

/* Spikes of some senders in a step after which `left` more follow: adds the values times their taps
 * to the currents, of which `now` is that step's row. */
void loci_delayed_send(const loci_delayed *delayed, size_t count, const uint32_t *sender,
                       const float *value, float *now, uint32_t left);
/* What enters over time: rows [samples * T], or, constant, rows [samples], each the same in every
 * step. */
typedef struct loci_over_time {
    const loci_sparse *by_sample;
    const loci_sparse_blocks *by_input; /* for the way back */
    uint32_t steps;                     /* T */
    bool constant;
} loci_over_time;

/* current [samples * T, ld] = what enters brings. */
void loci_delayed_forward(const loci_delayed *delayed, const loci_over_time *in, float *current,
                          loci_pool *pool);

/* From g [samples * T, ld] = dL/dcurrent and the same input to the sums of the wiring: gradient as
 * in loci_dense_backward(), and *speed = dL/dlog v. Of constant input g is summed up from the last
 * step back, in place. */
void loci_delayed_backward(loci_delayed *delayed, const loci_wiring *w, const loci_delay *delay,
                           const loci_over_time *in, float *g, loci_wiring_gradient *gradient,
                           double *speed, loci_pool *pool);
/* dL/d(spikes) of `rows` rows, g_in [rows, loci_leading(n)]: row r from the currents that stand at
 * window[r] and on, [left[r] rows, ld] of g, the first being the step of the spike; added to what
 * is there if `add`. scratch: loci_delayed_scratch() floats. At most LOCI_GEMM_ROWS rows. */
void loci_delayed_back(const loci_delayed *delayed, size_t rows, const float *const *window,
                       const uint32_t *left, float *g_in, size_t ld_in, bool add, float *scratch);
size_t loci_delayed_scratch(const loci_delayed *delayed);

#endif
