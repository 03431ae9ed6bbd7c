#include "reference/step_twin.h"

#include <loci/spec.h>
#include <math.h>

static const double PI = 3.14159265358979323846;

double loci_reference_surrogate(const loci_reference_neuron *neuron, double x) {
    double k = neuron->slope;
    if (neuron->surrogate == LOCI_SURROGATE_FAST_SIGMOID)
        return 1 / ((1 + k * fabs(x)) * (1 + k * fabs(x)));
    if (neuron->surrogate == LOCI_SURROGATE_ARCTANGENT)
        return 1 / (1 + (PI * k * x / 2) * (PI * k * x / 2));
    return fmax(0, 1 - k * fabs(x));
}

static double antiderivative(const loci_reference_neuron *neuron, double x) {
    double k = neuron->slope;
    if (neuron->surrogate == LOCI_SURROGATE_FAST_SIGMOID)
        return 0.5 + x / (1 + k * fabs(x));
    if (neuron->surrogate == LOCI_SURROGATE_ARCTANGENT)
        return 0.5 + 2 / (PI * k) * atan(PI * k * x / 2);
    double inside = fmax(-1 / k, fmin(1 / k, x));
    return 0.5 + inside - k * inside * fabs(inside) / 2;
}

double loci_reference_spike(const loci_reference_neuron *neuron, double x) {
    return neuron->smooth ? antiderivative(neuron, x) : x > 0;
}

/* What a spike r leaves of the membrane it resets. */
static double left_by(const loci_reference_neuron *neuron, double r) {
    return neuron->reset == LOCI_RESET_ZERO ? 1 - r : 1;
}

/* What it takes off it. */
static double taken_by(const loci_reference_neuron *neuron, double r) {
    return neuron->reset == LOCI_RESET_SUBTRACT ? r : 0;
}

loci_reference_state loci_reference_step(const loci_reference_neuron *neuron,
                                         const loci_reference_state *before, double reset,
                                         double current) {
    loci_reference_state now;
    now.adapted = neuron->rho * before->adapted + neuron->a * before->u + neuron->b * before->s;
    now.u = neuron->beta * left_by(neuron, reset) * before->u + current - now.adapted -
            neuron->theta * taken_by(neuron, reset);
    now.s = loci_reference_spike(neuron, now.u - neuron->theta);
    return now;
}

void loci_reference_unstep(const loci_reference_neuron *neuron, const loci_reference_state *before,
                           double reset, const loci_reference_state *now, double next_reset,
                           double g_s, const loci_reference_step_gradient *later,
                           loci_reference_step_gradient *to) {
    double of_spike = g_s + neuron->b * later->adapted;
    double through = of_spike * loci_reference_surrogate(neuron, now->u - neuron->theta);
    double g = through + neuron->beta * left_by(neuron, next_reset) * later->u +
               neuron->a * later->adapted;
    double of_adapted = neuron->rho * later->adapted - g;
    to->u = g;
    to->adapted = of_adapted;
    to->beta += g * left_by(neuron, reset) * before->u;
    to->theta -= through + g * taken_by(neuron, reset);
    to->rho += of_adapted * before->adapted;
    to->a += of_adapted * before->u;
    to->b += of_adapted * before->s;
}
