/* The curves of activations for vector loops: u in float, the result to a few units of its last
 * digit, by polynomials that balance the relative error over a range and by plain operations. A
 * call of the C library for each number costs ten times as much. A NaN stays one. */
#ifndef LOCI_NEURON_CURVES_H
#define LOCI_NEURON_CURVES_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/exp2.h"

#define LOCI_CURVE_INLINE static inline __attribute__((always_inline))

/* exp(-u^2/2). */
LOCI_CURVE_INLINE float loci_curve_bell(float u) {
    return loci_exp2(u * u * (float)(-0.5 * M_LOG2E));
}

/* How much of the normal distribution lies below u, (1 + erf(u / sqrt 2)) / 2. At -a < 0 that is
 * exp(-a^2/2) times a function that falls like 1/a: a polynomial in t = 1 / (1 + 0.3 a), times t,
 * from a = 0 to 12, where the bell has vanished. */
LOCI_CURVE_INLINE float loci_curve_normal(float u) {
    float a = u < 0 ? -u : u, t = 1 / (1 + 0.3f * a);
    float p = 3.674158300e-2f;
    p = p * t - 1.616793977e-1f;
    p = p * t + 2.141330981e-1f;
    p = p * t - 6.092013534e-2f;
    p = p * t + 1.324402502e-1f;
    p = p * t + 9.871921847e-2f;
    p = p * t + 1.209490686e-1f;
    p = p * t + 1.196162738e-1f;
    float beyond = loci_curve_bell(u) * (p * t);
    return u < 0 ? beyond : 1 - beyond;
}

/* tanh(u), by a polynomial in u^2 below 1/2 and by exp(-2 |u|) above. */
LOCI_CURVE_INLINE float loci_curve_tanh(float u) {
    float a = u < 0 ? -u : u, z = u * u;
    float p = 1.724145989e-2f;
    p = p * z - 5.304548098e-2f;
    p = p * z + 1.332587879e-1f;
    p = p * z - 3.333314389e-1f;
    float small = u + u * (z * p);
    float e = loci_exp2(a * (float)(-2 * M_LOG2E)), large = (1 - e) / (1 + e);
    return a < 0.5f ? small : u < 0 ? -large : large;
}

/* sin(u + quarters pi/2). What is left of u beside whole turns of pi is found in double, to 1e-7 up
 * to |u| = 1e9, and is held to its range beyond, where floats lie further apart than a turn. */
LOCI_CURVE_INLINE float loci_curve_sine(float u, const int quarters) {
    const double shift = 6755399441055744; /* 1.5 * 2^52: rounds to whole numbers */
    double x = (double)u + quarters * M_PI_2, shifted = x * M_1_PI + shift;
    float r = (float)(x - (shifted - shift) * M_PI), most = (float)M_PI_2;
    r = r > most ? most : r < -most ? -most : r;
    uint64_t turns;
    memcpy(&turns, &shifted, sizeof turns);
    uint32_t sign = (uint32_t)turns << 31, bits;
    float z = r * r, p = 2.605779881e-6f;
    p = p * z - 1.980960258e-4f;
    p = p * z + 8.333066242e-3f;
    p = p * z - 1.666665955e-1f;
    p = r + r * (z * p);
    memcpy(&bits, &p, sizeof bits);
    bits ^= sign;
    memcpy(&p, &bits, sizeof p);
    return p;
}

#endif
