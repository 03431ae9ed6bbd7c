#include "train/run_prepare.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/shape.h"
#include "base/text.h"
#include "network/contents.h"
#include "network/maps.h"
#include "network/rounding.h"
#include "option/fields.h"
#include "train/network_for.h"
#include "train/teacher_list.h"

int loci_run_configure(loci_config *out, const loci_config *given, const loci_dataset *data,
                       loci_error *error) {
    size_t options;
    const loci_field *of_spec = loci_spec_fields(&options);
    int status = loci_fields_check(of_spec, options, &given->spec, error);
    if (status != LOCI_OK)
        return status;
    *out = *given;
    loci_spec_for(&out->spec, data);
    if (given->init[0] != '\0' && given->train.quantise != LOCI_QUANTISE_NO &&
        given->train.quantise_start == -1)
        out->train.quantise_start = 0;
    strcpy(out->reading, loci_dataset_reading(data) == LOCI_READING_SECOND ? "second" : "");
    if (given->no_test && loci_dataset_count(data, LOCI_TEST) > 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "no-test",
                         "the data set holds its test part; open it with skip_test");
    if (given->train.freeze_mask && given->train.prune.when == LOCI_PRUNE_NEVER &&
        given->init[0] == '\0')
        return loci_fail(error, LOCI_E_ARGUMENT, "freeze-mask",
                         "nothing to keep: there is neither --prune nor a model to start from");
    size_t count;
    const loci_field *fields = loci_train_fields(&count);
    status = loci_check_lesson(data, error);
    if (status == LOCI_OK)
        status = loci_teacher_check(given->teacher, error);
    if (status == LOCI_OK)
        status = loci_fields_check(fields, count, &out->train, error);
    return status == LOCI_OK ? loci_spec_resolve(&out->spec, error) : status;
}

int loci_run_network(loci_network **out, const loci_config *config, const loci_dataset *data,
                     loci_error *error) {
    loci_network *network;
    int status = loci_network_create_for(&network, &config->spec, data, config->seed, error);
    if (status != LOCI_OK)
        return status;
    status = loci_network_set_note(network, "preset", config->preset, error);
    if (status != LOCI_OK) {
        loci_network_free(network);
        return status;
    }
    *out = network;
    return LOCI_OK;
}

int loci_run_scale(loci_network *network, const char *path, loci_error *error) {
    loci_network *model;
    int status = loci_network_load(&model, path, error);
    if (status != LOCI_OK)
        return status;
    if (loci_spec_pixels(&model->spec) == loci_spec_pixels(&network->spec))
        status = loci_network_set_input_scaling(network, model->low, model->span, error);
    if (status == LOCI_OK && network->spec.task == LOCI_TASK_REGRESS &&
        model->spec.task == LOCI_TASK_REGRESS && model->spec.classes == network->spec.classes)
        status = loci_network_set_target_scaling(network, model->target_mean,
                                                 model->target_deviation, error);
    loci_network_free(model);
    return status;
}

/* Numbers of the same count may be of other things, in other units: a model of such would be taken
 * for what it is not. A model without names may be anything. */
static int check_outputs(const loci_network *network, const loci_network *model, const char *path,
                         loci_error *error) {
    const char *own = loci_network_note(network, "classes");
    const char *its = loci_network_note(model, "classes");
    if (network->spec.task != LOCI_TASK_REGRESS || model->spec.task != LOCI_TASK_REGRESS ||
        own[0] == '\0' || its[0] == '\0' || strcmp(own, its) == 0)
        return LOCI_OK;
    return loci_fail(error, LOCI_E_MISMATCH, path,
                     "predicts %s, the net to train %s; both must be of the same numbers",
                     LOCI_SHOWN(80, its), LOCI_SHOWN(80, own));
}

static int check_teacher(const loci_network *network, const char *path, loci_error *error) {
    loci_network *model;
    int status = loci_network_load(&model, path, error);
    if (status != LOCI_OK)
        return status;
    status = check_outputs(network, model, path, error);
    loci_network_free(model);
    return status;
}

static int teach(loci_trainer *trainer, const char *path, loci_error *error) {
    int status = loci_trainer_teach(trainer, path, error);
    if (status == LOCI_OK && trainer->network->spec.task == LOCI_TASK_REGRESS)
        status = check_teacher(trainer->network, path, error);
    return status;
}

int loci_run_trainer(loci_trainer **out, const loci_config *config, loci_network *network,
                     const loci_dataset *data, loci_pool *pool, loci_error *error) {
    loci_trainer *trainer;
    int status =
        loci_trainer_create(&trainer, network, data, &config->train, config->seed, pool, error);
    if (status != LOCI_OK)
        return status;
    char path[LOCI_TEACHER_PATH];
    for (const char *list = config->teacher; status == LOCI_OK && loci_teacher_next(&list, path);)
        status = teach(trainer, path, error);
    if (status != LOCI_OK) {
        loci_trainer_free(trainer);
        return status;
    }
    *out = trainer;
    return LOCI_OK;
}

static bool same_tensor(const loci_tensor *a, const loci_tensor *b) {
    return strcmp(a->name, b->name) == 0 && a->rank == b->rank &&
           memcmp(a->shape, b->shape, sizeof a->shape) == 0;
}

/* What the bits of a pair's set are of: senders and receivers, and the grid that senders stand on,
 * if they do. */
typedef struct set_shape {
    size_t n, m, rows, columns, maps;
} set_shape;

static set_shape set_shape_of(const loci_spec *spec, uint32_t l) {
    set_shape of = {0};
    loci_spec_pair_shape(spec, l, &of.n, &of.m);
    if (loci_has_grid_senders(spec, l))
        loci_grid_of_senders(spec, l, &of.rows, &of.columns, &of.maps);
    return of;
}

/* The same tensors are of windows, grids and sheets of any size; the bits of a set are not: those
 * of a small window are not the first ones of a large one. */
static bool same_sets(const loci_spec *a, const loci_spec *b) {
    bool same = true;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(a); l++) {
        const set_shape of_a = set_shape_of(a, l), of_b = set_shape_of(b, l);
        same &= memcmp(&of_a, &of_b, sizeof of_a) == 0;
    }
    return same;
}

/* Why the connections of a model are not those of the network. */
static int refuse_sets(const loci_spec *from, const loci_spec *to, const char *path,
                       loci_error *error) {
    static const char *const names[] = {"window", "pool", "stride"};
    loci_shape_text its, own;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char there[160] = "...", here[160] = "...";
        loci_spec_get(from, names[i], there, sizeof there);
        loci_spec_get(to, names[i], here, sizeof here);
        if (strcmp(there, here) != 0)
            return loci_fail(error, LOCI_E_MISMATCH, path,
                             "cannot keep this model's connections: its %s is %s, this network's "
                             "%s; give --%s %s, or --prune to choose anew",
                             names[i], there, here, names[i], there);
    }
    if (from->inputs != to->inputs)
        return loci_fail(error, LOCI_E_MISMATCH, path,
                         "cannot keep this model's connections: it was shrunk to %zu of %zu "
                         "inputs; give --prune to choose anew",
                         loci_spec_layer_size(from, 0), loci_spec_pixels(from));
    return loci_fail(error, LOCI_E_MISMATCH, path,
                     "cannot keep this model's connections: it is for images of %s, this network "
                     "for %s; give --prune to choose anew",
                     loci_shape_name(&its, from->height, from->width, from->channels),
                     loci_shape_name(&own, to->height, to->width, to->channels));
}

/* What a pruned model keeps does not come along by itself: positions will move. */
static int take_set(loci_network *network, loci_network *model, const loci_config *config,
                    loci_error *error) {
    bool pruned = model->pruned_by != LOCI_UNPRUNED, plan = config->train.prune.when != 0;
    if (!pruned && config->train.freeze_mask && !plan)
        return loci_fail(error, LOCI_E_ARGUMENT, "freeze-mask",
                         "nothing to keep: the model to start from is not pruned, and there is no "
                         "--prune");
    if (pruned && !plan && !config->train.freeze_mask)
        return loci_fail(
            error, LOCI_E_MISMATCH, config->init,
            "is pruned; add --freeze-mask to keep its connections, or --prune to choose "
            "anew");
    if (!pruned || plan)
        return LOCI_OK;
    if (!same_sets(&model->spec, &network->spec))
        return refuse_sets(&model->spec, &network->spec, config->init, error);
    int status = loci_network_freeze(model, error);
    if (status != LOCI_OK)
        return status;
    network->pruned_by = LOCI_PRUNE_BY_SET;
    memcpy(network->cut, model->cut, sizeof network->cut);
    memset(model->cut, 0, sizeof model->cut); /* its sets are the network's now */
    return LOCI_OK;
}

/* In what options the networks differ, with both values; "" where in none. */
static void tell_difference(const loci_spec *from, const loci_spec *to, char *text, size_t size) {
    const loci_field *field;
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; used < size && (field = loci_spec_difference(from, to, i)) != NULL; i++) {
        char there[160] = "...", here[160] = "..."; /* of a list too long for a line */
        loci_spec_get(from, field->name, there, sizeof there);
        loci_spec_get(to, field->name, here, sizeof here);
        used += (size_t)snprintf(text + used, size - used, "%s%s %s (here %s)",
                                 i == 0 ? "trained with " : ", ", field->name, there, here);
    }
}

/* The same tensors can still be of networks that do something else with them. */
static int compare_specs(const loci_spec *from, const loci_spec *to, const char *path,
                         char note[LOCI_RUN_NOTE], loci_error *error) {
    static const char begin[] = "the model to start from was ";
    const loci_field *field;
    note[0] = '\0';
    loci_shape_text its, own;
    if (to->input == LOCI_INPUT_SHEET && (from->height != to->height || from->width != to->width))
        return loci_fail(error, LOCI_E_MISMATCH, path,
                         "cannot start from this model: its sheet is %s, this network's %s",
                         loci_shape_name(&its, from->height, from->width, from->channels),
                         loci_shape_name(&own, to->height, to->width, to->channels));
    for (size_t i = 0; (field = loci_spec_difference(from, to, i)) != NULL; i++) {
        char there[160] = "...", here[160] = "...";
        loci_spec_get(from, field->name, there, sizeof there);
        loci_spec_get(to, field->name, here, sizeof here);
        if (field->carried == LOCI_CARRIED_REFUSED)
            return loci_fail(error, LOCI_E_MISMATCH, path,
                             "cannot start from this model: its %s is %s, this network's %s; "
                             "give --%s %s",
                             field->name, there, here, field->name, there);
    }
    if (loci_spec_difference(from, to, 0) != NULL) {
        memcpy(note, begin, sizeof begin);
        tell_difference(from, to, note + sizeof begin - 1, LOCI_RUN_NOTE - sizeof begin + 1);
    }
    return LOCI_OK;
}

/* Rounding comes along, and so it must be of something that is there. */
static int check_rounding(const loci_network *network, const loci_network *model, const char *path,
                          loci_error *error) {
    if (!loci_rounds_weights(model) || loci_has_weights_to_round(&network->spec))
        return LOCI_OK;
    return loci_fail(error, LOCI_E_MISMATCH, path,
                     "cannot start from this model: its weights are rounded, and what takes time "
                     "has no weights to round; give --delay none");
}

static int compare_tensors(const loci_network *network, const loci_network *model, const char *path,
                           loci_error *error) {
    size_t most =
        network->tensor_count > model->tensor_count ? network->tensor_count : model->tensor_count;
    char difference[400];
    for (size_t i = 0; i < most; i++) {
        const loci_tensor *a = loci_network_tensor(network, i), *b = loci_network_tensor(model, i);
        if (a != NULL && b != NULL && same_tensor(a, b))
            continue;
        tell_difference(&model->spec, &network->spec, difference, sizeof difference);
        return loci_fail(error, LOCI_E_MISMATCH, path,
                         "cannot start from this model: its %s is another one than this "
                         "network's%s%s",
                         a != NULL ? a->name : b->name, difference[0] != '\0' ? "; it was " : "",
                         difference);
    }
    return LOCI_OK;
}

int loci_run_init(loci_network *network, const loci_config *config, char note[LOCI_RUN_NOTE],
                  loci_error *error) {
    const char *path = config->init;
    loci_network *model;
    int status = loci_network_load(&model, path, error);
    if (status != LOCI_OK)
        return status;
    status = compare_tensors(network, model, path, error);
    if (status == LOCI_OK)
        status = check_outputs(network, model, path, error);
    if (status == LOCI_OK)
        status = compare_specs(&model->spec, &network->spec, path, note, error);
    if (status == LOCI_OK)
        status = check_rounding(network, model, path, error);
    if (status == LOCI_OK)
        status = take_set(network, model, config, error);
    if (status == LOCI_OK) /* scales once chosen are kept; training chooses others for other bits */
        status = loci_rounding_copy(&network->rounding, model->rounding, error);
    if (status == LOCI_OK)
        memcpy(network->parameters, model->parameters, network->parameter_count * sizeof(float));
    loci_network_free(model);
    return status;
}
