/* Comparing arrays of numbers. */
#ifndef LOCI_TESTS_COMPARE_H
#define LOCI_TESTS_COMPARE_H

#include <math.h>
#include <stddef.h>

static inline double largest_of(const double *values, size_t count) {
    double largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(values[i]));
    return largest;
}

/* The same of floats; in float, as gcc 12 for aarch64 fails on maxima of floats that are widened.
 */
static inline double largest_of_floats(const float *values, size_t count) {
    float largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = fmaxf(largest, fabsf(values[i]));
    return (double)largest;
}

/* By how many times |a - b| exceeds what the project's tolerance allows an entry, 1 being just
 * allowed: |a - b| <= tolerance * max(|b|, floor). A NaN exceeds everything. */
static inline double excess(double a, double b, double tolerance, double floor) {
    double ratio = fabs(a - b) / (tolerance * fmax(fabs(b), floor));
    return a == b ? 0 : isnan(ratio) ? HUGE_VAL : ratio;
}

/* The largest excess over a tensor, its floor 1e-3 * the largest |b|; *where receives its place. */
static inline double worst_excess(const double *a, const double *b, size_t count, double tolerance,
                                  size_t *where) {
    double worst = 0, floor = 1e-3 * largest_of(b, count);
    *where = 0;
    for (size_t i = 0; i < count; i++) {
        double ratio = excess(a[i], b[i], tolerance, floor);
        if (ratio > worst) {
            worst = ratio;
            *where = i;
        }
    }
    return worst;
}

#endif
