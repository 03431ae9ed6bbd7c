/* What a network is trained to make small, and its gradient by the logits: a file for each. */
#ifndef LOCI_LOSS_LOSS_H
#define LOCI_LOSS_LOSS_H

#include <loci/pool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct loci_loss {
    double sum;     /* of -log softmax[label], nats */
    size_t correct; /* largest logit at the label; of equals the first counts */
} loci_loss;

/* logits [count, ld], labels [count]. delta [count, ld] receives share * d(sum)/dlogits, or is
 * NULL; share is 1 / batch size for the gradient of the mean. pool: NULL = on this thread. */
loci_loss loci_cross_entropy(const float *logits, const int32_t *labels, size_t count,
                             size_t classes, size_t ld, double share, float *delta,
                             loci_pool *pool);

/* What a teacher adds to the gradient (Hinton et al. 2015, eq. 2 ff.): with delta as
 * loci_cross_entropy() left it for share `weight`,
 *   delta = (1 - distillation) delta
 *         + distillation temperature weight (softmax(logits / temperature)
 *                                            - softmax(teacher / temperature)),
 * the gradient of (1 - distillation) cross-entropy + distillation temperature^2 cross-entropy with
 * the teacher's probabilities. logits, teacher, delta [count, ld]. */
void loci_distil(const float *logits, const float *teacher, size_t count, size_t classes, size_t ld,
                 double weight, double distillation, double temperature, float *delta,
                 loci_pool *pool);

/* Index of the largest of logits [classes], the first of equals. */
size_t loci_argmax(const float *logits, size_t classes);

/* sum exp((logit - largest) / temperature) over logits [classes]. */
double loci_softmax_sum(const float *logits, size_t classes, float largest, double temperature);

/* Softmax of entry k. */
double loci_softmax(const float *logits, size_t classes, size_t k);

#endif
