/* The bytes of a text, a block at a time: of a file, plain or gzipped, or in memory. */
#ifndef LOCI_DATA_TEXT_SOURCE_H
#define LOCI_DATA_TEXT_SOURCE_H

#include <stddef.h>

#include <loci/status.h>

typedef struct loci_text_source {
    struct gzFile_s *file; /* NULL: in memory */
    const char *memory;    /* borrowed; what is still to come */
    size_t left;
    size_t block;      /* bytes that a reader has in memory at first, 4 or more; 0 = as it likes */
    const char *where; /* borrowed, for errors */
} loci_text_source;

/* Opens a regular file. LOCI_E_NOT_FOUND, LOCI_E_IO or LOCI_E_MEMORY; then there is nothing to
 * close. */
int loci_text_source_open(loci_text_source *source, const char *path, loci_error *error);
/* A text that is there already, borrowed. */
loci_text_source loci_text_source_of(const char *text, size_t size, const char *where);
void loci_text_source_close(loci_text_source *source);

/* Reads up to `most` bytes; *got is 0 only at the end. Checksums of gzip are verified there.
 * LOCI_E_IO or LOCI_E_FORMAT (damaged, cut short). */
int loci_text_source_read(loci_text_source *source, char *to, size_t most, size_t *got,
                          loci_error *error);

#endif
