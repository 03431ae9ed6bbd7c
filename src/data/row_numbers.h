/* Columns of a table that only number its rows. */
#ifndef LOCI_DATA_ROW_NUMBERS_H
#define LOCI_DATA_ROW_NUMBERS_H

#include "data/dataset.h"
#include "data/table.h"

/* Takes first columns without a name that count the rows from 0 or 1 out of a table, and notes that
 * down; also where a first column that stays may be one. LOCI_E_FORMAT when nothing else is left,
 * or LOCI_E_MEMORY. */
int loci_row_numbers_leave(loci_dataset *data, loci_table *table, loci_error *error);

#endif
