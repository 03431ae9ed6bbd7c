/* How much each sample counts in the loss: by the weights of the data, and by its class. */
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "train/trainer_work.h"

/* Each class as much as any other: 1 over how many of those trained on are of it. */
static int balance(const loci_trainer *t, float *weight, loci_error *error) {
    const struct loci_trainer_work *w = t->work;
    const int32_t *labels = t->data->part[LOCI_TRAIN].labels;
    double *sum = loci_alloc(t->data->outputs, sizeof *sum);
    if (sum == NULL)
        return loci_fail_memory(error, "training");
    for (size_t i = 0; i < t->samples; i++)
        sum[labels[w->training[i]]] += (double)weight[w->training[i]];
    for (size_t i = 0; i < t->samples; i++) {
        uint32_t at = w->training[i];
        if (sum[labels[at]] > 0)
            weight[at] = (float)(weight[at] / sum[labels[at]]);
    }
    free(sum);
    return LOCI_OK;
}

int loci_trainer_weigh(loci_trainer *t, loci_error *error) {
    struct loci_trainer_work *w = t->work;
    const loci_samples *part = &t->data->part[LOCI_TRAIN];
    bool balanced = t->options.class_weight == LOCI_CLASS_WEIGHT_BALANCED;
    if (balanced && part->labels == NULL)
        return loci_fail(error, LOCI_E_ARGUMENT, "class-weight",
                         "there are no classes: numbers are to be predicted; leave the option out");
    if (!balanced && part->weights == NULL)
        return LOCI_OK;
    w->weight = loci_arena_floats(&w->arena, part->count, 1);
    if (w->weight == NULL)
        return loci_fail_memory(error, "training");
    for (size_t i = 0; i < part->count; i++)
        w->weight[i] = part->weights != NULL ? part->weights[i] : 1;
    int status = balanced ? balance(t, w->weight, error) : LOCI_OK;
    if (status != LOCI_OK)
        return status;
    double sum = 0;
    for (size_t i = 0; i < t->samples; i++)
        sum += (double)w->weight[w->training[i]];
    if (!(sum > 0))
        return loci_fail(error, LOCI_E_ARGUMENT, "weight",
                         "all samples that are trained on have the weight 0");
    for (size_t i = 0; i < t->samples; i++)
        w->weight[w->training[i]] =
            (float)((double)w->weight[w->training[i]] * (double)t->samples / sum);
    return LOCI_OK;
}
