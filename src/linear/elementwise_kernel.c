/* Simple loops over an array. */
#include "base/finite.h"
#include "linear/linear_kernels.h"

void LOCI_ISA_NAME(loci_levels)(const uint8_t *restrict bytes, size_t n, float *restrict to) {
    for (size_t i = 0; i < n; i++)
        to[i] = (float)bytes[i] / 255;
}

bool LOCI_ISA_NAME(loci_finite)(const float *numbers, size_t count) {
    return loci_all_finite(numbers, count);
}
