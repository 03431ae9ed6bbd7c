/* config.json: what a run was started with. */
#ifndef LOCI_TRAIN_CONFIG_H
#define LOCI_TRAIN_CONFIG_H

#include <loci/train.h>

/* Whether a run that was started with `stored` may be gone on with under `given`; where the data
 * lie does not matter, but what is in them does, and in the models to start and to learn from,
 * where both know. LOCI_E_MISMATCH with the first option, or name of data or model, that differs in
 * error->where. */
int loci_config_compare(const loci_config *given, const loci_config *stored, loci_error *error);

/* As loci_config_save(), with what was found out about the data where these are a table. */
int loci_config_save_with(const loci_config *config, const loci_dataset *data,
                          const char *directory, loci_error *error);

#endif
