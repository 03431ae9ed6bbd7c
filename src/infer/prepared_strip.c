/* Many inputs through prepared weights of a pruned net: 64 at a time go through all layers, samples
 * innermost, so that a connection is looked up once for all of them. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "infer/prepared_contents.h"

enum { STRIP = LOCI_FIXED_STRIP };

/* x [inputs, STRIP] = some inputs turned round. A shrunk net looks at some of the pixels. */
static void turn_inputs(const loci_prepared *p, const float *inputs, size_t rows, float *x) {
    size_t pixels = loci_spec_pixels(&p->network->spec);
    if (p->network->pixels == NULL) {
        p->weights[0].kernels->transpose(inputs, pixels, rows, pixels, x, STRIP);
        return;
    }
    for (size_t i = 0; i < p->network->spec.inputs; i++) {
        float *to = x + i * STRIP;
        const float *from = inputs + p->network->pixels[i];
        for (size_t b = 0; b < rows; b++)
            to[b] = from[b * pixels];
    }
}

/* The hidden layer l. */
static void activate(const loci_prepared *p, size_t l, float *x) {
    for (size_t j = 0; j < p->weights[l].m; j++)
        p->activate->neuron(p->network->spec.activation, x + j * STRIP, STRIP, p->bias[l][j]);
}

bool loci_prepared_strip(const loci_prepared *p, size_t worker, const float *inputs, size_t rows,
                         float *logits) {
    const loci_spec *spec = &p->network->spec;
    size_t classes = spec->classes, last = loci_spec_hidden_layers(spec);
    float *x = p->strips + worker * 2 * p->widest * STRIP, *y = x + p->widest * STRIP;
    /* looked at just before they are used, which also brings them into the cache row by row */
    if (!p->weights[0].kernels->finite(inputs, rows * loci_spec_pixels(spec)))
        return false;
    turn_inputs(p, inputs, rows, x);
    for (size_t l = 0; l <= last; l++) {
        loci_fixed_strip(&p->weights[l], x, y);
        if (l < last)
            activate(p, l, y);
        float *made = y;
        y = x;
        x = made;
    }
    for (size_t b = 0; b < rows; b++)
        for (size_t k = 0; k < classes; k++)
            logits[b * classes + k] =
                (float)spec->logit_scale * (x[k * STRIP + b] + p->bias[last][k]);
    return true;
}

int loci_prepared_provide_strips(loci_prepared *p, size_t workers, loci_error *error) {
    size_t floats = workers * 2 * p->widest * STRIP;
    if (floats <= p->strip_floats)
        return LOCI_OK;
    free(p->strips);
    p->strips = loci_alloc(floats, sizeof *p->strips);
    p->strip_floats = p->strips == NULL ? 0 : floats;
    return p->strips == NULL ? loci_fail_memory(error, "prepared network") : LOCI_OK;
}
