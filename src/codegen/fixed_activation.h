/* An activation in integers: the twin of activate() in src/codegen/c/run_relu.c.
 *
 * ReLU is a shift. Any other is a table over the sum, with straight lines between its entries. 0
 * stays 0, whatever the activation: what is silent costs nothing. */
#ifndef LOCI_CODEGEN_FIXED_ACTIVATION_H
#define LOCI_CODEGEN_FIXED_ACTIVATION_H

#include <stdint.h>

/* The finest table: 2^12 segments. */
enum { LOCI_ACTIVATION_BITS = 12, LOCI_ACTIVATION_ENTRIES = (1 << LOCI_ACTIVATION_BITS) + 1 };

typedef struct loci_fixed_activation {
    int16_t *table; /* [2^bits + 1] what is sent where a segment begins, and where the last ends;
                     * NULL: ReLU */
    uint32_t
        bits; /* sums from -2^(31 - shift) to 2^(31 - shift) - 1 are cut into 2^bits segments */
    uint32_t shift; /* and larger ones sent as the largest of them */
} loci_fixed_activation;

/* Fills the table and the rest for sums of up to `largest`, each of `unit`; returns what 1 of an
 * output is. */
double loci_fixed_activation_make(loci_fixed_activation *to, int activation, int32_t largest,
                                  double unit);

static inline int32_t loci_fixed_activation_of(const loci_fixed_activation *by, int32_t sum) {
    int32_t most = INT32_MAX >> by->shift;
    sum = sum > most ? most : sum < -most - 1 ? -most - 1 : sum;
    uint32_t digits = ((uint32_t)sum << by->shift) ^ 0x80000000u;
    uint32_t i = digits >> (32 - by->bits);
    int32_t part = (int32_t)(digits >> (16 - by->bits) & 0xffff);
    return by->table[i] + ((by->table[i + 1] - by->table[i]) * part >> 16);
}

#endif
