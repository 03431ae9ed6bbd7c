/* Bytes in memory or in a file that may be gzipped, read as what they hold. */
#ifndef LOCI_DATA_INFLATE_H
#define LOCI_DATA_INFLATE_H

#include <stdbool.h>
#include <stddef.h>

#include <loci/status.h>
#include <zlib.h>

typedef struct loci_inflater {
    const unsigned char *bytes; /* borrowed; of a file those from `start` on */
    size_t size, position;      /* of the bytes as they are */
    int file;                   /* a descriptor, borrowed, or -1 */
    size_t start, held;         /* where `bytes` begin; how many they are */
    unsigned char *buffer;      /* of a file: what `bytes` are */
    bool gzipped;               /* they start with gzip's magic number */
    bool ended;                 /* nothing more will come */
    const char *where;          /* borrowed, for errors */
    z_stream stream;
} loci_inflater;

/* Starts reading. `where` is the file's name for errors. LOCI_E_MEMORY. */
int loci_inflater_open(loci_inflater *inflater, const void *bytes, size_t size, const char *where,
                       loci_error *error);
/* The same of a file of `size` bytes that is open. LOCI_E_IO, LOCI_E_MEMORY. */
int loci_inflater_open_file(loci_inflater *inflater, int file, size_t size, const char *where,
                            loci_error *error);
void loci_inflater_close(loci_inflater *inflater);

/* Reads up to `want` bytes of content into out; *got is less only at the end. Checksums are
 * verified there. LOCI_E_FORMAT when the gzip data are damaged or cut short, LOCI_E_IO. */
int loci_inflater_read(loci_inflater *inflater, void *out, size_t want, size_t *got,
                       loci_error *error);

/* The most content that can still come: an upper bound for what a header may claim. */
size_t loci_inflater_most(const loci_inflater *inflater);

/* Deflate cannot do better than this many bytes from one. */
enum { LOCI_DEFLATE_MOST = 1032 };

#endif
