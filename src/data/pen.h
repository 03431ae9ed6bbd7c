/* What a pen comes near: the vector kernel of drawing, the same bits for every instruction set. */
#ifndef LOCI_DATA_PEN_H
#define LOCI_DATA_PEN_H

/* Lowers distance [..] of the pixels left <= x < right of a row to the square of how far their
 * middles are from the straight line a .. a + d (x, y); y is where the row's middle is. */
typedef void loci_pen_lay(float *distance, int left, int right, float y, const float a[2],
                          const float d[2]);

#endif
