#include "train/schedule.h"

#include <math.h>

double loci_learning_rate(const loci_train_options *options, uint64_t step, uint64_t steps) {
    double rate = options->lr;
    if (options->schedule == LOCI_SCHEDULE_COSINE)
        rate *= 0.5 * (1 + cos(3.14159265358979323846 * (double)step / (double)steps));
    if (step < options->warmup)
        rate *= (double)(step + 1) / options->warmup;
    return rate;
}
