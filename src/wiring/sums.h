/* The sums that contract() leaves for each site, by name: whoever reads them need not know in what
 * order they stand.
 *
 * With e' = s e, d = p - q, f and -f'/r as law.h has them, and F = f, or where the range is finite
 * f - cutoff and all sums over f > cutoff, of a tile G of dL/dW:
 *
 *     of an axon site, over j, b             of a dendrite site, over i, a
 *     value     sum G e' F                   value     sum G c F
 *     position  sum -c G e' (-f'/r) d        position  sum c G e' (-f'/r) d
 *     slope     sum G e' (-f'/r)
 *     reach     sum G e', or 0
 *     length    sum G e' dF/dL, or 0
 *
 * From these follow all gradients:
 *
 *     dL/dc = value       dL/dp = position     dL/dlog s   =  sum_ia c value
 *     dL/de = s value     dL/dq = position     dL/dg       = -g sum_ia c slope
 *                                              dL/dcutoff  = -sum_ia c reach
 *                                              dL/dL       =  sum_ia c length */
#ifndef LOCI_WIRING_SUMS_H
#define LOCI_WIRING_SUMS_H

#include <stddef.h>

/* An axon site's sums [C+4]. */
enum { LOCI_AXON_VALUE = 0, LOCI_AXON_POSITION = 1 };
static inline size_t loci_axon_slope(size_t C) {
    return C + 1;
}
static inline size_t loci_axon_reach(size_t C) {
    return C + 2;
}
static inline size_t loci_axon_length(size_t C) {
    return C + 3;
}
static inline size_t loci_axon_sums(size_t C) {
    return C + 4;
}

/* A dendrite site's sums [C+1], of which each is an array over a tile's sites. */
enum { LOCI_DENDRITE_POSITION = 0 };
static inline size_t loci_dendrite_value(size_t C) {
    return C;
}
static inline size_t loci_dendrite_sums(size_t C) {
    return C + 1;
}

/* Over all axon sites, times their charge: what the scale, the gap, the range and the length of a
 * layer pair get. */
typedef struct loci_pair_sums {
    double value, slope, reach, length;
} loci_pair_sums;

static inline void loci_pair_sums_add(loci_pair_sums *sums, double factor,
                                      const loci_pair_sums *more) {
    sums->value += factor * more->value;
    sums->slope += factor * more->slope;
    sums->reach += factor * more->reach;
    sums->length += factor * more->length;
}

#endif
