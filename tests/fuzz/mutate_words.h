/* Changing text by its words: numbers, names, what stands in quotes. One becomes another word of
 * the same text, a number at some limit, or nothing; or the engine changes its letters. */
#ifndef LOCI_TESTS_MUTATE_WORDS_H
#define LOCI_TESTS_MUTATE_WORDS_H

#include <stdbool.h>

#include "mutate.h"

static inline bool is_of_word(uint8_t c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '.' || c == '-' || c == '+' || c >= 0x80;
}

/* Word number `which` of the text, counted round and round; false where there is none. */
static inline bool find_word(const uint8_t *text, size_t size, size_t which, size_t *at,
                             size_t *length) {
    size_t words = 0;
    for (size_t i = 0; i < size; i++)
        words += is_of_word(text[i]) && (i == 0 || !is_of_word(text[i - 1]));
    if (words == 0)
        return false;
    which %= words;
    for (size_t i = 0; i < size; i++)
        if (is_of_word(text[i]) && (i == 0 || !is_of_word(text[i - 1])) && which-- == 0) {
            *at = i;
            for (*length = 0; i + *length < size && is_of_word(text[i + *length]);)
                ++*length;
            break;
        }
    return true;
}

/* Changes one word of the [length] bytes of text at `at`; returns their new number. */
static inline size_t mutate_word(mutant *m, size_t at, size_t length) {
    static const char *const limits[] = {"0",
                                         "1",
                                         "-1",
                                         "2",
                                         "255",
                                         "256",
                                         "65536",
                                         "2147483648",
                                         "4294967295",
                                         "4294967296",
                                         "9223372036854775807",
                                         "18446744073709551615",
                                         "0.5",
                                         "-0.0",
                                         "1e-320",
                                         "1e308",
                                         "1e999",
                                         "nan",
                                         "true",
                                         "null",
                                         "",
                                         "\xc3\xa9",
                                         "[]",
                                         "{}"};
    size_t word = 0, size = 0, other = 0, of_other = 0, fresh;
    if (!find_word(m->data + at, length, mutant_draw(m, 1 << 16), &word, &size))
        return mutant_change(m, at, length);
    const char *limit = limits[mutant_draw(m, sizeof limits / sizeof *limits)];
    switch (mutant_draw(m, 4)) {
    case 0:
        fresh = mutant_splice(m, at + word, size, limit, strlen(limit));
        break;
    case 1:
        find_word(m->data + at, length, mutant_draw(m, 1 << 16), &other, &of_other);
        fresh = mutant_splice(m, at + word, size, m->data + at + other, of_other);
        break;
    case 2: /* the word and what stands before it, once more */
        find_word(m->data + at, length, mutant_draw(m, 1 << 16), &other, &of_other);
        of_other += other >= 2 ? 2 : 0;
        other -= other >= 2 ? 2 : 0;
        fresh = size + mutant_splice(m, at + word + size, 0, m->data + at + other, of_other);
        break;
    default:
        fresh = mutant_change(m, at + word, size);
    }
    return length - size + fresh;
}

/* For targets whose whole input is text. */
#define MUTATE_WORDS                                                                               \
    size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed) {   \
        mutant m = mutant_of(data, size, max_size, seed);                                          \
        if (mutant_draw(&m, 2) == 0)                                                               \
            return LLVMFuzzerMutate(data, size, max_size);                                         \
        mutate_word(&m, 0, size);                                                                  \
        return m.size;                                                                             \
    }

#endif
