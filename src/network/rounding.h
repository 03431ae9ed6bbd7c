/* By what the positions and charges of a network, or its weights, are rounded before they act, and
 * how that is chosen. What acts in acting.c is rounded; the parameters behind it are not, and their
 * gradients are those of what acts, straight through the rounding. Weights are rounded where they
 * are made (wiring/rounded.h). */
#ifndef LOCI_NETWORK_ROUNDING_H
#define LOCI_NETWORK_ROUNDING_H

#include <stdbool.h>

#include "network/acting.h"
#include "network/ruler.h"

/* Of a projection. */
typedef struct loci_rulers {
    loci_ruler place;      /* of all its sites; bits 0: they are not rounded */
    double axon, dendrite; /* what a charge of 1 is; 0: they are not rounded */
    double weight; /* what a weight of 1 is, exactly so as a float; 0: they are not rounded */
} loci_rulers;

struct loci_rounding {
    uint32_t position_bits, charge_bits; /* 2..8; 0: weights are rounded */
    uint32_t weight_bits;                /* 2..8; 0: positions and charges are */
    loci_rulers of[LOCI_MAX_PROJECTIONS];
};

/* Of the network, or NULL while nothing is rounded. *to becomes a copy of `from`; what was there is
 * freed. LOCI_E_MEMORY. */
int loci_rounding_copy(loci_rounding **to, const loci_rounding *from, loci_error *error);

/* Projections that share the ruler of projection p: its own, where positions are tied those of all
 * layer pairs. A layer to itself has sites of its own. */
void loci_ruler_shared_by(const loci_acting *acting, size_t p, size_t *first, size_t *count);

/* A ruler of `bits` bits over the sites of projection p as they act now, and of those that share
 * it; a sheet's pixels may lie beyond it. */
loci_ruler loci_ruler_of(const loci_acting *acting, size_t p, double cover, uint32_t bits);
/* Units of charges as they act now; 0 where they have none. */
double loci_axon_unit(const loci_acting *acting, size_t p, double cover, uint32_t bits);
double loci_dendrite_unit(const loci_acting *acting, size_t p, double cover, uint32_t bits);

/* Whether the weights of a network are rounded. */
bool loci_rounds_weights(const loci_network *network);
/* Whether they can be: what takes time is shared out between steps, and has no weight to round. */
bool loci_has_weights_to_round(const loci_spec *spec);
/* What covers a share of the largest weight of projection p as it acts now, which is not rounded.
 * LOCI_E_MEMORY. */
int loci_weight_unit(double *unit, const loci_acting *acting, size_t p, double cover, uint32_t bits,
                     loci_error *error);

/* At the ends of a ruler, of charges and of a conventional net's weights a step further out changes
 * nothing, so there its gradient becomes 0; where weights follow from positions that is done on the
 * way to these. For the gradient of a whole batch, as loci_acting_hold_bounds(). */
void loci_rounding_hold(const loci_network *network, float *gradient);

#endif
