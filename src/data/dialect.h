/* How a table is written: what separates its cells, what stands before fractions, and whether its
 * first row names the columns. */
#ifndef LOCI_DATA_DIALECT_H
#define LOCI_DATA_DIALECT_H

#include "data/text_rows.h"

typedef struct loci_dialect {
    char separator;
    char point;   /* before fractions: '.' or ','; 0 = a comma or a point, the first one decides */
    size_t width; /* columns; separators at the end of every line make none. 0 = of the first row */
    size_t below; /* cells of all rows below the first one that were seen; 0 = they differ, or are
                     less than two */
    bool header;  /* the first row names columns */
    bool doubtful; /* the header was found by a guess that may be wrong */
} loci_dialect;

/* Finds out by the first rows, which stay unread but for a line "sep=X" as spreadsheets write it.
 * separator: 0 = find it. header: enum loci_header. Fails as reading does. */
int loci_dialect_find(loci_dialect *out, loci_text_rows *rows, char separator, int header,
                      loci_error *error);
/* As version 0.1 did: commas and points; half of the first row's cells without the label's are
 * words, or its label alone is none of a column of numbers. label: the label's column, 0-based, or
 * SIZE_MAX. readable: whether commas separate anything, without which 0.1 read nothing. */
int loci_dialect_of_first_edition(loci_dialect *out, loci_text_rows *rows, size_t label,
                                  bool *readable, loci_error *error);

/* What separates cells by a text as people write it: a single character, or comma, semicolon, tab,
 * space. 0: it is none. */
char loci_separator_of(const char *text);
/* What such are called: "commas". Static storage, or `own`. */
const char *loci_separator_name(char separator, char own[4]);

#endif
