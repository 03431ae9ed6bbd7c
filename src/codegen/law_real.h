/* The law of distance in floats, written as in c/kernel_positions_float.c. */
#ifndef LOCI_CODEGEN_LAW_REAL_H
#define LOCI_CODEGEN_LAW_REAL_H

#include <math.h>

#include "wiring/wiring.h"

static inline float loci_codegen_law_real(const loci_wiring *w, float square) {
    float inverse_length = w->length > 0 ? 1 / w->length : 0;
    switch (w->law) {
    case LOCI_LAW_INVERSE_SQUARE:
        return 1.0f / square;
    case LOCI_LAW_EXPONENTIAL:
        return expf(-sqrtf(square) * inverse_length);
    case LOCI_LAW_GAUSSIAN:
        return expf(-0.5f * square * inverse_length * inverse_length);
    default:
        return 1.0f / sqrtf(square);
    }
}

#endif
