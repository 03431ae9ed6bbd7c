/* How strong connections are, as pruning ranks them: the same bits on every machine
 * (wiring/strength_kernel.c). */
#ifndef LOCI_SYNAPSE_STRENGTH_H
#define LOCI_SYNAPSE_STRENGTH_H

#include <loci/pool.h>
#include <loci/status.h>

#include "wiring/wiring.h"

/* A conventional pair is ranked by magnitude whatever is asked for. */
enum loci_rank { LOCI_RANK_NEARNESS, LOCI_RANK_MAGNITUDE };

/* Receiving neurons that are measured together. */
enum { LOCI_STRENGTH_WIDTH = 64 };

/* strength [n, ld] of all connections. LOCI_E_MEMORY. */
int loci_strength_measure(const loci_wiring *w, enum loci_rank rank, float *strength, size_t ld,
                          loci_pool *pool, loci_error *error);

/* Strip by strip, so that never all of them need memory: strength [n, LOCI_STRENGTH_WIDTH] of
 * receivers j0 .. j0+width-1. Called from several threads. */
typedef struct loci_strength_visitor {
    void (*visit)(void *context, const float *strength, size_t j0, size_t width, size_t worker);
    void *context;
} loci_strength_visitor;

/* LOCI_E_MEMORY. */
int loci_strength_visit(const loci_wiring *w, enum loci_rank rank,
                        const loci_strength_visitor *visitor, loci_pool *pool, loci_error *error);

#endif
