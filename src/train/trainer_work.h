/* What a trainer works with. */
#ifndef LOCI_TRAIN_TRAINER_WORK_H
#define LOCI_TRAIN_TRAINER_WORK_H

#include "base/arena.h"
#include "data/batch.h"
#include "loss/loss.h"
#include "train/pruning.h"
#include "train/teacher.h"
#include "train/trainer.h"

struct loci_trainer_work {
    loci_arena arena;
    loci_pass *pass;
    loci_batch *batch;
    float *gradient;      /* [count] */
    float *factor;        /* [count] of each parameter's learning rate; NULL = 1 */
    uint32_t *training;   /* [samples] training samples that are not held out */
    uint32_t *held_out;   /* [validation] */
    uint32_t *order;      /* [samples] this epoch's order, positions in training */
    uint32_t order_epoch; /* the epoch order was drawn for, UINT32_MAX = none yet */
    uint32_t *chosen;     /* [batch] samples of the batch */
    float *weight;        /* [training part] how much each sample counts; NULL = all 1 */
    /* scratch of a regressor with teachers: what one of them says and their mean [most, classes],
     * as targets are scaled, and the gradient of that [most, ld] */
    float *said, *values, *taught;
    loci_warping warping;
    bool augment;
    /* while training prunes: the parameters [count] and the step of the last cut; else NULL */
    float *cut_for;
    float
        *latest; /* [count] where epochs are averaged: the parameters while the mean is measured */
    uint64_t cut_step;
    loci_teacher *teachers[LOCI_MOST_TEACHERS];
    size_t teacher_count;
    /* shards of a batch, of which this process has some; their gradients [held, count], where they
     * are not simply added up here */
    size_t shards, first, held;
    float *shard;
    loci_batch_sums *shard_sums; /* [held] */
    size_t shard_rows;           /* that there is room for */
    loci_gather *gather;
    void *user;
};

/* The learning rate of a step, counted from 0. */
double loci_trainer_rate(const loci_trainer *trainer, uint64_t step);

/* Where training is, for pruning. */
loci_pruning loci_trainer_moment(const loci_trainer *trainer);

/* Samples first .. first + count - 1 of the batch, each of share 1 / size of its gradient. */
struct loci_part {
    size_t first, count, size;
    loci_targets targets;
};

/* Turns the gradient with the labels or targets, which the pass has of that part, into that with
 * the teachers, too. LOCI_E_MEMORY. */
int loci_trainer_ask(loci_trainer *trainer, const struct loci_part *part, loci_error *error);

/* How much each sample of the training part counts, brought to a mean of 1 over those trained on:
 * *out [training part], or NULL where all count the same. LOCI_E_ARGUMENT when nothing would count.
 */
int loci_trainer_weigh(loci_trainer *trainer, loci_error *error);

#endif
