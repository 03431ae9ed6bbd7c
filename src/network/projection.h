/* What a network consists of: layers, and projections, each a bundle of connections from a layer to
 * a layer. Both say where their numbers stand in the flat parameter array; LOCI_NONE where there
 * are none.
 *
 * Layer 0 is the input. Projection l, up to the number of hidden layers, goes from layer l to layer
 * l + 1; those that follow are of hidden layers to themselves, in order. What acts, where sites
 * start and the twins go by `from` and `to`; who runs layers one after the other, inference,
 * exports and the public calls count pairs. */
#ifndef LOCI_NETWORK_PROJECTION_H
#define LOCI_NETWORK_PROJECTION_H

#include <stddef.h>
#include <stdint.h>

#include <loci/spec.h>

#define LOCI_NONE ((size_t)-1)

/* Most projections: a pair of layers each, and each hidden layer to itself. */
enum { LOCI_MAX_PROJECTIONS = LOCI_MAX_PAIRS + LOCI_MAX_HIDDEN };

typedef struct loci_projection {
    uint32_t from, to;        /* layers, of n and of m neurons */
    size_t axon_position;     /* [n, A, C]; of maps [maps, 1, C - 2], across maps alone */
    size_t axon_charge;       /* [n, A]; of maps [maps, 1] */
    size_t dendrite_position; /* [m, D, C]; tied: the receiving layer's position */
    size_t dendrite_charge;   /* [m, D] */
    size_t gap;               /* [1] */
    size_t log_scale;         /* [1] */
    size_t range;             /* [1] */
    size_t log_length;        /* [1] */
    size_t log_speed;         /* [1] */
    /* Of a sheet whose pixels have several channels, K: a site's last coordinate and its charge are
     * those of its channel. */
    size_t channel_position; /* [K, 1] */
    size_t channel_charge;   /* [K, 1] */
    size_t weight;           /* [n, m], of maps the stencil's; conventional only */
} loci_projection;

typedef struct loci_layer {
    size_t bias;          /* [units]: neurons, of a layer of maps the maps */
    size_t beta;          /* [1] or [units], where it is trained */
    size_t threshold;     /* likewise */
    size_t adaptation[3]; /* likewise: decay, by the membrane, by a spike */
} loci_layer;

#endif
