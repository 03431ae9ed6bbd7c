/* config.json: what a run was started with. */
#ifndef LOCI_TRAIN_CONFIG_H
#define LOCI_TRAIN_CONFIG_H

#include <loci/train.h>

/* Whether a run that was started with `stored` may be gone on with under `given`; where the data
 * lie does not matter. LOCI_E_MISMATCH with the first option that differs in error->where. */
int loci_config_compare(const loci_config *given, const loci_config *stored, loci_error *error);

#endif
