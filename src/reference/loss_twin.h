/* Losses in float64. */
#ifndef LOCI_REFERENCE_LOSS_TWIN_H
#define LOCI_REFERENCE_LOSS_TWIN_H

#include <loci/spec.h>
#include <loci/train.h>

/* What a batch should come to, as loci_targets. Borrowed. */
typedef struct loci_reference_targets {
    int loss;              /* enum loci_loss_kind, not auto */
    const int32_t *labels; /* [count] of cross-entropy, else NULL */
    const double *values;  /* [count, outputs] of the other losses, standardised, else NULL */
    const double *weights; /* [count] >= 0; NULL = all 1 */
} loci_reference_targets;

/* The mean loss of outputs [count, classes], each sample's times its weight; delta [count, classes]
 * receives its derivative by the outputs before they are scaled. */
double loci_reference_loss(const loci_spec *spec, const double *outputs,
                           const loci_reference_targets *targets, size_t count, double *delta);

/* What that derivative is the sum of, the outputs' own terms [count, classes] taken along, all by
 * their absolute values: to delta [count, classes]. */
void loci_reference_loss_terms(const loci_spec *spec, const double *outputs, const double *terms,
                               const loci_reference_targets *targets, size_t count, double *delta);

/* Goes on with an FNV-1a hash: of Huber's loss by which outputs are near and which are far. As long
 * as it stays the same, no kink of the gradient was crossed. */
uint64_t loci_reference_loss_pieces(const loci_spec *spec, const double *outputs,
                                    const loci_reference_targets *targets, size_t count,
                                    uint64_t hash);

#endif
