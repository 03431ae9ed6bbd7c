/* The shape of a sample, as messages tell it. */
#ifndef LOCI_BASE_SHAPE_H
#define LOCI_BASE_SHAPE_H

#include <stdint.h>
#include <stdio.h>

typedef struct loci_shape_text {
    char text[72];
} loci_shape_text;

/* "28 x 28", or of several channels "28 x 28 x 3". Returns the text. */
static inline const char *loci_shape_name(loci_shape_text *out, uint64_t height, uint64_t width,
                                          uint64_t channels) {
    int used =
        snprintf(out->text, sizeof out->text, "%ju x %ju", (uintmax_t)height, (uintmax_t)width);
    if (channels != 1)
        snprintf(out->text + used, sizeof out->text - (size_t)used, " x %ju", (uintmax_t)channels);
    return out->text;
}

#endif
