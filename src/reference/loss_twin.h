/* Losses in float64. */
#ifndef LOCI_REFERENCE_LOSS_TWIN_H
#define LOCI_REFERENCE_LOSS_TWIN_H

#include <loci/spec.h>

/* The mean cross-entropy of logits [count, classes]; delta [count, classes] receives its derivative
 * by the logits before they are scaled. */
double loci_reference_cross_entropy(const loci_spec *spec, const double *logits,
                                    const int32_t *labels, size_t count, double *delta);

#endif
