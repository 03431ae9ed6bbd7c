#include "codegen/fixed_activation.h"

#include <math.h>

#include "codegen/export.h"
#include "neuron/activation.h"

/* Sums from -reach to reach, and the activation of each of 2^LOCI_ACTIVATION_BITS + 1 of them. */
struct curve {
    double reach, most; /* the largest, of either sign */
    double value[LOCI_ACTIVATION_ENTRIES];
};

static void draw(struct curve *curve, int activation) {
    curve->most = 0;
    for (int32_t i = 0; i < LOCI_ACTIVATION_ENTRIES; i++) {
        double u = (ldexp(i, 1 - LOCI_ACTIVATION_BITS) - 1) * curve->reach;
        curve->value[i] = loci_activation_value(activation, (float)u);
        curve->most = fmax(curve->most, fabs(curve->value[i]));
    }
}

/* Whether straight lines between 2^bits + 1 of them are off by no more than half a step that a
 * pixel has, if the most that the neuron sends is as much as a white one. */
static bool is_fine(const struct curve *curve, uint32_t bits) {
    int32_t width = 1 << (LOCI_ACTIVATION_BITS - bits);
    for (int32_t i = 0; i + 1 < LOCI_ACTIVATION_ENTRIES; i++) {
        const double *from = curve->value + i / width * width;
        double line = from[0] + (from[width] - from[0]) * (i % width) / width;
        if (fabs(line - curve->value[i]) > 0.5 * curve->most / LOCI_CODEGEN_PIXEL)
            return false;
    }
    return true;
}

double loci_fixed_activation_make(loci_fixed_activation *to, int activation, int32_t largest,
                                  double unit) {
    struct curve curve;
    to->shift = (uint32_t)__builtin_clz((uint32_t)largest | 1) - 1;
    curve.reach = ldexp(unit, 31 - (int)to->shift);
    draw(&curve, activation);
    for (to->bits = 1; to->bits < LOCI_ACTIVATION_BITS && !is_fine(&curve, to->bits); to->bits++)
        ;
    double output = (curve.most > 0 ? curve.most : 1) / LOCI_CODEGEN_MOST;
    for (int32_t i = 0; i <= 1 << to->bits; i++)
        to->table[i] =
            (int16_t)lround(curve.value[i << (LOCI_ACTIVATION_BITS - to->bits)] / output);
    return output;
}
