/* How a network's inputs and targets are scaled: numbers that come from the data it was trained on,
 * beside its parameters. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "network/contents.h"

/* Replaces a pair of arrays [n] by copies of others, or by NULL. */
static int replace(float **first, float **second, const float *a, const float *b, size_t n,
                   loci_error *error) {
    float *copies[2] = {NULL, NULL};
    if (a != NULL) {
        copies[0] = loci_alloc(n, sizeof(float));
        copies[1] = loci_alloc(n, sizeof(float));
        if (copies[0] == NULL || copies[1] == NULL) {
            free(copies[0]);
            free(copies[1]);
            return loci_fail_memory(error, "range");
        }
        memcpy(copies[0], a, n * sizeof(float));
        memcpy(copies[1], b, n * sizeof(float));
    }
    free(*first);
    free(*second);
    *first = copies[0];
    *second = copies[1];
    return LOCI_OK;
}

int loci_network_set_input_scaling(loci_network *network, const float *low, const float *span,
                                   loci_error *error) {
    size_t n = loci_spec_pixels(&network->spec);
    if ((low == NULL) != (span == NULL))
        return loci_fail(error, LOCI_E_ARGUMENT, "range", "low and span come together");
    for (size_t i = 0; low != NULL && i < n; i++)
        if (!isfinite(low[i]) || !isfinite(span[i]) || !(span[i] > 0))
            return loci_fail(error, LOCI_E_ARGUMENT, "range", "input %zu has no usable range", i);
    return replace(&network->low, &network->span, low, span, n, error);
}

void loci_network_input_scaling(const loci_network *network, const float **low,
                                const float **span) {
    *low = network->low;
    *span = network->span;
}

int loci_network_set_target_scaling(loci_network *network, const float *mean,
                                    const float *deviation, loci_error *error) {
    size_t n = network->spec.classes;
    if ((mean == NULL) != (deviation == NULL))
        return loci_fail(error, LOCI_E_ARGUMENT, "targets", "mean and deviation come together");
    if (mean != NULL && network->spec.task != LOCI_TASK_REGRESS)
        return loci_fail(error, LOCI_E_ARGUMENT, "targets", "a classifier has no targets to scale");
    for (size_t k = 0; mean != NULL && k < n; k++)
        if (!isfinite(mean[k]) || !isfinite(deviation[k]) || !(deviation[k] > 0))
            return loci_fail(error, LOCI_E_ARGUMENT, "targets", "output %zu has no usable scale",
                             k);
    return replace(&network->target_mean, &network->target_deviation, mean, deviation, n, error);
}

void loci_network_target_scaling(const loci_network *network, const float **mean,
                                 const float **deviation) {
    *mean = network->target_mean;
    *deviation = network->target_deviation;
}

void loci_network_to_units(const loci_network *network, float *outputs, size_t count) {
    size_t n = network->spec.classes;
    if (network->target_mean == NULL)
        return;
    for (size_t i = 0; i < count * n; i++)
        outputs[i] = network->target_mean[i % n] + network->target_deviation[i % n] * outputs[i];
}
