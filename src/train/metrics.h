/* metrics.jsonl, a line an epoch, and summary.json. In both, null stands for an accuracy that was
 * not measured. */
#ifndef LOCI_TRAIN_METRICS_H
#define LOCI_TRAIN_METRICS_H

#include <jansson.h>
#include <loci/record.h>

#include "train/lease.h"

/* What was appended is on disk from then on; without a file there is nothing to do. LOCI_E_IO. */
int loci_metrics_sync(const char *path, loci_error *error);

/* Appends a line, if the lease (NULL: none) is still held: else LOCI_E_BUSY. On failure the file is
 * as it was before. */
int loci_metrics_append(const char *path, const loci_metrics *metrics, const loci_lease *lease,
                        loci_error *error);
/* Drops what comes after the given epoch, a line that is cut off or no metrics included. No file is
 * fine; one that is there is replaced, so that what others have open is not it any more. */
int loci_metrics_cut(const char *path, uint32_t epoch, loci_error *error);

/* A new object with what summary.json holds; NULL when memory is short. */
json_t *loci_summary_to_json(const loci_summary *summary);
/* Writes summary.json, all or nothing. */
int loci_summary_save(const char *path, const loci_summary *summary, loci_error *error);
/* LOCI_E_NOT_FOUND, LOCI_E_IO, LOCI_E_FORMAT or LOCI_E_MEMORY; *summary is then untouched. */
int loci_summary_load(const char *path, loci_summary *summary, loci_error *error);

#endif
