/* 1 / sqrt in integers, the twin of src/codegen/c/kernel_root_fixed.c.
 *
 * A table of 256 entries, nothing interpolated: off by 1.6% at most. Steps of positions, at 8 bits,
 * change distances by more, so accuracy does not suffer; on a Cortex-M0, which neither counts
 * leading zeros nor divides, a finer root takes half as long again. */
#ifndef LOCI_CODEGEN_FIXED_ROOT_H
#define LOCI_CODEGEN_FIXED_ROOT_H

#include <stdint.h>

/* Entries of the table, and its largest, which stands for 1. */
enum { LOCI_ROOT_ENTRIES = 256, LOCI_ROOT_ONE = 65535 };

/* table[i] = 65535 / sqrt(i), rounded; from 16 on of i + 1/2, as entries stand for all that begins
 * with the same bits. table[0] = 65535 is not used. */
void loci_root_table(uint16_t table[LOCI_ROOT_ENTRIES]);

/* 65535 2^(15 - shift) / sqrt(square), rounded down; square >= 1. */
static inline int32_t loci_fixed_root(const uint16_t *table, uint32_t square, uint32_t shift) {
    uint32_t range = (27 - (uint32_t)__builtin_clz(square | 16)) / 4;
    return (int32_t)((uint32_t)table[square >> 4 * range] << 15 >> (shift + 2 * range));
}

#endif
