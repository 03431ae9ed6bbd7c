/* PNG files to read. */
#ifndef LOCI_TESTS_PICTURES_H
#define LOCI_TESTS_PICTURES_H

#include <png.h>
#include <string.h>

#include "scratch.h"

typedef struct bytes {
    unsigned char data[65536];
    size_t size;
} bytes;

static inline void picture_on_write(png_structp writer, png_bytep data, size_t count) {
    bytes *out = png_get_io_ptr(writer);
    assert_true(out->size + count <= sizeof out->data);
    memcpy(out->data + out->size, data, count);
    out->size += count;
}

/* Encodes rows of `stride` bytes; a palette has white and black. */
static inline void picture_encode(bytes *out, uint32_t width, uint32_t height, int depth, int type,
                                  int interlace, const unsigned char *pixels, size_t stride) {
    png_structp writer = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    assert_non_null(writer);
    png_infop info = png_create_info_struct(writer);
    assert_non_null(info);
    png_bytep rows[64];
    out->size = 0;
    png_set_write_fn(writer, out, picture_on_write, NULL);
    png_set_IHDR(writer, info, width, height, depth, type, interlace, 0, 0);
    if (type == PNG_COLOR_TYPE_PALETTE) {
        const png_color colours[2] = {{255, 255, 255}, {0, 0, 0}};
        png_set_PLTE(writer, info, colours, 2);
    }
    for (uint32_t y = 0; y < height; y++)
        rows[y] = (png_bytep)(uintptr_t)(pixels + y * stride);
    png_write_info(writer, info);
    png_write_image(writer, rows);
    png_write_end(writer, info);
    png_destroy_write_struct(&writer, &info);
}

#endif
