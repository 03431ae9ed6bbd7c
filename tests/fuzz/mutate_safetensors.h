/* Changing a safetensors file: a word of its header, or its numbers; its first eight bytes, which
 * say how long the header is, are made to fit, and so is the check sum of a checkpoint. */
#ifndef LOCI_TESTS_MUTATE_SAFETENSORS_H
#define LOCI_TESTS_MUTATE_SAFETENSORS_H

#include <stdio.h>
#include <zlib.h>

#include "mutate_words.h"

/* "crc32": "01234567" of the arrays, which fill the rest of the file in their order. */
static inline void mend_checksum(mutant *m, size_t at, size_t header) {
    static const char key[] = "\"crc32\":\"";
    char sum[9];
    uint8_t *text = m->data + at + 8;
    size_t data = at + 8 + header;
    snprintf(sum, sizeof sum, "%08lx", crc32(0, m->data + data, (unsigned)(m->size - data)));
    for (size_t i = 0; i + sizeof key + 8 <= header; i++)
        if (memcmp(text + i, key, sizeof key - 1) == 0)
            memcpy(text + i + sizeof key - 1, sum, 8);
}

/* The file begins `at` bytes into the input. */
static inline size_t mutate_safetensors(uint8_t *data, size_t size, size_t most, size_t at,
                                        unsigned seed) {
    mutant m = mutant_of(data, size, most, seed);
    size_t header = size >= at + 8 ? mutant_u32(&m, at) : SIZE_MAX;
    if (header > size || at + 8 > size - header || mutant_draw(&m, 4) == 0)
        return LLVMFuzzerMutate(data, size, most);
    size_t rest = size - at - 8 - header;
    if (mutant_draw(&m, 4) > 0 || rest == 0)
        header = mutate_word(&m, at + 8, header);
    else /* numbers stay as many, or nothing fits any more */
        LLVMFuzzerMutate(data + at + 8 + header, rest, rest);
    mutant_put_u32(&m, at, (uint32_t)header);
    mutant_put_u32(&m, at + 4, 0);
    mend_checksum(&m, at, header);
    return m.size;
}

#endif
