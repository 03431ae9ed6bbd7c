/* How far off a regressor is: sums over samples, then R2, MAE and RMSE. */
#ifndef LOCI_INFER_REGRESSION_H
#define LOCI_INFER_REGRESSION_H

#include <loci/network.h>

/* The sums of one output, in double, over samples in their order. */
typedef struct loci_regression_sums {
    double count, error, square; /* of |e|, e^2 */
    double first;                /* the first target: others are summed as they differ from it */
    double target, target_square;
} loci_regression_sums;

void loci_regression_add(loci_regression_sums *sums, double predicted, double target);
/* Of one output. Where all targets are the same, R2 is 1 if there is no error, else 0. */
loci_regression loci_regression_of(const loci_regression_sums *sums);
/* The mean over outputs. */
loci_regression loci_regression_mean(const loci_regression_sums *sums, size_t outputs);
/* Not measured. */
loci_regression loci_regression_none(void);

#endif
