/* Text cut into rows and cells (RFC 4180, with other separators), a row at a time. */
#ifndef LOCI_DATA_TEXT_ROWS_H
#define LOCI_DATA_TEXT_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "data/text_source.h"

/* A separator that stands for one blank or more. */
enum { LOCI_BLANKS = ' ' };

typedef struct loci_cell {
    char *text; /* followed by a 0; spaces around it are left out, and so are its quotes */
    size_t length;
    bool quoted;
} loci_cell;

typedef struct loci_text_rows {
    loci_text_source source;
    char separator; /* ',', ';', '\t', LOCI_BLANKS or any other character */
    size_t line;    /* where the next row begins, 1-based */
    size_t start;   /* where the row that was read begins */
    loci_cell *cells;
    size_t count; /* cells of the row; 0 at the end */
    /* what follows is text_rows.c's own */
    size_t room;
    char *buffer; /* [size + 1] */
    size_t at, end, size;
    bool over; /* the source has no more */
    unsigned char stops[256];
} loci_text_rows;

/* Starts reading; of a text in memory all cells stay valid until the end. Takes the source, which
 * loci_text_rows_close() closes. A byte order mark is left out. LOCI_E_FORMAT (UTF-16, no text),
 * LOCI_E_IO or LOCI_E_MEMORY; close it in any case. */
int loci_text_rows_open(loci_text_rows *rows, loci_text_source source, loci_error *error);
void loci_text_rows_close(loci_text_rows *rows);

/* The text that is to come, as far as it is in memory: so many lines at least, where there are as
 * many and they are no longer than a row may be. Borrowed until the next row is read. */
int loci_text_rows_peek(loci_text_rows *rows, size_t lines, const char **text, size_t *size,
                        loci_error *error);
/* Leaves out `size` bytes of it, `lines` line feeds. */
void loci_text_rows_skip(loci_text_rows *rows, size_t size, size_t lines);

/* To be called before the first row. */
void loci_text_rows_separate(loci_text_rows *rows, char separator);

/* The next row in which a cell holds something, valid until the one after; count 0 at the end.
 * LOCI_E_FORMAT with the line (a quote that does not end, text after one, a row that is too long, a
 * 0), LOCI_E_IO or LOCI_E_MEMORY. */
int loci_text_rows_next(loci_text_rows *rows, loci_error *error);

/* Leaves out empty cells at the end of the row that are beyond `width`; whether so many are left.
 */
bool loci_text_rows_narrow(loci_text_rows *rows, size_t width);

#endif
