/* Adam (Kingma, Ba 2015, arXiv 1412.6980): beta1 0.9, beta2 0.999, epsilon 1e-8. */
#ifndef LOCI_TRAIN_ADAM_H
#define LOCI_TRAIN_ADAM_H

#include <loci/pool.h>
#include <stddef.h>
#include <stdint.h>

/* One step on parameters [count], with moments [count] of the same; step counts from 1. factor
 * [count] of each one's rate; NULL = 1. */
void loci_adam(float *parameters, const float *gradient, float *moment1, float *moment2,
               const float *factor, size_t count, uint64_t step, double rate, loci_pool *pool);

#endif
