/* Positions and charges as whole numbers of a few bits: a ruler along each axis, a unit of charges.
 * Training rounds by them, and C that is exported computes with their numbers. */
#ifndef LOCI_NETWORK_RULER_H
#define LOCI_NETWORK_RULER_H

#include <stddef.h>
#include <stdint.h>

#include <loci/spec.h>

/* Axes a space can have (the option dim). */
enum { LOCI_RULER_AXES = 64 };
/* A sheet's pixels are placed with so many bits more before they are rounded. */
enum { LOCI_SHEET_BITS = 8 };

/* The number of a position is (position - zero) / step, rounded: of 8 bits -128 .. 127. One step
 * for all axes, so that distances are those of numbers. */
typedef struct loci_ruler {
    size_t axes;
    uint32_t bits; /* 0: there is no ruler */
    double step, zero[LOCI_RULER_AXES];
} loci_ruler;

/* The coordinates of some sites along each axis: least, largest, sum, count. */
typedef struct loci_extent {
    double least[LOCI_RULER_AXES], largest[LOCI_RULER_AXES], sum[LOCI_RULER_AXES];
    size_t count;
} loci_extent;

/* Widens an extent by positions [sites, axes]; it begins as all 0. */
void loci_extent_widen(loci_extent *extent, const float *positions, size_t sites, size_t axes);

/* A ruler of `bits` bits, 2..8, that covers a share of the extent around its mean: with less than 1
 * its ends are cut off for the sake of a finer step. */
loci_ruler loci_ruler_over(const loci_extent *extent, size_t axes, double cover, uint32_t bits);

/* The number of a position along an axis; beyond the ends the last one. */
int32_t loci_ruler_number(const loci_ruler *ruler, size_t axis, double position);
/* What a number stands for. */
double loci_ruler_place(const loci_ruler *ruler, size_t axis, int32_t number);
/* Rounds positions [sites, axes]; `to` may be `from`. */
void loci_ruler_round(const loci_ruler *ruler, const float *from, size_t sites, float *to);

/* Of a sheet: from pixel to pixel, and where the first one is along an axis, both in steps / 256.
 * What follows from them by a right shift may lie beyond the ends. */
int32_t loci_ruler_pitch(const loci_ruler *ruler, const loci_spec *spec);
int32_t loci_ruler_origin(const loci_ruler *ruler, const loci_spec *spec, size_t axis);

/* The largest number that a charge or a weight of `bits` bits can be, as far up as down: of 8 bits
 * 127, of 2 bits 1. */
int32_t loci_charge_most(uint32_t bits);
/* What a charge of 1 is, of `bits` bits, when a share of the largest of [count] charges is covered;
 * charges NULL or all 0: 1. Weights that are rounded have theirs likewise. */
double loci_charge_unit(const float *charges, size_t count, double cover, uint32_t bits);
/* The number of a charge; beyond the ends the last one. */
int32_t loci_charge_number(double charge, double unit, uint32_t bits);

#endif
