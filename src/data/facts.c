#include "data/facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/dataset.h"

void loci_dataset_facts(const loci_dataset *data, loci_data_facts *facts) {
    *facts = (loci_data_facts){
        .columns = data->columns,
        .column_names = data->height == 1 ? (const char *const *)data->column_names : NULL,
        .row_keys = data->row_key,
        .validation_groups = data->validation_groups,
        .duration = data->duration,
        .event_channels = data->event_channels,
        .grouped = data->grouped,
        .deep = data->deep,
        .dark = !data->full_range,
        .reading = loci_dataset_reading(data),
        .unlabelled = data->unlabelled,
    };
}

const float *loci_dataset_weights(const loci_dataset *data, enum loci_split split) {
    return data->part[split].weights;
}

static int copy_column_names(loci_dataset *data, const char *const *names) {
    data->column_names = loci_alloc(data->features, sizeof *data->column_names);
    if (data->column_names == NULL)
        return LOCI_E_MEMORY;
    for (size_t f = 0; f < data->features; f++)
        if ((data->column_names[f] = strdup(names[f])) == NULL)
            return LOCI_E_MEMORY;
    return LOCI_OK;
}

static int copy_row_keys(loci_dataset *data, const uint64_t *keys) {
    size_t count = data->part[LOCI_TRAIN].count;
    data->row_key = loci_alloc(count, sizeof *keys);
    if (data->row_key == NULL)
        return LOCI_E_MEMORY;
    memcpy(data->row_key, keys, count * sizeof *keys);
    return LOCI_OK;
}

int loci_dataset_take_facts(loci_dataset *data, const loci_data_facts *facts, loci_error *error) {
    if (facts->validation_groups > 0 && facts->row_keys == NULL)
        return loci_fail(error, LOCI_E_ARGUMENT, "validation_groups",
                         "%u of them, and no row_keys that say which samples they are",
                         facts->validation_groups);
    if (!(facts->duration >= 0 && isfinite(facts->duration)))
        return loci_fail(error, LOCI_E_ARGUMENT, "duration", "%g is no time", facts->duration);
    if (facts->column_names != NULL && data->height != 1)
        return loci_fail(error, LOCI_E_ARGUMENT, "column_names", "only tables have columns");
    data->validation_groups = facts->validation_groups;
    data->duration = facts->duration;
    data->event_channels = facts->event_channels;
    data->grouped = facts->grouped;
    data->deep = facts->deep && data->part[LOCI_TRAIN].values != NULL;
    data->full_range = !facts->dark;
    data->reading = facts->reading;
    data->unlabelled = facts->unlabelled != 0;
    int status = LOCI_OK;
    if (facts->columns != NULL && (data->columns = strdup(facts->columns)) == NULL)
        status = LOCI_E_MEMORY;
    if (status == LOCI_OK && facts->column_names != NULL)
        status = copy_column_names(data, facts->column_names);
    if (status == LOCI_OK && facts->row_keys != NULL)
        status = copy_row_keys(data, facts->row_keys);
    return status == LOCI_OK ? LOCI_OK : loci_fail_memory(error, data->name);
}
