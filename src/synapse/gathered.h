/* Weights of kept connections alone, and their gradients back to sites: the wiring's own kernels on
 * lists of senders (loci_tile_gather()). */
#ifndef LOCI_SYNAPSE_GATHERED_H
#define LOCI_SYNAPSE_GATHERED_H

#include "synapse/connections.h"

/* Floats of scratch that the functions below need, 64-byte aligned. */
size_t loci_gathered_floats(const loci_wiring *w);

/* weight[t] of the connections t of receiving neurons first .. end-1. Conventional pairs too. */
void loci_gathered_weights(const loci_connections *connections, const loci_wiring *w, size_t first,
                           size_t end, float *weight, float *scratch);

/* Where gradients go; all are added to. */
typedef struct loci_gathered_gradient {
    float *q, *e;         /* shapes as in loci_wiring; e may be NULL */
    float *senders;       /* [n, A, C+1] dL/dp, and dL/dc over s */
    loci_pair_sums *sums; /* over the receiving side's sites */
} loci_gathered_gradient;

/* From dw[t] = dL/dw of the same connections. Spatial pairs only. */
void loci_gathered_contract(const loci_connections *connections, const loci_wiring *w, size_t first,
                            size_t end, const float *dw, const loci_gathered_gradient *out,
                            float *scratch);

#endif
