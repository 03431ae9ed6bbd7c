/* Counter-based random numbers: Philox 4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random
 * numbers: as easy as 1, 2, 3"). A draw is a function of (seed, purpose, round, index); there is no
 * state, so no order of execution can change a result, and resuming needs nothing saved. */
#ifndef LOCI_BASE_RANDOM_H
#define LOCI_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* One purpose a stream. Numbers are part of what a seed means: append, never renumber. */
enum loci_purpose {
    LOCI_RANDOM_START = 1,      /* start positions and charges; round = tensor */
    LOCI_RANDOM_ORDER = 2,      /* order of samples; round = epoch */
    LOCI_RANDOM_SHIFT = 3,      /* augmentation; round = epoch, index = sample */
    LOCI_RANDOM_VALIDATION = 4, /* which samples are held out */
    LOCI_RANDOM_SPLIT = 5,      /* train/test split of a table */
    LOCI_RANDOM_GLYPHS = 6,     /* the built-in data set; round = sample */
    LOCI_RANDOM_TEST = 7,       /* the tests' own draws */
    LOCI_RANDOM_POISSON = 8,    /* input spikes; round = epoch */
    LOCI_RANDOM_WARP = 9,       /* augmentation beyond shifts; round = epoch */
    LOCI_RANDOM_PLACES = 10,    /* the built-in data set; round = sample */
    LOCI_RANDOM_JITTER = 11,    /* augmentation of events; round = epoch, index = sample */
    LOCI_RANDOM_DROP = 12,      /* likewise, which are left out */
    LOCI_RANDOM_FLIP = 13       /* augmentation, which are mirrored; round = epoch */
};

typedef struct loci_random {
    uint64_t seed;
    uint32_t purpose;
    uint32_t round;
} loci_random;

/* The four words at one index. */
void loci_random_words(const loci_random *stream, uint64_t index, uint32_t words[4]);
/* Uniform in [0, 1), 53 bits. */
double loci_random_uniform(const loci_random *stream, uint64_t index);
/* Standard normal (Box-Muller). */
double loci_random_normal(const loci_random *stream, uint64_t index);
/* Uniform in 0..bound-1 without bias beyond 2^-32; bound >= 1. */
uint32_t loci_random_below(const loci_random *stream, uint64_t index, uint32_t bound);
/* Fills order[count] with a permutation of 0..count-1 (Fisher-Yates). */
void loci_random_permutation(const loci_random *stream, uint32_t *order, uint32_t count);

#endif
