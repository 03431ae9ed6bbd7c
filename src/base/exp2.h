/* 2^y for vector loops. */
#ifndef LOCI_BASE_EXP2_H
#define LOCI_BASE_EXP2_H

#include <stdint.h>
#include <string.h>

/* 2^y for y <= 0, to 2e-7 of itself; 0 where it is below 1e-30. 2^g for g in -1/2..1/2 by a
 * polynomial that balances the relative error; the whole number n that is left goes into the bits
 * of the exponent, where it stands already once `shift` has rounded it. A NaN stays one. Plain
 * operations only: the same bits wherever multiply-add is fused alike. */
static inline __attribute__((always_inline)) float loci_exp2(float y) {
    const float shift = 12582912; /* 1.5 * 2^23 */
    float shifted = y + shift, g = y - (shifted - shift);
    float p = 1.327647173e-3f;
    p = p * g + 9.675541549e-3f;
    p = p * g + 5.550713276e-2f;
    p = p * g + 2.402211972e-1f;
    p = p * g + 6.931469671e-1f;
    p = p * g + 1.000000072f;
    uint32_t n, bits;
    memcpy(&n, &shifted, sizeof n);
    memcpy(&bits, &p, sizeof bits);
    bits += n << 23;
    memcpy(&p, &bits, sizeof p);
    return y < -99.6578428f ? 0 : p;
}

#endif
