//@insert banner
#ifndef NET_H
#define NET_H

#include <stdint.h>

//@insert sizes

#ifdef __cplusplus
extern "C" {
#endif

//@insert input_type

/* What a run works in: memory of the caller's. Nothing in it has to be set, and nothing in it is
 * kept from one run to the next. */
typedef struct {
    //@insert scratch
} net_scratch;

//@if fixed
//@if pixels_alone
//@if classes
/* Runs the network on one image: pixels [NET_INPUTS], 0 (black) .. 255 (white), row by row;
 * logits [NET_CLASSES]. A logit of 1 here is NET_LOGIT_UNIT in the network this was made from;
 * whole numbers, the same on every machine. */
//@else
/* Runs the network on one image: pixels [NET_INPUTS], 0 (black) .. 255 (white), row by row;
 * outputs [NET_OUTPUTS], whole numbers, the same on every machine: net_value() tells what they are
 * in units of the data. */
//@end
//@else
//@if classes
/* Runs the network on one image: pixels [NET_INPUTS]; logits [NET_CLASSES]. A logit of 1 here is
 * NET_LOGIT_UNIT in the network this was made from; whole numbers, the same on every machine. */
//@else
/* Runs the network on one image: pixels [NET_INPUTS]; outputs [NET_OUTPUTS], whole numbers, the
 * same on every machine: net_value() tells what they are in units of the data. */
//@end
//@end
void net_run(const given_t *pixels, int32_t *logits, net_scratch *scratch);
//@if classes
//@else

/* Output k of what a run gave, in units of the data. In floats; nothing of it is compiled where it
 * is not called. */
static inline float net_value(const int32_t *outputs, uint32_t k) {
    static const float offset[NET_OUTPUTS] = NET_OFFSETS;
    static const float scale[NET_OUTPUTS] = NET_SCALES;
    return offset[k] + scale[k] * (float)outputs[k];
}
//@end
//@else
//@if pixels_alone
//@if classes
/* Runs the network on one image: pixels [NET_INPUTS], 0 (black) .. 255 (white), row by row;
 * logits [NET_CLASSES]. */
//@else
/* Runs the network on one image: pixels [NET_INPUTS], 0 (black) .. 255 (white), row by row;
 * outputs [NET_OUTPUTS], in units of the data. */
//@end
//@else
//@if classes
/* Runs the network on one image: pixels [NET_INPUTS]; logits [NET_CLASSES]. */
//@else
/* Runs the network on one image: pixels [NET_INPUTS]; outputs [NET_OUTPUTS], in units of the data.
 */
//@end
//@end
void net_run(const given_t *pixels, float *logits, net_scratch *scratch);
//@if relu

//@if scaled
/* The same for inputs [NET_INPUTS] scaled by the caller, as the network was trained on them. */
//@else
/* The same for inputs [NET_INPUTS] 0 .. 1. */
//@end
void net_run_real(const float *inputs, float *logits, net_scratch *scratch);
//@end
//@end

//@if stencils
/* net_run() makes the stencils of all maps of positions before it does anything else. Called once,
 * net_prepare() makes them for any number of net_run_prepared(), which does the rest: as long as
 * nobody else writes to the scratch buffer. */
void net_prepare(net_scratch *scratch);
//@if fixed
void net_run_prepared(const given_t *pixels, int32_t *logits, net_scratch *scratch);
//@else
void net_run_prepared(const given_t *pixels, float *logits, net_scratch *scratch);
//@end

//@end
//@if events
/* The same step by step, as events come: net_start(), net_step() for each of NET_STEPS time steps,
 * then net_read(). From net_start() on the scratch buffer is to be left alone. */
void net_start(net_scratch *scratch);

/* A time step: `count` events, the channel of each, 0 .. NET_CHANNELS - 1, as often as there are
 * events on it; none are as good as any. */
void net_step(const uint16_t *channels, uint32_t count, net_scratch *scratch);

/* The logits as the steps so far have left them, [NET_CLASSES]. */
//@if fixed
void net_read(int32_t *logits, const net_scratch *scratch);
//@else
void net_read(float *logits, const net_scratch *scratch);
//@end
//@if classes

/* The class that is ahead after the steps so far. */
int net_class(const net_scratch *scratch);
//@end

//@end
//@if classes
//@if table
/* The class of a row, 0 .. NET_CLASSES - 1: that of the largest logit. */
//@else
/* The class of an image, 0 .. NET_CLASSES - 1: that of the largest logit. */
//@end
int net_classify(const given_t *pixels, net_scratch *scratch);
//@if output_names

/* What a class is called. Nothing of it is compiled where it is not called. */
static inline const char *net_class_name(int number) {
    static const char *const names[NET_CLASSES] = NET_CLASS_NAMES;
    return names[number];
}
//@end
//@else
//@if output_names

/* What output k is called. Nothing of it is compiled where it is not called. */
static inline const char *net_output_name(uint32_t k) {
    static const char *const names[NET_OUTPUTS] = NET_OUTPUT_NAMES;
    return names[k];
}
//@end
//@end

//@if scale_inputs
/* From measurements [NET_INPUTS], as they stand in the data the network was trained on, to what a
 * run takes. In floats: a division each. */
void net_scale(const float *measurements, given_t *pixels);

//@if scale_pixels
/* What version 0.1 called it. */
static inline void net_pixels(const float *measurements, uint8_t *pixels) {
    net_scale(measurements, pixels);
}

//@end
//@end
#ifdef __cplusplus
}
#endif

#endif
