/* Rounding stored weights for the sake of the sums they make. */
#ifndef LOCI_CODEGEN_ROUND_H
#define LOCI_CODEGEN_ROUND_H

#include "codegen/export.h"

/* Layers with more senders are rounded number by number: memory grows with the square. */
enum { LOCI_ROUND_SENDERS = 2048 };

/* Moments of what enters a pair: out [n, n] = sum over count samples in [count, n] of x_i x_j,
 * around their means, which mean [n] receives; NULL: around 0. */
void loci_codegen_moments(const int32_t *in, size_t count, size_t n, float *mean, float *out);

/* Rounds the weights w [n], stride apart, of one receiver to `units` of whole numbers up to `most`,
 * first each to the nearest, then one by one so that the sums over what enters change least;
 * weights that are 0 stay. rounds: how often all are gone through at most. rounded [n]. scratch [2
 * n]. Returns by how much, squared. */
double loci_codegen_round(const float *moments, const float *w, size_t stride, size_t n,
                          double unit, int32_t most, int rounds, int32_t *rounded, float *scratch);

#endif
