#include "reference/loss_twin.h"

#include <math.h>

double loci_reference_cross_entropy(const loci_spec *spec, const double *logits,
                                    const int32_t *labels, size_t count, double *delta) {
    size_t classes = spec->classes;
    double sum = 0;
    for (size_t b = 0; b < count; b++, logits += classes, delta += classes) {
        size_t label = (size_t)labels[b];
        double largest = logits[0], partition = 0;
        for (size_t k = 0; k < classes; k++)
            largest = fmax(largest, logits[k]);
        for (size_t k = 0; k < classes; k++)
            partition += exp(logits[k] - largest);
        sum += log(partition) + largest - logits[label];
        for (size_t k = 0; k < classes; k++) {
            double softmax = exp(logits[k] - largest) / partition;
            delta[k] = spec->logit_scale * (softmax - (k == label)) / (double)count;
        }
    }
    return sum / (double)count;
}
