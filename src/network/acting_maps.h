/* Where the senders of a projection sit that stand in maps, and what they are charged with: each
 * neuron of a map sends from its own place by what the map shares, a place across maps and a
 * charge. Under a stencil the senders are the places of its window, around the one in the middle;
 * else those of the whole grid, which lies around 0. Places are a pitch of the grid apart. */
#ifndef LOCI_NETWORK_ACTING_MAPS_H
#define LOCI_NETWORK_ACTING_MAPS_H

#include "network/acting.h"

/* Of a spatial projection whose senders stand in maps. Takes its arrays; the arena says whether
 * that failed. */
void loci_acting_open_maps(loci_acting *acting, size_t p);
/* Points the wiring at places and charges as the parameters have them now. */
void loci_acting_update_maps(loci_acting *acting, size_t p);
/* With dL/d(places) and dL/d(charges): adds the gradients of what maps share, summed over places in
 * order. */
void loci_acting_chain_maps(const loci_acting *acting, size_t p, const loci_wiring_gradient *of,
                            float *gradient);

/* Where place `step` of `count` along one side stands. */
static inline double loci_grid_place(size_t step, size_t count) {
    return (double)step - ((double)count - 1) / 2;
}

#endif
