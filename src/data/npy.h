/* .npy files: a header in Python's spelling, then the items. docs: numpy.lib.format, versions 1
 * to 3. */
#ifndef LOCI_DATA_NPY_H
#define LOCI_DATA_NPY_H

#include <stddef.h>
#include <stdint.h>

#include "data/npz.h"

typedef struct loci_npy {
    char kind;     /* 'b' bool, 'u', 'i', 'f'; in loci_npy_header() also the texts 'U' and 'S' */
    uint32_t item; /* bytes an item: 1, 2, 4, 8; of a text 4 (U) or 1 (S) a character, maybe 0 */
    int swapped;   /* the file's byte order is not this machine's */
    int fortran;   /* the first index is the fastest in the file; items are numbered as if not */
    uint32_t rank; /* 0..LOCI_NPZ_MAX_RANK */
    size_t shape[LOCI_NPZ_MAX_RANK];  /* entries past rank are 1 */
    size_t stride[LOCI_NPZ_MAX_RANK]; /* in Fortran order: items from one index to the next */
    size_t count;                     /* items */
    size_t offset;                    /* where they start; they end with the file */
} loci_npy;

/* Reads the header of a whole .npy file in memory and checks that exactly the items it claims
 * follow. Arrays of structures, texts or objects are refused. LOCI_E_FORMAT with `where`. */
int loci_npy_parse(const unsigned char *bytes, size_t size, const char *where, loci_npy *out,
                   loci_error *error);

/* The same, with texts among the kinds. */
int loci_npy_header(const unsigned char *bytes, size_t size, const char *where, loci_npy *out,
                    loci_error *error);

/* Copies the items of a parsed file out, [count], in this machine's byte order. */
void loci_npy_items(const loci_npy *npy, const unsigned char *bytes, void *out);

/* Where item i, counted with the last index fastest, begins in the file. */
size_t loci_npy_place(const loci_npy *npy, size_t i);

/* Item i as a number. */
double loci_npy_number(const loci_npy *npy, const unsigned char *bytes, size_t i);

#endif
