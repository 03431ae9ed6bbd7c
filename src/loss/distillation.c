#include <math.h>

#include "base/parallel.h"
#include "loss/loss.h"

/* Samples of a batch that one task looks at. */
enum { PART = 16 };

struct lesson {
    const float *logits, *teacher, *weights;
    size_t count, classes, ld;
    double own, taught, temperature; /* factors on the labels' part and on the difference */
    float *delta;
};

static void teach_sample(const struct lesson *x, size_t b) {
    const float *z = x->logits + b * x->ld, *v = x->teacher + b * x->ld;
    float *to = x->delta + b * x->ld;
    float z_most = z[loci_argmax(z, x->classes)], v_most = v[loci_argmax(v, x->classes)];
    double z_sum = loci_softmax_sum(z, x->classes, z_most, x->temperature);
    double v_sum = loci_softmax_sum(v, x->classes, v_most, x->temperature);
    double taught = x->weights == NULL ? x->taught : x->taught * (double)x->weights[b];
    for (size_t k = 0; k < x->classes; k++) {
        double p = exp(((double)z[k] - z_most) / x->temperature) / z_sum;
        double q = exp(((double)v[k] - v_most) / x->temperature) / v_sum;
        to[k] = (float)(x->own * to[k] + taught * (p - q));
    }
}

static void teach_part(void *context, size_t task, size_t worker) {
    (void)worker;
    const struct lesson *x = context;
    size_t first = task * PART;
    size_t end = first + PART < x->count ? first + PART : x->count;
    for (size_t b = first; b < end; b++)
        teach_sample(x, b);
}

void loci_distil(const float *logits, const float *teacher, const float *weights, size_t count,
                 size_t classes, size_t ld, double weight, double distillation, double temperature,
                 float *delta, loci_pool *pool) {
    struct lesson x = {.logits = logits,
                       .teacher = teacher,
                       .weights = weights,
                       .count = count,
                       .classes = classes,
                       .ld = ld,
                       .own = 1 - distillation,
                       .taught = distillation * temperature * weight,
                       .temperature = temperature,
                       .delta = delta};
    loci_parallel(pool, (count + PART - 1) / PART, teach_part, &x);
}
