//@insert banner
#ifndef NET_H
#define NET_H

#include <stdint.h>

//@insert sizes

#ifdef __cplusplus
extern "C" {
#endif

/* What a run works in: memory of the caller's. Nothing in it has to be set, and nothing in it is
 * kept from one run to the next. */
typedef struct {
    //@insert scratch
} net_scratch;

//@if fixed
/* Runs the network on one image: pixels [NET_INPUTS], 0 (black) .. 255 (white), row by row;
 * logits [NET_CLASSES]. A logit of 1 here is NET_LOGIT_UNIT in the network this was made from;
 * whole numbers, the same on every machine. */
void net_run(const uint8_t *pixels, int32_t *logits, net_scratch *scratch);
//@else
/* Runs the network on one image: pixels [NET_INPUTS], 0 (black) .. 255 (white), row by row;
 * logits [NET_CLASSES]. */
void net_run(const uint8_t *pixels, float *logits, net_scratch *scratch);
//@if relu

/* The same for inputs [NET_INPUTS] 0 .. 1. */
void net_run_real(const float *inputs, float *logits, net_scratch *scratch);
//@end
//@end

/* The class of an image, 0 .. NET_CLASSES - 1: that of the largest logit. */
int net_classify(const uint8_t *pixels, net_scratch *scratch);

//@if input_scaling
/* From measurements, as they stand in the data the network was trained on, to pixels. */
void net_pixels(const float *measurements, uint8_t *pixels);

//@end
#ifdef __cplusplus
}
#endif

#endif
