/* Pictures as a network sees them. */
#ifndef LOCI_DATA_PICTURE_H
#define LOCI_DATA_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loci/status.h>

/* One picture, decoded, and turned as it is to be seen. */
typedef struct loci_picture {
    uint32_t rows, columns;
    bool colour; /* as the file has it: whether it is more than grey */
    bool deep;   /* more than 8 bits */
    /* [rows, columns, 4] of uint8_t, or where deep of uint16_t: red, green, blue, alpha */
    void *pixels;
} loci_picture;

/* Room for any photograph; what is larger would take more memory than a picture is worth. */
#define LOCI_PICTURE_MOST ((uint64_t)1 << 26)
/* Bytes of a file. */
#define LOCI_PICTURE_BYTES ((size_t)1 << 28)

/* Reads a PNG or a JPEG, told apart by how they begin. *out is freed by loci_picture_free(), on
 * failure there is nothing to free. LOCI_E_FORMAT with `where`, LOCI_E_UNSUPPORTED for a JPEG where
 * loci was built without libjpeg, LOCI_E_MEMORY. */
int loci_picture_decode(loci_picture *out, const unsigned char *bytes, size_t size,
                        const char *where, loci_error *error);
/* The same of a file: LOCI_E_NOT_FOUND and LOCI_E_IO, too. */
int loci_picture_open(loci_picture *out, const char *path, loci_error *error);
void loci_picture_free(loci_picture *picture);

/* Whether a file's name ends as one of a PNG or JPEG does. */
bool loci_picture_named(const char *name);

/* png.c and jpeg.c, which do the same; a file is of their kind when it begins so. */
bool loci_png_begins(const unsigned char *bytes, size_t size);
int loci_png_decode(loci_picture *out, const unsigned char *bytes, size_t size, const char *where,
                    loci_error *error);
bool loci_jpeg_begins(const unsigned char *bytes, size_t size);
int loci_jpeg_decode(loci_picture *out, const unsigned char *bytes, size_t size, const char *where,
                     loci_error *error);
/* Checks the size that a header claims before memory is taken for it; least: bytes that so many
 * pixels take in a file at least. */
int loci_picture_check(uint32_t rows, uint32_t columns, uint64_t least, size_t size,
                       const char *where, loci_error *error);

/* out [height, width, channels], values 0..1: the picture averaged to that size. channels: 1 grey,
 * 3 red, green and blue; of both, what shows through transparent pixels is white, or black where
 * the drawing itself is nearly white; or 4, with how opaque it is. invert: 1 - value.
 * LOCI_E_MEMORY. */
int loci_picture_values(const loci_picture *picture, uint32_t height, uint32_t width,
                        uint32_t channels, bool invert, float *out, const char *where,
                        loci_error *error);

/* Both at once. */
int loci_picture_read(const unsigned char *bytes, size_t size, const char *where, uint32_t height,
                      uint32_t width, uint32_t channels, bool invert, float *out,
                      loci_error *error);

#endif
