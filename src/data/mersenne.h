/* The generator of numpy's RandomState: MT19937 (Matsumoto, Nishimura 1998, "Mersenne twister"),
 * its seeding of 2002, doubles of 53 bits. For data sets that were drawn by it; what Loci draws
 * itself comes from base/random.h. */
#ifndef LOCI_DATA_MERSENNE_H
#define LOCI_DATA_MERSENNE_H

#include <stdint.h>

enum { LOCI_MERSENNE_WORDS = 624 };

typedef struct loci_mersenne {
    uint32_t word[LOCI_MERSENNE_WORDS];
    uint32_t next; /* of the words */
} loci_mersenne;

/* RandomState(seed). */
void loci_mersenne_seed(loci_mersenne *state, uint32_t seed);
/* rand(): uniform in [0, 1). */
double loci_mersenne_uniform(loci_mersenne *state);
/* randint(bound): 0..bound - 1, bound at least 1. */
uint32_t loci_mersenne_below(loci_mersenne *state, uint32_t bound);

#endif
