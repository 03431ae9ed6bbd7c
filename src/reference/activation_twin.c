#include "reference/activation_twin.h"

#include <loci/spec.h>
#include <math.h>

double loci_reference_activation(int activation, double u) {
    switch (activation) {
    case LOCI_ACTIVATION_LEAKY_RELU:
        return u > 0 ? u : 0.01 * u;
    case LOCI_ACTIVATION_TANH:
        return tanh(u);
    case LOCI_ACTIVATION_GELU:
        return u * erfc(-u / sqrt(2)) / 2;
    case LOCI_ACTIVATION_SINE:
        return sin(u);
    default:
        return u > 0 ? u : 0;
    }
}

/* The standard normal distribution's density. */
static double density(double u) {
    return exp(-u * u / 2) / sqrt(2 * M_PI);
}

double loci_reference_activation_slope(int activation, double u) {
    switch (activation) {
    case LOCI_ACTIVATION_LEAKY_RELU:
        return u > 0 ? 1 : 0.01;
    case LOCI_ACTIVATION_TANH:
        return 1 / (cosh(u) * cosh(u));
    case LOCI_ACTIVATION_GELU:
        return erfc(-u / sqrt(2)) / 2 + u * density(u);
    case LOCI_ACTIVATION_SINE:
        return cos(u);
    default:
        return u > 0 ? 1 : 0;
    }
}

double loci_reference_activation_bend(int activation, double u) {
    switch (activation) {
    case LOCI_ACTIVATION_TANH:
        return -2 * tanh(u) / (cosh(u) * cosh(u));
    case LOCI_ACTIVATION_GELU:
        return (2 - u * u) * density(u);
    case LOCI_ACTIVATION_SINE:
        return -sin(u);
    default:
        return 0;
    }
}

bool loci_reference_activation_is_kinked(int activation) {
    return activation == LOCI_ACTIVATION_RELU || activation == LOCI_ACTIVATION_LEAKY_RELU;
}
