/* Finding columns by what options and schemas call them, and giving them their roles. */
#ifndef LOCI_DATA_COLUMN_SEARCH_H
#define LOCI_DATA_COLUMN_SEARCH_H

#include <stdbool.h>

#include "data/columns.h"

/* Room for a name in a list of an option; what is longer is cut. */
enum { LOCI_COLUMN_NAME = 256 };

/* What the columns of a table are looked for with. */
typedef struct loci_column_search {
    loci_columns *x;
    const loci_data_options *options;
    const char *where; /* what errors are told about */
    loci_error *error;
} loci_column_search;

/* Cuts the next name off a list with commas, which may be NULL; false at its end. */
bool loci_column_next(const char **list, char text[LOCI_COLUMN_NAME]);
/* Adds a name to a list for a message, text of `size` bytes; where that is full, dots. */
void loci_column_list(char *list, size_t size, const char *name);

/* A column by its name, else by its 1-based number. LOCI_E_ARGUMENT: there is none, or several have
 * the name. */
int loci_column_find(const loci_column_search *search, const char *wanted, size_t *column);
/* Gives a column a role (enum loci_role). LOCI_E_ARGUMENT: its own is another than `from`. */
int loci_column_give(const loci_column_search *search, size_t column, int from, int to);
/* Makes the columns of a list targets, in its order; `from`: the role that they have. Errors as
 * above. */
int loci_column_targets(const loci_column_search *search, const char *list, int from);

/* Gives inputs, what is predicted, weight and group the columns that a schema knows them by, and
 * those that options name. regress: numbers are predicted. LOCI_E_ARGUMENT; LOCI_E_MISMATCH: the
 * table lacks one, or has targets in another order; LOCI_E_MEMORY. */
int loci_columns_follow(const loci_column_search *search, bool regress, const loci_schema *known);

#endif
