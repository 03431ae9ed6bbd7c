/* The constants of a layer's spiking neurons in float64: what they are at the moment, and the way
 * back to the parameters behind them. Neurons of a map share theirs. Nothing runs on this but
 * tests; it stays for ever. */
#ifndef LOCI_REFERENCE_CONSTANTS_TWIN_H
#define LOCI_REFERENCE_CONSTANTS_TWIN_H

#include "reference/pair_twin.h"
#include "reference/step_twin.h"

/* neuron [m], of the layer that the pair leads to, as parameters [parameter_count] have them. */
void loci_reference_constants(const loci_reference_pair *pair, const double *parameters, bool fires,
                              bool smooth, loci_reference_neuron *neuron);

/* With g [m]: adds to gradient [parameter_count]. */
void loci_reference_constants_back(const loci_reference_pair *pair,
                                   const loci_reference_step_gradient *g, double *gradient);

/* Decays act clamped to 0..1: at a bound nothing changes further out, so there the gradient is 0.
 */
void loci_reference_hold_bounds(const loci_network *network, const double *parameters,
                                double *gradient);

#endif
