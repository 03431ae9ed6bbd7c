/* The sums that contract() leaves for each site, by name: whoever reads them need not know in what
 * order they stand.
 *
 * With e' = s e, d = p - q and k' = k, or where the range is finite k' = max(k - cutoff, 0) and all
 * sums over k > cutoff, of a tile G of dL/dW:
 *
 *     of an axon site, over j, b             of a dendrite site, over i, a
 *     value     sum G e' k'                  value     sum G c k'
 *     position  sum -c G e' k^3 d            position  sum c G e' k^3 d
 *     slope     sum G e' k^3
 *     reach     sum G e', or 0
 *
 * From these follow all gradients:
 *
 *     dL/dc = value       dL/dp = position     dL/dlog s   =  sum_ia c value
 *     dL/de = s value     dL/dq = position     dL/dg       = -g sum_ia c slope
 *                                              dL/dcutoff  = -sum_ia c reach */
#ifndef LOCI_WIRING_SUMS_H
#define LOCI_WIRING_SUMS_H

#include <stddef.h>

/* An axon site's sums [C+3]. */
enum { LOCI_AXON_VALUE = 0, LOCI_AXON_POSITION = 1 };
static inline size_t loci_axon_slope(size_t C) {
    return C + 1;
}
static inline size_t loci_axon_reach(size_t C) {
    return C + 2;
}
static inline size_t loci_axon_sums(size_t C) {
    return C + 3;
}

/* A dendrite site's sums [C+1], of which each is an array over a tile's sites. */
enum { LOCI_DENDRITE_POSITION = 0 };
static inline size_t loci_dendrite_value(size_t C) {
    return C;
}
static inline size_t loci_dendrite_sums(size_t C) {
    return C + 1;
}

/* Over all axon sites, times their charge: what the scale, the gap and the range of a layer pair
 * get. */
typedef struct loci_pair_sums {
    double value, slope, reach;
} loci_pair_sums;

static inline void loci_pair_sums_add(loci_pair_sums *sums, double factor,
                                      const loci_pair_sums *more) {
    sums->value += factor * more->value;
    sums->slope += factor * more->slope;
    sums->reach += factor * more->reach;
}

#endif
