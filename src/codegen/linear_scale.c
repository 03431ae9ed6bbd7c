#include "codegen/linear_scale.h"

loci_linear_scale loci_linear_scale_for(double least, double most) {
    double width = fmax(most, 0) - fmin(least, 0);
    loci_linear_scale made = {(float)((width > 0 ? width : 1) / LOCI_LINEAR_MOST), 0};
    if (!(made.scale > 0)) /* too small for a float */
        made.scale = 1;
    made.zero = (int32_t)lround(fmin(fmax(-least / (double)made.scale, 0), LOCI_LINEAR_MOST));
    return made;
}

static double error_of(loci_linear_scale by, const float *numbers, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        double off = (double)numbers[i] - (double)by.scale * loci_linear_scale_of(by, numbers[i]);
        sum += off * off;
    }
    return sum;
}

loci_linear_scale loci_linear_scale_choose(const float *numbers, size_t count) {
    static const double covers[] = {1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4};
    double nearest = INFINITY;
    float least = 0, most = 0; /* gcc 12 for aarch64 fails on maxima of floats that are widened */
    for (size_t i = 0; i < count; i++) {
        least = fminf(least, numbers[i]);
        most = fmaxf(most, numbers[i]);
    }
    loci_linear_scale best = loci_linear_scale_for((double)least, (double)most);
    for (size_t i = 0; i < sizeof covers / sizeof *covers; i++) {
        loci_linear_scale tried =
            loci_linear_scale_for(covers[i] * (double)least, covers[i] * (double)most);
        double error = error_of(tried, numbers, count);
        if (error < nearest) {
            nearest = error;
            best = tried;
        }
    }
    return best;
}
