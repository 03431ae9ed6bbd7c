/* arbor_snn_10k: a network as C, made by Loci 0.1.0.
 * Stored are positions and charges in 8 bits; all arithmetic is in 32-bit integers.
 * README.md tells how to use it. */
#ifndef ARBOR_SNN_10K_H
#define ARBOR_SNN_10K_H

#include <stdint.h>

#define ARBOR_SNN_10K_WIDTH 8
#define ARBOR_SNN_10K_HEIGHT 8
#define ARBOR_SNN_10K_INPUTS (ARBOR_SNN_10K_WIDTH * ARBOR_SNN_10K_HEIGHT)
#define ARBOR_SNN_10K_CLASSES 3
#define ARBOR_SNN_10K_SCRATCH_BYTES 184 /* of a arbor_snn_10k_scratch */
#define ARBOR_SNN_10K_LOGIT_UNIT 1.14169154e-07f /* what a logit of 1 is */

#ifdef __cplusplus
extern "C" {
#endif

/* What a run works in: memory of the caller's. Nothing in it has to be set, and nothing in it is
 * kept from one run to the next. */
typedef struct {
    int32_t input[16]; /* current of the first layer */
    int32_t current[3]; /* of a later layer */
    int32_t membrane[19]; /* of all neurons */
    int32_t logits[3];
    uint8_t fired[20]; /* which neurons did in this time step */
} arbor_snn_10k_scratch;

/* Runs the network on one image: pixels [ARBOR_SNN_10K_INPUTS], 0 (black) .. 255 (white), row by row;
 * logits [ARBOR_SNN_10K_CLASSES]. A logit of 1 here is ARBOR_SNN_10K_LOGIT_UNIT in the network this was made from;
 * whole numbers, the same on every machine. */
void arbor_snn_10k_run(const uint8_t *pixels, int32_t *logits, arbor_snn_10k_scratch *scratch);

/* The class of an image, 0 .. ARBOR_SNN_10K_CLASSES - 1: that of the largest logit. */
int arbor_snn_10k_classify(const uint8_t *pixels, arbor_snn_10k_scratch *scratch);

#ifdef __cplusplus
}
#endif

#endif
