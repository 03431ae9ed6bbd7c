/* What a teacher said of each sample, for as long as the learner is shown it again as it was: where
 * images are moved by whole pixels at most, there are so few ways to show one that nearly all of
 * a long run's questions were asked before. */
#ifndef LOCI_TRAIN_ANSWERS_H
#define LOCI_TRAIN_ANSWERS_H

#include <loci/status.h>
#include <stdbool.h>

#include "data/warp.h"

typedef struct loci_answers loci_answers;

/* Whether images warped like this come back as they were, and the answers, [samples, classes] for
 * each way to show them, are few enough to be kept. warping: NULL = not at all */
bool loci_answers_suit(const loci_warping *warping, size_t samples, size_t classes);

/* LOCI_E_MEMORY. What is never asked takes no memory. */
int loci_answers_create(loci_answers **out, const loci_warping *warping, size_t samples,
                        size_t classes, loci_error *error);
void loci_answers_free(loci_answers *answers);
size_t loci_answers_bytes(const loci_answers *answers);

/* The answer [classes] for a sample as it is shown in warping's epoch; *known: whether it is there,
 * or is to be written there by the caller, and loci_answers_keep() be called then. */
float *loci_answers_of(loci_answers *answers, const loci_warping *warping, uint32_t sample,
                       bool *known);
/* An answer, as loci_answers_of() gave it, is written: from now on it is known. */
void loci_answers_keep(loci_answers *answers, const float *answer);

#endif
