/* Samples laid out for the network: a batch, sparse where that pays. */
#ifndef LOCI_DATA_BATCH_H
#define LOCI_DATA_BATCH_H

#include <stdbool.h>

#include "base/arena.h"
#include "data/coding.h"
#include "data/dataset.h"
#include "data/warp.h"
#include "linear/block.h"
#include "linear/linear.h"

typedef struct loci_batch {
    size_t most, features;
    size_t columns; /* of the network's inputs: features, or those chosen of them */
    /* [features] column of each, UINT32_MAX where it is left out; NULL = its own */
    uint32_t *place;
    /* [features] that values are scaled by, borrowed; NULL = as they are */
    const float *low, *span;
    loci_pool *pool; /* borrowed; NULL unless set */
    bool backward;   /* whether the order by input is made too, and where it pays a dense form */
    loci_activations in; /* views of what follows; coded input: [T * count] rows, see loci_code() */
    int32_t *labels;     /* [most] of classes */
    /* [most, outputs] of a regression, in units of their deviation; made when first needed */
    float *targets;
    float *weights; /* [most], or NULL: all 1; likewise */
    /* [outputs] that targets are scaled by, borrowed; NULL = as they are */
    const float *target_mean, *target_deviation;
    const float *counts; /* how much each training sample counts; NULL = all the same. Borrowed */
    loci_sparse by_sample;
    loci_sparse_blocks by_input;
    uint32_t *start, *end;      /* [most] of each sample's entries */
    uint32_t *index;            /* [most * features] by sample, room for zeros between chunks */
    float *value;               /* [most * features] */
    size_t room, touched;       /* entries that there is room for; most that were ever used */
    float *dense;               /* [most, loci_leading(features)], made when first needed */
    loci_coding_options coding; /* constant: samples as they are */
    loci_events events;
    uint32_t *identity; /* [most] numbers of the samples, for their random draws */
    float *images;      /* [workers, image_floats] scratch, made when first needed */
    size_t image_floats;
    size_t workers;   /* it has room for */
    loci_arena arena; /* of what every batch needs */
    const loci_linear_kernels *kernels;
    loci_bits bits; /* for the kernels */
} loci_batch;

/* coding: NULL = constant. */
int loci_batch_create(loci_batch **out, size_t most, size_t features, bool backward,
                      const loci_coding_options *coding, loci_error *error);
/* From now on only these features, in order, are inputs of the network; NULL = all. LOCI_E_MEMORY.
 */
int loci_batch_choose(loci_batch *batch, const uint32_t *chosen, size_t count, loci_error *error);
/* From now on samples of data sets are scaled as the network's stored input scaling says; both NULL
 * = values as they are, bytes / 255. Borrowed. */
void loci_batch_scale(loci_batch *batch, const float *low, const float *span);
/* From now on targets are (raw - mean) / deviation, as the network learns them; both NULL = as they
 * are. Borrowed. */
void loci_batch_scale_targets(loci_batch *batch, const float *mean, const float *deviation);
/* From now on training samples count as counts [samples of the part] says; NULL = all the same.
 * Borrowed. */
void loci_batch_weigh(loci_batch *batch, const float *counts);
void loci_batch_free(loci_batch *batch);
/* Memory that its arrays and its scratch take, by what was filled in so far. */
size_t loci_batch_bytes(const loci_batch *batch);

/* Fills the batch with samples index[0..count) of a part; warping: NULL = as they are; round: of
 * random coding, an epoch. */
int loci_batch_fill(loci_batch *batch, const loci_dataset *data, enum loci_split split,
                    const uint32_t *index, size_t count, const loci_warping *warping,
                    uint32_t round, loci_error *error);

/* Fills it with raw rows [count, features], the first of them number `first`; where what enters in
 * each step is given (coding events), with [count, T, features]. */
int loci_batch_fill_rows(loci_batch *batch, const float *rows, size_t count, size_t first,
                         loci_error *error);

/* Whether skipping zeros is faster than multiplying with them, for this share of non-zero entries.
 */
static inline bool loci_sparse_pays(double density) {
    return density < 0.4;
}

#endif
