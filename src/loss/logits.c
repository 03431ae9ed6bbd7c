#include <math.h>

#include "loss/loss.h"

size_t loci_argmax(const float *logits, size_t classes) {
    size_t best = 0;
    for (size_t k = 1; k < classes; k++)
        if (logits[k] > logits[best])
            best = k;
    return best;
}

double loci_softmax_sum(const float *logits, size_t classes, float largest, double temperature) {
    double sum = 0;
    for (size_t k = 0; k < classes; k++)
        sum += exp(((double)logits[k] - largest) / temperature);
    return sum;
}

double loci_softmax(const float *logits, size_t classes, size_t k) {
    float largest = logits[loci_argmax(logits, classes)];
    return exp((double)logits[k] - largest) / loci_softmax_sum(logits, classes, largest, 1);
}
