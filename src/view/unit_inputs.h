/* Where inputs are bytes, as on a page, an input is what a level from 0 to 1 stands
 * for. Most networks take the level itself; of standardised inputs 0 to 1 are four deviations below
 * the mean to four above it, and what lies further out counts as that. */
#ifndef LOCI_VIEW_UNIT_INPUTS_H
#define LOCI_VIEW_UNIT_INPUTS_H

#include <loci/spec.h>

/* input = zero + whole * level */
typedef struct loci_unit_inputs {
    float zero, whole;
} loci_unit_inputs;

static inline loci_unit_inputs loci_unit_inputs_of(const loci_spec *spec) {
    return spec->input_scaling == LOCI_SCALING_STANDARD ? (loci_unit_inputs){-4, 8}
                                                        : (loci_unit_inputs){0, 1};
}

/* The level of an input, within 0 to 1. */
static inline float loci_unit_level(loci_unit_inputs unit, float input) {
    float level = (input - unit.zero) / unit.whole;
    return level < 0 ? 0 : level > 1 ? 1 : level;
}

#endif
