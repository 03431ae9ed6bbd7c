/* From what the source is given to the whole numbers that enter its first layer.
 *
 * A byte, or what NAME_scale() made of a measurement, enters as it is. Of counts, which come as a
 * sensor gives them, input i makes in 32-bit integers
 *
 *     first[i] <= count <= last[i]:  least + ((count - first[i]) factor[i] + offset[i] >> shift)
 *
 * and `least` or `most` of what is below or above. `offset` holds half a step, so that it rounds,
 * and no product passes 32 bits. */
#ifndef LOCI_CODEGEN_INPUT_H
#define LOCI_CODEGEN_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "codegen/linear_scale.h"

typedef struct loci_codegen_input {
    int type;                 /* of what is given: enum loci_export_input, bytes are uint8 */
    int32_t lowest, highest;  /* that the type can hold */
    bool counts;              /* given are counts */
    bool wide;                /* what enters goes beyond 0 .. 255 */
    int32_t least, most;      /* that enters; least <= 0 < most */
    double unit;              /* what a 1 that enters is to the network */
    loci_linear_scale linear; /* of options.linear: what enters */
    const float *zero;        /* [pixels] all 0, */
    const float *one;         /* and all 1: the scaling of data as they are */
    const float *low, *span;  /* [pixels] the network's scaling of data as they are */
    double *count;            /* [pixels] what one count is in units of the data */
    /* of counts, [n] */
    int32_t *first, *last;
    uint32_t *factor, *offset;
    uint32_t shift;
} loci_codegen_input;

/* What a type can hold. */
void loci_codegen_limits(int type, int32_t *lowest, int32_t *highest);

#endif
