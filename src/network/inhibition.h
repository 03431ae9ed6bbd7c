/* The inhibition mask, 2 sigmoid(k v) - 1 = tanh(k v / 2), and its derivative by v. */
#ifndef LOCI_NETWORK_INHIBITION_H
#define LOCI_NETWORK_INHIBITION_H

#include <math.h>

static inline float loci_inhibition(double steepness, float v) {
    return (float)tanh(0.5 * steepness * v);
}

static inline float loci_inhibition_slope(double steepness, float v) {
    /* 1 - mask^2 would leave nothing of a saturated mask's slope */
    double c = cosh(0.5 * steepness * v);
    return (float)(0.5 * steepness / (c * c));
}

#endif
