/* CSV text (RFC 4180) as a table of numbers with one column of labels. */
#ifndef LOCI_DATA_TABLE_H
#define LOCI_DATA_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include <loci/status.h>

typedef struct loci_table {
    char *text;         /* the file, owned; cut into cells in place */
    size_t columns;     /* cells of a row, the label's included; >= 2 */
    size_t label;       /* the label's column, 0-based */
    char **names;       /* [columns] of the header, into text; NULL: no header */
    size_t rows, room;  /* in use; allocated */
    float *values;      /* [rows, columns - 1], finite */
    const char **texts; /* [rows]: the labels as written, into text, never empty, UTF-8 */
    size_t *lines;      /* [rows]: where each row starts, 1-based */
} loci_table;

/* Parses `size` bytes of text, followed by a 0; text is malloc()ed and belongs to the table from
 * here on, whatever is returned. Rules: cells are separated by commas; a cell may be quoted, "" in
 * it is a quote; blank lines are left out; spaces around cells are. The first row is a header when
 * at least half of its cells outside the label column are no numbers, or when its label is none and
 * the next row's is. label_column: a name of the header, or a 1-based number; NULL = the last.
 * LOCI_E_FORMAT with `where` and the line, LOCI_E_ARGUMENT for a label column that is not there.
 * Free with loci_table_free() in any case. */
int loci_table_parse(loci_table *table, char *text, size_t size, const char *label_column,
                     const char *where, loci_error *error);
void loci_table_free(loci_table *table);

/* A decimal number with nothing else in the text; "nan", "inf" and hexadecimal are none. */
bool loci_table_number(const char *text, double *out);

#endif
