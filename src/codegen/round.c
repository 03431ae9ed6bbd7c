/* Four bits are few: rounding each weight to its nearest number would change sums by much. What
 * counts is the sum over inputs as they are: with H their moments and e what rounding changes, it
 * is e H e that should be small. One weight after the other is moved to where that is least, the
 * others held, until none moves (cyclic coordinate descent). */
#include "codegen/round.h"

#include <math.h>
#include <string.h>

void loci_codegen_moments(const int32_t *in, size_t count, size_t n, float *mean, float *out) {
    memset(out, 0, n * n * sizeof *out);
    for (size_t b = 0; b < count; b++, in += n)
        for (size_t i = 0; i < n; i++) {
            float x = (float)in[i];
            for (size_t j = 0; x != 0 && j < n; j++)
                out[i * n + j] += x * (float)in[j];
        }
    if (mean == NULL)
        return;
    in -= count * n;
    memset(mean, 0, n * sizeof *mean);
    for (size_t b = 0; b < count; b++)
        for (size_t i = 0; i < n; i++)
            mean[i] += (float)in[b * n + i] / (float)count;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            out[i * n + j] -= (float)count * mean[i] * mean[j];
}

/* e [n] for numbers as they are; slope [n] = H e. */
static void begin(const float *moments, size_t n, const float *e, float *slope) {
    memset(slope, 0, n * sizeof *slope);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; e[i] != 0 && j < n; j++)
            slope[j] += e[i] * moments[i * n + j];
}

/* Moves number i to the best place; whether it moved. */
static bool move(const float *moments, size_t n, size_t i, double unit, int32_t most,
                 int32_t *rounded, float *e, float *slope) {
    double curvature = moments[i * n + i];
    if (!(curvature > 0))
        return false;
    double wanted = rounded[i] - slope[i] / (curvature * unit);
    int32_t to = (int32_t)lround(fmin(fmax(wanted, -most), most));
    if (to == rounded[i])
        return false;
    float change = (float)((to - rounded[i]) * unit);
    /* at the end of the range it may be no gain */
    if (2 * (double)change * slope[i] + (double)change * (double)change * curvature >= 0)
        return false;
    rounded[i] = to;
    e[i] += change;
    for (size_t j = 0; j < n; j++)
        slope[j] += change * moments[i * n + j];
    return true;
}

double loci_codegen_round(const float *moments, const float *w, size_t stride, size_t n,
                          double unit, int32_t most, int rounds, int32_t *rounded, float *scratch) {
    float *e = scratch, *slope = scratch + n;
    for (size_t i = 0; i < n; i++) {
        double weight = w[i * stride];
        rounded[i] = (int32_t)lround(fmin(fmax(weight / unit, -most), most));
        e[i] = (float)(rounded[i] * unit - weight);
    }
    begin(moments, n, e, slope);
    bool moved = true;
    for (int round = 0; round < rounds && moved; round++) {
        moved = false;
        for (size_t i = 0; i < n; i++)
            if (w[i * stride] != 0)
                moved |= move(moments, n, i, unit, most, rounded, e, slope);
    }
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)e[i] * slope[i];
    return sum;
}
