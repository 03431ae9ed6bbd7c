//@insert banner
/* The self-test: runs stored images and compares with what the exporter computed for them. Returns
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

//@if classes
//@else
/* Whether output k of sample i is what it must be. */
//@if fixed
static int agree(int i, int k, int32_t value) {
    return same(value, expected[i][k]);
}
//@else
static int agree(int i, int k, float value) {
    return fabsf(value - expected[i][k]) <= allowed[k];
}
//@end

//@end
//@if scale_inputs
/* Whether measurements become inputs; floats may be rounded in another way just between two. */
static int scale_right(int i) {
    static given_t made[NET_INPUTS];
    int right = 1;
    net_scale(measurements[i], made);
    for (int k = 0; k < NET_INPUTS; k++)
        right &= made[k] - given_inputs[i][k] <= 1 && given_inputs[i][k] - made[k] <= 1;
    return right;
}

//@end
//@if events
/* Whether the steps one by one, event by event, give what they must. */
static int steps_right(int i) {
    static uint16_t events[MOST_IN_STEP];
    //@if fixed
    int32_t logits[NET_CLASSES];
    //@else
    float logits[NET_CLASSES];
    //@end
    int right = 1;
    net_start(&scratch);
    for (uint32_t t = 0; t < NET_STEPS; t++) {
        uint32_t count = 0;
        for (uint32_t c = 0; c < NET_CHANNELS; c++)
            for (uint32_t e = 0; e < given_inputs[i][t * NET_CHANNELS + c]; e++)
                events[count++] = (uint16_t)c;
        net_step(events, count, &scratch);
    }
    net_read(logits, &scratch);
    for (int c = 0; c < NET_CLASSES; c++)
        //@if classes
        right &= same(logits[c], expected[i][c]);
    //@else
    right &= agree(i, c, logits[c]);
    //@end
    return right;
}

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
        if (!scale_right(i)) {
            printf("image %d: WRONG SCALING\n", i);
            differ = 1;
        }
        //@end
        //@if events
        if (!steps_right(i)) {
            printf("image %d: WRONG STEP BY STEP\n", i);
            differ = 1;
        }
        //@end
        net_run(given_inputs[i], logits, &scratch);
        //@if stencils
        net_run_prepared(given_inputs[i], logits, &scratch); /* what is prepared stays so */
        //@end
        //@if classes
        for (int c = 0; c < NET_CLASSES; c++)
            differ += !same(logits[c], expected[i][c]);
        int class = net_classify(given_inputs[i], &scratch);
        printf("image %d: class %d, the data say %d: %s\n", i, class, labels[i],
               differ == 0 ? "ok" : "WRONG LOGITS");
        //@else
        for (int k = 0; k < NET_OUTPUTS; k++) {
            int agrees = agree(i, k, outputs[k]);
            //@if fixed
            float value = net_value(outputs, (uint32_t)k);
            //@else
            float value = outputs[k];
            //@end
            printf("image %d: output %d is %g, the data say %g: %s\n", i, k, (double)value,
                   (double)targets[i][k], agrees ? "ok" : "WRONG");
            differ += !agrees;
        }
        //@end
        failed += differ != 0;
    }
    printf(failed == 0 ? "passed\n" : "FAILED\n");
    return failed != 0;
}
