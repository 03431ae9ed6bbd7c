/* Pictures as a network sees them. */
#ifndef LOCI_DATA_PNG_H
#define LOCI_DATA_PNG_H

#include <stddef.h>
#include <stdint.h>

#include <loci/status.h>

/* Does loci_image_read()'s work on the bytes of a PNG. */
int loci_png_read(const unsigned char *bytes, size_t size, const char *where, uint32_t height,
                  uint32_t width, int invert, float *out, loci_error *error);

#endif
