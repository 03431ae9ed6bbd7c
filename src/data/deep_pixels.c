#include "data/deep_pixels.h"

float loci_deep_pixels_white(const float *values, size_t count, float *most) {
    static const float whites[] = {1, 255, 1023, 4095, 16383, 65535};
    size_t i = 0;
    *most = 0;
    for (size_t k = 0; k < count; k++)
        *most = values[k] > *most ? values[k] : *most;
    while (i + 1 < sizeof whites / sizeof *whites && whites[i] < *most)
        i++;
    return whites[i];
}
