#include "infer/regression.h"

#include <math.h>

void loci_regression_add(loci_regression_sums *sums, double predicted, double target) {
    double error = predicted - target;
    if (sums->count == 0)
        sums->first = target;
    target -= sums->first;
    sums->count++;
    sums->error += fabs(error);
    sums->square += error * error;
    sums->target += target;
    sums->target_square += target * target;
}

loci_regression loci_regression_of(const loci_regression_sums *s) {
    double spread = s->target_square - s->target * s->target / s->count;
    double r2 = spread > 0 ? 1 - s->square / spread : s->square == 0 ? 1 : 0;
    return (loci_regression){r2, s->error / s->count, sqrt(s->square / s->count)};
}

loci_regression loci_regression_mean(const loci_regression_sums *sums, size_t outputs) {
    loci_regression mean = {0, 0, 0};
    for (size_t k = 0; k < outputs; k++) {
        const loci_regression one = loci_regression_of(&sums[k]);
        mean.r2 += one.r2 / (double)outputs;
        mean.mae += one.mae / (double)outputs;
        mean.rmse += one.rmse / (double)outputs;
    }
    return mean;
}

loci_regression loci_regression_none(void) {
    return (loci_regression){NAN, NAN, NAN};
}
