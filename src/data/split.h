/* Which rows go into the test part: by what they hold, so that the order of a file does not matter,
 * and rows that say the same stay on one side. */
#ifndef LOCI_DATA_SPLIT_H
#define LOCI_DATA_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include <loci/status.h>

/* Another key for each seed (the last step of splitmix64; Steele, Lea, Flood 2014). */
static inline uint64_t loci_split_mix(uint64_t key, uint64_t seed) {
    uint64_t z = key + 0x9e3779b97f4a7c15u * (seed + 1);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* The key of a row: the same for the same n values, whatever their sign where they are 0, and
 * whatever kind of NaN they are. */
uint64_t loci_split_key(const float *values, size_t n, uint64_t seed);
/* Likewise of n bytes. */
uint64_t loci_split_key_bytes(const uint8_t *values, size_t n, uint64_t seed);

/* Marks rows, LOCI_TRAIN or LOCI_TEST, in the order of their keys until the share `fraction` of
 * each class is in the test part; one row of each at least stays in the training part. Rows with
 * the same key stay together, and count for the smallest label among them; the test
 * part does not get larger for that, unless it would stay empty. marks [rows]; keys
 * [rows]; labels [rows] from 0, or NULL: there are no classes. LOCI_E_MEMORY. */
int loci_split_choose(uint8_t *marks, const uint64_t *keys, const int32_t *labels, size_t rows,
                      double fraction, loci_error *error);

#endif
