#include "network/ruler.h"

#include <math.h>
#include <stdbool.h>

#include "network/grid.h"

/* Of 8 bits -128 .. 127. */
static double lowest(uint32_t bits) {
    return -(double)(1 << (bits - 1));
}

static int32_t clamp(uint32_t bits, double number) {
    double low = lowest(bits), high = -low - 1;
    return (int32_t)lround(fmin(fmax(number, low), high));
}

void loci_extent_widen(loci_extent *extent, const float *positions, size_t sites, size_t axes) {
    for (size_t s = 0; s < sites; s++)
        for (size_t x = 0; x < axes; x++) {
            double at = positions[s * axes + x];
            bool first = extent->count == 0 && s == 0;
            extent->least[x] = first ? at : fmin(extent->least[x], at);
            extent->largest[x] = first ? at : fmax(extent->largest[x], at);
            extent->sum[x] += at;
        }
    extent->count += sites;
}

loci_ruler loci_ruler_over(const loci_extent *extent, size_t axes, double cover, uint32_t bits) {
    loci_ruler ruler = {.axes = axes, .bits = bits};
    double widest = 0, steps = (double)(1 << bits) - 1;
    for (size_t x = 0; x < axes; x++) {
        double mean = extent->sum[x] / (double)extent->count;
        double least = mean + cover * (extent->least[x] - mean);
        double width = cover * (extent->largest[x] - extent->least[x]);
        widest = fmax(widest, width);
        ruler.zero[x] = least + width / 2;
    }
    ruler.step = widest > 0 ? widest / steps : 1;
    for (size_t x = 0; x < axes; x++)
        ruler.zero[x] += ruler.step / 2; /* the numbers reach one further down than up */
    return ruler;
}

int32_t loci_ruler_number(const loci_ruler *ruler, size_t axis, double position) {
    return clamp(ruler->bits, (position - ruler->zero[axis]) / ruler->step);
}

double loci_ruler_place(const loci_ruler *ruler, size_t axis, int32_t number) {
    return ruler->zero[axis] + number * ruler->step;
}

void loci_ruler_round(const loci_ruler *ruler, const float *from, size_t sites, float *to) {
    size_t axes = ruler->axes;
    for (size_t i = 0; i < sites * axes; i++) {
        size_t x = i % axes;
        to[i] = (float)loci_ruler_place(ruler, x, loci_ruler_number(ruler, x, from[i]));
    }
}

/* In steps / 256; a step may be anything, in a file. */
static int32_t on_sheet(const loci_ruler *ruler, double length) {
    double most = 1 << 30, number = length * (1 << LOCI_SHEET_BITS) / ruler->step;
    return (int32_t)lround(fmin(fmax(number, -most), most));
}

int32_t loci_ruler_pitch(const loci_ruler *ruler, const loci_spec *spec) {
    return on_sheet(ruler, loci_grid_pitch(spec));
}

int32_t loci_ruler_origin(const loci_ruler *ruler, const loci_spec *spec, size_t axis) {
    double first = loci_spec_pixel_place(spec, 0, axis);
    /* half a step more, as what follows rounds down */
    return on_sheet(ruler, first - ruler->zero[axis]) + (1 << (LOCI_SHEET_BITS - 1));
}

int32_t loci_charge_most(uint32_t bits) {
    return (1 << (bits - 1)) - 1;
}

double loci_charge_unit(const float *charges, size_t count, double cover, uint32_t bits) {
    float largest = 0; /* gcc 12 for aarch64 fails on maxima of floats that are widened */
    for (size_t i = 0; charges != NULL && i < count; i++)
        largest = fmaxf(largest, fabsf(charges[i]));
    return largest > 0 ? cover * (double)largest / loci_charge_most(bits) : 1;
}

int32_t loci_charge_number(double charge, double unit, uint32_t bits) {
    /* -8 has no counterpart in four bits */
    return clamp(bits, fmax(charge / unit, -loci_charge_most(bits)));
}
