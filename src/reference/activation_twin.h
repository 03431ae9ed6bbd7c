/* The activations in float64, with their first two derivatives. */
#ifndef LOCI_REFERENCE_ACTIVATION_TWIN_H
#define LOCI_REFERENCE_ACTIVATION_TWIN_H

#include <stdbool.h>

/* activation: enum loci_activation; u is what a neuron sums its input to. */
double loci_reference_activation(int activation, double u);
/* dh/du */
double loci_reference_activation_slope(int activation, double u);
/* d^2h/du^2, 0 where there is a kink */
double loci_reference_activation_bend(int activation, double u);
/* Whether there is a kink at 0. */
bool loci_reference_activation_is_kinked(int activation);

#endif
