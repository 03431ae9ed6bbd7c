/* A table as text becomes numbers: inputs, targets and weights a row, the words of its labels. */
#ifndef LOCI_DATA_TABLE_H
#define LOCI_DATA_TABLE_H

#include "data/columns.h"
#include "data/dialect.h"
#include "data/float_store.h"
#include "data/schema.h"
#include "data/span.h"

/* First columns that are watched: they may be row numbers. */
enum { LOCI_LEADING = 4 };

typedef struct loci_table {
    const char *where; /* the file's name, borrowed */
    loci_dialect dialect;
    loci_columns columns;
    loci_schema schema; /* of its inputs; where one was known before, that one */
    size_t rows;
    /* [rows, stored]: inputs, targets, weight. A missing value is NaN, a word its number. */
    loci_float_store numbers;
    size_t stored;
    loci_span *span;    /* [inputs + targets], of columns of numbers */
    size_t *slot;       /* [inputs] where in a row of numbers an input column is */
    uint32_t *label;    /* [rows] numbers of words; LOCI_NO_WORD = missing. NULL = no such column */
    uint32_t *group;    /* likewise */
    size_t room;        /* rows that these two have room for */
    loci_words labels;  /* as they come */
    size_t *label_line; /* [labels] the first line of each */
    size_t label_lines; /* allocated */
    loci_words groups;
    size_t *empty_line; /* [inputs] the first line in which a column was empty; 0 = in none */
    size_t unknown;     /* words that a known schema does not have, over all rows */
    char unknown_word[64], unknown_column[64]; /* the first of them */
    bool whole;                                /* all inputs are whole numbers from 0 to 255 */
    float largest;
    struct {
        bool counts; /* the values go up by one from 0 or 1 */
        float from;
    } leading[LOCI_LEADING]; /* the first columns, where they are inputs */
    int missing;             /* enum loci_missing */
    bool unlabelled;         /* what is to be learnt may be missing */
} loci_table;

/* Reads a table from a source, which it takes, in one pass, without holding its text. known: what
 * its columns are, or NULL; copied. LOCI_E_FORMAT with the line, LOCI_E_ARGUMENT, LOCI_E_MISMATCH,
 * LOCI_E_IO or LOCI_E_MEMORY. Free with loci_table_free() in any case. */
int loci_table_read(loci_table *table, loci_text_source source, const loci_data_options *options,
                    bool regress, const loci_schema *known, loci_error *error);
void loci_table_free(loci_table *table);

/* Leaves an input column out of the schema. */
void loci_table_leave_out(loci_table *table, size_t input);

#endif
