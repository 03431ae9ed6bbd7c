/* 1 / sqrt(x) for vector loops. */
#ifndef LOCI_BASE_INVERSE_ROOT_H
#define LOCI_BASE_INVERSE_ROOT_H

#include <stdint.h>
#include <string.h>

/* 1 / sqrt(x) for positive normal x, relative error below 8e-7. A start from the bits, then two
 * Newton steps with constants that balance the error (Moroz et al. 2018, "Fast calculation of
 * inverse square root with the use of magic constant - analytical approach"). A square root and a
 * division cost four times as much, and hardware estimates differ between makers; this gives the
 * same bits wherever multiply-add is fused alike. A NaN stays one. */
static inline float loci_inverse_root(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = 0x5F376908u - (bits >> 1);
    float y;
    memcpy(&y, &bits, sizeof y);
    y *= 1.5008789f - (0.5f * x * y) * y;
    y *= 1.5000006f - (0.5f * x * y) * y;
    return y;
}

#endif
