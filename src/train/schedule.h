/* The learning rate over a run. */
#ifndef LOCI_TRAIN_SCHEDULE_H
#define LOCI_TRAIN_SCHEDULE_H

#include <loci/train.h>

/* The rate of step 0..steps-1. */
double loci_learning_rate(const loci_train_options *options, uint64_t step, uint64_t steps);

#endif
