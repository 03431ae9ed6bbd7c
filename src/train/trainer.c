#include "train/trainer.h"

#include <loci/support.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/finite.h"
#include "base/memory.h"
#include "base/random.h"
#include "data/batch.h"
#include "infer/evaluate.h"
#include "loss/loss.h"
#include "network/pass.h"
#include "train/adam.h"
#include "train/pruning.h"
#include "train/schedule.h"
#include "train/teacher.h"

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
    loci_warping warping;
    bool augment;
    loci_teacher *teacher; /* or NULL */
    double rate;           /* of the last step */
};

/* The held-out samples are the same for every seed, so that runs can be compared. */
static int split(loci_trainer *t, loci_error *error) {
    struct loci_trainer_work *w = t->work;
    uint32_t all = (uint32_t)loci_dataset_count(t->data, LOCI_TRAIN), held = t->options.validation;
    uint32_t *order = loci_alloc(all, sizeof *order);
    w->training = loci_arena_take(&w->arena, t->samples, sizeof *w->training);
    w->held_out = loci_arena_take(&w->arena, held, sizeof *w->held_out);
    if (order == NULL || w->arena.failed) {
        free(order);
        return loci_fail_memory(error, "training");
    }
    const loci_random stream = {1, LOCI_RANDOM_VALIDATION, 0};
    if (held > 0)
        loci_random_permutation(&stream, order, all);
    else
        for (uint32_t i = 0; i < all; i++)
            order[i] = i;
    memcpy(w->held_out, order, held * sizeof *order);
    memcpy(w->training, order + held, t->samples * sizeof *order);
    free(order);
    return LOCI_OK;
}

static loci_augmentation augmentation(const loci_train_options *o) {
    return (loci_augmentation){o->shift, o->rotate, o->zoom, o->shear, o->elastic};
}

static int check_fit(const loci_trainer *t, loci_error *error) {
    const loci_spec *spec = &t->network->spec;
    size_t count = loci_dataset_count(t->data, LOCI_TRAIN);
    int status = loci_check_fit(t->network, t->data, error);
    if (status != LOCI_OK)
        return status;
    if (count > UINT32_MAX)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "data", "more than 2^32 training samples");
    if (t->options.validation >= count)
        return loci_fail(error, LOCI_E_ARGUMENT, "validation",
                         "%u of %zu training samples leaves none to train on",
                         t->options.validation, count);
    if (t->options.patience > 0 && t->options.validation == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "patience",
                         "needs held-out samples; give --validation N too");
    status = loci_pruning_check(t->network, &t->options, error);
    if (status != LOCI_OK)
        return status;
    const loci_augmentation by = augmentation(&t->options);
    if (loci_warps(&by) && (spec->height < 2 || spec->width < 2))
        return loci_fail(error, LOCI_E_ARGUMENT, loci_warps_by(&by),
                         "samples of %u x %u are no images to turn, stretch or bend", spec->height,
                         spec->width);
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

int loci_trainer_refresh(loci_trainer *t, loci_error *error) {
    return loci_pass_renew(&t->work->pass, error);
}

/* Where training is, for pruning. */
static loci_pruning moment(const loci_trainer *t) {
    return (loci_pruning){
        .options = &t->options,
        .step = t->state.step,
        .steps = (uint64_t)t->options.epochs * t->batches,
        .epoch = t->state.epoch + 1,
        .look = t->state.batch == 0 || loci_trainer_epoch_done(t),
    };
}

int loci_trainer_cut(loci_trainer *t, loci_error *error) {
    const loci_pruning now = moment(t);
    return loci_pruning_cut(&now, t->network, &t->work->pass, error);
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
    size_t most = loci_pass_most(spec, batch);
    w->warping = (loci_warping){.by = augmentation(&t->options), .seed = t->seed};
    w->augment = t->options.shift > 0 || loci_warps(&w->warping.by);
    const loci_coding_options coding = {spec->coding, spec->time_steps, t->seed};
    int status = loci_pass_create(&w->pass, t->network, most, true, t->pool, error);
    if (status == LOCI_OK)
        status = loci_batch_create(&w->batch, most, t->data->features, true, &coding, error);
    if (status != LOCI_OK)
        return status;
    w->batch->pool = t->pool;
    loci_batch_scale(w->batch, t->network->low, t->network->span);
    w->gradient = loci_arena_floats(&w->arena, t->count, 1);
    w->order = loci_arena_take(&w->arena, t->samples, sizeof *w->order);
    w->chosen = loci_arena_take(&w->arena, batch, sizeof *w->chosen);
    t->moment1 = loci_arena_floats(&w->arena, t->count, 1);
    t->moment2 = loci_arena_floats(&w->arena, t->count, 1);
    if (t->options.patience > 0)
        t->best = loci_arena_floats(&w->arena, t->count, 1);
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
    t->work->order_epoch = UINT32_MAX;
    int status = check_fit(t, error);
    if (status == LOCI_OK) {
        t->samples = loci_dataset_count(data, LOCI_TRAIN) - options->validation;
        t->batches = (uint32_t)((t->samples + options->batch - 1) / options->batch);
        status = split(t, error);
    }
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

int loci_trainer_teach(loci_trainer *t, const char *path, loci_error *error) {
    return loci_teacher_create(&t->work->teacher, path, &t->network->spec, t->work->pass->most,
                               t->seed, t->pool, error);
}

void loci_trainer_free(loci_trainer *t) {
    if (t == NULL)
        return;
    struct loci_trainer_work *w = t->work;
    loci_pass_free(w->pass);
    loci_batch_free(w->batch);
    loci_teacher_free(w->teacher);
    loci_arena_clear(&w->arena);
    free(w);
    free(t);
}

size_t loci_trainer_bytes(const loci_trainer *t) {
    const struct loci_trainer_work *w = t->work;
    return loci_pass_bytes(w->pass) + w->batch->arena.bytes +
           (w->teacher != NULL ? loci_teacher_bytes(w->teacher) : 0) +
           t->samples * 2 * sizeof *w->order + t->count * sizeof(float) * (t->best == NULL ? 4 : 5);
}

/* Chooses the samples of the batch under way; returns how many. */
static size_t choose_samples(loci_trainer *t) {
    struct loci_trainer_work *w = t->work;
    if (w->order_epoch != t->state.epoch) {
        const loci_random stream = {t->seed, LOCI_RANDOM_ORDER, t->state.epoch};
        loci_random_permutation(&stream, w->order, (uint32_t)t->samples);
        w->order_epoch = t->state.epoch;
    }
    size_t from = (size_t)t->state.batch * t->options.batch, left = t->samples - from;
    size_t count = left < t->options.batch ? left : t->options.batch;
    for (size_t i = 0; i < count; i++)
        w->chosen[i] = w->training[w->order[from + i]];
    w->warping.epoch = t->state.epoch;
    return count;
}

/* Turns the gradient with the labels, share 1 / size each, into that with the teacher, too. */
static int ask_teacher(loci_trainer *t, size_t first, size_t count, size_t size,
                       loci_error *error) {
    struct loci_trainer_work *w = t->work;
    size_t classes = t->network->spec.classes;
    const loci_lesson lesson = {.batch = w->batch,
                                .data = t->data,
                                .index = w->chosen + first,
                                .count = count,
                                .warping = w->augment ? &w->warping : NULL,
                                .epoch = t->state.epoch};
    const float *logits;
    int status = loci_teacher_answer(w->teacher, &lesson, &logits, error);
    if (status == LOCI_OK)
        loci_distil(loci_pass_logits(w->pass), logits, count, classes, loci_leading(classes),
                    1 / (double)size, t->options.distillation, t->options.temperature,
                    loci_pass_logit_delta(w->pass), t->pool);
    return status;
}

/* Samples first .. first + count - 1 of a batch of `size`: adds their part of the mean loss's
 * gradient. */
static int learn_from(loci_trainer *t, size_t first, size_t count, size_t size, loci_loss *sum,
                      loci_error *error) {
    struct loci_trainer_work *w = t->work;
    size_t classes = t->network->spec.classes;
    int status = loci_batch_fill(w->batch, t->data, LOCI_TRAIN, w->chosen + first, count,
                                 w->augment ? &w->warping : NULL, t->state.epoch, error);
    if (status == LOCI_OK)
        status = loci_pass_forward(w->pass, &w->batch->in, error);
    if (status != LOCI_OK)
        return status;
    loci_loss loss = loci_cross_entropy(loci_pass_logits(w->pass), w->batch->labels, count, classes,
                                        loci_leading(classes), 1 / (double)size,
                                        loci_pass_logit_delta(w->pass), t->pool);
    if (w->teacher != NULL)
        status = ask_teacher(t, first, count, size, error);
    if (status != LOCI_OK)
        return status;
    loci_pass_backward(w->pass, &w->batch->in, w->gradient);
    sum->sum += loss.sum;
    sum->correct += loss.correct;
    return LOCI_OK;
}

int loci_trainer_step(loci_trainer *t, loci_error *error) {
    struct loci_trainer_work *w = t->work;
    double started = loci_seconds();
    size_t size = choose_samples(t), most = w->pass->most;
    loci_loss loss = {0, 0};
    memset(w->gradient, 0, t->count * sizeof *w->gradient);
    int status = loci_trainer_cut(t, error);
    for (size_t first = 0; status == LOCI_OK && first < size; first += most)
        status =
            learn_from(t, first, size - first < most ? size - first : most, size, &loss, error);
    if (status != LOCI_OK)
        return status;
    loci_acting_hold_bounds(t->network, w->gradient);
    /* a gradient that is not finite would poison the moments: stop before it does */
    if (!isfinite(loss.sum) || !loci_all_finite(w->gradient, t->count))
        return loci_fail(error, LOCI_E_DIVERGED, "training",
                         "the %s is no longer finite in epoch %u, batch %u of %u; try a smaller "
                         "--lr, or --warmup",
                         isfinite(loss.sum) ? "gradient" : "loss", t->state.epoch + 1,
                         t->state.batch + 1, t->batches);
    w->rate =
        loci_learning_rate(&t->options, t->state.step, (uint64_t)t->options.epochs * t->batches);
    t->state.step++;
    loci_adam(t->network->parameters, w->gradient, t->moment1, t->moment2, w->factor, t->count,
              t->state.step, w->rate, t->pool);
    t->state.batch++;
    t->state.loss_sum += loss.sum;
    t->state.correct += loss.correct;
    t->state.seconds += loci_seconds() - started;
    return LOCI_OK;
}

bool loci_trainer_epoch_done(const loci_trainer *t) {
    return t->state.batch == t->batches;
}

int loci_trainer_measure(const loci_trainer *t, bool test, loci_metrics *out, loci_error *error) {
    const struct loci_trainer_work *w = t->work;
    loci_evaluation result;
    int status = LOCI_OK;
    if (t->options.validation > 0) {
        status = loci_evaluate_samples(t->network, t->data, LOCI_TRAIN, w->held_out,
                                       t->options.validation, t->pool, false, &result, error);
        out->validation_accuracy = status == LOCI_OK ? result.accuracy : -1;
    }
    if (status == LOCI_OK && test && loci_dataset_count(t->data, LOCI_TEST) > 0) {
        status = loci_evaluate(t->network, t->data, LOCI_TEST, t->pool, 0, &result, error);
        out->test_accuracy = status == LOCI_OK ? result.accuracy : -1;
    }
    return status;
}

int loci_trainer_evaluate(const loci_trainer *t, loci_evaluation *out, loci_error *error) {
    const struct loci_trainer_work *w = t->work;
    if (loci_dataset_count(t->data, LOCI_TEST) > 0)
        return loci_evaluate(t->network, t->data, LOCI_TEST, t->pool, 0, out, error);
    bool held_out = t->options.validation > 0;
    return loci_evaluate_samples(
        t->network, t->data, LOCI_TRAIN, held_out ? w->held_out : w->training,
        held_out ? t->options.validation : t->samples, t->pool, false, out, error);
}

int loci_trainer_end_epoch(loci_trainer *t, loci_metrics *out, loci_error *error) {
    loci_training_state *s = &t->state;
    *out = (loci_metrics){
        .epoch = s->epoch + 1,
        .learning_rate = t->work->rate,
        .train_loss = s->loss_sum / (double)t->samples,
        .train_accuracy = (double)s->correct / (double)t->samples,
        .validation_accuracy = -1,
        .test_accuracy = -1,
        .seconds = s->seconds,
    };
    uint32_t every = t->options.test_every;
    const loci_pruning now = moment(t);
    bool test = out->epoch == t->options.epochs || (every > 0 && out->epoch % every == 0);
    int status = loci_trainer_cut(t, error);
    if (status == LOCI_OK)
        status = loci_trainer_measure(t, test, out, error);
    if (status != LOCI_OK)
        return status;
    s->epoch++;
    if (t->best != NULL && loci_pruning_done(&now) && out->validation_accuracy > s->best) {
        s->best = out->validation_accuracy;
        s->best_epoch = s->epoch;
        memcpy(t->best, t->network->parameters, t->count * sizeof(float));
    }
    s->total += s->seconds;
    s->batch = 0;
    s->loss_sum = 0;
    s->correct = 0;
    s->seconds = 0;
    return LOCI_OK;
}

bool loci_trainer_finished(const loci_trainer *t) {
    /* the best epoch is one at the sparsity asked for: before there is one, patience waits */
    bool patient = t->options.patience == 0 || t->state.best < 0 ||
                   t->state.epoch - t->state.best_epoch < t->options.patience;
    return t->state.epoch >= t->options.epochs || !patient;
}

int loci_trainer_finish(loci_trainer *t, loci_error *error) {
    const loci_prune_plan *plan = &t->options.prune;
    if (t->best != NULL && t->state.best >= 0)
        memcpy(t->network->parameters, t->best, t->count * sizeof(float));
    if (plan->when == LOCI_PRUNE_AFTER)
        return loci_network_prune(t->network, plan->sparsity, plan->by, t->options.prune_scope,
                                  t->pool, error);
    int status = loci_trainer_cut(t, error);
    bool stored = t->network->spec.wiring == LOCI_WIRING_DENSE;
    if (status == LOCI_OK && stored && t->network->pruned_by != LOCI_UNPRUNED)
        status = loci_network_freeze(t->network, error);
    return status;
}
