#include "network/local_pairs.h"

#include <math.h>

#include "network/grid.h"
#include "network/maps.h"
#include "network/rounding.h"

/* A matrix of fewer weights is better made whole, or by what is within reach (synapse/near.h): it
 * is multiplied once for all sites of a neuron. */
#define LEAST_WEIGHTS (1u << 22)

/* The share of pairs of sites that meet up to which it pays. */
static const double PAYS = 0.125;

/* Over the pixel grid, a stencil's window or the grid of maps, or in a cloud (network/start.c).
 * Distances in further coordinates only make it less. */
double loci_pair_within_reach(const loci_spec *spec, uint32_t l) {
    double range = spec->range[l];
    if (loci_has_grid_senders(spec, l)) { /* places are a pitch apart */
        size_t rows, columns, maps;
        loci_grid_of_senders(spec, l, &rows, &columns, &maps);
        return fmin(1, acos(-1.0) * range * range / ((double)rows * (double)columns));
    }
    if (l == 0 && spec->input != LOCI_INPUT_RANDOM)
        return acos(-1.0) * range * range / (4 * loci_grid_half(spec, 0) * loci_grid_half(spec, 1));
    return 1 - exp(-range * range / (4 * spec->spread * spec->spread));
}

bool loci_pair_is_local(const loci_network *network, uint32_t l) {
    const loci_spec *spec = &network->spec;
    double weights =
        (double)loci_spec_layer_size(spec, l) * (double)loci_spec_layer_size(spec, l + 1);
    return spec->wiring == LOCI_WIRING_SPATIAL && spec->range[l] > 0 &&
           !loci_has_stencil(spec, l) && !loci_rounds_weights(network) &&
           network->pruned_by == LOCI_UNPRUNED && spec->delay == LOCI_DELAY_NONE &&
           weights > LEAST_WEIGHTS && loci_pair_within_reach(spec, l) < PAYS;
}
