/* How long a connection takes, in integers, the twin of src/codegen/c/kernel_delay_fixed.c: the
 * root of a squared distance times a pace, in steps / 256.
 *
 * The root comes from a table over the first digits of the square, with straight lines between its
 * entries: off by 1 in 6,000 at most, a sixtieth of a step where delays are a hundred steps long.
 */
#ifndef LOCI_CODEGEN_FIXED_DELAY_H
#define LOCI_CODEGEN_FIXED_DELAY_H

#include <stdint.h>

/* Entries of the table: of 16 to 64 64ths; the most steps that a distance of 1 may take. */
enum { LOCI_SQUARE_ROOTS = 49, LOCI_LARGEST_PACE = 4095 };

typedef struct loci_fixed_delay {
    uint32_t pace;        /* 16 bits */
    uint32_t shift;       /* a root of 16 bits times it is steps / 256 after so many bits */
    uint32_t least, most; /* steps / 256: what is less than `least` is 0, and later ones are as much
                           * less; none is more than `most` */
} loci_fixed_delay;

/* table[i] = 2^16 sqrt((i + 16) / 64), at most 65535. */
void loci_square_root_table(uint16_t table[LOCI_SQUARE_ROOTS]);

/* pace: steps that a distance of 1 takes, LOCI_LARGEST_PACE at most; squares have 8 bits more than
 * distances of 1, squared. */
loci_fixed_delay loci_fixed_delay_make(double pace, uint32_t first, uint32_t taps);

/* In steps / 256, counted from the first; square >= 1. */
static inline uint32_t loci_fixed_delay_of(const uint16_t *table, uint32_t square,
                                           const loci_fixed_delay *delay) {
    uint32_t zeros = (uint32_t)__builtin_clz(square) & ~1u;
    uint32_t digits = square << zeros, i = (digits >> 26) - 16;
    uint32_t part = digits >> 16 & 1023;
    uint32_t root = table[i] + ((uint32_t)(table[i + 1] - table[i]) * part >> 10);
    uint32_t shift = delay->shift + zeros / 2;
    uint32_t late = shift < 32 ? root * delay->pace >> shift : 0;
    late = late > delay->least ? late - delay->least : 0;
    return late < delay->most ? late : delay->most;
}

#endif
