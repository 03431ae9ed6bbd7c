/* Changing a PNG by its chunks: one is changed or comes twice, and its check sum is made right. */
#ifndef LOCI_TESTS_MUTATE_PNG_H
#define LOCI_TESTS_MUTATE_PNG_H

#include <stdbool.h>
#include <zlib.h>

#include "mutate.h"

static inline uint32_t png_u32(const uint8_t *d) {
    return (uint32_t)d[0] << 24 | (uint32_t)d[1] << 16 | (uint32_t)d[2] << 8 | d[3];
}

static inline void png_put_u32(uint8_t *d, uint32_t value) {
    for (int b = 0; b < 4; b++)
        d[b] = (uint8_t)(value >> (24 - 8 * b));
}

/* Chunks that lie within the input; places[i] is where one begins. */
static inline size_t png_list(const mutant *m, size_t places[32]) {
    size_t count = 0;
    for (size_t at = 8; count < 32 && m->size >= 12 && at <= m->size - 12;) {
        size_t length = png_u32(m->data + at);
        if (length > m->size - at - 12)
            break;
        places[count++] = at;
        at += 12 + length;
    }
    return count;
}

static inline size_t mutate_png(uint8_t *data, size_t size, size_t most, unsigned seed) {
    mutant m = mutant_of(data, size, most, seed);
    size_t places[32], count = png_list(&m, places);
    if (count == 0 || mutant_draw(&m, 4) == 0)
        return LLVMFuzzerMutate(data, size, most);
    size_t at = places[mutant_draw(&m, count)], length = png_u32(data + at);
    if (mutant_draw(&m, 8) == 0) {
        mutant_splice(&m, at, 0, data + at, length + 12);
        return m.size;
    }
    /* the kind of a chunk may change as well as what is in it */
    size_t fresh = mutant_draw(&m, 8) == 0 ? mutant_change(&m, at + 4, 4 + length)
                                           : 4 + mutant_change(&m, at + 8, length);
    if (fresh < 4)
        return m.size;
    png_put_u32(data + at, (uint32_t)(fresh - 4));
    png_put_u32(data + at + 4 + fresh, (uint32_t)crc32(0, data + at + 4, (unsigned)fresh));
    return m.size;
}

#define MUTATE_PNG                                                                                 \
    size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {   \
        return mutate_png(data, size, max_size, seed);                                             \
    }

#endif
