/* The classes of a table: its distinct labels. */
#ifndef LOCI_DATA_CLASSES_H
#define LOCI_DATA_CLASSES_H

#include "data/dataset.h"
#include "data/table.h"

typedef struct loci_classes {
    const char **texts; /* [count], sorted; each borrowed from its table. free() it */
    size_t count;
    int (*compare)(const void *, const void *);
} loci_classes;

/* The distinct labels of a table, by value when all are numbers, else by their bytes. LOCI_E_FORMAT
 * when there are too many, or LOCI_E_MEMORY. */
int loci_classes_find(loci_classes *classes, const loci_table *table, const char *where,
                      loci_error *error);
/* LOCI_E_ARGUMENT when the labels look like measured numbers, with the two ways to say what they
 * are. */
int loci_classes_doubt(const loci_classes *classes, const loci_table *table, const char *where,
                       loci_error *error);
/* A label's class; -1 for one that is none. */
int32_t loci_classes_of(const loci_classes *classes, const char *text);
/* Gives a data set as many outputs, with their names. LOCI_E_MEMORY. */
int loci_classes_name(loci_dataset *data, const loci_classes *classes, loci_error *error);

#endif
