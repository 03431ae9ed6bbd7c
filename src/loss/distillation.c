#include <math.h>

#include "base/parallel.h"
#include "loss/loss.h"

/* Samples of a batch that one task looks at. */
enum { PART = 16 };

struct lesson {
    const float *logits, *weights;
    const float *const *teachers;
    size_t teacher_count, count, classes, ld;
    double own, taught, temperature; /* factors on the labels' part and on the difference */
    float *delta;
};

/* What softmax of one sample's logits needs of all of them. */
struct scale {
    float most;
    double sum;
};

static struct scale scale_of(const struct lesson *x, const float *logits) {
    struct scale s = {.most = logits[loci_argmax(logits, x->classes)]};
    s.sum = loci_softmax_sum(logits, x->classes, s.most, x->temperature);
    return s;
}

static double probability(const struct lesson *x, const struct scale *s, float logit) {
    return exp(((double)logit - s->most) / x->temperature) / s->sum;
}

/* What the teachers say of class k of sample b, in their order. */
static double mean_probability(const struct lesson *x, const struct scale *scales, size_t b,
                               size_t k) {
    double sum = 0;
    for (size_t t = 0; t < x->teacher_count; t++)
        sum += probability(x, &scales[t], x->teachers[t][b * x->ld + k]);
    return sum / (double)x->teacher_count;
}

static void teach_sample(const struct lesson *x, size_t b) {
    struct scale scales[LOCI_MOST_TEACHERS];
    const float *z = x->logits + b * x->ld;
    float *to = x->delta + b * x->ld;
    const struct scale own = scale_of(x, z);
    double taught = x->weights == NULL ? x->taught : x->taught * (double)x->weights[b];
    for (size_t t = 0; t < x->teacher_count; t++)
        scales[t] = scale_of(x, x->teachers[t] + b * x->ld);
    for (size_t k = 0; k < x->classes; k++) {
        double p = probability(x, &own, z[k]), q = mean_probability(x, scales, b, k);
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

void loci_distil(const float *logits, const float *const *teachers, size_t teacher_count,
                 const float *weights, size_t count, size_t classes, size_t ld, double weight,
                 double distillation, double temperature, float *delta, loci_pool *pool) {
    struct lesson x = {.logits = logits,
                       .teachers = teachers,
                       .teacher_count = teacher_count,
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
