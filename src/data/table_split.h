/* Which rows of a table go into which part: by their content, not by where they stand. */
#ifndef LOCI_DATA_TABLE_SPLIT_H
#define LOCI_DATA_TABLE_SPLIT_H

#include "data/table_inputs.h"

/* The mark of a row that is left out; others have an enum loci_split. */
enum { LOCI_ROW_DROPPED = 2 };

typedef struct loci_table_split {
    uint8_t *mark;   /* [rows] */
    size_t count[2]; /* rows of each part; 0 = the part is not wanted */
    uint64_t *key;   /* [rows] of a row's content or, where there are groups, of its group; NULL =
                        rows   go by their numbers */
} loci_table_split;

/* All rows go into one part, but for those that are to be dropped, which is noted down.
 * LOCI_E_FORMAT where none is left, LOCI_E_IO or LOCI_E_MEMORY; free in any case. */
int loci_table_split_none(loci_table_split *split, loci_table_inputs *inputs, int part,
                          loci_dataset *data, loci_error *error);
/* Rows are shared out. rank: the class of each word of the labels, or NULL. */
int loci_table_split_rows(loci_table_split *split, loci_table_inputs *inputs, const uint32_t *rank,
                          const loci_data_options *options, loci_dataset *data, loci_error *error);
void loci_table_split_free(loci_table_split *split);

#endif
