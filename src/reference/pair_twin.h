/* One projection of the float64 twins: from parameters to weights, from dL/dweights to gradients.
 * Where spikes take time it has weights for every delay there is. */
#ifndef LOCI_REFERENCE_PAIR_TWIN_H
#define LOCI_REFERENCE_PAIR_TWIN_H

#include "network/contents.h"
#include "reference/delay_twin.h"

typedef struct loci_reference_pair {
    const loci_network *network; /* borrowed */
    const loci_projection *projection;
    const loci_layer *layer; /* that receives */
    uint32_t l;              /* of the projections */
    size_t n, m;
    loci_reference_delay delay; /* one tap, `first` steps later, where spikes take no time */
    loci_reference wiring;      /* spatial pairs */
    uint8_t *mask; /* [n, m] of a pruned net, or a layer to itself; NULL = all are kept */
    double *c, *e; /* charges as they act; NULL where there are none */
    double *p;     /* a sheet's positions, with those of its channels; else NULL */
    double *made;  /* [n, C] and [n], what these and c get; NULL without channels */
    double *w;     /* [taps, n, m] */
    double *g;     /* [taps, n, m] dloss/dw; for the caller to fill */
} loci_reference_pair;

/* Sets memory aside for projection l; false when it is short. Close it in either case. */
bool loci_reference_pair_open(loci_reference_pair *pair, const loci_network *network, uint32_t l);
void loci_reference_pair_close(loci_reference_pair *pair);

/* w from parameters [parameter_count]; absolute: sums are of the absolute values of their terms. */
void loci_reference_pair_wire(loci_reference_pair *pair, const double *parameters, bool absolute);

/* Adds what follows from g to the pair's own entries of gradient [parameter_count], biases and
 * neuron constants left out. */
void loci_reference_pair_differentiate(const loci_reference_pair *pair, const double *parameters,
                                       double *gradient);

#endif
