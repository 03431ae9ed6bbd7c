/* One step of training: a batch, its shards, the gradient, Adam. */
#include <loci/support.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/finite.h"
#include "base/random.h"
#include "data/samples.h"
#include "network/acting.h"
#include "network/rounding.h"
#include "train/adam.h"
#include "train/average.h"
#include "train/quantise.h"
#include "train/trainer_work.h"

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

/* Has the samples of the next batch read ahead while this one is learnt from, where they lie in a
 * file. */
static void expect_next(const loci_trainer *t) {
    const struct loci_trainer_work *w = t->work;
    const loci_samples *part = &t->data->part[LOCI_TRAIN];
    size_t from = (size_t)(t->state.batch + 1) * t->options.batch;
    for (size_t i = from; i < t->samples && i < from + t->options.batch; i++)
        loci_samples_expect(part, &w->training[w->order[i]], 1);
}

/* Adds a part's share of the mean loss's gradient. */
static int learn_from(loci_trainer *t, struct loci_part x, float *gradient, loci_batch_sums *sums,
                      loci_error *error) {
    struct loci_trainer_work *w = t->work;
    size_t classes = t->network->spec.classes;
    int status = loci_batch_fill(w->batch, t->data, LOCI_TRAIN, w->chosen + x.first, x.count,
                                 w->augment ? &w->warping : NULL, t->state.epoch, error);
    if (status == LOCI_OK)
        status = loci_pass_forward(w->pass, &w->batch->in, error);
    if (status != LOCI_OK)
        return status;
    x.targets = (loci_targets){w->batch->labels, w->batch->targets, w->batch->weights};
    loci_loss loss = loci_loss_of(t->loss, loci_pass_logits(w->pass), &x.targets, x.count, classes,
                                  loci_leading(classes), 1 / (double)x.size,
                                  loci_pass_logit_delta(w->pass), t->pool);
    if (w->teacher_count > 0)
        status = loci_trainer_ask(t, &x, error);
    if (status != LOCI_OK)
        return status;
    loci_pass_backward(w->pass, &w->batch->in, gradient);
    sums->loss += loss.sum;
    sums->correct += loss.correct;
    return LOCI_OK;
}

/* Positions from .. end - 1 of a batch of `size`, as many at a time as the pass takes. */
static int learn(loci_trainer *t, size_t from, size_t end, size_t size, float *gradient,
                 loci_batch_sums *sums, loci_error *error) {
    size_t most = t->work->pass->most;
    int status = LOCI_OK;
    memset(gradient, 0, t->count * sizeof *gradient);
    *sums = (loci_batch_sums){0, 0};
    for (size_t first = from; status == LOCI_OK && first < end; first += most)
        status = learn_from(t,
                            (struct loci_part){.first = first,
                                               .count = end - first < most ? end - first : most,
                                               .size = size},
                            gradient, sums, error);
    return status;
}

/* Shard k of a batch. */
static int learn_shard(loci_trainer *t, size_t k, size_t size, float *gradient,
                       loci_batch_sums *sums, loci_error *error) {
    size_t shards = t->work->shards;
    return learn(t, k * size / shards, (k + 1) * size / shards, size, gradient, sums, error);
}

/* All shards are here: each begins at zero, and they are added in order. */
static int learn_all(loci_trainer *t, size_t size, loci_batch_sums *total, loci_error *error) {
    struct loci_trainer_work *w = t->work;
    int status = learn_shard(t, 0, size, w->gradient, total, error);
    for (size_t k = 1; k < w->shards && status == LOCI_OK; k++) {
        loci_batch_sums sums;
        status = learn_shard(t, k, size, w->shard, &sums, error);
        total->loss += sums.loss;
        total->correct += sums.correct;
        for (size_t i = 0; status == LOCI_OK && i < t->count; i++)
            w->gradient[i] += w->shard[i];
    }
    return status;
}

/* That a process failed is known before the others wait for its shards; and which layers were
 * active in anybody's. */
static int agree(loci_trainer *t, int status, loci_error *error) {
    uint64_t active = t->work->pass->active;
    status = loci_meeting_agree(t->meeting, status, &active, error);
    t->work->pass->active = (uint32_t)active;
    return status;
}

/* Some are elsewhere. */
static int learn_held(loci_trainer *t, size_t size, loci_batch_sums *total, loci_error *error) {
    struct loci_trainer_work *w = t->work;
    int status = LOCI_OK;
    for (size_t k = 0; k < w->held && status == LOCI_OK; k++)
        status =
            learn_shard(t, w->first + k, size, w->shard + k * t->count, &w->shard_sums[k], error);
    if (t->meeting != NULL)
        status = agree(t, status, error);
    if (status == LOCI_OK)
        status = w->gather(w->user, w->shard, w->shard_sums, w->held, t->count, w->gradient, total);
    if (t->meeting != NULL && !t->meeting->over)
        status = loci_meeting_lost(t->meeting, status, error);
    if (status != LOCI_OK && error != NULL && error->code == LOCI_OK)
        return loci_fail(error, status, "training", "the shards of a batch did not come together");
    return status;
}

/* A gradient that is not finite would poison the moments: stop before it does. */
static int check_finite(const loci_trainer *t, double loss, loci_error *error) {
    if (isfinite(loss) && loci_all_finite(t->work->gradient, t->count))
        return LOCI_OK;
    return loci_fail(error, LOCI_E_DIVERGED, "training",
                     "the %s is no longer finite in epoch %u, batch %u of %u; try a smaller "
                     "--lr, or --warmup",
                     isfinite(loss) ? "gradient" : "loss", t->state.epoch + 1, t->state.batch + 1,
                     t->batches);
}

int loci_trainer_step(loci_trainer *t, loci_error *error) {
    struct loci_trainer_work *w = t->work;
    double started = loci_seconds();
    loci_batch_sums sums = {0, 0};
    if (loci_trainer_finished(t) || loci_trainer_epoch_done(t))
        return loci_fail(error, LOCI_E_ARGUMENT, "training", "%s",
                         loci_trainer_finished(t) ? "is finished; there is no step left"
                                                  : "the epoch's batches are done; end it first");
    if (w->pass == NULL) /* it could not be made anew */
        return loci_fail_memory(error, "training");
    int status = loci_quantise_begin(t, false, error);
    if (status != LOCI_OK)
        return status;
    size_t size = choose_samples(t);
    expect_next(t);
    status = loci_trainer_cut(t, error);
    if (status == LOCI_OK)
        status = w->gather != NULL ? learn_held(t, size, &sums, error)
                                   : learn_all(t, size, &sums, error);
    if (status != LOCI_OK)
        return status;
    loci_acting_hold_bounds(t->network, w->gradient);
    loci_rounding_hold(t->network, w->gradient);
    status = check_finite(t, sums.loss, error);
    if (status != LOCI_OK)
        return status;
    double rate = loci_trainer_rate(t, t->state.step++);
    loci_adam(t->network->parameters, w->gradient, t->moment1, t->moment2, w->factor, t->count,
              t->state.step, rate, t->pool);
    loci_average_step(t);
    t->state.batch++;
    t->state.loss_sum += sums.loss;
    t->state.correct += sums.correct;
    /* what the network keeps follows its positions at once: anybody may look at it now */
    status = loci_trainer_cut(t, error);
    t->state.seconds += loci_seconds() - started;
    return status;
}

int loci_trainer_epoch(loci_trainer *t, loci_metrics *metrics, loci_error *error) {
    loci_metrics own;
    int status = LOCI_OK;
    while (status == LOCI_OK && !loci_trainer_epoch_done(t))
        status = loci_trainer_step(t, error);
    return status == LOCI_OK ? loci_trainer_end_epoch(t, metrics != NULL ? metrics : &own, error)
                             : status;
}
