/* What a network is trained to make small, and its gradient by the outputs: a file for each.
 *
 *     loss            of one sample, outputs z                    of a
 *     cross-entropy   -log softmax(z)[label], nats                classifier
 *     squared         mean over outputs of (z - t)^2              regressor
 *     huber           likewise of d^2/2 where |d| = |z - t| <= 1, regressor
 *                     else |d| - 1/2
 *
 * A regressor's targets t are in units of their standard deviation over the training part. To add a
 * loss is to write its file, its line in loss.c, its twin (reference/loss_twin.c) and its name. */
#ifndef LOCI_LOSS_LOSS_H
#define LOCI_LOSS_LOSS_H

#include <loci/pool.h>
#include <loci/train.h>
#include <stddef.h>
#include <stdint.h>

/* What a batch should come to. Borrowed. */
typedef struct loci_targets {
    const int32_t *labels; /* [count] of a classifier, else NULL */
    const float *values;   /* [count, outputs] of a regressor, standardised, else NULL */
    const float *weights;  /* [count] >= 0; NULL = all 1 */
} loci_targets;

typedef struct loci_loss {
    double sum;     /* of the samples' losses, times their weights */
    size_t correct; /* of a classifier: largest logit at the label; of equals the first counts */
} loci_loss;

/* One batch of outputs [count, ld], as many as there are outputs in a row. loss: enum
 * loci_loss_kind, not auto. delta [count, ld] receives share * d(sum)/doutputs, or is NULL; share
 * is 1 / batch size for the gradient of the mean. pool: NULL = on this thread. */
loci_loss loci_loss_of(int loss, const float *outputs, const loci_targets *targets, size_t count,
                       size_t width, size_t ld, double share, float *delta, loci_pool *pool);

/* The same of cross-entropy with labels [count], all weights 1. */
loci_loss loci_cross_entropy(const float *logits, const int32_t *labels, size_t count,
                             size_t classes, size_t ld, double share, float *delta,
                             loci_pool *pool);

/* One sample b, its outputs [width]: its loss, unweighted, and share * its gradient to delta
 * [width], unless that is NULL. *correct is set by a classifier's. */
typedef double loci_sample_loss(const float *outputs, const loci_targets *targets, size_t b,
                                size_t width, double share, float *delta, size_t *correct);
loci_sample_loss loci_cross_entropy_sample, loci_squared_sample, loci_huber_sample;

/* What teachers add to a classifier's gradient (Hinton et al. 2015, eq. 2 ff.): with delta as
 * cross-entropy left it for share `weight`,
 *   delta = (1 - distillation) delta
 *         + distillation temperature weight (softmax(logits / temperature)
 *                                            - mean of softmax(teacher / temperature)),
 * the gradient of (1 - distillation) cross-entropy + distillation temperature^2 cross-entropy with
 * the mean of the probabilities of all teachers, 1 to LOCI_MOST_TEACHERS. Of weights [count] each
 * sample's own; NULL = all 1. logits, each teacher's, delta [count, ld]. */
void loci_distil(const float *logits, const float *const *teachers, size_t teacher_count,
                 const float *weights, size_t count, size_t classes, size_t ld, double weight,
                 double distillation, double temperature, float *delta, loci_pool *pool);

/* Index of the largest of logits [classes], the first of equals. */
size_t loci_argmax(const float *logits, size_t classes);

/* sum exp((logit - largest) / temperature) over logits [classes]. */
double loci_softmax_sum(const float *logits, size_t classes, float largest, double temperature);

/* Softmax of entry k. */
double loci_softmax(const float *logits, size_t classes, size_t k);

#endif
