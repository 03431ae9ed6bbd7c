#include <math.h>

#include "base/parallel.h"
#include "loss/loss.h"

/* Samples of a batch, in parts; what the parts come to is added up in their order. */
enum { PARTS = 64, SMALLEST = 16 };

struct batch {
    const float *logits;
    const int32_t *labels;
    size_t count, part_size, classes, ld;
    double share;
    float *delta;
    loci_loss part[PARTS];
};

static void add_sample(const struct batch *x, size_t b, loci_loss *loss) {
    const float *row = x->logits + b * x->ld;
    size_t classes = x->classes, label = (size_t)x->labels[b], best = loci_argmax(row, classes);
    float *to = x->delta == NULL ? NULL : x->delta + b * x->ld;
    double sum = 0;
    for (size_t k = 0; k < classes; k++) {
        double term = exp((double)row[k] - row[best]);
        sum += term;
        if (to != NULL)
            to[k] = (float)term;
    }
    loss->sum += log(sum) - ((double)row[label] - row[best]);
    loss->correct += best == label;
    for (size_t k = 0; to != NULL && k < classes; k++)
        to[k] = (float)((to[k] / sum - (k == label)) * x->share);
}

static void add_part(void *context, size_t task, size_t worker) {
    (void)worker;
    struct batch *x = context;
    size_t first = task * x->part_size;
    size_t end = first + x->part_size < x->count ? first + x->part_size : x->count;
    loci_loss loss = {0, 0};
    for (size_t b = first; b < end; b++)
        add_sample(x, b, &loss);
    x->part[task] = loss;
}

loci_loss loci_cross_entropy(const float *logits, const int32_t *labels, size_t count,
                             size_t classes, size_t ld, double share, float *delta,
                             loci_pool *pool) {
    struct batch x = {.logits = logits,
                      .labels = labels,
                      .count = count,
                      .part_size = count <= PARTS * SMALLEST ? SMALLEST : (count - 1) / PARTS + 1,
                      .classes = classes,
                      .ld = ld,
                      .share = share,
                      .delta = delta};
    size_t parts = (count + x.part_size - 1) / x.part_size;
    loci_loss loss = {0, 0};
    loci_parallel(pool, parts, add_part, &x);
    for (size_t p = 0; p < parts; p++) {
        loss.sum += x.part[p].sum;
        loss.correct += x.part[p].correct;
    }
    return loss;
}
