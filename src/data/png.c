#include "data/png.h"

#include <loci/data.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "data/inflate.h"

/* Room for any photograph; what is larger would take more memory than a picture is worth. */
static const uint64_t most_pixels = (uint64_t)1 << 26;
static const size_t most_bytes = (size_t)1 << 28;

/* libpng leaves its functions by longjmp(); what must survive that stands here, in the caller's
 * frame. */
typedef struct loci_png {
    const unsigned char *bytes; /* borrowed */
    size_t size, position;
    const char *where; /* borrowed */
    loci_error *error; /* may be NULL */
    int status;
    png_structp reader;
    png_infop info;
    uint32_t rows, columns;
    unsigned char *pixels; /* [rows, columns, 4]: red, green, blue, alpha */
    png_bytep *row;        /* [rows], into pixels */
} loci_png;

static void on_error(png_structp reader, png_const_charp message) {
    loci_png *png = png_get_error_ptr(reader);
    png->status = loci_fail(png->error, LOCI_E_FORMAT, png->where, "damaged PNG: %s", message);
    png_longjmp(reader, 1);
}

/* libpng goes on after a warning, and so does this. */
static void on_warning(png_structp reader, png_const_charp message) {
    (void)reader;
    (void)message;
}

static void on_read(png_structp reader, png_bytep out, size_t count) {
    loci_png *png = png_get_io_ptr(reader);
    if (count > png->size - png->position)
        png_error(reader, "cut short");
    memcpy(out, png->bytes + png->position, count);
    png->position += count;
}

/* Checks the size that the header claims before any memory is taken for it. */
static int check_size(loci_png *png) {
    uint64_t pixels = (uint64_t)png->rows * png->columns;
    if (pixels == 0 || pixels > most_pixels)
        return loci_fail(png->error, LOCI_E_FORMAT, png->where,
                         "%u x %u pixels; at most %ju are read", png->columns, png->rows,
                         (uintmax_t)most_pixels);
    /* one bit is the least a pixel takes before compression */
    if (pixels / 8 / LOCI_DEFLATE_MOST > png->size)
        return loci_fail(png->error, LOCI_E_FORMAT, png->where,
                         "claims %u x %u pixels, which the file cannot hold", png->columns,
                         png->rows);
    return LOCI_OK;
}

/* Decodes into png->pixels; every kind of PNG comes out as 8-bit RGBA. */
static void decode(loci_png *png) {
    if (setjmp(png_jmpbuf(png->reader)) != 0)
        return; /* on_error() has set the status */
    png_set_read_fn(png->reader, png, on_read);
    png_read_info(png->reader, png->info);
    png->rows = png_get_image_height(png->reader, png->info);
    png->columns = png_get_image_width(png->reader, png->info);
    png->status = check_size(png);
    if (png->status != LOCI_OK)
        return;
    png_set_scale_16(png->reader);
    png_set_expand(png->reader); /* palettes, fewer than 8 bits, a transparent colour */
    png_set_gray_to_rgb(png->reader);
    png_set_add_alpha(png->reader, 255, PNG_FILLER_AFTER);
    png_set_interlace_handling(png->reader);
    png_read_update_info(png->reader, png->info);
    size_t stride = 4 * (size_t)png->columns;
    if (png_get_rowbytes(png->reader, png->info) != stride)
        png_error(png->reader, "unexpected layout");
    png->pixels = loci_alloc(png->rows, stride);
    png->row = loci_alloc(png->rows, sizeof *png->row);
    if (png->pixels == NULL || png->row == NULL) {
        png->status = loci_fail_memory(png->error, png->where);
        return;
    }
    for (uint32_t y = 0; y < png->rows; y++)
        png->row[y] = png->pixels + y * stride;
    png_read_image(png->reader, png->row);
    png_read_end(png->reader, NULL);
}

/* How light a pixel is, 0..1. */
static float luma(const unsigned char *p) {
    return (0.299f * (float)p[0] + 0.587f * (float)p[1] + 0.114f * (float)p[2]) / 255.0f;
}

/* What shows through where a drawing is transparent: white paper, unless what is drawn is itself so
 * light that it would vanish on it. */
static float paper(const loci_png *png) {
    double light = 0, weight = 0;
    size_t count = (size_t)png->rows * png->columns;
    for (size_t i = 0; i < count; i++) {
        const unsigned char *p = png->pixels + 4 * i;
        light += (double)(luma(p) * (float)p[3]);
        weight += p[3];
    }
    return light > 0.75 * weight ? 0.0f : 1.0f;
}

static int to_grey(loci_png *png, float **out) {
    size_t count = (size_t)png->rows * png->columns;
    float *grey = loci_alloc(count, sizeof *grey), behind = paper(png);
    if (grey == NULL)
        return loci_fail_memory(png->error, png->where);
    for (size_t i = 0; i < count; i++) {
        const unsigned char *p = png->pixels + 4 * i;
        float alpha = (float)p[3] / 255.0f;
        grey[i] = alpha * luma(p) + (1.0f - alpha) * behind;
    }
    *out = grey;
    return LOCI_OK;
}

/* The mean of in over [from, to), positions in pixels; the outer ones count by their share. */
static float average_over(const float *in, double from, double to, size_t count) {
    size_t first = (size_t)from, last = (size_t)to;
    if (last >= count)
        last = count - 1;
    double sum = 0;
    for (size_t i = first; i <= last; i++) {
        double begin = (double)i > from ? (double)i : from;
        double end = (double)(i + 1) < to ? (double)(i + 1) : to;
        if (end > begin)
            sum += (double)in[i] * (end - begin);
    }
    return (float)(sum / (to - from));
}

/* Averages grey [rows, columns] over the area that each pixel of out [height, width] covers.
 * LOCI_OK or LOCI_E_MEMORY. */
static int area_average(const float *grey, size_t rows, size_t columns, uint32_t height,
                        uint32_t width, float *out) {
    float *narrow = loci_alloc((size_t)width * rows, sizeof *narrow); /* [width, rows] */
    if (narrow == NULL)
        return LOCI_E_MEMORY;
    double step = (double)columns / width;
    for (size_t y = 0; y < rows; y++)
        for (uint32_t x = 0; x < width; x++)
            narrow[x * rows + y] =
                average_over(grey + y * columns, x * step, (x + 1) * step, columns);
    step = (double)rows / height;
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            out[(size_t)y * width + x] =
                average_over(narrow + x * rows, y * step, (y + 1) * step, rows);
    free(narrow);
    return LOCI_OK;
}

int loci_png_read(const unsigned char *bytes, size_t size, const char *where, uint32_t height,
                  uint32_t width, int invert, float *out, loci_error *error) {
    if (size < 8 || png_sig_cmp(bytes, 0, 8) != 0)
        return loci_fail(error, LOCI_E_FORMAT, where, "not a PNG picture");
    loci_png png = {.bytes = bytes, .size = size, .where = where, .error = error};
    png.reader = png_create_read_struct(PNG_LIBPNG_VER_STRING, &png, on_error, on_warning);
    if (png.reader != NULL)
        png.info = png_create_info_struct(png.reader);
    if (png.info == NULL) {
        png_destroy_read_struct(&png.reader, NULL, NULL);
        return loci_fail_memory(error, where);
    }
    decode(&png);
    png_destroy_read_struct(&png.reader, &png.info, NULL);
    float *grey = NULL;
    int status = png.status;
    if (status == LOCI_OK)
        status = to_grey(&png, &grey);
    if (status == LOCI_OK && area_average(grey, png.rows, png.columns, height, width, out))
        status = loci_fail_memory(error, where);
    free(grey);
    free(png.pixels);
    free(png.row);
    for (size_t i = 0; status == LOCI_OK && invert && i < (size_t)height * width; i++)
        out[i] = 1.0f - out[i];
    return status;
}

int loci_image_read(const char *path, uint32_t height, uint32_t width, int invert, float *out,
                    loci_error *error) {
    unsigned char *bytes;
    size_t size;
    int status = loci_file_read(path, most_bytes, &bytes, &size, error);
    if (status != LOCI_OK)
        return status;
    status = loci_png_read(bytes, size, path, height, width, invert, out, error);
    free(bytes);
    return status;
}
