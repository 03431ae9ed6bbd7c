/* The law of distance: what a connection between two sites is worth at a distance r, and how that
 * changes with r and with the law's length L.
 *
 *     law             f(r)               -f'(r) / r     df/dL
 *     inverse         1/r                1/r^3          -
 *     inverse-square  1/r^2              2/r^4          -
 *     exponential     exp(-r/L)          f / (L r)      f r / L^2
 *     gaussian        exp(-r^2/2L^2)     f / L^2        f r^2 / L^3
 *
 * Of finite range R what acts is f(r) - f(R) over r < R. To add a law is to add its case to each
 * function below, to the twin (reference/wiring_twin.c) and its name to the options.
 *
 * Plain operations only: no two machines may differ where nothing is fused, as strengths that
 * pruning ranks by must be the same bits everywhere. Where `law` is a constant, so is every switch.
 */
#ifndef LOCI_WIRING_LAW_H
#define LOCI_WIRING_LAW_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/inverse_root.h"

enum loci_law {
    LOCI_LAW_INVERSE = 0,
    LOCI_LAW_INVERSE_SQUARE = 1,
    LOCI_LAW_EXPONENTIAL = 2,
    LOCI_LAW_GAUSSIAN = 3,
    LOCI_LAW_COUNT = 4
};

#define LOCI_LAW_INLINE static inline __attribute__((always_inline))

/* Whether a law has a length. */
LOCI_LAW_INLINE bool loci_law_has_length(const int law) {
    return law == LOCI_LAW_EXPONENTIAL || law == LOCI_LAW_GAUSSIAN;
}

/* e^x for x <= 0, relative error below 3e-7; 0 where it is below 1e-30. */
LOCI_LAW_INLINE float loci_law_exp(float x) {
    const float shift = 12582912; /* 1.5 * 2^23: added, it rounds to a whole number */
    float bounded = x < -70 ? -70 : x, shifted = bounded * 1.44269504f + shift;
    float n = shifted - shift;
    float f = (bounded - n * 0.693359375f) + n * 2.12194440e-4f; /* ln 2 in two parts */
    int32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (int32_t)((uint32_t)(bits - 0x4B400000 + 127) << 23);
    float power, p = 1.9875691500e-4f;
    memcpy(&power, &bits, sizeof power);
    p = p * f + 1.3981999507e-3f;
    p = p * f + 8.3334519073e-3f;
    p = p * f + 4.1665795894e-2f;
    p = p * f + 1.6666665459e-1f;
    p = p * f + 5.0000001201e-1f;
    p = (p * f) * f + f + 1;
    return x < -69.0775528f ? 0 : p * power;
}

/* What the functions below take of a distance: the square of it, 1 over it. */
typedef struct loci_law_distance {
    float square, inverse;
} loci_law_distance;

LOCI_LAW_INLINE loci_law_distance loci_law_at(const int law, float square) {
    const loci_law_distance r = {square, law == LOCI_LAW_GAUSSIAN ? 0 : loci_inverse_root(square)};
    return r;
}

/* f(r); inverse_length = 1/L. */
LOCI_LAW_INLINE float loci_law_value(const int law, loci_law_distance r, float inverse_length) {
    switch (law) {
    case LOCI_LAW_INVERSE_SQUARE:
        return r.inverse * r.inverse;
    case LOCI_LAW_EXPONENTIAL:
        return loci_law_exp(-(r.square * r.inverse * inverse_length));
    case LOCI_LAW_GAUSSIAN:
        return loci_law_exp(-0.5f * r.square * (inverse_length * inverse_length));
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

/* df/dL; 0 where there is no length. */
LOCI_LAW_INLINE float loci_law_length(const int law, loci_law_distance r, float f,
                                      float inverse_length) {
    switch (law) {
    case LOCI_LAW_EXPONENTIAL:
        return f * (r.square * r.inverse) * (inverse_length * inverse_length);
    case LOCI_LAW_GAUSSIAN:
        return f * r.square * (inverse_length * inverse_length * inverse_length);
    default:
        return 0;
    }
}

#endif
