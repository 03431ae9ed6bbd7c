/* What an option of a specification needs to have something to act on. */
#ifndef LOCI_NETWORK_SPEC_USE_H
#define LOCI_NETWORK_SPEC_USE_H

#include <loci/spec.h>

/* A row of the table of options names those that it needs, joined by |; what it needs by `nets`
 * goes without saying. */
enum loci_spec_need {
    LOCI_NEEDS_POSITIONS = 1 << 0,
    LOCI_NEEDS_TIME = 1 << 1,       /* neurons that spike, over time steps */
    LOCI_NEEDS_CONTINUOUS = 1 << 2, /* neurons that do not */
    LOCI_NEEDS_HIDDEN = 1 << 3,     /* a hidden layer */
    LOCI_NEEDS_FIRING = 1 << 4,     /* a layer whose neurons fire: integrators do not */
    LOCI_NEEDS_STEPS = 1 << 5,      /* a time step after the first */
    LOCI_NEEDS_PLANES = 1 << 6,
    LOCI_NEEDS_MASK = 1 << 7,   /* charges behind the inhibition mask */
    LOCI_NEEDS_GRID = 1 << 8,   /* inputs that start or stay on the pixel grid */
    LOCI_NEEDS_NOISY = 1 << 9,  /* sites that start on it or around it with noise */
    LOCI_NEEDS_CLOUD = 1 << 10, /* something that follows from the spread */
    LOCI_NEEDS_LENGTH = 1 << 11,
    LOCI_NEEDS_RANGE = 1 << 12, /* a finite one */
    LOCI_NEEDS_REACH = 1 << 13, /* a range that reaches from layer to layer */
    LOCI_NEEDS_DELAY = 1 << 14,
    LOCI_NEEDS_LOOP = 1 << 15, /* layers that are wired to themselves, by positions */
    LOCI_NEEDS_LATENCY = 1 << 16,
    LOCI_NEEDS_ADAPTATION = 1 << 17,
    LOCI_NEEDS_MAPS = 1 << 18,       /* layers whose neurons share arbors */
    LOCI_NEEDS_FREE_INPUT = 1 << 19, /* inputs that are no image under maps */
    LOCI_NEEDS_FREE_SITES = 1 << 20, /* hidden layers that are no maps */
};

/* Pairs of layers that have entries in a specification's lists. One that was not resolved yet may
 * have more layers than there can be. */
static inline uint32_t loci_spec_pairs_listed(const loci_spec *spec) {
    uint32_t pairs = loci_spec_hidden_layers(spec) + 1;
    return pairs < LOCI_MAX_PAIRS ? pairs : LOCI_MAX_PAIRS;
}

/* What loci_spec_use() says of a row, in whatever table it is, whose `nets` the network is none of.
 */
int loci_spec_check_nets(const loci_spec *spec, const loci_field *field, loci_error *error);

#endif
