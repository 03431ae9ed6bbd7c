/* Names in .npy files: labels that are texts, and what classes or targets are called. */
#ifndef LOCI_DATA_NPY_LABELS_H
#define LOCI_DATA_NPY_LABELS_H

#include "data/dataset.h"
#include "data/npy.h"

typedef struct loci_names {
    char **text;  /* [count], UTF-8, none empty, no two the same; owned. NULL: there are none */
    size_t count; /* 1..LOCI_MAX_CLASSES */
    bool given;   /* to a data set, which owns them now */
} loci_names;

/* The names in a whole .npy file in memory: texts or numbers, [n] or [n, 1]. LOCI_E_FORMAT with
 * `where`, or LOCI_E_MEMORY; then there is nothing to free. */
int loci_names_read(loci_names *names, const unsigned char *bytes, size_t size, const char *where,
                    loci_error *error);
void loci_names_free(loci_names *names);
/* They become those of the data set's outputs, which have none yet. */
void loci_names_give(loci_names *names, loci_dataset *data);

/* The labels of a part that are texts: part->labels [count] is filled. If no names are known yet,
 * as in a training part, the data set's outputs become the different texts, by value if all are
 * numbers, else in the order of their bytes; otherwise each label must be the name of an output.
 * LOCI_E_FORMAT with `where`, or LOCI_E_MEMORY. */
int loci_npy_text_labels(loci_dataset *data, loci_samples *part, const loci_npy *npy,
                         const unsigned char *bytes, const char *where, loci_error *error);

#endif
