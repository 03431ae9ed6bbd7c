/* What about a data set is no mistake for certain, but worth a line to a person: parts in different
 * units, columns that teach nothing, classes without samples. */
#ifndef LOCI_DATA_DOUBTS_H
#define LOCI_DATA_DOUBTS_H

#include "data/dataset.h"

/* Bytes that are not pixels of the whole range (data->full_range) and stay below 128 in the
 * training part are divided by the largest of them, not by 255, through the input scaling: low 0,
 * span that number, for all inputs. It is noted. LOCI_E_MEMORY. */
int loci_dataset_fit_bytes(loci_dataset *data, const char *where, loci_error *error);

/* Notes what is doubtful, a line each kind, of a data set that is complete. LOCI_E_MEMORY. */
int loci_dataset_doubt(loci_dataset *data, const char *where, loci_error *error);

#endif
