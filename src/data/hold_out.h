/* Which training samples are held out for validation. */
#ifndef LOCI_DATA_HOLD_OUT_H
#define LOCI_DATA_HOLD_OUT_H

#include "data/dataset.h"

/* Puts the training samples in order: order [all] gets those held out first, `wanted` of them,
 * *held in truth. The same for every seed, so that runs can be compared. Samples with the same key
 * stay together, so that fewer may be held out; where whole groups are asked for, *held is what is
 * in them. LOCI_E_ARGUMENT (none would be left to train on) or LOCI_E_MEMORY. */
int loci_hold_out(const loci_dataset *data, size_t wanted, uint32_t *order, size_t *held,
                  loci_error *error);

/* The keys of the groups held out, [*groups], free() it, and how many samples they have.
 * LOCI_E_ARGUMENT where there are not more groups than are to be held out. */
int loci_hold_out_groups(const loci_dataset *data, uint64_t **keys, size_t *groups, size_t *samples,
                         loci_error *error);

#endif
