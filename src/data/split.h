/* Which rows are kept for testing where data have no test part. The choice follows what rows hold,
 * never where they stand: sorting a file, or taking rows away, moves no other row to the other
 * part (but for those at the edge of a quota), and equal rows stay together. */
#ifndef LOCI_DATA_SPLIT_H
#define LOCI_DATA_SPLIT_H

#include "data/dataset.h"

/* What a row is told by: xxHash64 over the seed, as 8 bytes of little-endian, and its numbers as
 * floats likewise, -0 as 0. Equal numbers give equal keys, also as bytes, on every machine. */
uint64_t loci_split_key(const float *values, size_t n, uint64_t seed);
uint64_t loci_split_key_bytes(const uint8_t *values, size_t n, uint64_t seed);

/* Another key for each seed (the last step of splitmix64; Steele, Lea, Flood 2014). */
static inline uint64_t loci_split_mix(uint64_t key, uint64_t seed) {
    uint64_t z = key + 0x9e3779b97f4a7c15u * (seed + 1);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Marks each row LOCI_TRAIN or LOCI_TEST. Rows of one key are a group and get one mark; its class
 * is the smallest label in it. Of each class about fraction * rows are tested, rounded: groups are
 * taken in the order of their keys as long as each brings the class nearer to that. One row of
 * each label stays in training. Where all classes are too small to give a row of their own, they
 * give together; at least one row is tested, of a class that has no other if it must be.
 *
 * marks: [rows], filled. keys: [rows]. labels: [rows], each 0..LOCI_MAX_CLASSES - 1; NULL = all the
 * same, for numbers to predict. Takes 8 bytes a row besides.
 * LOCI_E_ARGUMENT for a fraction outside (0, 1); LOCI_E_FORMAT when all rows are the same;
 * LOCI_E_MEMORY. */
int loci_split_choose(uint8_t *marks, const uint64_t *keys, const int32_t *labels, size_t rows,
                      double fraction, loci_error *error);

/* Moves rows of the training part of a data set that a reader has filled, and that has no test
 * part, into the test part: options->test_fraction of them by options->split_seed. With
 * options->skip_test they are dropped. The rows of each part keep their order. Before
 * loci_dataset_finish(), and not for borrowed arrays. As loci_split_choose(), errors with `where`.
 */
int loci_dataset_split(loci_dataset *data, const loci_data_options *options, const char *where,
                       loci_error *error);

#endif
