/* What training is asked to round, and whether that is there. */
#ifndef LOCI_TRAIN_QUANTISE_CHECK_H
#define LOCI_TRAIN_QUANTISE_CHECK_H

#include <loci/train.h>
#include <stdbool.h>

/* Whether weights are to be rounded, not positions and charges; of options that round. */
bool loci_quantise_weights(const loci_train_options *options, const loci_spec *spec);

/* LOCI_E_ARGUMENT or LOCI_E_UNSUPPORTED where a network of that specification has nothing to round.
 */
int loci_quantise_check(const loci_spec *spec, const loci_train_options *options,
                        loci_error *error);

#endif
