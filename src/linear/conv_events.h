/* Convolution at the cost of what is active: each number that is not 0 is laid over the places that
 * it reaches, as conv.h has it. Of one row at a time, by weights that stay as they are. */
#ifndef LOCI_LINEAR_CONV_EVENTS_H
#define LOCI_LINEAR_CONV_EVENTS_H

#include "base/arena.h"
#include "base/cpu.h"
#include "linear/conv.h"
#include "linear/sparse.h"

enum { LOCI_CONV_MOST_STRIDE = 8 };

/* Columns of a window that places of one remainder by the stride look through, `count` of them, the
 * last first: so what one number adds along a line of places stands side by side. */
typedef struct loci_conv_phase {
    size_t at, count; /* where they begin in a line, in floats; how many */
} loci_conv_phase;

typedef struct loci_conv_events {
    loci_conv_shape shape; /* rows: 1 */
    size_t down, across; /* the first places, row by row, that are wanted; of the others nothing */
    size_t wide;         /* places in a row of them */
    loci_conv_phase phase[LOCI_CONV_MOST_STRIDE];
    size_t line; /* floats of a line of the window, phase by phase, each padded by zeros to 16 */
    float *k;    /* [in, window, line] */
} loci_conv_events;

/* Floats of what comes of a row: [places down, wide, out], and what kernels may touch past it. */
static inline size_t loci_conv_events_floats(const loci_conv_events *c) {
    return loci_conv_places(c->shape.height, c->shape.stride) * c->wide * c->shape.out + 16;
}

/* shape: of one row, its stride up to 8; k [window * window * in, ld]; of each side only the first
 * places are wanted that make up whole squares of pool * pool. The arena says whether that failed.
 */
void loci_conv_events_open(loci_conv_events *c, const loci_conv_shape *shape, size_t pool,
                           const float *k, size_t ld, loci_arena *arena);

/* y [loci_conv_events_floats()] from one row of active, whose entries stand in order. Each sum goes
 * through the entries in their order; y is written. */
typedef void loci_conv_events_kernel(const loci_conv_events *c, const loci_sparse *active,
                                     size_t row, float *y);

/* Static storage. */
loci_conv_events_kernel *loci_conv_events_for(enum loci_isa isa);

#endif
