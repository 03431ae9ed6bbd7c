/* Runs the self-test of an exported network, then prints its logits or outputs, bit by bit. */
#include <inttypes.h>
#include <string.h>

#define main self_test
#include "net_test.c"
#undef main

#ifndef NET_INPUT_BITS
#define inputs images
#endif

int main(void) {
    const int failed = self_test();
    for (int i = 0; i < CASES; i++) {
#ifdef NET_OUTPUTS
        net_run(inputs[i], scratch.outputs, &scratch);
        for (int c = 0; c < NET_OUTPUTS; c++) {
            uint32_t bits;
            memcpy(&bits, &scratch.outputs[c], sizeof bits);
#else
        (void)net_classify(inputs[i], &scratch);
        for (int c = 0; c < NET_CLASSES; c++) {
            uint32_t bits;
            memcpy(&bits, &scratch.logits[c], sizeof bits);
#endif
            printf("logit %08" PRIx32 "\n", bits);
        }
    }
    return failed;
}
