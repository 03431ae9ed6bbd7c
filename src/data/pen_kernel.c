/* How far pixels are from a straight piece of a stroke. Pictures are the same on every machine:
 * this file is compiled without fused operations. */
#include "base/isa.h"
#include "data/pen.h"

#define loci_pen_lay_isa LOCI_ISA_NAME(loci_pen_lay)
extern loci_pen_lay loci_pen_lay_isa;

void loci_pen_lay_isa(float *restrict distance, int left, int right, float y, const float a[2],
                      const float d[2]) {
    float ax = a[0], dx = d[0], dy = d[1], py = y - a[1];
    float length = dx * dx + dy * dy, scale = length > 0 ? 1 / length : 0;
    for (int x = left; x < right; x++) {
        float px = (float)x + 0.5f - ax, along = (px * dx + py * dy) * scale;
        float up = along > 0 ? along : 0, t = up < 1 ? up : 1;
        float ex = px - t * dx, ey = py - t * dy, squared = ex * ex + ey * ey;
        float before = distance[x];
        distance[x] = squared < before ? squared : before;
    }
}
