/* A network that rounds, without training. */
#ifndef LOCI_TESTS_ROUNDING_FIXTURE_H
#define LOCI_TESTS_ROUNDING_FIXTURE_H

#include <stdlib.h>

#include "network/rounding.h"

/* What acts now, and a rounding to be filled from it. */
static inline loci_rounding *fixture_open_rounding(loci_acting *acting, loci_network *network) {
    loci_rounding *by = calloc(1, sizeof *by);
    assert_non_null(by);
    assert_int_equal(loci_acting_open(acting, network, NULL), LOCI_OK);
    loci_acting_update(acting);
    return by;
}

static inline void fixture_take_rounding(loci_acting *acting, loci_network *network,
                                         loci_rounding *by) {
    loci_acting_close(acting);
    free(network->rounding);
    network->rounding = by;
}

/* Rulers that cover a share of what acts now in each projection. */
static inline void fixture_round(loci_network *network, uint32_t bits, uint32_t charge_bits,
                                 double cover) {
    loci_acting acting;
    loci_rounding *by = fixture_open_rounding(&acting, network);
    by->position_bits = bits;
    by->charge_bits = charge_bits;
    for (size_t p = 0; p < network->projection_count; p++)
        by->of[p] = (loci_rulers){.place = loci_ruler_of(&acting, p, cover, bits),
                                  .axon = loci_axon_unit(&acting, p, cover, charge_bits),
                                  .dendrite = loci_dendrite_unit(&acting, p, cover, charge_bits)};
    fixture_take_rounding(&acting, network, by);
}

/* The same of its weights. */
static inline void fixture_round_weights(loci_network *network, uint32_t bits, double cover) {
    loci_acting acting;
    loci_rounding *by = fixture_open_rounding(&acting, network);
    by->weight_bits = bits;
    for (size_t p = 0; p < network->projection_count; p++)
        assert_int_equal(loci_weight_unit(&by->of[p].weight, &acting, p, cover, bits, NULL),
                         LOCI_OK);
    fixture_take_rounding(&acting, network, by);
}

#endif
