/* Where the gradients of a layer pair go. */
#ifndef LOCI_SYNAPSE_GRADIENT_H
#define LOCI_SYNAPSE_GRADIENT_H

#include "wiring/wiring.h"

/* What comes of dL/dW; arrays are added to. */
typedef struct loci_wiring_gradient {
    float *p, *c, *q, *e; /* shapes as in loci_wiring; NULL = not wanted */
    float *weight;        /* [n, m], conventional pairs */
    loci_pair_sums sums;  /* of the pair as a whole; set, not added to */
} loci_wiring_gradient;

/* Adds what from [C+4], the sums of a dendrite site that went through others as an axon site does
 * (loci_tile_gather()), mean for its position in q, its charge in e, and for the pair; q and e may
 * be NULL. charge: its own; axes = C. */
static inline void loci_gradient_of_receiver(float *q, float *e, loci_pair_sums *sums, size_t axes,
                                             size_t site, float charge, const float *from) {
    const loci_pair_sums own = {from[LOCI_AXON_VALUE], from[loci_axon_slope(axes)],
                                from[loci_axon_reach(axes)], from[loci_axon_length(axes)]};
    loci_pair_sums_add(sums, charge, &own);
    for (size_t d = 0; q != NULL && d < axes; d++)
        q[site * axes + d] += from[LOCI_AXON_POSITION + d];
    if (e != NULL)
        e[site] += from[LOCI_AXON_VALUE];
}

/* Likewise of an axon site, whose sums [C+1] are `apart` floats apart. */
static inline void loci_gradient_of_sender(const loci_wiring_gradient *to, const loci_wiring *w,
                                           size_t site, const float *from, size_t apart) {
    size_t axes = w->coordinates;
    for (size_t d = 0; to->p != NULL && d < axes; d++)
        to->p[site * axes + d] += from[(LOCI_DENDRITE_POSITION + d) * apart];
    if (to->c != NULL)
        to->c[site] += w->scale * from[loci_dendrite_value(axes) * apart];
}

#endif
