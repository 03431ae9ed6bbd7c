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
int net_classify(const given_t *pixels, net_scratch *scratch) {
    int best = 0;
    net_run(pixels, scratch->logits, scratch);
    for (int c = 1; c < NET_CLASSES; c++)
        if (scratch->logits[c] > scratch->logits[best])
            best = c;
    return best;
}
//@end
//@if scale_inputs

//@insert scale_inputs
//@end
