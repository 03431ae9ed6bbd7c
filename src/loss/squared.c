/* Squared errors, and Huber's, which grow no faster than the distance where that is large: an
 * outlier pulls, but not more the further out it lies (Huber 1964). */
#include <math.h>

#include "loss/loss.h"

double loci_squared_sample(const float *outputs, const loci_targets *targets, size_t b,
                           size_t width, double share, float *delta, size_t *correct) {
    const float *target = targets->values + b * width;
    double sum = 0, each = share / (double)width;
    (void)correct;
    for (size_t k = 0; k < width; k++) {
        double off = (double)outputs[k] - target[k];
        sum += off * off;
        if (delta != NULL)
            delta[k] = (float)(2 * each * off);
    }
    return sum / (double)width;
}

double loci_huber_sample(const float *outputs, const loci_targets *targets, size_t b, size_t width,
                         double share, float *delta, size_t *correct) {
    const float *target = targets->values + b * width;
    double sum = 0, each = share / (double)width;
    (void)correct;
    for (size_t k = 0; k < width; k++) {
        double off = (double)outputs[k] - target[k], size = fabs(off);
        sum += size <= 1 ? 0.5 * off * off : size - 0.5;
        if (delta != NULL) /* a NaN stays one */
            delta[k] = (float)(each * (size > 1 ? copysign(1, off) : off));
    }
    return sum / (double)width;
}
