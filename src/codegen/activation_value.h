/* What a hidden neuron that does not spike makes of u. */
#ifndef LOCI_CODEGEN_ACTIVATION_VALUE_H
#define LOCI_CODEGEN_ACTIVATION_VALUE_H

#include <loci/spec.h>
#include <math.h>

static inline float loci_activation_value(int activation, float u) {
    switch (activation) {
    case LOCI_ACTIVATION_LEAKY_RELU:
        return u < 0 ? 0.01f * u : u;
    case LOCI_ACTIVATION_TANH:
        return tanhf(u);
    case LOCI_ACTIVATION_GELU:
        return 0.5f * u * (1 + erff(u * 0.70710678f));
    case LOCI_ACTIVATION_SINE:
        return sinf(u);
    default:
        return u < 0 ? 0 : u;
    }
}

#endif
