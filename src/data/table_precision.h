/* Columns of numbers that lie closer together than floats do. */
#ifndef LOCI_DATA_TABLE_PRECISION_H
#define LOCI_DATA_TABLE_PRECISION_H

#include "data/dataset.h"
#include "data/table.h"

/* Notes down which inputs and targets lose what tells their rows apart. LOCI_E_MEMORY. */
int loci_table_note_precision(const loci_table *table, loci_dataset *data);

#endif
