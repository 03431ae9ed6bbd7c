/* Which column of a table is what: a feature, something to predict, the weight of its row. */
#ifndef LOCI_DATA_COLUMNS_H
#define LOCI_DATA_COLUMNS_H

#include "data/dataset.h"
#include "data/table.h"

typedef struct loci_columns {
    size_t features, targets; /* how many; targets 0: the label column holds classes */
    size_t *feature;          /* [features] columns of the table, in order */
    size_t *target;           /* [targets] in the order they were named in */
    size_t weight;            /* SIZE_MAX = none */
} loci_columns;

/* The name or number of the first of a list of columns, which a table is parsed with as its label;
 * the last column where the list is NULL or empty, and NULL is returned. text has room for it. */
const char *loci_columns_first(const char *list, char text[256]);

/* Finds what options name among a table's columns. regress: the label column holds numbers to
 * predict. LOCI_E_ARGUMENT (no such column, one named twice, no feature left) or LOCI_E_MEMORY;
 * free in any case. */
int loci_columns_find(loci_columns *columns, const loci_table *table,
                      const loci_data_options *options, bool regress, const char *where,
                      loci_error *error);
void loci_columns_free(loci_columns *columns);

/* The number in a column of a row that is not the label's. */
float loci_columns_number(const loci_table *table, size_t row, size_t column);
/* The number in any column: LOCI_E_FORMAT with the line where the label is none. */
int loci_columns_target(const loci_table *table, size_t row, size_t column, const char *where,
                        float *out, loci_error *error);

#endif
