//@insert banner
#ifndef NET_H
#define NET_H

#include <stdint.h>

//@insert sizes

#ifdef __cplusplus
extern "C" {
#endif

/* What a run works in, NET_SCRATCH_BYTES bytes that the caller has wherever he likes. Nothing in it
 * has to be set, and nothing is kept in it from one run to the next. */
typedef struct {
    //@insert scratch
} net_scratch;

//@if fixed
/* Runs the network on one image: pixels 0 (black) .. 255 (white), row by row. A logit of 1 here is
 * NET_LOGIT_UNIT in the network this was made from; whole numbers, the same on every machine. */
void net_run(const uint8_t pixels[NET_INPUTS], int32_t logits[NET_CLASSES], net_scratch *scratch);
//@else
/* Runs the network on one image: pixels 0 (black) .. 255 (white), row by row. */
void net_run(const uint8_t pixels[NET_INPUTS], float logits[NET_CLASSES], net_scratch *scratch);

/* The same for inputs 0 .. 1. */
void net_run_real(const float inputs[NET_INPUTS], float logits[NET_CLASSES], net_scratch *scratch);
//@end

/* The class of an image, 0 .. NET_CLASSES - 1: that of the largest logit. */
int net_classify(const uint8_t pixels[NET_INPUTS], net_scratch *scratch);

//@if range
/* From measurements, as they stand in the data the network was trained on, to pixels. */
void net_pixels(const float measurements[NET_INPUTS], uint8_t pixels[NET_INPUTS]);

//@end
#ifdef __cplusplus
}
#endif

#endif
