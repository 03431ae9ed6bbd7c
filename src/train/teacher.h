/* A trained network whose class probabilities another one learns from: distillation (Hinton et al.
 * 2015, arXiv 1503.02531). It answers for the very images the learner is shown, moved and bent as
 * they are. */
#ifndef LOCI_TRAIN_TEACHER_H
#define LOCI_TRAIN_TEACHER_H

#include "data/batch.h"
#include "network/contents.h"

typedef struct loci_teacher loci_teacher;

/* What the learner is about to see. */
typedef struct loci_lesson {
    const loci_batch *batch;  /* filled with it */
    const loci_dataset *data; /* whose training part it is of */
    const uint32_t *index;    /* [count] samples */
    size_t count;
    const loci_warping *warping; /* or NULL */
    uint32_t epoch;
    loci_teacher *const *asked; /* [asked_count] teachers that answered this lesson already */
    size_t asked_count;
} loci_lesson;

/* Loads the model at path for batches of up to `most` samples; seed: of a random coding, the run's.
 * LOCI_E_MISMATCH when it takes other images or knows other classes than the learner, or as
 * loci_network_load(). */
int loci_teacher_create(loci_teacher **out, const char *path, const loci_spec *learner, size_t most,
                        uint64_t seed, loci_pool *pool, loci_error *error);
void loci_teacher_free(loci_teacher *teacher);

/* Answers a lesson. logits [count, loci_leading(classes)]; borrowed, until the next call.
 * LOCI_E_MEMORY. */
int loci_teacher_answer(loci_teacher *teacher, const loci_lesson *lesson, const float **logits,
                        loci_error *error);

/* An answer of a regressor, in units of the data, as the targets of the learner's batch are scaled:
 * values [count, classes]. */
void loci_teacher_values(const loci_teacher *teacher, const loci_batch *batch, const float *answer,
                         size_t count, float *values);

/* Bytes set aside, the network itself included. */
size_t loci_teacher_bytes(const loci_teacher *teacher);

#endif
