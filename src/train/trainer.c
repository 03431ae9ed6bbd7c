#include "train/trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/hold_out.h"
#include "infer/evaluate.h"
#include "network/maps.h"
#include "option/fields.h"
#include "train/average.h"
#include "train/pruning.h"
#include "train/quantise.h"
#include "train/quantise_check.h"
#include "train/schedule.h"
#include "train/shards.h"
#include "train/trainer_work.h"

/* Shares the training part out: what is held out, and what is trained on. */
static int split(loci_trainer *t, loci_error *error) {
    struct loci_trainer_work *w = t->work;
    size_t all = loci_dataset_count(t->data, LOCI_TRAIN), held;
    uint32_t *order = loci_alloc(all, sizeof *order);
    int status = order == NULL ? loci_fail_memory(error, "training")
                               : loci_hold_out(t->data, t->options.validation, order, &held, error);
    if (status == LOCI_OK) {
        t->options.validation = (uint32_t)held; /* rows that belong together stay together */
        t->samples = all - held;
        t->batches = (uint32_t)((t->samples + t->options.batch - 1) / t->options.batch);
        w->training = loci_arena_take(&w->arena, t->samples, sizeof *w->training);
        w->held_out = loci_arena_take(&w->arena, held, sizeof *w->held_out);
        status = loci_arena_status(&w->arena, "training", error);
    }
    if (status == LOCI_OK) {
        memcpy(w->held_out, order, held * sizeof *order);
        memcpy(w->training, order + held, t->samples * sizeof *order);
    }
    free(order);
    return status;
}

static loci_augmentation augmentation(const loci_train_options *o) {
    return (loci_augmentation){o->shift, o->rotate, o->zoom, o->shear, o->elastic, o->flip != 0};
}

static loci_jitter jitter(const loci_train_options *o) {
    return (loci_jitter){o->time_shift, o->channel_shift, o->time_stretch, o->drop};
}

/* What auto stands for. */
static int loss_of(const loci_train_options *options, int task) {
    if (options->loss != LOCI_LOSS_AUTO)
        return options->loss;
    return task == LOCI_TASK_REGRESS ? LOCI_LOSS_SQUARED : LOCI_LOSS_CROSS_ENTROPY;
}

static int check_loss(const loci_trainer *t, loci_error *error) {
    bool regress = t->network->spec.task == LOCI_TASK_REGRESS;
    bool of_classes = t->loss == LOCI_LOSS_CROSS_ENTROPY;
    if (regress == of_classes)
        return loci_fail(error, LOCI_E_ARGUMENT, "loss", "%s; give --loss %s",
                         regress ? "cross-entropy is for classes, and the data hold numbers"
                                 : "the data hold classes, not numbers to come close to",
                         regress ? "squared or huber" : "cross-entropy");
    return LOCI_OK;
}

/* Nothing that is to be done may be passed over. */
static int check_jitter(const loci_trainer *t, loci_error *error) {
    const loci_jitter by = jitter(&t->options);
    uint32_t steps = loci_dataset_steps(t->data), channels = t->network->spec.width;
    const char *first = loci_jitters_by(&by);
    if (loci_jitters(&by) && steps == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, first,
                         "is for temporal data; the samples of %s have no time", t->data->name);
    if (steps > 0 && by.time_shift >= steps)
        return loci_fail(error, LOCI_E_ARGUMENT, first, "%u steps are too many for samples of %u",
                         by.time_shift, steps);
    if (steps > 0 && by.channel_shift >= channels)
        return loci_fail(error, LOCI_E_ARGUMENT, "channel-shift",
                         "%u channels are too many for samples of %u", by.channel_shift, channels);
    return LOCI_OK;
}

static int check_fit(const loci_trainer *t, loci_error *error) {
    const loci_spec *spec = &t->network->spec;
    size_t count = loci_dataset_count(t->data, LOCI_TRAIN);
    int status = loci_check_answers(t->network, t->data, error);
    if (status != LOCI_OK)
        return status;
    status = check_loss(t, error);
    if (status != LOCI_OK)
        return status;
    if (count > UINT32_MAX)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "data", "more than 2^32 training samples");
    if (t->options.patience > 0 && t->options.validation == 0 && t->data->validation_groups == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "patience",
                         "needs held-out samples; give --validation N too");
    status = loci_average_check(&t->options, error);
    if (status == LOCI_OK)
        status = loci_pruning_check(t->network, &t->options, error);
    if (status == LOCI_OK)
        status = loci_quantise_check(&t->network->spec, &t->options, error);
    if (status != LOCI_OK)
        return status;
    status = check_jitter(t, error);
    if (status != LOCI_OK)
        return status;
    const loci_augmentation by = augmentation(&t->options);
    if (loci_warps(&by) && (spec->height < 2 || spec->width < 2))
        return loci_fail(error, LOCI_E_ARGUMENT, loci_warps_by(&by),
                         "samples of %u x %u are no images to turn, mirror, stretch or bend",
                         spec->height, spec->width);
    if (t->options.shift > 0 &&
        (spec->height <= 2 * t->options.shift || spec->width <= 2 * t->options.shift))
        return loci_fail(error, LOCI_E_ARGUMENT, "shift",
                         "%u pixels are too many for images of %u x %u", t->options.shift,
                         spec->height, spec->width);
    return LOCI_OK;
}

loci_pass *loci_trainer_pass(const loci_trainer *t) {
    return t->work->pass;
}

bool loci_trainer_stands_apart(const loci_trainer *t) {
    return t->network->pruned_by != LOCI_UNPRUNED || t->network->rounding != NULL;
}

void loci_trainer_forget_cut(loci_trainer *t) {
    t->work->cut_step = UINT64_MAX;
}

int loci_trainer_refresh(loci_trainer *t, loci_error *error) {
    loci_trainer_forget_cut(t); /* a new pass has cut nothing */
    return t->work->pass != NULL ? loci_pass_renew(&t->work->pass, error)
                                 : loci_fail_memory(error, "training");
}

double loci_trainer_rate(const loci_trainer *t, uint64_t step) {
    return loci_learning_rate(&t->options, step, (uint64_t)t->options.epochs * t->batches);
}

loci_pruning loci_trainer_moment(const loci_trainer *t) {
    return (loci_pruning){
        .options = &t->options,
        .step = t->state.step,
        .steps = (uint64_t)t->options.epochs * t->batches,
        .epoch = t->state.epoch + 1,
        .look = t->state.batch == 0 || loci_trainer_epoch_done(t),
    };
}

/* Whether the network keeps already what it should, its parameters being what they were then. */
static bool is_cut(const loci_trainer *t, const loci_pruning *now) {
    const struct loci_trainer_work *w = t->work;
    return !now->look && w->cut_for != NULL && w->cut_step == now->step &&
           memcmp(w->cut_for, t->network->parameters, t->count * sizeof *w->cut_for) == 0;
}

int loci_trainer_cut(loci_trainer *t, loci_error *error) {
    struct loci_trainer_work *w = t->work;
    const loci_pruning now = loci_trainer_moment(t);
    if (is_cut(t, &now))
        return LOCI_OK;
    loci_trainer_forget_cut(t); /* until it is through */
    int status = loci_pruning_cut(&now, t->network, &w->pass, error);
    if (status != LOCI_OK || w->cut_for == NULL)
        return status;
    memcpy(w->cut_for, t->network->parameters, t->count * sizeof *w->cut_for);
    w->cut_step = now.step;
    return LOCI_OK;
}

/* Positions and charges may learn faster or slower than the rest. */
static int set_factors(loci_trainer *t, loci_error *error) {
    const loci_train_options *o = &t->options;
    const loci_tensor *tensor;
    if (o->lr_positions == 1 && o->lr_charges == 1)
        return LOCI_OK;
    float *factor = t->work->factor = loci_arena_floats(&t->work->arena, t->count, 1);
    if (factor == NULL)
        return loci_fail_memory(error, "training");
    for (size_t i = 0; (tensor = loci_network_tensor(t->network, i)) != NULL; i++)
        for (size_t k = 0; k < tensor->count; k++)
            factor[tensor->offset + k] = tensor->kind == LOCI_TENSOR_POSITION
                                             ? (float)o->lr_positions
                                         : tensor->kind == LOCI_TENSOR_CHARGE ? (float)o->lr_charges
                                                                              : 1;
    return LOCI_OK;
}

static int allocate(loci_trainer *t, loci_error *error) {
    struct loci_trainer_work *w = t->work;
    size_t batch = t->options.batch < t->samples ? t->options.batch : t->samples;
    const loci_spec *spec = &t->network->spec;
    size_t most = loci_pass_most(spec, loci_shard_most(batch, t->options.shards));
    w->warping = (loci_warping){.by = augmentation(&t->options),
                                .jitter = jitter(&t->options),
                                .seed = t->seed,
                                .height = spec->height,
                                .width = spec->width,
                                .channels = spec->channels};
    w->augment =
        t->options.shift > 0 || loci_warps(&w->warping.by) || loci_jitters(&w->warping.jitter);
    const loci_coding_options coding = loci_coding_of(spec, t->seed);
    int status = loci_pass_create(&w->pass, t->network, most, true, t->pool, error);
    if (status == LOCI_OK)
        status = loci_batch_create(&w->batch, most, t->data->features, !loci_has_stencil(spec, 0),
                                   &coding, error); /* a stencil takes samples one by one */
    if (status != LOCI_OK)
        return status;
    w->batch->pool = t->pool;
    loci_batch_scale(w->batch, t->network->low, t->network->span);
    loci_batch_scale_targets(w->batch, t->network->target_mean, t->network->target_deviation);
    loci_batch_weigh(w->batch, w->weight);
    w->gradient = loci_arena_floats(&w->arena, t->count, 1);
    w->order = loci_arena_take(&w->arena, t->samples, sizeof *w->order);
    w->chosen = loci_arena_take(&w->arena, batch, sizeof *w->chosen);
    t->moment1 = loci_arena_floats(&w->arena, t->count, 1);
    t->moment2 = loci_arena_floats(&w->arena, t->count, 1);
    int when = t->options.prune.when;
    if (when == LOCI_PRUNE_DURING || when == LOCI_PRUNE_GRADUAL)
        w->cut_for = loci_arena_floats(&w->arena, t->count, 1);
    loci_trainer_forget_cut(t);
    if (t->options.patience > 0)
        t->best = loci_arena_floats(&w->arena, t->count, 1);
    if (t->options.average > 0) {
        t->sum = loci_arena_take(&w->arena, t->count, sizeof *t->sum);
        w->latest = loci_arena_floats(&w->arena, t->count, 1);
    }
    return loci_arena_status(&w->arena, "training", error);
}

int loci_trainer_create(loci_trainer **out, loci_network *network, const loci_dataset *data,
                        const loci_train_options *options, uint64_t seed, loci_pool *pool,
                        loci_error *error) {
    loci_trainer *t = calloc(1, sizeof *t);
    if (t == NULL || (t->work = calloc(1, sizeof *t->work)) == NULL) {
        free(t);
        return loci_fail_memory(error, "training");
    }
    t->network = network;
    t->data = data;
    t->options = *options;
    t->seed = seed;
    t->pool = pool;
    t->count = network->parameter_count;
    t->state.best = -1;
    t->loss = loss_of(options, network->spec.task);
    t->work->order_epoch = UINT32_MAX;
    size_t fields;
    const loci_field *table = loci_train_fields(&fields);
    int status = loci_fields_check(table, fields, options, error);
    if (status == LOCI_OK)
        status = loci_trainer_share(t, options->shards, 0, options->shards, NULL, NULL, error);
    if (status == LOCI_OK)
        status = check_fit(t, error);
    if (status == LOCI_OK)
        status = split(t, error);
    if (status == LOCI_OK)
        status = loci_trainer_weigh(t, error);
    if (status == LOCI_OK)
        status = allocate(t, error);
    if (status == LOCI_OK)
        status = set_factors(t, error);
    if (status != LOCI_OK) {
        loci_trainer_free(t);
        return status;
    }
    *out = t;
    return LOCI_OK;
}

void loci_trainer_free(loci_trainer *t) {
    if (t == NULL)
        return;
    struct loci_trainer_work *w = t->work;
    loci_pass_free(w->pass);
    loci_batch_free(w->batch);
    for (size_t i = 0; i < w->teacher_count; i++)
        loci_teacher_free(w->teachers[i]);
    loci_arena_clear(&w->arena);
    free(w);
    free(t);
}

size_t loci_trainer_bytes(const loci_trainer *t) {
    const struct loci_trainer_work *w = t->work;
    size_t teachers = 0;
    for (size_t i = 0; i < w->teacher_count; i++)
        teachers += loci_teacher_bytes(w->teachers[i]);
    return loci_pass_bytes(w->pass) + loci_batch_bytes(w->batch) + teachers +
           t->samples * 2 * sizeof *w->order +
           (t->sum != NULL ? t->count * (sizeof *t->sum + sizeof *w->latest) : 0) +
           t->count * sizeof(float) * (w->shard_rows + (t->best == NULL ? 4 : 5));
}

int loci_trainer_epoch_done(const loci_trainer *t) {
    return t->state.batch == t->batches;
}

int loci_trainer_finished(const loci_trainer *t) {
    /* the best epoch is one at the sparsity asked for: before there is one, patience waits */
    bool patient = t->options.patience == 0 || t->state.best_epoch == 0 ||
                   t->state.epoch - t->state.best_epoch < t->options.patience;
    return t->state.epoch >= t->options.epochs || !patient;
}

uint32_t loci_trainer_batches(const loci_trainer *t) {
    return t->batches;
}

uint32_t loci_trainer_epochs(const loci_trainer *t) {
    return t->state.epoch;
}

uint32_t loci_trainer_batch(const loci_trainer *t) {
    return t->state.batch;
}

double loci_trainer_loss(const loci_trainer *t) {
    size_t samples = (size_t)t->state.batch * t->options.batch;
    samples = samples < t->samples ? samples : t->samples;
    return samples == 0 ? NAN : t->state.loss_sum / (double)samples;
}
