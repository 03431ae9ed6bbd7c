/* Changing .npy arrays: a word of a header becomes another; its length, and how many bytes follow,
 * are made right where the header says how many. Several arrays may stand one behind the other. */
#ifndef LOCI_TESTS_MUTATE_NPY_H
#define LOCI_TESTS_MUTATE_NPY_H

#include <stdbool.h>
#include <stdlib.h>

#include "mutate_words.h"

enum { NPY_ARRAYS = 8, NPY_HEAD = 10 };
#define NPY_MAGIC "\x93NUMPY"

/* Where arrays begin; what stands before the first belongs to none. */
static inline size_t npy_list(const uint8_t *data, size_t size, size_t places[NPY_ARRAYS]) {
    size_t count = 0;
    for (size_t at = 0; count < NPY_ARRAYS && at + NPY_HEAD <= size; at++)
        if (memcmp(data + at, NPY_MAGIC, 6) == 0)
            places[count++] = at;
    return count;
}

/* The next number, behind which *at stands then; 0: there is none. */
static inline size_t npy_number(const uint8_t **at, const uint8_t *end) {
    size_t number = 0;
    while (*at < end && (**at < '0' || **at > '9'))
        ++*at;
    for (; *at < end && **at >= '0' && **at <= '9'; ++*at)
        number = number > 1 << 20 ? number : 10 * number + (size_t)(**at - '0');
    return number;
}

/* The bytes that the items take, as the header has it; SIZE_MAX where it is not clear. */
static inline size_t npy_claimed(const uint8_t *header, size_t length) {
    const uint8_t *end = header + length, *type = header, *shape = memchr(header, '(', length);
    while (type < end && *type != '<' && *type != '>' && *type != '|')
        type++;
    if (type + 2 >= end || shape == NULL)
        return SIZE_MAX;
    bool wide = type[1] == 'U';
    const uint8_t *shape_end = memchr(shape, ')', (size_t)(end - shape));
    size_t claimed = npy_number(&type, end) * (wide ? 4 : 1);
    while (shape_end != NULL && shape < shape_end) {
        while (shape < shape_end && (*shape < '0' || *shape > '9'))
            shape++;
        if (shape < shape_end)
            claimed *= npy_number(&shape, shape_end);
        if (claimed > 1 << 20)
            return SIZE_MAX;
    }
    return claimed;
}

/* Changes the array of [length] bytes at `at`; returns their new number. */
static inline size_t mutate_npy_array(mutant *m, size_t at, size_t length) {
    size_t header = m->data[at + 8] | (size_t)m->data[at + 9] << 8;
    if (length < NPY_HEAD || m->data[at + 6] != 1 || header > length - NPY_HEAD)
        return mutant_change(m, at, length);
    size_t items = length - NPY_HEAD - header, from = at + NPY_HEAD;
    if (mutant_draw(m, 4) == 0) { /* the items; still as many */
        if (items > 0)
            LLVMFuzzerMutate(m->data + from + header, items, items);
        return length;
    }
    header = mutate_word(m, from, header);
    if (header > UINT16_MAX)
        return NPY_HEAD + header + items;
    m->data[at + 8] = (uint8_t)header;
    m->data[at + 9] = (uint8_t)(header >> 8);
    size_t claimed = npy_claimed(m->data + from, header);
    if (claimed > 4096 || mutant_draw(m, 16) == 0)
        return NPY_HEAD + header + items;
    if (claimed < items) {
        mutant_splice(m, from + header + claimed, items - claimed, "", 0);
        items = claimed;
    }
    while (items < claimed) {
        size_t more = claimed - items < 64 ? claimed - items : 64;
        static const uint8_t ones[64] = {1};
        if (mutant_splice(m, from + header + items, 0, ones, more) != more)
            break;
        items += more;
    }
    return NPY_HEAD + header + items;
}

static inline size_t mutate_npy(uint8_t *data, size_t size, size_t most, unsigned seed) {
    mutant m = mutant_of(data, size, most, seed);
    size_t places[NPY_ARRAYS], count = npy_list(data, size, places);
    if (count == 0 || mutant_draw(&m, 4) == 0)
        return LLVMFuzzerMutate(data, size, most);
    size_t which = mutant_draw(&m, count);
    size_t end = which + 1 < count ? places[which + 1] : size;
    mutate_npy_array(&m, places[which], end - places[which]);
    return m.size;
}

#define MUTATE_NPY                                                                                 \
    size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {   \
        return mutate_npy(data, size, max_size, seed);                                             \
    }

#endif
