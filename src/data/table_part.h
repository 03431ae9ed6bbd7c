/* Rows of a table become the samples of a data set's parts. */
#ifndef LOCI_DATA_TABLE_PART_H
#define LOCI_DATA_TABLE_PART_H

#include "data/table_split.h"

/* The mean of each input over the training rows, into the table's schema. */
int loci_table_means(loci_table *table, loci_table_inputs *inputs, const loci_table_split *split,
                     loci_error *error);

/* Fills the parts whose rows are counted: 8-bit pixels where the schema says so, else numbers, what
 * is missing by the schema's mean; labels by rank, or targets; weights. LOCI_E_FORMAT, LOCI_E_IO or
 * LOCI_E_MEMORY. */
int loci_table_fill(loci_dataset *data, loci_table_inputs *inputs, const loci_table_split *split,
                    const uint32_t *rank, loci_error *error);

/* Gives the training samples their keys, by which some are held out, and says which groups are.
 * LOCI_E_ARGUMENT where there are not as many. */
int loci_table_hold_out(loci_dataset *data, const loci_table_inputs *inputs,
                        const loci_table_split *split, const loci_data_options *options,
                        loci_error *error);

#endif
