/* Numbers that are added one row after another and may be more than memory should hold: beyond a
 * limit they go to a temporary file that has no name. */
#ifndef LOCI_DATA_FLOAT_STORE_H
#define LOCI_DATA_FLOAT_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include <loci/status.h>

/* Bytes that are kept in memory. */
#define LOCI_STORE_IN_MEMORY ((size_t)1 << 26)

typedef struct loci_float_store {
    float *number;     /* [room] those in memory, the last ones */
    size_t held, room; /* of them in use; allocated */
    size_t filed;      /* those before, in the file */
    int file;          /* a descriptor, or -1 */
    size_t in_memory;  /* bytes that may stay in memory */
    const char *where; /* borrowed, for errors */
} loci_float_store;

/* An empty store; in_memory 0 = LOCI_STORE_IN_MEMORY. */
loci_float_store loci_float_store_new(size_t in_memory, const char *where);
void loci_float_store_free(loci_float_store *store);

/* Room for `count` further numbers, which the caller fills; they are added. NULL with the error:
 * LOCI_E_MEMORY, or LOCI_E_IO (the disk is full). */
float *loci_float_store_add(loci_float_store *store, size_t count, loci_error *error);
/* Numbers in it. */
size_t loci_float_store_count(const loci_float_store *store);
/* Copies numbers from..from + count, which must be there, to `to`. LOCI_E_IO. */
int loci_float_store_read(const loci_float_store *store, size_t from, size_t count, float *to,
                          loci_error *error);

/* Takes all numbers out as one array and leaves the store empty: *numbers is from malloc() when
 * *mapped is 0, else mapped from the file, *mapped bytes for munmap(); NULL of an empty store. */
int loci_float_store_take(loci_float_store *store, float **numbers, size_t *mapped,
                          loci_error *error);

#endif
