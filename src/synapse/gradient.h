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

#endif
