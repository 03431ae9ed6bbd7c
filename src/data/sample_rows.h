/* The first rows of a table, cut by one separator, to find out how it is written. */
#ifndef LOCI_DATA_SAMPLE_ROWS_H
#define LOCI_DATA_SAMPLE_ROWS_H

#include "data/text_rows.h"

enum { LOCI_SAMPLE_ROWS = 100 };

typedef struct loci_sample_rows {
    loci_text_rows text;
    size_t rows;
    loci_cell *row[LOCI_SAMPLE_ROWS]; /* [columns of it], each owned */
    size_t columns[LOCI_SAMPLE_ROWS];
} loci_sample_rows;

/* Cuts the rows of a text that is whole, or of which the last row may be cut short and is left out.
 * A row that cannot be cut ends the sample. LOCI_E_MEMORY. Free in any case. */
int loci_sample_rows_cut(loci_sample_rows *sample, const char *text, size_t size, bool whole,
                         char separator, loci_error *error);
void loci_sample_rows_free(loci_sample_rows *sample);

#endif
