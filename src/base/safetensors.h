/* The safetensors container: 8 bytes of header length (little-endian), a JSON header padded with
 * spaces to a multiple of 8, then raw little-endian arrays that fill the rest of the file without a
 * hole. */
#ifndef LOCI_BASE_SAFETENSORS_H
#define LOCI_BASE_SAFETENSORS_H

#include <stddef.h>
#include <stdint.h>

#include <loci/status.h>

/* Most dimensions of an array in such a file. */
#define LOCI_STORED_RANK 4

enum loci_dtype { LOCI_F32 = 0, LOCI_F64 = 1, LOCI_U64 = 2, LOCI_U8 = 3 };

/* An array in a file. */
typedef struct loci_stored {
    const char *name;
    enum loci_dtype dtype;
    uint32_t rank;                  /* 0..LOCI_STORED_RANK */
    size_t shape[LOCI_STORED_RANK]; /* row-major; entries past rank are not looked at */
    const void *data;               /* when writing: the numbers, as this machine has them */
    uint64_t begin;                 /* when reading: where it stands in the data part, in bytes */
} loci_stored;

/* A text that goes with the arrays ("__metadata__"). Both UTF-8. */
typedef struct loci_stored_note {
    const char *key;
    const char *text;
} loci_stored_note;

/* Bytes of one number. */
size_t loci_dtype_size(enum loci_dtype dtype);
/* "F32" and so on. */
const char *loci_dtype_name(enum loci_dtype dtype);
/* Numbers in an array whose size was checked. */
size_t loci_stored_count(const loci_stored *array);

/* Writes a file, all or nothing, notes and arrays in the order given: the same input gives the same
 * bytes. */
int loci_safetensors_write(const char *path, const loci_stored *arrays, size_t count,
                           const loci_stored_note *notes, size_t note_count, loci_error *error);

/* The bytes of such a file, in memory: *bytes (free() it) has *size of them. LOCI_E_MEMORY. */
int loci_safetensors_store(void **bytes, size_t *size, const loci_stored *arrays, size_t count,
                           const loci_stored_note *notes, size_t note_count, loci_error *error);

/* An open file whose header was read and checked. The arrays' content is not looked at until it is
 * read. */
typedef struct loci_safetensors loci_safetensors;

/* Opens a file. LOCI_E_NOT_FOUND, LOCI_E_IO, LOCI_E_FORMAT (whatever the header says that cannot
 * be) or LOCI_E_MEMORY. No memory is set aside for a number the file claims before the file was
 * seen to be that long. */
int loci_safetensors_open(loci_safetensors **out, const char *path, loci_error *error);
/* Likewise of a file in memory, borrowed until it is closed; errors call it `name`. */
int loci_safetensors_open_bytes(loci_safetensors **out, const void *bytes, size_t size,
                                const char *name, loci_error *error);
void loci_safetensors_close(loci_safetensors *file); /* NULL is allowed */

/* The text of a note, NULL when there is none. Borrowed. */
const char *loci_safetensors_note(const loci_safetensors *file, const char *key);
/* Arrays in the file. */
size_t loci_safetensors_count(const loci_safetensors *file);
/* Array i in file order; NULL past the end. Borrowed. */
const loci_stored *loci_safetensors_array(const loci_safetensors *file, size_t i);
/* The array of that name, NULL when there is none. Borrowed. */
const loci_stored *loci_safetensors_find(const loci_safetensors *file, const char *name);
/* Bytes of all arrays together. */
uint64_t loci_safetensors_bytes(const loci_safetensors *file);
/* Reads one array into out [loci_stored_count(array)]. LOCI_E_IO. */
int loci_safetensors_read(const loci_safetensors *file, const loci_stored *array, void *out,
                          loci_error *error);

#endif
