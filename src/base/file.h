/* Reading files that may lie, and writing files all or nothing. */
#ifndef LOCI_BASE_FILE_H
#define LOCI_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include <loci/status.h>

/* Opens a regular file for reading: *out is a descriptor, *size its bytes. A missing one is
 * LOCI_E_NOT_FOUND; a folder or an unreadable one LOCI_E_IO. */
int loci_file_open(int *out, off_t *size, const char *path, loci_error *error);

/* Reads a regular file whole. *bytes (free() it) gets one extra byte, 0, past *size. A file of more
 * than `most` bytes is LOCI_E_FORMAT; a missing one LOCI_E_NOT_FOUND; a folder or an unreadable one
 * LOCI_E_IO. */
int loci_file_read(const char *path, size_t most, unsigned char **bytes, size_t *size,
                   loci_error *error);

/* A file under way to `path`: written beside it under a temporary name, synced, renamed by commit.
 * A path that is such a name itself, NAME.NUMBER.tmp, is written to and synced: who gave it renames
 * it. */
typedef struct loci_writer {
    FILE *file;           /* write here; errors are noticed at commit */
    char path[4096];      /* the final name */
    char temporary[4128]; /* the name meanwhile: path.NUMBER.tmp */
    bool in_place;        /* path is a device or a pipe: written to directly */
} loci_writer;

int loci_writer_open(loci_writer *writer, const char *path, loci_error *error);
/* Flushes, syncs, renames, syncs the folder. On failure the temporary file is removed and path is
 * untouched. */
int loci_writer_commit(loci_writer *writer, loci_error *error);
/* Gives up: removes the temporary file. */
void loci_writer_abort(loci_writer *writer);

/* Writes size bytes to path, all or nothing. */
int loci_file_write(const char *path, const void *bytes, size_t size, loci_error *error);

/* Gives a finished, synced file its final name in the same folder, replacing what is there, and
 * syncs the folder. */
int loci_file_rename(const char *from, const char *to, loci_error *error);

/* Makes a folder and its parents, and syncs where they are new; one that is there already is fine.
 */
int loci_make_folders(const char *path, loci_error *error);

/* Joins folder and name into out; LOCI_E_ARGUMENT when it does not fit. */
int loci_path_join(char *out, size_t size, const char *folder, const char *name, loci_error *error);

/* Little-endian numbers from and to bytes, for any machine. */
static inline unsigned loci_u16le(const unsigned char *p) {
    return p[0] | (unsigned)p[1] << 8;
}
static inline uint32_t loci_u32le(const unsigned char *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
static inline uint64_t loci_u64le(const unsigned char *p) {
    return (uint64_t)loci_u32le(p) | (uint64_t)loci_u32le(p + 4) << 32;
}
/* Of 1 to 8 bytes. */
static inline uint64_t loci_ule(const unsigned char *p, size_t width) {
    uint64_t number = 0;
    while (width-- > 0)
        number = number << 8 | p[width];
    return number;
}

#endif
