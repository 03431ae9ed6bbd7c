/* Samples to predict, whose answers nobody knows. */
#ifndef LOCI_DATA_UNLABELLED_H
#define LOCI_DATA_UNLABELLED_H

#include <loci/data.h>

/* Whether there is anything to learn or to measure: LOCI_E_ARGUMENT where there are neither labels
 * nor targets. */
int loci_dataset_check_answers(const loci_dataset *data, loci_error *error);

#endif
