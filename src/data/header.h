/* Whether the first row of a table names its columns. */
#ifndef LOCI_DATA_HEADER_H
#define LOCI_DATA_HEADER_H

#include "data/sample_rows.h"

/* Looks at the first rows. point: what stands before fractions, 0 = '.' or ','. *doubtful: another
 * reader could see it otherwise. */
bool loci_header_found(const loci_sample_rows *sample, char point, bool *doubtful);
/* By the rule of version 0.1; label: the label's column, 0-based, or SIZE_MAX = the last. */
bool loci_header_of_first_edition(const loci_sample_rows *sample, size_t label);

#endif
