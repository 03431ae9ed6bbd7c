#include "data/picture.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "data/channels.h"

void loci_picture_free(loci_picture *picture) {
    free(picture->pixels);
    *picture = (loci_picture){0};
}

bool loci_picture_named(const char *name) {
    static const char *const endings[] = {".png", ".jpg", ".jpeg"};
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i]);
        if (length > n && loci_same_letters(name + length - n, endings[i]))
            return true;
    }
    return false;
}

int loci_picture_check(uint32_t rows, uint32_t columns, uint64_t least, size_t size,
                       const char *where, loci_error *error) {
    uint64_t pixels = (uint64_t)rows * columns;
    if (pixels == 0 || pixels > LOCI_PICTURE_MOST)
        return loci_fail(error, LOCI_E_FORMAT, where, "%u x %u pixels; at most %ju are read",
                         columns, rows, (uintmax_t)LOCI_PICTURE_MOST);
    if (least > size)
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "claims %u x %u pixels, which the file cannot hold", columns, rows);
    return LOCI_OK;
}

/* ---- its values ---- */

static size_t pixels_of(const loci_picture *p) {
    return (size_t)p->rows * p->columns;
}

/* Numbers of pixel i, 0..255 or 0..65535. */
static void fetch(const loci_picture *p, size_t i, float to[4]) {
    const uint8_t *shallow = p->pixels;
    const uint16_t *deep = p->pixels;
    for (size_t k = 0; k < 4; k++)
        to[k] = p->deep ? (float)deep[4 * i + k] : (float)shallow[4 * i + k];
}

static float largest(const loci_picture *p) {
    return p->deep ? 65535.0f : 255.0f;
}

/* What shows through where a drawing is transparent: white paper, unless what is drawn is itself so
 * light that it would vanish on it. */
static float paper(const loci_picture *p) {
    double light = 0, weight = 0;
    float of[4];
    for (size_t i = 0; i < pixels_of(p); i++) {
        fetch(p, i, of);
        light += (double)(loci_luma(of[0], of[1], of[2]) / largest(p) * of[3]);
        weight += (double)of[3];
    }
    return light > 0.75 * weight ? 0.0f : 1.0f;
}

/* What a plane of values is made of. */
enum plane { RED = 0, ALPHA = 3, GREY = 4 };

/* plane [rows, columns] of one kind; behind < 0: transparent pixels are what they would be. */
static void take_plane(const loci_picture *p, unsigned kind, float behind, float *plane) {
    float full = largest(p), of[4];
    for (size_t i = 0; i < pixels_of(p); i++) {
        fetch(p, i, of);
        float value = (kind == GREY ? loci_luma(of[0], of[1], of[2]) : of[kind]) / full;
        float alpha = of[ALPHA] / full;
        plane[i] = behind < 0 ? value : alpha * value + (1.0f - alpha) * behind;
    }
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

/* Averages plane [rows, columns] over the area that each of height x width pixels covers, which are
 * `apart` numbers apart in out. LOCI_OK or LOCI_E_MEMORY. */
static int area_average(const float *plane, size_t rows, size_t columns, uint32_t height,
                        uint32_t width, size_t apart, float *out) {
    float *narrow = loci_alloc((size_t)width * rows, sizeof *narrow); /* [width, rows] */
    if (narrow == NULL)
        return LOCI_E_MEMORY;
    double step = (double)columns / width;
    for (size_t y = 0; y < rows; y++)
        for (uint32_t x = 0; x < width; x++)
            narrow[x * rows + y] =
                average_over(plane + y * columns, x * step, (x + 1) * step, columns);
    step = (double)rows / height;
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            out[((size_t)y * width + x) * apart] =
                average_over(narrow + x * rows, y * step, (y + 1) * step, rows);
    free(narrow);
    return LOCI_OK;
}

int loci_picture_values(const loci_picture *p, uint32_t height, uint32_t width, uint32_t channels,
                        bool invert, float *out, const char *where, loci_error *error) {
    size_t values = (size_t)height * width * channels;
    float *plane = loci_alloc(pixels_of(p), sizeof *plane), behind = channels < 4 ? paper(p) : -1;
    int status = plane == NULL ? LOCI_E_MEMORY : LOCI_OK;
    for (uint32_t k = 0; k < channels && status == LOCI_OK; k++) {
        take_plane(p, channels == 1 ? GREY : RED + k, behind, plane);
        status = area_average(plane, p->rows, p->columns, height, width, channels, out + k);
    }
    free(plane);
    for (size_t i = 0; status == LOCI_OK && invert && i < values; i++)
        if (channels < 4 || i % channels != ALPHA)
            out[i] = 1.0f - out[i];
    return status == LOCI_OK ? LOCI_OK : loci_fail_memory(error, where);
}
