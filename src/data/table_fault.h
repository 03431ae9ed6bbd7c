/* What is wrong with a row of a table, in a line that says where and what to do. */
#ifndef LOCI_DATA_TABLE_FAULT_H
#define LOCI_DATA_TABLE_FAULT_H

#include "data/table.h"

/* A row under way. */
typedef struct loci_reader {
    loci_table *table;
    loci_text_rows *text;
    bool known;        /* the schema is another table's */
    loci_error *error; /* not NULL */
} loci_reader;

/* All return the status that stands in the error. */

/* It does not have as many cells as the first one. */
int loci_fault_cells(const loci_reader *reader);
/* A cell that should be a number. input: of a column to learn from, which may be left out. */
int loci_fault_number(const loci_reader *reader, size_t column, const char *what, bool input);
/* A number among words. */
int loci_fault_among_words(const loci_reader *reader, size_t column);
/* line: where, if it is not this row; text: what stands there. Of rows to predict none may be left
 * out. */
int loci_fault_missing(const loci_reader *reader, size_t column, size_t line, const char *text);
/* What is to be learnt, or says how, may not be missing. */
int loci_fault_lacks(const loci_reader *reader, size_t column, const char *what);
int loci_fault_weight(const loci_reader *reader, size_t column, double weight);
int loci_fault_encoding(const loci_reader *reader, size_t column, const char *what);
int loci_fault_pixel(const loci_reader *reader, double value);
/* More than `most` different ones. */
int loci_fault_many(const loci_reader *reader, size_t column, size_t most, const char *what);

#endif
