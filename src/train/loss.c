#include "train/loss.h"

#include <math.h>

size_t loci_argmax(const float *logits, size_t classes) {
    size_t best = 0;
    for (size_t k = 1; k < classes; k++)
        if (logits[k] > logits[best])
            best = k;
    return best;
}

/* sum exp(logit - largest) */
static double partition(const float *logits, size_t classes, float largest) {
    double sum = 0;
    for (size_t k = 0; k < classes; k++)
        sum += exp((double)logits[k] - largest);
    return sum;
}

double loci_softmax(const float *logits, size_t classes, size_t k) {
    float largest = logits[loci_argmax(logits, classes)];
    return exp((double)logits[k] - largest) / partition(logits, classes, largest);
}

loci_loss loci_cross_entropy(const float *logits, const int32_t *labels, size_t count,
                             size_t classes, size_t ld, double share, float *delta) {
    loci_loss loss = {0, 0};
    for (size_t b = 0; b < count; b++) {
        const float *row = logits + b * ld;
        size_t label = (size_t)labels[b], best = loci_argmax(row, classes);
        float *to = delta == NULL ? NULL : delta + b * ld;
        double sum = 0;
        for (size_t k = 0; k < classes; k++) {
            double term = exp((double)row[k] - row[best]);
            sum += term;
            if (to != NULL)
                to[k] = (float)term;
        }
        loss.sum += log(sum) - ((double)row[label] - row[best]);
        loss.correct += best == label;
        for (size_t k = 0; to != NULL && k < classes; k++)
            to[k] = (float)((to[k] / sum - (k == label)) * share);
    }
    return loss;
}
