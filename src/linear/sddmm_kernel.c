/* The product of two dense matrices at chosen places. */
#include "linear/linear_kernels.h"

/* x_row . g, both [width] */
static inline float dot(const float *x, const float *g, size_t width) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t b = 0; b < width; b++)
        sum += x[b] * g[b];
    return sum;
}

void LOCI_ISA_NAME(loci_sddmm)(const uint32_t *index, size_t count, const float *x, size_t ldx,
                               const float *g, size_t width, float *out) {
    for (size_t t = 0; t < count; t++)
        out[t] += dot(x + index[t] * ldx, g, width);
}
