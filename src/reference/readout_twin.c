#include "reference/readout_twin.h"

#include <math.h>

/* The step in which output k of a sample, read [T, classes], is largest, the first of equals. */
static size_t largest_step(const loci_spec *spec, const double *read, size_t k) {
    size_t best = 0;
    for (size_t t = 1; t < spec->time_steps; t++)
        if (read[t * spec->classes + k] > read[best * spec->classes + k])
            best = t;
    return best;
}

/* Output k of the softmax of one step, v [classes]. */
static double softmax(const loci_spec *spec, const double *v, size_t k) {
    double sum = 0;
    for (size_t j = 0; j < spec->classes; j++)
        sum += exp(v[j] - v[k]);
    return 1 / sum;
}

/* How much of step t's spike or membrane is in the logit, where that is a sum of shares. */
static double share(const loci_spec *spec, const double *read, size_t t, size_t k) {
    switch (spec->readout) {
    case LOCI_READOUT_COUNT:
        return 1;
    case LOCI_READOUT_MEMBRANE_MEAN:
        return 1 / (double)spec->time_steps;
    case LOCI_READOUT_MEMBRANE_MAX:
        return t == largest_step(spec, read, k);
    default:
        return t + 1 == spec->time_steps;
    }
}

void loci_reference_read_out(const loci_spec *spec, const double *read, size_t count,
                             double *logits) {
    size_t m = spec->classes, sample = spec->time_steps * m;
    for (size_t b = 0; b < count; b++)
        for (size_t k = 0; k < m; k++) {
            const double *from = read + b * sample;
            double sum = 0;
            for (size_t t = 0; t < spec->time_steps; t++)
                sum += spec->readout == LOCI_READOUT_SOFTMAX_SUM
                           ? softmax(spec, from + t * m, k)
                           : share(spec, from, t, k) * from[t * m + k];
            logits[b * m + k] = spec->logit_scale * sum;
        }
}

/* dloss/dv [k] of one step's softmax: p_k (g_k - sum_j p_j g_j). */
static double unsoftmax(const loci_spec *spec, const double *v, const double *g_logits, size_t k) {
    double mean = 0;
    for (size_t j = 0; j < spec->classes; j++)
        mean += softmax(spec, v, j) * g_logits[j];
    return softmax(spec, v, k) * (g_logits[k] - mean);
}

void loci_reference_unread(const loci_spec *spec, const double *read, size_t count,
                           const double *g_logits, double *g) {
    size_t m = spec->classes, sample = spec->time_steps * m;
    for (size_t b = 0; b < count; b++)
        for (size_t t = 0; t < spec->time_steps; t++)
            for (size_t k = 0; k < m; k++) {
                const double *from = read + b * sample;
                g[b * sample + t * m + k] = spec->readout == LOCI_READOUT_SOFTMAX_SUM
                                                ? unsoftmax(spec, from + t * m, g_logits + b * m, k)
                                                : share(spec, from, t, k) * g_logits[b * m + k];
            }
}

uint64_t loci_reference_read_pieces(const loci_spec *spec, const double *read, size_t count,
                                    uint64_t hash) {
    size_t m = spec->classes;
    for (size_t b = 0; spec->readout == LOCI_READOUT_MEMBRANE_MAX && b < count; b++)
        for (size_t k = 0; k < m; k++)
            hash = (hash ^ largest_step(spec, read + b * spec->time_steps * m, k)) * 1099511628211u;
    return hash;
}
