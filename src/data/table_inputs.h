/* The rows of a table as a network's inputs: words become an input each, what is missing the mean.
 */
#ifndef LOCI_DATA_TABLE_INPUTS_H
#define LOCI_DATA_TABLE_INPUTS_H

#include "data/dataset.h"
#include "data/table.h"

typedef struct loci_table_inputs {
    const loci_table *table;
    size_t count;     /* inputs */
    uint32_t **rank;  /* [columns] of each word's number its place; NULL of numbers, and where the
                         schema was known before */
    const float *row; /* [stored] of the row read last, in the block */
    float *block;
    size_t block_rows, block_first;
} loci_table_inputs;

/* Settles what the columns of a table that was read are: row numbers and empty columns are left
 * out, words put in order, what that means noted down. known: the schema is another table's and
 * stays. LOCI_E_FORMAT or LOCI_E_MEMORY; free in any case. */
int loci_table_inputs_settle(loci_table_inputs *inputs, loci_table *table, bool known,
                             const loci_data_options *options, loci_dataset *data,
                             loci_error *error);
void loci_table_inputs_free(loci_table_inputs *inputs);

/* Reads row `row` and makes its inputs, out [count]; a missing one is NaN. The numbers of the row
 * that are no inputs are then in inputs->row. LOCI_E_IO. */
int loci_table_inputs_read(loci_table_inputs *inputs, size_t row, float *out, loci_error *error);

/* Names of all inputs, as "age" or "colour=red": an array of texts, each to be freed. NULL: memory
 * is short. */
char **loci_table_inputs_names(const loci_schema *schema);

#endif
