#include "train/adam.h"

#include <math.h>

#include "base/parallel.h"

enum { CHUNK = 4096 };

struct update {
    float *parameters, *moment1, *moment2;
    const float *gradient, *factor;
    size_t count;
    float rate;        /* the step size, the first moment's bias corrected in it */
    float correction2; /* of the second moment's: 1 / (1 - beta2^step) */
};

static void update_chunk(void *context, size_t task, size_t worker) {
    (void)worker;
    const struct update *u = context;
    size_t from = task * CHUNK, end = from + CHUNK < u->count ? from + CHUNK : u->count;
    float *restrict x = u->parameters, *restrict m = u->moment1, *restrict v = u->moment2;
    const float *restrict g = u->gradient;
    for (size_t i = from; i < end; i++) {
        m[i] = 0.9f * m[i] + 0.1f * g[i];
        v[i] = 0.999f * v[i] + 0.001f * g[i] * g[i];
        float change = u->rate * m[i] / (sqrtf(v[i] * u->correction2) + 1e-8f);
        x[i] -= u->factor == NULL ? change : u->factor[i] * change;
    }
}

void loci_adam(float *parameters, const float *gradient, float *moment1, float *moment2,
               const float *factor, size_t count, uint64_t step, double rate, loci_pool *pool) {
    struct update u = {
        .parameters = parameters,
        .gradient = gradient,
        .factor = factor,
        .moment1 = moment1,
        .moment2 = moment2,
        .count = count,
        .rate = (float)(rate / (1 - pow(0.9, (double)step))),
        .correction2 = (float)(1 / (1 - pow(0.999, (double)step))),
    };
    loci_parallel(pool, (count + CHUNK - 1) / CHUNK, update_chunk, &u);
}
