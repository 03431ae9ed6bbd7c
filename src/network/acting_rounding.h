/* What acts of positions and charges, or of weights, where they are rounded. */
#ifndef LOCI_NETWORK_ACTING_ROUNDING_H
#define LOCI_NETWORK_ACTING_ROUNDING_H

#include "network/acting.h"

/* Room for what projection p makes of them, if the network rounds. */
void loci_acting_open_rounding(loci_acting *acting, size_t p);
/* Says by what the weights of projection p are rounded, if they are. */
void loci_acting_round_weights(loci_acting *acting, size_t p);
/* Rounds what the wiring of projection p has, once all else is done. */
void loci_acting_round(loci_acting *acting, size_t p);

#endif
