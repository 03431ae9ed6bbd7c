/* The classes of a table, its distinct labels; and labels given other numbers, as a model has them.
 */
#ifndef LOCI_DATA_CLASSES_H
#define LOCI_DATA_CLASSES_H

#include "data/dataset.h"
#include "data/table.h"

/* Puts the labels of a table in order, by value when all are numbers, else by their bytes: they
 * become the outputs of a data set. *rank: the class of each word of the table's labels; free() it.
 * LOCI_E_FORMAT when there are too many, LOCI_E_ARGUMENT when they look like measured numbers
 * (asked: they are classes all the same), with the two ways to say what they are, or LOCI_E_MEMORY.
 */
int loci_classes_find(loci_dataset *data, loci_table *table, bool asked, uint32_t **rank,
                      loci_error *error);

/* The class of each label of another table of the same data set, likewise: LOCI_E_FORMAT with the
 * line of one that is none. */
int loci_classes_match(const loci_dataset *data, const loci_table *table, uint32_t **rank,
                       loci_error *error);

/* Gives the classes of a data set the names and numbers that a JSON array has, of which some may
 * have no samples. Where the array lacks one of theirs they stay as they are: they are of something
 * else. LOCI_E_FORMAT or LOCI_E_MEMORY. */
int loci_classes_follow(loci_dataset *data, const char *names, loci_error *error);

#endif
