//@insert banner
/* The self-test: runs stored samples and compares with what the exporter computed for them. Returns
 * 0 when all agree. */
#include "net.h"

//@if float
#include <math.h>
//@end
#include <stdio.h>

//@insert cases
static net_scratch scratch;

//@if fixed
static int same(int32_t a, int32_t b) {
    return a == b;
}
//@else
//@if classes
static int same(float a, float b) {
    return fabsf(a - b) <= 1e-4f * (1.0f + fabsf(b));
}
//@end
//@end

int main(void) {
    int failed = 0;
    for (int i = 0; i < CASES; i++) {
        //@if fixed
        int32_t logits[NET_CLASSES];
        //@else
        float logits[NET_CLASSES];
        //@end
        int differ = 0;
        //@if scale_inputs
        static net_input made[NET_INPUTS];
        net_scale(measurements[i], made);
        for (int k = 0; k < NET_INPUTS; k++) /* floats may round in another way just between two */
            differ += made[k] - inputs[i][k] > 1 || inputs[i][k] - made[k] > 1;
        if (differ != 0)
            printf("image %d: scaled in another way: WRONG\n", i);
        //@end
        net_run(inputs[i], logits, &scratch);
        //@if classes
        for (int c = 0; c < NET_CLASSES; c++)
            differ += !same(logits[c], expected[i][c]);
        int class = net_classify(inputs[i], &scratch);
        printf("image %d: class %d, the data say %d: %s\n", i, class, labels[i],
               differ == 0 ? "ok" : "WRONG LOGITS");
        //@else
        for (uint32_t k = 0; k < NET_OUTPUTS; k++) {
            //@if fixed
            int agrees = same(outputs[k], expected[i][k]);
            float value = net_value(outputs, k);
            //@else
            int agrees = fabsf(outputs[k] - expected[i][k]) <= allowed[k];
            float value = outputs[k];
            //@end
            printf("image %d: output %u is %g, the data say %g: %s\n", i, (unsigned)k,
                   (double)value, (double)targets[i][k], agrees ? "ok" : "WRONG");
            differ += !agrees;
        }
        //@end
        failed += differ != 0;
    }
    printf(failed == 0 ? "passed\n" : "FAILED\n");
    return failed != 0;
}
