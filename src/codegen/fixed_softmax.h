/* Shares of a softmax in integers, the twin of what c/neurons_spiking.c does: powers of 2 from a
 * table of a halving, with straight lines between its entries, and one division for all shares.
 * What is 16 halvings below the largest has no share. */
#ifndef LOCI_CODEGEN_FIXED_SOFTMAX_H
#define LOCI_CODEGEN_FIXED_SOFTMAX_H

#include <stddef.h>
#include <stdint.h>

enum { LOCI_SHARE_BITS = 15, LOCI_HALVING_BITS = 11, LOCI_HALVING_ENTRIES = 33 };

typedef struct loci_fixed_softmax {
    uint16_t table[LOCI_HALVING_ENTRIES]; /* 2^15 2^(-i / 32) */
    uint32_t shift, factor, rest;         /* from what is below the largest to halvings, 2^-11 */
} loci_fixed_softmax;

/* unit: what 1 of a membrane is. */
void loci_fixed_softmax_make(loci_fixed_softmax *softmax, double unit);

/* 2^15 exp(-below unit), rounded down. */
static inline uint32_t loci_fixed_power(const loci_fixed_softmax *softmax, uint32_t below) {
    uint32_t digits = below >> softmax->shift;
    if (digits > 65535)
        return 0;
    uint32_t halvings = digits * softmax->factor >> softmax->rest;
    uint32_t i = halvings >> (LOCI_HALVING_BITS - 5) & 31, part = halvings & 63;
    uint32_t drop = (uint32_t)(softmax->table[i] - softmax->table[i + 1]);
    halvings >>= LOCI_HALVING_BITS;
    return halvings < 16 ? (softmax->table[i] - (drop * part >> 6)) >> halvings : 0;
}

#endif
