/* Moments of a network as bytes for the page (docs/live.md): a key frame has all numbers as they
 * are, another one 16 bits for each, that it moved since the key. */
#ifndef LOCI_CLI_LIVE_WIRE_H
#define LOCI_CLI_LIVE_WIRE_H

#include <stdint.h>

#include "live/bytes.h"

/* How the numbers of a moment lie: parts one behind the other. */
typedef struct live_layout {
    size_t parts, numbers;
    const size_t *counts; /* [parts], which add up to numbers */
} live_layout;

/* values [numbers]. NULL when memory is short. */
live_bytes *live_key_frame(const live_layout *layout, const float *values, uint32_t key,
                           uint32_t frame);
/* key_values [numbers]: those of the key frame. */
live_bytes *live_moved_frame(const live_layout *layout, const float *key_values,
                             const float *values, uint32_t key, uint32_t frame);

#endif
