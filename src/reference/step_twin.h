/* A spiking neuron and one of its steps in float64, as the equations in neuron/step.h stand: the
 * twin of step_kernel.c, and what spiking_twin.c runs. Nothing runs on this but tests; it stays for
 * ever. */
#ifndef LOCI_REFERENCE_STEP_TWIN_H
#define LOCI_REFERENCE_STEP_TWIN_H

#include <stdbool.h>

typedef struct loci_reference_neuron {
    int reset, surrogate; /* enum loci_reset, enum loci_surrogate */
    double slope;         /* k */
    double beta, theta;
    double rho, a, b; /* what is kept of the adaptation, what membrane and spike add; else 0 */
    bool smooth;      /* spikes are the surrogate's antiderivative, 1/2 at the threshold */
} loci_reference_neuron;

/* At the end of a step; before the first all is 0. */
typedef struct loci_reference_state {
    double u, adapted, s; /* U, A, S */
} loci_reference_state;

/* dL/d(what is named), of a state or of a constant. */
typedef struct loci_reference_step_gradient {
    double u, adapted; /* of the state; dL/du is dL/dcurrent, too */
    double beta, theta, rho, a, b;
} loci_reference_step_gradient;

/* h(x), x = U - theta, and what it is the derivative of. */
double loci_reference_surrogate(const loci_reference_neuron *neuron, double x);
double loci_reference_spike(const loci_reference_neuron *neuron, double x);

/* The state after a step. reset: the spike that resets, S of the state before unless held. */
loci_reference_state loci_reference_step(const loci_reference_neuron *neuron,
                                         const loci_reference_state *before, double reset,
                                         double current);

/* The same step back. g_s: dL/dS[t] from elsewhere; later: of the step after, 0 after the last;
 * next_reset: the spike that resets in it. The state's part of *to is written, that of the
 * constants added to. */
void loci_reference_unstep(const loci_reference_neuron *neuron, const loci_reference_state *before,
                           double reset, const loci_reference_state *now, double next_reset,
                           double g_s, const loci_reference_step_gradient *later,
                           loci_reference_step_gradient *to);

#endif
