/* The arrays of a .npz file: a zip archive with one .npy file an array. */
#ifndef LOCI_DATA_NPZ_H
#define LOCI_DATA_NPZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loci/status.h>

/* Largest rank that is read or written. */
#define LOCI_NPZ_MAX_RANK 4

/* One array to write. */
typedef struct loci_npz_array {
    const char *name;                /* as numpy shows it, without ".npy"; 1..200 bytes */
    const char *dtype;               /* numpy's descr: "<f4", "<u2", "|b1", "<U12" ... */
    uint32_t rank;                   /* 0..LOCI_NPZ_MAX_RANK; 0 is a single number */
    size_t shape[LOCI_NPZ_MAX_RANK]; /* the first `rank` entries count */
    const void *data;                /* row-major, in the byte order that dtype says; borrowed */
} loci_npz_array;

/* Writes `count` arrays to path, all or nothing, in the order given. Stored, not compressed, with a
 * fixed time: the same arrays give the same bytes. LOCI_E_ARGUMENT for a bad dtype, rank or name;
 * LOCI_E_IO or LOCI_E_MEMORY. */
int loci_npz_write(const char *path, const loci_npz_array *arrays, size_t count, loci_error *error);

/* One array that was read. */
typedef struct loci_npz_loaded {
    char dtype[4]; /* e.g. "f4", "u1": kind and bytes an item, whatever order the file had */
    uint32_t rank; /* 0..LOCI_NPZ_MAX_RANK */
    size_t shape[LOCI_NPZ_MAX_RANK]; /* entries past rank are 1 */
    size_t count;                    /* items: the product of shape */
    void *data; /* [shape...], row-major, this machine's byte order; free() it */
} loci_npz_loaded;

/* An archive that is open for reading: the file's bytes in memory. */
typedef struct loci_npz_file {
    struct zip *zip;
    unsigned char *bytes;
    size_t size;
    const char *path; /* borrowed from who opened it */
} loci_npz_file;

/* Room for an array's name; a longer one is cut, and is then the name of no array. */
enum { LOCI_NPZ_NAME = 202 };

/* Opens a file. LOCI_E_NOT_FOUND, LOCI_E_IO, LOCI_E_FORMAT or LOCI_E_MEMORY; then there is nothing
 * to close. */
int loci_npz_open(loci_npz_file *file, const char *path, loci_error *error);
void loci_npz_close(loci_npz_file *file);
/* Members of the archive, each of which should be an array. */
size_t loci_npz_count(const loci_npz_file *file);
/* The name of member i, without ".npy". */
void loci_npz_name(const loci_npz_file *file, size_t i, char name[LOCI_NPZ_NAME]);
/* Whether there is an array of that name. */
bool loci_npz_has(const loci_npz_file *file, const char *name);
/* As loci_npz_read(). */
int loci_npz_take(const loci_npz_file *file, const char *name, const char *dtype,
                  loci_npz_loaded *out, loci_error *error);
/* Reads a text: an array of one item of kind U. *out: UTF-8 without a 0 inside; free() it. Returns
 * as loci_npz_read(). */
int loci_npz_take_text(const loci_npz_file *file, const char *name, char **out, loci_error *error);

/* Reads one array by name, with everything the file claims checked before memory is taken: kinds
 * b1, u1..u8, i1..i8, f4, f8. dtype: the kind wanted, e.g. "f4", or NULL for any. LOCI_E_NOT_FOUND
 * when the file or the array in it is missing; LOCI_E_FORMAT; LOCI_E_IO; LOCI_E_MEMORY. *out is
 * untouched on failure. */
int loci_npz_read(const char *path, const char *name, const char *dtype, loci_npz_loaded *out,
                  loci_error *error);

#endif
