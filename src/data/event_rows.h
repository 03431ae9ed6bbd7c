/* Samples of temporal data as the rows of a batch: row sample * T + t holds what enters in step t.
 */
#ifndef LOCI_DATA_EVENT_ROWS_H
#define LOCI_DATA_EVENT_ROWS_H

#include "data/coding.h"
#include "data/dataset.h"
#include "data/warp.h"

/* Fills rows with samples which [count] of a part, their channels as columns: column [features] of
 * each, UINT32_MAX where it is left out, or NULL = its own. warping: NULL = as they are.
 * LOCI_E_MEMORY. */
int loci_event_rows(loci_events *rows, const loci_dataset *data, const loci_samples *part,
                    const uint32_t *which, size_t count, const uint32_t *column,
                    const loci_warping *warping, loci_error *error);

/* Likewise of numbers [steps, features], steps of all samples one after another; 0 = nothing. */
int loci_event_rows_of(loci_events *rows, const float *numbers, size_t steps, size_t features,
                       const uint32_t *column, loci_error *error);

#endif
