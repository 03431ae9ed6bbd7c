/* .npy files: a header in Python's spelling, then the items. docs: numpy.lib.format, versions 1
 * to 3. */
#ifndef LOCI_DATA_NPY_H
#define LOCI_DATA_NPY_H

#include <stddef.h>
#include <stdint.h>

#include "data/dataset.h"
#include "data/npz.h"

typedef struct loci_npy {
    char kind;                       /* 'b' bool, 'u', 'i', 'f'; in loci_npy_header() also 'U' */
    uint32_t item;                   /* bytes an item: 1, 2, 4, 8; of a text 4 a character */
    int swapped;                     /* the file's byte order is not this machine's */
    uint32_t rank;                   /* 0..LOCI_NPZ_MAX_RANK */
    size_t shape[LOCI_NPZ_MAX_RANK]; /* entries past rank are 1 */
    size_t count;                    /* items */
    size_t offset;                   /* where they start; they end with the file */
} loci_npy;

/* Reads the header of a whole .npy file in memory and checks that exactly the items it claims
 * follow. Arrays in Fortran order, of structures, text or objects are refused. LOCI_E_FORMAT with
 * `where`. */
int loci_npy_parse(const unsigned char *bytes, size_t size, const char *where, loci_npy *out,
                   loci_error *error);

/* The same, with texts among the kinds. */
int loci_npy_header(const unsigned char *bytes, size_t size, const char *where, loci_npy *out,
                    loci_error *error);

/* Copies the items of a parsed file out, [count], in this machine's byte order. */
void loci_npy_items(const loci_npy *npy, const unsigned char *bytes, void *out);

/* Item i as a number. */
double loci_npy_number(const loci_npy *npy, const unsigned char *bytes, size_t i);

/* One part of a data set from the bytes of its two .npy files: samples of rank 2..4 (unsigned bytes
 * stay bytes, all else becomes float) and, as data->task says or, undecided, the type: labels of
 * rank 1, or [n, 1], whole numbers of any type; or targets [n] or [n, outputs] of any type. */
int loci_npy_part(loci_dataset *data, enum loci_split split, const unsigned char *x, size_t x_size,
                  const char *x_where, const unsigned char *y, size_t y_size, const char *y_where,
                  loci_error *error);

/* The weights of a part's samples, [n] or [n, 1], from the bytes of a .npy file. */
int loci_npy_weights(loci_samples *part, const unsigned char *bytes, size_t size, const char *where,
                     loci_error *error);

#endif
