/* What a cell of a table says: nothing, a number, or a word. */
#ifndef LOCI_DATA_CELL_H
#define LOCI_DATA_CELL_H

#include "data/decimal.h"
#include "data/text_rows.h"

/* Whether a value is missing: empty, ?, or NA, N/A, #N/A, NaN, null, none in letters of any case.
 */
bool loci_cell_missing(const loci_cell *cell);

#endif
