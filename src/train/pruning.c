#include "train/pruning.h"

#include <math.h>

#include "base/error.h"
#include "network/pass.h"

static uint64_t all_steps(const loci_trainer *t) {
    return (uint64_t)t->options.epochs * t->batches;
}

double loci_sparsity_at(const loci_train_options *options, uint64_t step, uint64_t steps) {
    const loci_prune_plan *plan = &options->prune;
    double ramp = options->prune_ramp * (double)steps;
    if (plan->when == LOCI_PRUNE_DURING)
        return plan->sparsity;
    if (plan->when != LOCI_PRUNE_GRADUAL)
        return 0;
    if ((double)step >= ramp) /* also where there are no steps at all */
        return plan->sparsity;
    return plan->sparsity * (1 - pow(1 - (double)step / ramp, 3));
}

int loci_pruning_check(const loci_network *network, const loci_train_options *options,
                       loci_error *error) {
    const loci_prune_plan *plan = &options->prune;
    int by = loci_prune_by_for(&network->spec, plan->by);
    if (plan->when == LOCI_PRUNE_NEVER)
        return LOCI_OK;
    int status = loci_prune_check(network, plan->sparsity, by, error);
    if (status == LOCI_OK && options->freeze_mask && plan->when == LOCI_PRUNE_AFTER)
        return loci_fail(error, LOCI_E_ARGUMENT, "freeze-mask",
                         "after training nothing moves any more; leave it out, or prune during or "
                         "gradual");
    if (status == LOCI_OK && options->freeze_mask && by == LOCI_PRUNE_BY_RANGE)
        return loci_fail(error, LOCI_E_ARGUMENT, "freeze-mask",
                         "a range keeps what it reaches; prune by distance or weight");
    return status;
}

bool loci_trainer_cut_done(const loci_trainer *t) {
    double now = loci_sparsity_at(&t->options, t->state.step, all_steps(t));
    return t->options.prune.when == LOCI_PRUNE_AFTER || now == t->options.prune.sparsity;
}

int loci_trainer_cut(loci_trainer *t, loci_error *error) {
    const loci_train_options *options = &t->options;
    loci_network *network = t->network;
    loci_acting *acting = &loci_trainer_pass(t)->acting;
    double sparsity = loci_sparsity_at(options, t->state.step, all_steps(t));
    if (sparsity == 0 || network->pruned_by == LOCI_PRUNE_BY_SET)
        return LOCI_OK;
    loci_acting_update(acting);
    int status =
        loci_acting_select(acting, sparsity, loci_prune_by_for(&network->spec, options->prune.by),
                           options->prune_scope, t->pool, error);
    bool between = t->state.batch == 0 || loci_trainer_epoch_done(t);
    if (status == LOCI_OK && between && !loci_acting_connected(acting))
        status = loci_fail(error, LOCI_E_ARGUMENT, "prune",
                           "in epoch %u a sparsity of %g leaves no way from an input to an output; "
                           "keep more",
                           t->state.epoch + 1, sparsity);
    if (status != LOCI_OK)
        return status;
    bool freeze = options->freeze_mask && sparsity >= options->prune.sparsity;
    if (!freeze) /* what is frozen may come into reach as it moves */
        loci_acting_cut_unreached(acting);
    loci_acting_store(acting, network);
    if (!freeze)
        return LOCI_OK;
    status = loci_network_freeze(network, error);
    return status == LOCI_OK ? loci_trainer_refresh(t, error) : status;
}
