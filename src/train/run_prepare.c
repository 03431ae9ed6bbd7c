#include "train/run_prepare.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "network/network.h"

/* A value that the option's own text form would not be accepted with is out of range. */
static int check_options(const loci_train_options *options, loci_error *error) {
    if ((unsigned)options->schedule > LOCI_SCHEDULE_COSINE)
        return loci_fail(error, LOCI_E_ARGUMENT, "schedule", "%d is no schedule",
                         options->schedule);
    size_t count;
    const loci_field *fields = loci_train_fields(&count);
    for (size_t i = 0; i < count; i++) {
        loci_train_options copy = *options;
        char text[256];
        if (loci_train_get(options, fields[i].name, text, sizeof text) != LOCI_OK)
            return loci_fail(error, LOCI_E_ARGUMENT, fields[i].name, "is not a number");
        int status = loci_train_set(&copy, fields[i].name, text, error);
        if (status != LOCI_OK)
            return status;
    }
    return LOCI_OK;
}

int loci_run_configure(loci_config *out, const loci_config *given, const loci_dataset *data,
                       loci_error *error) {
    *out = *given;
    out->spec.height = loci_dataset_height(data);
    out->spec.width = loci_dataset_width(data);
    out->spec.classes = loci_dataset_classes(data);
    if (given->no_test && loci_dataset_count(data, LOCI_TEST) > 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "no-test",
                         "the data set holds its test part; open it with skip_test");
    if (given->train.freeze_mask && given->train.prune.when == LOCI_PRUNE_NEVER &&
        given->init[0] == '\0')
        return loci_fail(error, LOCI_E_ARGUMENT, "freeze-mask",
                         "nothing to keep: there is neither --prune nor a model to start from");
    int status = check_options(&out->train, error);
    return status == LOCI_OK ? loci_spec_resolve(&out->spec, error) : status;
}

/* The names of the classes as a JSON array. */
static int note_classes(loci_network *network, const loci_dataset *data, loci_error *error) {
    json_t *names = json_array();
    bool failed = names == NULL;
    for (uint32_t c = 0; c < loci_dataset_classes(data); c++)
        failed |= json_array_append_new(names, json_string(loci_dataset_class_name(data, c))) != 0;
    char *text = failed ? NULL : loci_json_print(names, JSON_COMPACT);
    json_decref(names);
    if (text == NULL)
        return loci_fail(error, LOCI_E_ARGUMENT, loci_dataset_name(data),
                         "the names of its classes cannot be stored; they are not UTF-8");
    int status = loci_network_set_note(network, "classes", text, error);
    free(text);
    return status;
}

int loci_run_network(loci_network **out, const loci_config *config, const loci_dataset *data,
                     loci_error *error) {
    loci_network *network;
    const float *low, *span;
    int status = loci_network_create(&network, &config->spec, config->seed, error);
    if (status != LOCI_OK)
        return status;
    loci_dataset_range(data, &low, &span);
    status = loci_network_set_range(network, low, span, error);
    if (status == LOCI_OK)
        status = loci_network_set_note(network, "preset", config->preset, error);
    if (status == LOCI_OK)
        status = loci_network_set_note(network, "dataset", loci_dataset_name(data), error);
    if (status == LOCI_OK)
        status = note_classes(network, data, error);
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
        status = loci_network_set_range(network, model->low, model->span, error);
    loci_network_free(model);
    return status;
}

int loci_run_trainer(loci_trainer **out, const loci_config *config, loci_network *network,
                     const loci_dataset *data, loci_pool *pool, loci_error *error) {
    loci_trainer *trainer;
    int status =
        loci_trainer_create(&trainer, network, data, &config->train, config->seed, pool, error);
    if (status != LOCI_OK)
        return status;
    if (config->teacher[0] != '\0')
        status = loci_trainer_teach(trainer, config->teacher, error);
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
    int status = loci_network_freeze(model, error);
    if (status != LOCI_OK)
        return status;
    network->pruned_by = LOCI_PRUNE_BY_SET;
    memcpy(network->cut, model->cut, sizeof network->cut);
    memset(model->cut, 0, sizeof model->cut); /* its sets are the network's now */
    return LOCI_OK;
}

int loci_run_init(loci_network *network, const loci_config *config, loci_error *error) {
    const char *path = config->init;
    loci_network *model;
    int status = loci_network_load(&model, path, error);
    if (status != LOCI_OK)
        return status;
    size_t most =
        network->tensor_count > model->tensor_count ? network->tensor_count : model->tensor_count;
    for (size_t i = 0; status == LOCI_OK && i < most; i++) {
        const loci_tensor *a = loci_network_tensor(network, i), *b = loci_network_tensor(model, i);
        if (a == NULL || b == NULL || !same_tensor(a, b))
            status =
                loci_fail(error, LOCI_E_MISMATCH, path,
                          "cannot start from this model: its %s is another one than this network's",
                          a != NULL ? a->name : b->name);
    }
    if (status == LOCI_OK)
        status = take_set(network, model, config, error);
    if (status == LOCI_OK)
        memcpy(network->parameters, model->parameters, network->parameter_count * sizeof(float));
    loci_network_free(model);
    return status;
}
