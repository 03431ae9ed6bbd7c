//@insert banner
#include "net.h"

//@if math
#include <math.h>

//@end
//@if fixed
#if (-3 >> 1) != -2
#error "a right shift of a negative number must round down, as nearly all compilers have it"
#endif

//@end
//@insert inner_sizes
//@insert tables
//@insert kernel
//@if units
/* From what the network has learnt to units of the data. */
static void to_units(float *logits) {
    for (uint32_t k = 0; k < NET_CLASSES; k++)
        logits[k] = output_mean[k] + output_deviation[k] * logits[k];
}

//@end
//@insert run
//@if classes
int net_classify(const uint8_t *pixels, net_scratch *scratch) {
    int best = 0;
    net_run(pixels, scratch->logits, scratch);
    for (int c = 1; c < NET_CLASSES; c++)
        if (scratch->logits[c] > scratch->logits[best])
            best = c;
    return best;
}
//@end
//@if input_scaling

void net_pixels(const float *measurements, uint8_t *pixels) {
    for (uint32_t i = 0; i < NET_INPUTS; i++) {
        float level = (measurements[i] - input_low[i]) / input_span[i] * 255.0f;
        pixels[i] = level <= 0.0f ? 0 : level >= 255.0f ? 255 : (uint8_t)(level + 0.5f);
    }
}
//@end
