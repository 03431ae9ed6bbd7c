#include "train/schedule.h"

#include <math.h>

/* The share of a run that flat-cosine stays for: fastai's fit_flat_cos() has three quarters, too.
 */
#define FLAT 0.75

/* From 1 to 0 along half a cosine, while `done` goes from 0 to `all`. */
static double half_cosine(double done, double all) {
    return 0.5 * (1 + cos(3.14159265358979323846 * done / all));
}

/* The share of the rate that is left after so many steps. */
static double left(int schedule, double done, double all) {
    double flat = FLAT * all;
    switch (schedule) {
    case LOCI_SCHEDULE_COSINE:
        return half_cosine(done, all);
    case LOCI_SCHEDULE_LINEAR:
        return 1 - done / all;
    case LOCI_SCHEDULE_FLAT_COSINE:
        return done < flat ? 1 : half_cosine(done - flat, all - flat);
    default:
        return 1;
    }
}

double loci_learning_rate(const loci_train_options *options, uint64_t step, uint64_t steps) {
    double rate = options->lr * left(options->schedule, (double)step, (double)steps);
    if (step < options->warmup)
        rate *= (double)(step + 1) / options->warmup;
    return rate;
}
