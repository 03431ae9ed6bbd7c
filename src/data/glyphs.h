/* The built-in digits, one at a time. */
#ifndef LOCI_DATA_GLYPHS_H
#define LOCI_DATA_GLYPHS_H

#include <stdint.h>

/* Pixels along a side of the pictures of glyphs; and of glyphs-SIDE, at least and at most. */
enum { LOCI_GLYPH_SIDE = 28, LOCI_GLYPHS_LEAST = 32, LOCI_GLYPHS_MOST = 1024 };

/* Draws sample number `sample`, side x side pixels, side at most LOCI_GLYPHS_MOST, to out [side,
 * side], which is all 0, and returns its digit. All that is of a length grows with the side; the
 * digits of a number are the same at every size. */
int loci_glyphs_draw(uint32_t sample, uint32_t side, uint8_t *out);

/* The digit alone. */
int loci_glyphs_digit(uint32_t sample);

#endif
