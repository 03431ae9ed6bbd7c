#include <math.h>

#include "loss/loss.h"

double loci_cross_entropy_sample(const float *logits, const loci_targets *targets, size_t b,
                                 size_t classes, double share, float *delta, size_t *correct) {
    size_t label = (size_t)targets->labels[b], best = loci_argmax(logits, classes);
    double sum = 0;
    for (size_t k = 0; k < classes; k++) {
        double term = exp((double)logits[k] - logits[best]);
        sum += term;
        if (delta != NULL)
            delta[k] = (float)term;
    }
    *correct = best == label;
    for (size_t k = 0; delta != NULL && k < classes; k++)
        delta[k] = (float)((delta[k] / sum - (k == label)) * share);
    return log(sum) - ((double)logits[label] - logits[best]);
}
