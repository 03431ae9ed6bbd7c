#include "reference/loss_twin.h"

#include <math.h>

/* softmax(logits)[k] */
static double softmax(const double *logits, size_t classes, size_t k) {
    double largest = logits[0], partition = 0;
    for (size_t i = 0; i < classes; i++)
        largest = fmax(largest, logits[i]);
    for (size_t i = 0; i < classes; i++)
        partition += exp(logits[i] - largest);
    return exp(logits[k] - largest) / partition;
}

/* -log softmax(logits)[label] */
static double cross_entropy(const double *logits, size_t classes, size_t label) {
    double largest = logits[0], partition = 0;
    for (size_t i = 0; i < classes; i++)
        largest = fmax(largest, logits[i]);
    for (size_t i = 0; i < classes; i++)
        partition += exp(logits[i] - largest);
    return log(partition) + largest - logits[label];
}

static double squared(double d) {
    return d * d;
}

static double huber(double d) {
    return fabs(d) <= 1 ? d * d / 2 : fabs(d) - 0.5;
}

static double huber_slope(double d) {
    return d > 1 ? 1 : d < -1 ? -1 : d;
}

static double weight(const loci_reference_targets *targets, size_t b) {
    return targets->weights == NULL ? 1 : targets->weights[b];
}

/* One sample's loss, unweighted. */
static double sample(const double *z, size_t outputs, const loci_reference_targets *targets,
                     size_t b) {
    double sum = 0;
    if (targets->loss == LOCI_LOSS_CROSS_ENTROPY)
        return cross_entropy(z, outputs, (size_t)targets->labels[b]);
    for (size_t k = 0; k < outputs; k++) {
        double d = z[k] - targets->values[b * outputs + k];
        sum += targets->loss == LOCI_LOSS_HUBER ? huber(d) : squared(d);
    }
    return sum / (double)outputs;
}

/* Its derivative by output k. */
static double slope(const double *z, size_t outputs, const loci_reference_targets *targets,
                    size_t b, size_t k) {
    if (targets->loss == LOCI_LOSS_CROSS_ENTROPY)
        return softmax(z, outputs, k) - (k == (size_t)targets->labels[b]);
    double d = z[k] - targets->values[b * outputs + k];
    return (targets->loss == LOCI_LOSS_HUBER ? huber_slope(d) : 2 * d) / (double)outputs;
}

/* The terms of that, the outputs' own t taken along: with p the softmax, its error is dp_k = p_k
 * (dt_k - sum_j p_j dt_j). */
static double slope_terms(const double *z, const double *t, size_t outputs,
                          const loci_reference_targets *targets, size_t b, size_t k) {
    double average = 0;
    if (targets->loss == LOCI_LOSS_CROSS_ENTROPY) {
        for (size_t j = 0; j < outputs; j++)
            average += softmax(z, outputs, j) * t[j];
        return fabs(slope(z, outputs, targets, b, k)) + softmax(z, outputs, k) * (t[k] + average);
    }
    double d = z[k] - targets->values[b * outputs + k];
    double size = t[k] + fabs(targets->values[b * outputs + k]);
    double factor = targets->loss == LOCI_LOSS_HUBER ? 1 : 2;
    return factor / (double)outputs * (targets->loss == LOCI_LOSS_HUBER && fabs(d) > 1 ? 1 : size);
}

double loci_reference_loss(const loci_spec *spec, const double *outputs,
                           const loci_reference_targets *targets, size_t count, double *delta) {
    size_t width = spec->classes;
    double sum = 0;
    for (size_t b = 0; b < count; b++) {
        const double *z = outputs + b * width;
        double share = weight(targets, b) / (double)count;
        sum += share * sample(z, width, targets, b);
        for (size_t k = 0; k < width; k++)
            delta[b * width + k] = spec->logit_scale * share * slope(z, width, targets, b, k);
    }
    return sum;
}

void loci_reference_loss_terms(const loci_spec *spec, const double *outputs, const double *terms,
                               const loci_reference_targets *targets, size_t count, double *delta) {
    size_t width = spec->classes;
    for (size_t b = 0; b < count; b++) {
        const double *z = outputs + b * width, *t = terms + b * width;
        double share = spec->logit_scale * weight(targets, b) / (double)count;
        for (size_t k = 0; k < width; k++)
            delta[b * width + k] = share * slope_terms(z, t, width, targets, b, k);
    }
}

uint64_t loci_reference_loss_pieces(const loci_spec *spec, const double *outputs,
                                    const loci_reference_targets *targets, size_t count,
                                    uint64_t hash) {
    if (targets->loss != LOCI_LOSS_HUBER)
        return hash;
    for (size_t i = 0; i < count * spec->classes; i++) {
        double d = outputs[i] - targets->values[i];
        hash = (hash ^ (uint64_t)(d > 1 ? 2 : d < -1)) * 1099511628211u;
    }
    return hash;
}
