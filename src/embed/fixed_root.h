/* 1 / sqrt in integers, the twin of src/embed/c/kernel_root_fixed.c. */
#ifndef LOCI_EMBED_FIXED_ROOT_H
#define LOCI_EMBED_FIXED_ROOT_H

#include <stdint.h>

/* Entries of the table, and what its first stands for: 1 / sqrt(2^30) is 65535. */
enum { LOCI_ROOT_ENTRIES = 97, LOCI_ROOT_ONE = 65535 };

/* table[i] = 65535 / sqrt(1 + i / 32), rounded. */
void loci_root_table(uint16_t table[LOCI_ROOT_ENTRIES]);

/* 65535 2^(15 - shift) / sqrt(square), rounded down; square >= 1, and so large that shift is not
 * less than half its leading zeros. */
static inline int32_t loci_fixed_root(const uint16_t *table, uint32_t square, uint32_t shift) {
    uint32_t half = (uint32_t)__builtin_clz(square) / 2;
    uint32_t scaled = square << 2 * half;
    uint32_t entry = (scaled >> 25) - 32, rest = scaled >> 9 & 0xffff;
    uint32_t high = table[entry], low = table[entry + 1];
    return (int32_t)((high - ((high - low) * rest >> 16)) >> (shift - half));
}

#endif
