/* The end of an epoch, and of training: what the network comes to then. */
#include <string.h>

#include "base/error.h"
#include "infer/evaluate.h"
#include "infer/regression.h"
#include "train/average.h"
#include "train/quantise.h"
#include "train/trainer_work.h"

static void take_score(const loci_evaluation *result, double *accuracy,
                       loci_regression *regression) {
    *accuracy = result->accuracy;
    *regression = result->regression;
}

static int evaluate(const loci_trainer *t, enum loci_split split, const uint32_t *index,
                    size_t count, loci_evaluation *out, loci_error *error) {
    return loci_evaluate_samples(t->meeting, t->network, t->data, split, index, count, t->pool,
                                 false, out, error);
}

static int evaluate_test(const loci_trainer *t, loci_evaluation *out, loci_error *error) {
    return evaluate(t, LOCI_TEST, NULL, loci_dataset_count(t->data, LOCI_TEST), out, error);
}

int loci_trainer_measure(const loci_trainer *t, bool test, loci_metrics *out, loci_error *error) {
    const struct loci_trainer_work *w = t->work;
    loci_evaluation result;
    int status = LOCI_OK;
    if (t->options.validation > 0) {
        status = evaluate(t, LOCI_TRAIN, w->held_out, t->options.validation, &result, error);
        if (status == LOCI_OK)
            take_score(&result, &out->validation_accuracy, &out->validation);
    }
    if (status == LOCI_OK && test && loci_dataset_count(t->data, LOCI_TEST) > 0) {
        status = evaluate_test(t, &result, error);
        if (status == LOCI_OK)
            take_score(&result, &out->test_accuracy, &out->test);
    }
    return status;
}

int loci_trainer_evaluate(const loci_trainer *t, loci_evaluation *out, loci_error *error) {
    const struct loci_trainer_work *w = t->work;
    if (loci_dataset_count(t->data, LOCI_TEST) > 0)
        return evaluate_test(t, out, error);
    bool held_out = t->options.validation > 0;
    return evaluate(t, LOCI_TRAIN, held_out ? w->held_out : w->training,
                    held_out ? t->options.validation : t->samples, out, error);
}

/* Measures what would be kept if training ended now: the mean, where there is one. Whatever comes
 * of it, the network then is what the next step goes on from. */
static int measure(loci_trainer *t, bool test, loci_metrics *out, loci_error *error) {
    float *parameters = t->network->parameters, *latest = t->work->latest;
    bool averaged = loci_average_count(t) > 0;
    if (averaged) {
        memcpy(latest, parameters, t->count * sizeof *latest);
        loci_average_take(t);
    }
    int status = loci_trainer_cut(t, error);
    if (status == LOCI_OK)
        status = loci_trainer_measure(t, test, out, error);
    if (averaged)
        memcpy(parameters, latest, t->count * sizeof *latest);
    return averaged && status == LOCI_OK ? loci_trainer_cut(t, error) : status;
}

int loci_trainer_end_epoch(loci_trainer *t, loci_metrics *out, loci_error *error) {
    loci_training_state *s = &t->state;
    double share = (double)s->correct / (double)t->samples;
    if (!loci_trainer_epoch_done(t))
        return loci_fail(error, LOCI_E_ARGUMENT, "training",
                         "%u of the epoch's %u batches are left", t->batches - s->batch,
                         t->batches);
    *out = (loci_metrics){
        .task = t->network->spec.task,
        .epoch = s->epoch + 1,
        .learning_rate = loci_trainer_rate(t, s->step > 0 ? s->step - 1 : 0),
        .train_loss = s->loss_sum / (double)t->samples,
        .train_accuracy = t->network->spec.task == LOCI_TASK_CLASSIFY ? share : -1,
        .validation_accuracy = -1,
        .test_accuracy = -1,
        .validation = loci_regression_none(),
        .test = loci_regression_none(),
        .seconds = s->seconds,
    };
    uint32_t every = t->options.test_every;
    const loci_pruning now = loci_trainer_moment(t);
    bool test = out->epoch == t->options.epochs || (every > 0 && out->epoch % every == 0);
    int status = measure(t, test, out, error);
    if (status != LOCI_OK)
        return status;
    s->epoch++;
    double score = out->task == LOCI_TASK_REGRESS ? out->validation.r2 : out->validation_accuracy;
    if (t->best != NULL && loci_pruning_done(&now) && loci_quantise_done(t) &&
        (s->best_epoch == 0 || score > s->best)) {
        s->best = score;
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

/* ---- the end of training ---- */

int loci_trainer_finish(loci_trainer *t, loci_error *error) {
    const loci_prune_plan *plan = &t->options.prune;
    bool best = t->best != NULL && t->state.best_epoch > 0;
    t->changed |= best || !loci_quantise_done(t) || plan->when == LOCI_PRUNE_AFTER;
    if (best)
        memcpy(t->network->parameters, t->best, t->count * sizeof(float));
    if (loci_average_count(t) > 0) /* that was measured */
        loci_average_take(t);
    int status = loci_quantise_begin(t, true, error);
    if (status != LOCI_OK)
        return status;
    if (plan->when == LOCI_PRUNE_AFTER)
        return loci_network_prune(t->network, plan->sparsity, plan->by, t->options.prune_scope,
                                  t->pool, error);
    status = loci_trainer_cut(t, error);
    bool stored = t->network->spec.wiring == LOCI_WIRING_DENSE;
    if (status == LOCI_OK && stored && t->network->pruned_by != LOCI_UNPRUNED)
        status = loci_network_freeze(t->network, error);
    return status;
}
