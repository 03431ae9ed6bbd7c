/* Many inputs through prepared weights: 64 at a time go through all layers, samples innermost, so
 * that every weight is loaded once for all of them and stays in the cache for the next 64. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "train/prepared.h"

enum { STRIP = LOCI_FIXED_STRIP };

struct batch {
    loci_prepared *prepared;
    const float *inputs; /* [count, pixels] */
    float *logits;       /* [count, classes] */
    size_t count;
    atomic_bool wrong; /* an input was not finite */
};

/* x [inputs, STRIP] = some inputs turned round. A shrunk net looks at some of the pixels. */
static void turn_inputs(const loci_prepared *p, const float *inputs, size_t rows, float *x) {
    size_t pixels = loci_spec_pixels(&p->network->spec);
    if (p->network->pixels == NULL) {
        p->weights[0].kernels->turn(inputs, pixels, rows, pixels, x, STRIP);
        return;
    }
    for (size_t i = 0; i < p->network->spec.inputs; i++) {
        float *to = x + i * STRIP;
        const float *from = inputs + p->network->pixels[i];
        for (size_t b = 0; b < rows; b++)
            to[b] = from[b * pixels];
    }
}

static void rectify(const float *bias, size_t m, float *x) {
    for (size_t j = 0; j < m; j++)
        for (size_t b = 0; b < STRIP; b++) {
            float u = x[j * STRIP + b] + bias[j];
            x[j * STRIP + b] = u < 0 ? 0 : u;
        }
}

static void run_strip(void *context, size_t task, size_t worker) {
    struct batch *batch = context;
    loci_prepared *p = batch->prepared;
    const loci_spec *spec = &p->network->spec;
    size_t first = task * STRIP, left = batch->count - first, rows = left < STRIP ? left : STRIP;
    size_t classes = spec->classes, last = spec->hidden_count;
    float *x = p->strips + worker * 2 * p->widest * STRIP, *y = x + p->widest * STRIP;
    const float *inputs = batch->inputs + first * loci_spec_pixels(spec);
    /* looked at just before they are used, which also brings them into the cache row by row */
    if (!p->weights[0].kernels->finite(inputs, rows * loci_spec_pixels(spec))) {
        atomic_store(&batch->wrong, true);
        return;
    }
    turn_inputs(p, inputs, rows, x);
    for (size_t l = 0; l <= last; l++) {
        loci_fixed_strip(&p->weights[l], x, y);
        if (l < last)
            rectify(p->bias[l], p->weights[l].m, y);
        float *made = y;
        y = x;
        x = made;
    }
    for (size_t b = 0; b < rows; b++)
        for (size_t k = 0; k < classes; k++)
            batch->logits[(first + b) * classes + k] =
                (float)spec->logit_scale * (x[k * STRIP + b] + p->bias[last][k]);
}

static int make_room(loci_prepared *p, const loci_pool *pool, loci_error *error) {
    size_t floats = (size_t)loci_pool_threads(pool) * 2 * p->widest * STRIP;
    if (floats <= p->strip_floats)
        return LOCI_OK;
    free(p->strips);
    p->strips = loci_alloc(floats, sizeof *p->strips);
    p->strip_floats = p->strips == NULL ? 0 : floats;
    return p->strips == NULL ? loci_fail_memory(error, "prepared network") : LOCI_OK;
}

int loci_prepared_run_batch(loci_prepared *p, loci_pool *pool, const float *inputs, size_t count,
                            float *logits, loci_error *error) {
    size_t pixels = loci_spec_pixels(&p->network->spec), classes = p->network->spec.classes;
    int status = LOCI_OK;
    for (size_t i = 0; p->pass->spiking != NULL && i < count && status == LOCI_OK; i++)
        status = loci_prepared_run(p, inputs + i * pixels, (uint32_t)i, logits + i * classes, NULL,
                                   error);
    if (p->pass->spiking != NULL || status != LOCI_OK)
        return status;
    status = make_room(p, pool, error);
    if (status != LOCI_OK)
        return status;
    struct batch batch = {p, inputs, logits, count, false};
    loci_parallel(pool, (count + STRIP - 1) / STRIP, run_strip, &batch);
    return atomic_load(&batch.wrong) ? loci_prepared_check(p, inputs, count, error) : LOCI_OK;
}
