/* Weights rounded to whole numbers of a unit, where they are made: clamp(round(w / unit)) * unit.
 * Gradients of what is rounded go straight through to what was, but for those that lead further out
 * where the numbers end. */
#ifndef LOCI_WIRING_ROUNDED_H
#define LOCI_WIRING_ROUNDED_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct loci_weight_rounding {
    float unit; /* what 1 is; 0: nothing is rounded */
    /* the largest number, as far up as down: of 2 bits 1, of 8 bits 127; 0: the network's weights
     * are not to be rounded at all */
    float most;
} loci_weight_rounding;

/* Below 2^22 a number has no digits left behind the point once this is added: rounds halves to even
 * without a call, the same on every instruction set. */
#define LOCI_WHOLE 12582912.0f

/* Rounds count weights. */
static inline void loci_weights_round(loci_weight_rounding by, float *restrict weights,
                                      size_t count) {
    for (size_t i = 0; i < count; i++) {
        float number = weights[i] / by.unit;
        number = number < -by.most ? -by.most : number;
        number = number > by.most ? by.most : number;
        weights[i] = by.unit * ((number + LOCI_WHOLE) - LOCI_WHOLE);
    }
}

/* Whether a gradient would move a weight, which is not rounded, on beyond the ends. */
static inline bool loci_weight_leads_out(loci_weight_rounding by, float weight, float gradient) {
    return by.unit > 0 && fabsf(weight) > (by.most + 0.5f) * by.unit && weight * gradient < 0;
}

#endif
