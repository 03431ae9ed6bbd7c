/* Which options of a run have something to act on: those of the training here, and its network's.
 */
#include "train/training_use.h"

#include <loci/train.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "network/spec_use.h"
#include "option/fields.h"
#include "train/data_fields.h"
#include "train/quantise_check.h"

static bool prunes(const loci_config *config) {
    return config->train.prune.when != LOCI_PRUNE_NEVER && config->train.prune.sparsity > 0;
}

static bool is_gradual(const loci_config *config) {
    return prunes(config) && config->train.prune.when == LOCI_PRUNE_GRADUAL;
}

static bool rounds(const loci_config *config) {
    return config->train.quantise != LOCI_QUANTISE_NO;
}

static bool rounds_charges(const loci_config *config) {
    return !rounds(config) || !loci_quantise_weights(&config->train, &config->spec);
}

static bool has_layers(const loci_config *config) {
    return loci_spec_hidden_layers(&config->spec) > 0;
}

static bool has_distances(const loci_config *config) {
    return config->spec.wiring != LOCI_WIRING_DENSE ||
           config->train.prune.by == LOCI_PRUNE_BY_WEIGHT;
}

static bool is_unlimited(const loci_config *config) {
    bool finite = false;
    for (uint32_t l = 0; l < loci_spec_pairs_listed(&config->spec); l++)
        finite |= config->spec.range[l] > 0;
    return !finite || config->train.prune.by != LOCI_PRUNE_BY_RANGE;
}

static bool may_keep(const loci_config *config) {
    return prunes(config) || config->init[0] != '\0';
}

static bool moves_on(const loci_config *config) {
    return config->train.prune.when != LOCI_PRUNE_AFTER;
}

static bool holds_out(const loci_config *config) {
    return config->train.validation > 0 || config->validation_group[0] != '\0';
}

static bool lasts(const loci_config *config) {
    return config->train.patience == 0;
}

static bool takes_best(const loci_config *config) {
    return config->train.average == 0;
}

static bool tests(const loci_config *config) {
    return !config->no_test;
}

static bool is_taught(const loci_config *config) {
    return config->teacher[0] != '\0';
}

static bool listens(const loci_config *config) {
    return config->train.distillation > 0;
}

/* As far as is known without the data, which have the last word: see loci_trainer_create(). */
static bool has_classes(const loci_config *config) {
    return config->spec.task != LOCI_TASK_REGRESS;
}

/* Likewise. */
static bool may_have_events(const loci_config *config) {
    return config->spec.coding == LOCI_CODING_CONSTANT || config->spec.coding == LOCI_CODING_EVENTS;
}

/* Two lines may have one bit: both are to be met. */
static const struct need {
    unsigned bit;
    bool (*is_met)(const loci_config *);
    const char *text;
} all[] = {
    {LOCI_NEEDS_PRUNING, prunes, "nothing is pruned; add --prune during:F, gradual:F or after:F"},
    {LOCI_NEEDS_GRADUAL, is_gradual, "is for pruning little by little; add --prune gradual:F"},
    {LOCI_NEEDS_RANKED, has_distances,
     "a conventional net has no distances; leave the option out, or give --prune-by weight"},
    {LOCI_NEEDS_RANKED, is_unlimited,
     "the network has a range of its own; prune by distance or weight, or give --range -1"},
    {LOCI_NEEDS_LAYERS, has_layers,
     "without hidden layers one layer pair is the whole net; leave the option out"},
    {LOCI_NEEDS_KEPT, may_keep,
     "nothing to keep: there is neither --prune nor a model to start from"},
    {LOCI_NEEDS_KEPT, moves_on,
     "after training nothing moves any more; leave it out, or prune during or gradual"},
    {LOCI_NEEDS_VALIDATION, holds_out, "needs held-out samples; give --validation N too"},
    {LOCI_NEEDS_TEST, tests, "the test part is never read; leave out this or --no-test"},
    {LOCI_NEEDS_TEACHER, is_taught, "is for learning from another model; add --teacher MODEL"},
    {LOCI_NEEDS_TAUGHT, listens,
     "with --distillation 0 the teacher is not listened to; leave one of the two out"},
    {LOCI_NEEDS_CLASSES, has_classes,
     "there are no classes: numbers are to be predicted; leave the option out"},
    {LOCI_NEEDS_NO_PATIENCE, lasts,
     "which epochs are the last is not known with --patience; leave one of the two out"},
    {LOCI_NEEDS_NO_AVERAGE, takes_best,
     "keeps the best epoch, --average the mean of the last ones; leave one of the two out"},
    {LOCI_NEEDS_ROUNDING, rounds, "nothing is rounded; add --quantise BITS"},
    {LOCI_NEEDS_CHARGES, rounds_charges,
     "weights are rounded, and charges only as far as these; leave the option out"},
    {LOCI_NEEDS_EVENTS, may_have_events, "is for temporal data, which enter by --coding events"},
};

static int check(const loci_config *config, const loci_field *field, unsigned needs,
                 loci_error *error) {
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if ((needs & all[i].bit) && !all[i].is_met(config))
            return loci_fail(error, LOCI_E_ARGUMENT, field->name, "%s", all[i].text);
    return LOCI_OK;
}

int loci_config_use(const loci_config *config, const char *name, loci_error *error) {
    size_t count;
    const loci_field *fields = loci_train_fields(&count), *field = NULL;
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0)
            field = &fields[i];
    if (loci_says_where(name))
        return LOCI_OK;
    if (field == NULL)
        return loci_spec_use(&config->spec, name, error);
    unsigned taught = field->nets == LOCI_NETS_TAUGHT ? LOCI_NEEDS_TEACHER : 0;
    int status = loci_spec_check_nets(&config->spec, field, error);
    if (status == LOCI_OK)
        status = check(config, field, taught, error);
    if (status == LOCI_OK && !loci_field_is_idle(field, &config->train))
        status = check(config, field, field->needs, error);
    if (status == LOCI_OK && (field->needs & LOCI_NEEDS_ROUNDABLE))
        status = loci_quantise_check(&config->spec, &config->train, error);
    return status;
}
