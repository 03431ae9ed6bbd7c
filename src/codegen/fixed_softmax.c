#include "codegen/fixed_softmax.h"

#include <math.h>

void loci_fixed_softmax_make(loci_fixed_softmax *softmax, double unit) {
    double each = unit * 1.4426950408889634; /* halvings that 1 of a membrane is */
    for (int i = 0; i < LOCI_HALVING_ENTRIES; i++)
        softmax->table[i] = (uint16_t)lround(ldexp(exp2(-i / 32.0), LOCI_SHARE_BITS));
    softmax->shift = softmax->rest = 0;
    while (softmax->shift < 31 && 17 / each > 65535) {
        each *= 2;
        softmax->shift++;
    }
    each = ldexp(each, LOCI_HALVING_BITS);
    while (softmax->rest < 31 && each < 32768) {
        each *= 2;
        softmax->rest++;
    }
    softmax->factor = (uint32_t)fmin(round(each), 65535);
}
