/* Changing an input by its fields, where changing bytes blindly stays at the door: of a file with
 * lengths and check sums nearly every blind change is refused for those alone. A target that wants
 * it has LLVMFuzzerCustomMutator(); the engine calls it, and so does replay.c. */
#ifndef LOCI_TESTS_MUTATE_H
#define LOCI_TESTS_MUTATE_H

#include <stdint.h>
#include <string.h>

/* The engine's own changes of bytes; returns the new size, at most max_size. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
/* Changes an input in place; returns its new size. The same seed does the same. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

/* An input under change: [size] of [most] bytes. */
typedef struct mutant {
    uint8_t *data;
    size_t size, most;
    uint32_t state; /* of the draws */
} mutant;

static inline mutant mutant_of(uint8_t *data, size_t size, size_t most, unsigned seed) {
    return (mutant){data, size, most, seed * 2654435761u + 1};
}

/* 0 .. n-1; n > 0 */
static inline size_t mutant_draw(mutant *m, size_t n) {
    m->state ^= m->state << 13;
    m->state ^= m->state >> 17;
    m->state ^= m->state << 5;
    m->state += m->state == 0;
    return m->state % n;
}

/* [length] bytes at `at` become [fresh] others, which may lie in the input itself; nothing happens
 * where there is no room. Returns how many stand there now. */
static inline size_t mutant_splice(mutant *m, size_t at, size_t length, const void *bytes,
                                   size_t fresh) {
    uint8_t kept[256];
    if (fresh > sizeof kept || m->size - length + fresh > m->most)
        return length;
    memcpy(kept, bytes, fresh);
    memmove(m->data + at + fresh, m->data + at + length, m->size - at - length);
    memcpy(m->data + at, kept, fresh);
    m->size += fresh - length;
    return fresh;
}

/* The engine changes the [length] bytes at `at`; what follows moves. Returns their new number. */
static inline size_t mutant_change(mutant *m, size_t at, size_t length) {
    enum { MOST_TAIL = 1 << 16 };
    static uint8_t tail[MOST_TAIL];
    size_t after = m->size - at - length;
    if (after > MOST_TAIL || m->most == at + after)
        return length;
    memcpy(tail, m->data + at + length, after);
    size_t fresh = LLVMFuzzerMutate(m->data + at, length, m->most - at - after);
    memcpy(m->data + at + fresh, tail, after);
    m->size = at + fresh + after;
    return fresh;
}

static inline void mutant_put_u32(mutant *m, size_t at, uint32_t value) {
    for (size_t b = 0; b < 4; b++)
        m->data[at + b] = (uint8_t)(value >> 8 * b);
}

static inline uint32_t mutant_u32(const mutant *m, size_t at) {
    const uint8_t *d = m->data + at;
    return (uint32_t)d[0] | (uint32_t)d[1] << 8 | (uint32_t)d[2] << 16 | (uint32_t)d[3] << 24;
}

#endif
