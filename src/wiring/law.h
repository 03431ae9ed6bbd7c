/* The law of distance: what a connection between two sites is worth at a distance r, f(r) = 1/r,
 * and how that changes.
 *
 * Plain operations only: strengths that pruning ranks by must be the same bits on every machine.
 * The kernels work with k = f(r). Of finite range R, what acts is max(k - cutoff, 0) with cutoff =
 * f(R). */
#ifndef LOCI_WIRING_LAW_H
#define LOCI_WIRING_LAW_H

#include "base/inverse_root.h"

/* k from the square of the distance, softening and gap included. */
static inline float loci_law(float square) {
    return loci_inverse_root(square);
}

/* -f'(r) / r: times a coordinate's difference, what moving a site along it changes. Of 1/r it is
 * k^3. */
static inline float loci_law_slope(float k) {
    return k * k * k;
}

/* The same over k. */
static inline float loci_law_slope_share(float k) {
    return k * k;
}

#endif
