#include "data/dataset.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <loci/support.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/channels.h"
#include "data/doubts.h"
#include "data/event_list.h"
#include "data/resident.h"
#include "data/samples.h"

void loci_data_options_defaults(loci_data_options *options) {
    *options = (loci_data_options){.test_fraction = 0.2, .split_seed = 1, .task = -1};
}

loci_dataset *loci_dataset_new(const char *name) {
    loci_dataset *data = calloc(1, sizeof *data);
    if (data != NULL)
        loci_text_show(data->name, sizeof data->name, name, SIZE_MAX);
    if (data != NULL)
        data->task = -1; /* until a reader knows */
    return data;
}

void loci_dataset_free(loci_dataset *data) {
    if (data == NULL)
        return;
    for (int s = 0; s < 2; s++) {
        free(data->part[s].event_start);
        free(data->part[s].event_place);
        free(data->part[s].event_count);
        loci_samples_drop_source(&data->part[s]);
        if (data->borrowed)
            continue;
        free(data->part[s].bytes);
        if (data->part[s].mapped > 0)
            munmap(data->part[s].values, data->part[s].mapped);
        else
            free(data->part[s].values);
        free(data->part[s].touched);
        free(data->part[s].labels);
        free(data->part[s].targets);
        free(data->part[s].weights);
    }
    if (data->output_names != NULL)
        for (uint32_t c = 0; c < data->outputs; c++)
            free(data->output_names[c]);
    free(data->output_names);
    for (size_t i = 0; i < data->note_count; i++)
        free(data->notes[i]);
    free(data->notes);
    for (size_t f = 0; data->column_names != NULL && f < data->features; f++)
        free(data->column_names[f]);
    free(data->column_names);
    free(data->columns);
    free(data->row_key);
    free(data->low);
    free(data->span);
    free(data->mean);
    free(data->deviation);
    free(data->target_mean);
    free(data->target_deviation);
    free(data);
}

/* Values beyond this could overflow when a span is taken. */
static const float largest_value = 1e38f;

static int check_values(const loci_dataset *data, const char *where, loci_error *error) {
    if ((data->part[0].values == NULL) != (data->part[1].values == NULL) &&
        data->part[LOCI_TEST].count > 0)
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "one part holds bytes, the other numbers of another type");
    for (int s = 0; s < 2; s++) {
        const float *values = data->part[s].values;
        if (values == NULL)
            continue;
        for (size_t i = 0; i < data->part[s].count * data->features; i++) {
            loci_resident_pass(&data->part[s], i);
            if (!(fabsf(values[i]) <= largest_value))
                return loci_fail(error, LOCI_E_FORMAT, where,
                                 "%s sample %zu holds %s; every value must be a finite number",
                                 s == LOCI_TEST ? "test" : "training", i / data->features + 1,
                                 isnan(values[i]) ? "NaN" : "a value that is too large");
        }
    }
    return LOCI_OK;
}

/* Classes 0..largest training label. A label that only the test part has could never be learned. */
static int count_classes(loci_dataset *data, const char *where, loci_error *error) {
    unsigned char *seen = loci_alloc(LOCI_MAX_CLASSES, 1);
    if (seen == NULL)
        return loci_fail_memory(error, where);
    uint32_t most = data->output_names != NULL ? data->outputs : LOCI_MAX_CLASSES, classes = 0;
    int status = LOCI_OK;
    for (int s = 0; s < 2 && status == LOCI_OK; s++)
        for (size_t i = 0;
             data->part[s].labels != NULL && i < data->part[s].count && status == LOCI_OK; i++) {
            int32_t label = data->part[s].labels[i];
            if (label == -1 && data->unlabelled)
                continue; /* a row to predict */
            if (label < 0 || (uint32_t)label >= most)
                status = loci_fail(error, LOCI_E_FORMAT, where,
                                   "%s sample %zu has label %d; labels go from 0 to %u",
                                   s == LOCI_TEST ? "test" : "training", i + 1, label, most - 1);
            else if (s == LOCI_TRAIN) {
                seen[label] = 1;
                if ((uint32_t)label >= classes)
                    classes = (uint32_t)label + 1;
            } else if (!seen[label] && data->output_names == NULL)
                status = loci_fail(error, LOCI_E_FORMAT, where,
                                   "test sample %zu has label %d, which no training sample has",
                                   i + 1, label);
        }
    free(seen);
    if (status == LOCI_OK && data->output_names == NULL)
        data->outputs = classes;
    return status;
}

/* Where the format gives classes or targets no names, their numbers are their names. */
static int name_outputs(loci_dataset *data, loci_error *error) {
    if (data->output_names != NULL)
        return LOCI_OK;
    data->output_names = calloc(data->outputs, sizeof *data->output_names);
    if (data->output_names == NULL)
        return loci_fail_memory(error, "names of outputs");
    for (uint32_t c = 0; c < data->outputs; c++) {
        char text[16];
        snprintf(text, sizeof text, "%u", c);
        data->output_names[c] = strdup(text);
        if (data->output_names[c] == NULL)
            return loci_fail_memory(error, "names of outputs");
    }
    return LOCI_OK;
}

static const char *part_name(int s) {
    return s == LOCI_TEST ? "test" : "training";
}

/* A sample may count for nothing, but not all of them. */
static int check_weights(const loci_dataset *data, const char *where, loci_error *error) {
    double sum = 0;
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; data->part[s].weights != NULL && i < data->part[s].count; i++) {
            float weight = data->part[s].weights[i];
            if (!(weight >= 0 && weight <= largest_value))
                return loci_fail(error, LOCI_E_FORMAT, where,
                                 "%s sample %zu has the weight %g; weights are finite and not "
                                 "below 0",
                                 part_name(s), i + 1, (double)weight);
            sum += s == LOCI_TRAIN ? weight : 0;
        }
    if (data->part[LOCI_TRAIN].weights != NULL && !(sum > 0))
        return loci_fail(error, LOCI_E_FORMAT, where, "all training samples have the weight 0");
    return LOCI_OK;
}

/* Mean and standard deviation of each target over the training part, in which networks learn it.
 * Two passes: the difference of squares would lose a small deviation beside a large mean. */
static int fit_targets(loci_dataset *data, const char *where, loci_error *error) {
    size_t outputs = data->outputs;
    if (data->part[LOCI_TRAIN].targets == NULL)
        return LOCI_OK; /* rows to predict */
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < data->part[s].count * outputs; i++)
            if (!(fabsf(data->part[s].targets[i]) <= largest_value))
                return loci_fail(error, LOCI_E_FORMAT, where,
                                 "%s sample %zu has a target that is no finite number",
                                 part_name(s), i / outputs + 1);
    const loci_samples *train = &data->part[LOCI_TRAIN], *test = &data->part[LOCI_TEST];
    data->target_mean = loci_alloc(outputs, sizeof *data->target_mean);
    data->target_deviation = loci_alloc(outputs, sizeof *data->target_deviation);
    if (data->target_mean == NULL || data->target_deviation == NULL)
        return loci_fail_memory(error, where);
    for (size_t k = 0; k < outputs; k++) {
        double mean = 0, square = 0;
        bool constant = true; /* of which the mean may be off by a rounding error */
        for (size_t i = 0; i < train->count; i++) {
            mean += train->targets[i * outputs + k];
            constant &= train->targets[i * outputs + k] == train->targets[k];
        }
        mean /= (double)train->count;
        for (size_t i = 0; i < train->count; i++) {
            double off = train->targets[i * outputs + k] - mean;
            square += off * off;
        }
        float deviation = (float)sqrt(square / (double)train->count);
        data->target_mean[k] = (float)mean;
        data->target_deviation[k] = !constant && deviation >= FLT_MIN ? deviation : 1;
    }
    for (size_t i = 0; i < test->count * outputs; i++)
        if (!isfinite((test->targets[i] - data->target_mean[i % outputs]) /
                      data->target_deviation[i % outputs]))
            return loci_fail(error, LOCI_E_FORMAT, where,
                             "test sample %zu has a target too far outside of those of the "
                             "training part",
                             i / outputs + 1);
    return LOCI_OK;
}

int loci_dataset_finish(loci_dataset *data, const char *where, loci_error *error) {
    if (data->part[LOCI_TRAIN].count == 0)
        return loci_fail(error, LOCI_E_FORMAT, where, "no training samples");
    if (data->task == -1)
        data->task = LOCI_TASK_CLASSIFY;
    int status = loci_dataset_interleave(data, where, error);
    if (status == LOCI_OK)
        status = check_values(data, where, error);
    if (status == LOCI_OK)
        status = check_weights(data, where, error);
    if (status == LOCI_OK)
        status = data->task == LOCI_TASK_REGRESS ? fit_targets(data, where, error)
                                                 : count_classes(data, where, error);
    if (status == LOCI_OK)
        status = name_outputs(data, error);
    if (status == LOCI_OK)
        status = loci_dataset_fit_inputs(data, where, error);
    if (status == LOCI_OK)
        status = loci_dataset_fit_bytes(data, where, error);
    if (status == LOCI_OK && !data->of_model)
        status = loci_dataset_doubt(data, where, error);
    return status;
}

/* ---- looking at one ---- */

const char *loci_dataset_name(const loci_dataset *data) {
    return data->name;
}

size_t loci_dataset_count(const loci_dataset *data, enum loci_split split) {
    return data->part[split].count;
}

uint32_t loci_dataset_height(const loci_dataset *data) {
    return data->height;
}

uint32_t loci_dataset_width(const loci_dataset *data) {
    return data->width;
}

uint32_t loci_dataset_channels(const loci_dataset *data) {
    return data->channels;
}

uint32_t loci_dataset_steps(const loci_dataset *data) {
    return data->timed ? data->steps : 0;
}

double loci_dataset_duration(const loci_dataset *data) {
    return data->duration;
}

uint32_t loci_dataset_grouped(const loci_dataset *data) {
    return data->grouped > 1 ? data->grouped : 1;
}

int loci_dataset_events(const loci_dataset *data, enum loci_split split, size_t i, float *out) {
    if (!data->timed || i >= data->part[split].count)
        return LOCI_E_ARGUMENT;
    loci_events_write(data, &data->part[split], i, out);
    return LOCI_OK;
}

int loci_dataset_task(const loci_dataset *data) {
    return data->task;
}

uint32_t loci_dataset_outputs(const loci_dataset *data) {
    return data->outputs;
}

uint32_t loci_dataset_classes(const loci_dataset *data) {
    return data->task == LOCI_TASK_CLASSIFY ? data->outputs : 0;
}

const char *loci_dataset_output_name(const loci_dataset *data, uint32_t k) {
    return k < data->outputs ? data->output_names[k] : NULL;
}

const char *loci_dataset_class_name(const loci_dataset *data, uint32_t c) {
    return data->task == LOCI_TASK_CLASSIFY ? loci_dataset_output_name(data, c) : NULL;
}

const char *loci_dataset_columns(const loci_dataset *data) {
    return data->columns;
}

int loci_dataset_reading(const loci_dataset *data) {
    return data->reading == LOCI_READING_SECOND ? LOCI_READING_SECOND : LOCI_READING_FIRST;
}

const char *loci_dataset_column_name(const loci_dataset *data, size_t f) {
    return data->height == 1 && data->column_names != NULL && f < data->features
               ? data->column_names[f]
               : NULL;
}

int32_t loci_dataset_label(const loci_dataset *data, enum loci_split split, size_t i) {
    const loci_samples *part = &data->part[split];
    return i < part->count && part->labels != NULL ? part->labels[i] : -1;
}

const float *loci_dataset_target(const loci_dataset *data, enum loci_split split, size_t i) {
    const loci_samples *part = &data->part[split];
    return i < part->count && part->targets != NULL ? part->targets + i * data->outputs : NULL;
}

float loci_dataset_weight(const loci_dataset *data, enum loci_split split, size_t i) {
    const loci_samples *part = &data->part[split];
    return i < part->count && part->weights != NULL ? part->weights[i] : 1;
}

int loci_dataset_is_bytes(const loci_dataset *data) {
    return loci_samples_are_bytes(&data->part[LOCI_TRAIN]);
}

int loci_dataset_read(const loci_dataset *data, const float *low, const float *span,
                      enum loci_split split, size_t i, float *out, loci_error *error) {
    const loci_samples *part = &data->part[split];
    size_t features = data->features;
    int status = LOCI_OK;
    if (data->timed)
        loci_events_sum(data, part, i, out);
    else
        status = loci_sample_numbers(part, features, i, out, error);
    if (low != NULL)
        for (size_t f = 0; f < features; f++)
            out[f] = (out[f] - low[f]) / span[f];
    else if (loci_samples_are_bytes(part))
        for (size_t f = 0; f < features; f++)
            out[f] /= 255.0f;
    return status;
}

int loci_dataset_sample(const loci_dataset *data, enum loci_split split, size_t i, float *out) {
    if (i >= data->part[split].count)
        return LOCI_E_ARGUMENT;
    int status = loci_dataset_read(data, data->low, data->span, split, i, out, NULL);
    loci_resident_touch(&data->part[split], 1, data->features);
    return status;
}

/* Whether a part has all of these samples. */
static bool has(const loci_samples *part, size_t first, size_t count) {
    return first <= part->count && count <= part->count - first;
}

int loci_dataset_values(const loci_dataset *data, enum loci_split split, size_t first, size_t count,
                        float *values) {
    const loci_samples *part = &data->part[split];
    size_t features = data->features;
    if (!has(part, first, count))
        return LOCI_E_ARGUMENT;
    int status = LOCI_OK;
    for (size_t i = 0; i < count && status == LOCI_OK; i++) {
        float *out = values + i * features;
        if (data->timed)
            loci_events_sum(data, part, first + i, out);
        else
            status = loci_sample_numbers(part, features, first + i, out, NULL);
        loci_resident_touch(part, 1, features);
    }
    return status;
}

int loci_dataset_bytes(const loci_dataset *data, enum loci_split split, size_t first, size_t count,
                       uint8_t *bytes) {
    const loci_samples *part = &data->part[split];
    size_t features = data->features;
    if (!has(part, first, count) || !loci_samples_are_bytes(part))
        return LOCI_E_ARGUMENT;
    int status = LOCI_OK;
    for (size_t i = 0; i < count && status == LOCI_OK; i++) {
        const uint8_t *from;
        uint8_t *to = bytes + i * features;
        status = loci_sample_bytes(part, features, first + i, to, &from, NULL);
        if (status == LOCI_OK && from != to)
            memcpy(to, from, features);
    }
    return status;
}

void loci_dataset_target_scaling(const loci_dataset *data, const float **mean,
                                 const float **deviation) {
    *mean = data->target_mean;
    *deviation = data->target_deviation;
}
