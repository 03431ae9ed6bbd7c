/* Names of a table's columns, to find columns by, however many there are. */
#ifndef LOCI_DATA_COLUMN_NAMES_H
#define LOCI_DATA_COLUMN_NAMES_H

#include <string.h>

#include "data/words.h"

/* Start with all 0: no names. */
typedef struct loci_column_names {
    loci_words words;
    size_t *first, *last; /* [words] the columns that have a name */
    size_t *next;         /* [columns] the next one of the same name, or SIZE_MAX */
} loci_column_names;

/* Room for the names of so many columns, which are put in from column 0 on. False: memory is short.
 * Free in any case. */
bool loci_column_names_open(loci_column_names *names, size_t width);
bool loci_column_names_put(loci_column_names *names, size_t column, const char *name);
void loci_column_names_free(loci_column_names *names);

/* The first column of that name, or SIZE_MAX. */
size_t loci_column_names_find(const loci_column_names *names, const char *name);

/* What stands before a name in a message: "column ", or nothing before one like "column 3", which
 * columns without names are called. */
static inline const char *loci_column_word(const char *name) {
    return strncmp(name, "column ", 7) == 0 ? "" : "column ";
}

#endif
