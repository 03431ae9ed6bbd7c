/* One row of a table: cells become numbers and words. */
#ifndef LOCI_DATA_TABLE_ROW_H
#define LOCI_DATA_TABLE_ROW_H

#include "data/table.h"

/* A row under way. */
typedef struct loci_reader {
    loci_table *table;
    const loci_text_rows *text;
    bool known;        /* the schema is another table's */
    loci_error *error; /* not NULL */
} loci_reader;

/* Adds the row that the text stands at. LOCI_E_FORMAT with line and column, or whatever else the
 * error says. */
int loci_table_take_row(const loci_reader *reader);

#endif
