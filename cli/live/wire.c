#include "live/wire.h"

#include <math.h>
#include <string.h>

enum { HEADER = 20 };

static const float most_level = 32767;

/* The lowest byte first, whatever this machine does. */
static void put_u32(unsigned char *to, uint32_t value) {
    for (int b = 0; b < 4; b++)
        to[b] = (unsigned char)(value >> 8 * b);
}

static void put_u16(unsigned char *to, uint16_t value) {
    to[0] = (unsigned char)value;
    to[1] = (unsigned char)(value >> 8);
}

static void put_float(unsigned char *to, float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_u32(to, bits);
}

/* "LOCI", the key's number, the frame's, how many numbers, how many parts have a step: 0 of a key.
 */
static live_bytes *begin(const live_layout *layout, size_t size, uint32_t key, uint32_t frame,
                         size_t steps) {
    live_bytes *bytes = live_bytes_new(HEADER + size);
    if (bytes == NULL)
        return NULL;
    memcpy(bytes->data, "LOCI", 4);
    put_u32(bytes->data + 4, key);
    put_u32(bytes->data + 8, frame);
    put_u32(bytes->data + 12, (uint32_t)layout->numbers);
    put_u32(bytes->data + 16, (uint32_t)steps);
    return bytes;
}

live_bytes *live_key_frame(const live_layout *layout, const float *values, uint32_t key,
                           uint32_t frame) {
    live_bytes *bytes = begin(layout, 4 * layout->numbers, key, frame, 0);
    for (size_t i = 0; bytes != NULL && i < layout->numbers; i++)
        put_float(bytes->data + HEADER + 4 * i, values[i]);
    return bytes;
}

/* What one level stands for: the farthest of a part has the highest one. */
static float step_of(const float *from, const float *to, size_t count) {
    float most = 0;
    for (size_t i = 0; i < count; i++)
        most = fmaxf(most, fabsf(to[i] - from[i]));
    return isfinite(most) ? most / most_level : 0;
}

static int level_of(float moved, float step) {
    float level = step > 0 ? roundf(moved / step) : 0;
    return isfinite(level) ? (int)fmaxf(-most_level, fminf(most_level, level)) : 0;
}

live_bytes *live_moved_frame(const live_layout *layout, const float *key_values,
                             const float *values, uint32_t key, uint32_t frame) {
    size_t size = 4 * layout->parts + 2 * layout->numbers;
    live_bytes *bytes = begin(layout, size, key, frame, layout->parts);
    if (bytes == NULL)
        return NULL;
    unsigned char *steps = bytes->data + HEADER, *levels = steps + 4 * layout->parts;
    for (size_t p = 0; p < layout->parts; p++) {
        float step = step_of(key_values, values, layout->counts[p]);
        put_float(steps + 4 * p, step);
        for (size_t i = 0; i < layout->counts[p]; i++, levels += 2)
            put_u16(levels, (uint16_t)level_of(values[i] - key_values[i], step));
        key_values += layout->counts[p];
        values += layout->counts[p];
    }
    return bytes;
}
