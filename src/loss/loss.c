/* A batch's loss: samples in parts, and what the parts come to added up in their order. */
#include "loss/loss.h"

#include "base/parallel.h"

enum { PARTS = 64, SMALLEST = 16 };

struct batch {
    loci_sample_loss *sample;
    const float *outputs;
    const loci_targets *targets;
    size_t count, part_size, width, ld;
    double share;
    float *delta;
    loci_loss part[PARTS];
};

static void add_part(void *context, size_t task, size_t worker) {
    (void)worker;
    struct batch *x = context;
    const float *weights = x->targets->weights;
    size_t first = task * x->part_size;
    size_t end = first + x->part_size < x->count ? first + x->part_size : x->count;
    loci_loss loss = {0, 0};
    for (size_t b = first; b < end; b++) {
        double weight = weights == NULL ? 1 : (double)weights[b];
        size_t correct = 0;
        float *delta = x->delta == NULL ? NULL : x->delta + b * x->ld;
        loss.sum += weight * x->sample(x->outputs + b * x->ld, x->targets, b, x->width,
                                       weight * x->share, delta, &correct);
        loss.correct += correct;
    }
    x->part[task] = loss;
}

static loci_sample_loss *sample_loss(int loss) {
    return loss == LOCI_LOSS_SQUARED ? loci_squared_sample
           : loss == LOCI_LOSS_HUBER ? loci_huber_sample
                                     : loci_cross_entropy_sample;
}

loci_loss loci_loss_of(int loss, const float *outputs, const loci_targets *targets, size_t count,
                       size_t width, size_t ld, double share, float *delta, loci_pool *pool) {
    struct batch x = {.sample = sample_loss(loss),
                      .outputs = outputs,
                      .targets = targets,
                      .count = count,
                      .part_size = count <= PARTS * SMALLEST ? SMALLEST : (count - 1) / PARTS + 1,
                      .width = width,
                      .ld = ld,
                      .share = share,
                      .delta = delta};
    size_t parts = (count + x.part_size - 1) / x.part_size;
    loci_loss sum = {0, 0};
    loci_parallel(pool, parts, add_part, &x);
    for (size_t p = 0; p < parts; p++) {
        sum.sum += x.part[p].sum;
        sum.correct += x.part[p].correct;
    }
    return sum;
}

loci_loss loci_cross_entropy(const float *logits, const int32_t *labels, size_t count,
                             size_t classes, size_t ld, double share, float *delta,
                             loci_pool *pool) {
    const loci_targets targets = {.labels = labels};
    return loci_loss_of(LOCI_LOSS_CROSS_ENTROPY, logits, &targets, count, classes, ld, share, delta,
                        pool);
}
