/* Columns of a table that only number its rows. */
#ifndef LOCI_DATA_ROW_NUMBERS_H
#define LOCI_DATA_ROW_NUMBERS_H

#include "data/dataset.h"
#include "data/table.h"

/* Takes first columns without a name that count the rows from 0 or 1 out of a training table, and
 * notes that down; also where a first column that stays may be one. LOCI_E_FORMAT when nothing else
 * is left, or LOCI_E_MEMORY. */
int loci_row_numbers_leave(loci_dataset *data, loci_table *table, const char *where,
                           loci_error *error);
/* Takes such columns out of the test table so that it fits the training table. LOCI_E_FORMAT. */
int loci_row_numbers_follow(loci_table *test, const loci_table *train, const char *where,
                            loci_error *error);

#endif
