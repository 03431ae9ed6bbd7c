#include "train/pruning.h"

#include <math.h>

#include "base/error.h"
#include "network/select.h"

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

bool loci_pruning_done(const loci_pruning *p) {
    double now = loci_sparsity_at(p->options, p->step, p->steps);
    return p->options->prune.when == LOCI_PRUNE_AFTER || now == p->options->prune.sparsity;
}

static int select_anew(const loci_pruning *p, const loci_network *network, loci_pass *pass,
                       double sparsity, loci_error *error) {
    const loci_train_options *options = p->options;
    loci_acting_update(&pass->acting);
    int status = loci_select_strongest(&pass->acting, sparsity,
                                       loci_prune_by_for(&network->spec, options->prune.by),
                                       options->prune_scope, pass->pool, error);
    bool connected = true;
    if (status == LOCI_OK && p->look)
        status = loci_select_connected(&pass->acting, &connected, error);
    if (status == LOCI_OK && !connected)
        status = loci_fail(error, LOCI_E_ARGUMENT, "prune",
                           "in epoch %u a sparsity of %g leaves no way from an input to an output; "
                           "keep more",
                           p->epoch, sparsity);
    return status;
}

/* The set stays as it is from now on. */
static int freeze(loci_network *network, loci_pass **pass, loci_error *error) {
    int status = loci_network_freeze(network, error);
    return status == LOCI_OK ? loci_pass_renew(pass, error) : status;
}

int loci_pruning_cut(const loci_pruning *p, loci_network *network, loci_pass **pass,
                     loci_error *error) {
    double sparsity = loci_sparsity_at(p->options, p->step, p->steps);
    if (sparsity == 0 || network->pruned_by == LOCI_PRUNE_BY_SET)
        return LOCI_OK;
    if (*pass == NULL) /* it could not be made anew */
        return loci_fail_memory(error, "training");
    int status = select_anew(p, network, *pass, sparsity, error);
    if (status != LOCI_OK)
        return status;
    bool frozen = p->options->freeze_mask && sparsity >= p->options->prune.sparsity;
    if (!frozen) /* what is frozen may come into reach as it moves */
        loci_select_cut_unreached(&(*pass)->acting);
    loci_select_store(&(*pass)->acting, network);
    return frozen ? freeze(network, pass, error) : LOCI_OK;
}
