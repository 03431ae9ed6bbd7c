/* What of a specification follows from a data set; loci_network_create_for() is public. */
#ifndef LOCI_TRAIN_NETWORK_FOR_H
#define LOCI_TRAIN_NETWORK_FOR_H

#include <loci/data.h>

/* Takes inputs, outputs and task from the data. */
void loci_spec_for(loci_spec *spec, const loci_dataset *data);

/* Whether there is something to learn: more than one class, or numbers. LOCI_E_FORMAT, or
 * LOCI_E_ARGUMENT of samples to predict. */
int loci_check_lesson(const loci_dataset *data, loci_error *error);
/* Whether the data can be scaled as the specification wants. LOCI_E_ARGUMENT. */
int loci_check_scaling(const loci_spec *spec, const loci_dataset *data, loci_error *error);

#endif
