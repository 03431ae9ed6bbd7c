/* How the built-in digits are drawn: strokes of a pen, in several manners a digit. */
#ifndef LOCI_DATA_STROKES_H
#define LOCI_DATA_STROKES_H

#include <stdint.h>

enum { LOCI_STROKE_POINTS = 12, LOCI_DRAWING_STROKES = 3 };

/* A stroke through its points: straight from one to the next, or along a smooth curve. */
typedef struct loci_stroke {
    uint8_t curved;
    uint8_t count; /* points */
    /* x to the right, y down; a digit fills about 20..80 x 0..100. */
    int8_t point[LOCI_STROKE_POINTS][2];
} loci_stroke;

typedef struct loci_drawing {
    uint8_t count; /* strokes */
    loci_stroke stroke[LOCI_DRAWING_STROKES];
} loci_drawing;

enum { LOCI_DIGITS = 10, LOCI_MANNERS = 4 };

/* Four manners of drawing each digit. */
extern const loci_drawing loci_drawings[LOCI_DIGITS][LOCI_MANNERS];

#endif
