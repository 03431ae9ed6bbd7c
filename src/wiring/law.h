/* The law of distance: what a connection between two sites is worth at a distance r, and how that
 * changes with r and with the law's length L.
 *
 *     law             f(r)               -f'(r) / r
 *     inverse         1/r                1/r^3
 *     inverse-square  1/r^2              2/r^4
 *     exponential     exp(-r/L)          f / (L r)
 *     gaussian        exp(-r^2/2L^2)     f / L^2
 *
 * A law with a length depends on r/L alone, so df/dL = (r^2/L) (-f'(r)/r): it needs nothing of its
 * own. Of finite range R what acts is f(r) - f(R) over r < R. To add a law is to add its case to
 * each function and to the choice below, to the twin (reference/wiring_twin.c) and its name to the
 * options.
 *
 * Plain operations only: no two machines may differ where nothing is fused, as strengths that
 * pruning ranks by must be the same bits everywhere. Where `law` is a constant, so is every switch.
 */
#ifndef LOCI_WIRING_LAW_H
#define LOCI_WIRING_LAW_H

#include <loci/spec.h>
#include <stdbool.h>

#include "base/exp2.h"
#include "base/inverse_root.h"

/* How many laws there are. */
enum { LOCI_LAWS = LOCI_LAW_GAUSSIAN + 1 };

#define LOCI_LAW_INLINE static inline __attribute__((always_inline))

/* Whether a law has a length. */
LOCI_LAW_INLINE bool loci_law_has_length(const int law) {
    return law == LOCI_LAW_EXPONENTIAL || law == LOCI_LAW_GAUSSIAN;
}

/* What the functions below take of a distance: the square of it, 1 over it. */
typedef struct loci_law_distance {
    float square, inverse;
} loci_law_distance;

LOCI_LAW_INLINE loci_law_distance loci_law_at(const int law, float square) {
    const loci_law_distance r = {square, law == LOCI_LAW_GAUSSIAN ? 0 : loci_inverse_root(square)};
    return r;
}

/* The distance R of a finite range, from 1/R. */
LOCI_LAW_INLINE loci_law_distance loci_law_end(float inverse_range) {
    const loci_law_distance r = {1 / (inverse_range * inverse_range), inverse_range};
    return r;
}

/* f(r); inverse_length = 1/L. */
LOCI_LAW_INLINE float loci_law_value(const int law, loci_law_distance r, float inverse_length) {
    const float log2_e = 1.44269504f;
    switch (law) {
    case LOCI_LAW_INVERSE_SQUARE:
        return r.inverse * r.inverse;
    case LOCI_LAW_EXPONENTIAL:
        return loci_exp2(r.square * r.inverse * (inverse_length * -log2_e));
    case LOCI_LAW_GAUSSIAN:
        return loci_exp2(r.square * (inverse_length * inverse_length * (-0.5f * log2_e)));
    default:
        return r.inverse;
    }
}

/* -f'(r) / r, f being the value above. */
LOCI_LAW_INLINE float loci_law_slope(const int law, loci_law_distance r, float f,
                                     float inverse_length) {
    switch (law) {
    case LOCI_LAW_INVERSE_SQUARE:
        return 2 * (f * f);
    case LOCI_LAW_EXPONENTIAL:
        return f * inverse_length * r.inverse;
    case LOCI_LAW_GAUSSIAN:
        return f * (inverse_length * inverse_length);
    default:
        return r.inverse * r.inverse * r.inverse;
    }
}

/* RUN(law) with the law as a constant: for kernels that are compiled once for each. */
#define LOCI_LAW_CHOOSE(law, RUN)                                                                  \
    switch (law) {                                                                                 \
    case LOCI_LAW_INVERSE_SQUARE:                                                                  \
        RUN(LOCI_LAW_INVERSE_SQUARE);                                                              \
        break;                                                                                     \
    case LOCI_LAW_EXPONENTIAL:                                                                     \
        RUN(LOCI_LAW_EXPONENTIAL);                                                                 \
        break;                                                                                     \
    case LOCI_LAW_GAUSSIAN:                                                                        \
        RUN(LOCI_LAW_GAUSSIAN);                                                                    \
        break;                                                                                     \
    default:                                                                                       \
        RUN(LOCI_LAW_INVERSE);                                                                     \
    }

#endif
