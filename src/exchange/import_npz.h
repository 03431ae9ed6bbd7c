/* The parts of reading a network from .npz: what is stored, then what follows from it. */
#ifndef LOCI_EXCHANGE_IMPORT_NPZ_H
#define LOCI_EXCHANGE_IMPORT_NPZ_H

#include <loci/exchange.h>

#include "data/npz.h"
#include "network/pruning_note.h"

/* An import under way. */
typedef struct loci_npz_import {
    loci_npz_file file;
    const char *path; /* borrowed */
    loci_network *network;
    loci_pruning_note note;
    loci_import_report report;
} loci_npz_import;

/* import_npz_arrays.c: reads an array of real numbers that must be there with this shape, all
 * finite as float32; free() *out. LOCI_E_FORMAT naming it, LOCI_E_IO or LOCI_E_MEMORY. */
int loci_import_numbers(const loci_npz_import *in, const char *name, uint32_t rank,
                        const size_t *shape, float **out, loci_error *error);
/* Likewise of truth values, as 0 and 1. */
int loci_import_flags(const loci_npz_import *in, const char *name, uint32_t rank,
                      const size_t *shape, uint8_t **out, loci_error *error);

/* The same as a bitmap; free() it. NULL when memory is short. */
uint8_t *loci_bitmap_of(const uint8_t *flags, size_t count);

/* import_npz_follow.c: which connections are kept, once all parameters are read. */
int loci_import_kept(loci_npz_import *in, loci_error *error);
/* Compares weights in the file with those that follow. */
int loci_import_weights(loci_npz_import *in, loci_error *error);

#endif
