/* One row of a table: cells become numbers and words. */
#ifndef LOCI_DATA_TABLE_ROW_H
#define LOCI_DATA_TABLE_ROW_H

#include "data/table_fault.h"

/* Adds the row that the text stands at. LOCI_E_FORMAT with line and column, or whatever else the
 * error says. */
int loci_table_take_row(const loci_reader *reader);

#endif
