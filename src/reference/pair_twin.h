/* One projection of the float64 twins: from parameters to weights, from dL/dweights to gradients.
 * Where spikes take time it has weights for every delay there is. Neurons that stand in maps share
 * weights: those of the stencil, laid over every place. */
#ifndef LOCI_REFERENCE_PAIR_TWIN_H
#define LOCI_REFERENCE_PAIR_TWIN_H

#include "network/contents.h"
#include "reference/delay_twin.h"
#include "reference/maps_twin.h"

typedef struct loci_reference_pair {
    const loci_network *network; /* borrowed */
    const loci_projection *projection;
    const loci_layer *layer; /* that receives */
    uint32_t l;              /* of the projections */
    size_t n, m;
    size_t places;   /* receivers before maps are pooled; else m */
    size_t units;    /* of them with a bias and constants of their own: maps, or all. j has those of
                      * unit j % units */
    bool is_stencil; /* leads to maps */
    loci_reference_maps maps;   /* where senders stand in maps */
    loci_reference_delay delay; /* one tap, `first` steps later, where spikes take no time */
    loci_reference wiring;      /* spatial pairs */
    /* [n, m] of a pruned net, or a layer to itself, and [window * window * in, out] of maps, as the
     * wiring has it; NULL = all are kept */
    uint8_t *mask;
    double *c, *e;  /* charges as they act; NULL where there are none */
    double *p;      /* positions of a sheet, with those of its channels, or of a grid; else NULL */
    double *made;   /* [n, C] and [n], what these and c get; NULL where that is no parameter */
    double *k, *gk; /* [window * window * in, out] of a stencil, and dloss/dk; else NULL */
    double *w;      /* [taps, n, places] */
    double *g;      /* [taps, n, places] dloss/dw; for the caller to fill */
} loci_reference_pair;

/* Sets memory aside for projection l; false when it is short. Close it in either case. */
bool loci_reference_pair_open(loci_reference_pair *pair, const loci_network *network, uint32_t l);
void loci_reference_pair_close(loci_reference_pair *pair);

/* w from parameters [parameter_count]; absolute: sums are of the absolute values of their terms. */
void loci_reference_pair_wire(loci_reference_pair *pair, const double *parameters, bool absolute);

/* Of v [places] those that arrive, [m]: where each stands. Returns how far the nearest other number
 * of a square is below the one that arrives; infinite where nothing is pooled. */
double loci_reference_pair_pool(const loci_reference_pair *pair, const double *v, size_t *winner);

/* Adds what follows from g to the pair's own entries of gradient [parameter_count], biases and
 * neuron constants left out. */
void loci_reference_pair_differentiate(const loci_reference_pair *pair, const double *parameters,
                                       double *gradient);

#endif
