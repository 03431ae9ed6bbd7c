/* Data sets from arrays in memory: copied, or the caller's own. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/dataset.h"
#include "data/event_list.h"
#include "data/facts.h"

/* NULL where there is nothing to copy, or memory is short, which *lost says. */
static void *copy(const void *from, size_t count, size_t size, bool *lost) {
    size_t bytes;
    if (from == NULL || count == 0)
        return NULL;
    void *to = __builtin_mul_overflow(count, size, &bytes) ? NULL : loci_alloc(count, size);
    *lost |= to == NULL;
    return to == NULL ? NULL : memcpy(to, from, bytes);
}

static bool copy_part(loci_samples *part, size_t features, size_t outputs) {
    const loci_samples from = *part;
    size_t values, targets;
    if (__builtin_mul_overflow(from.count, features, &values) ||
        __builtin_mul_overflow(from.count, outputs, &targets)) {
        *part = (loci_samples){.count = 0};
        return false;
    }
    bool lost = false;
    part->bytes = copy(from.bytes, values, 1, &lost);
    part->values = copy(from.values, values, sizeof *from.values, &lost);
    part->labels = copy(from.labels, from.count, sizeof *from.labels, &lost);
    part->targets = copy(from.targets, targets, sizeof *from.targets, &lost);
    part->weights = copy(from.weights, from.count, sizeof *from.weights, &lost);
    return !lost;
}

/* What arrays say, borrowed; they are only read. */
static loci_samples part_of(const loci_arrays *arrays) {
    return (loci_samples){
        .count = arrays->count,
        .bytes = (uint8_t *)(uintptr_t)arrays->bytes,
        .values = (float *)(uintptr_t)arrays->samples,
        .labels = (int32_t *)(uintptr_t)arrays->labels,
        .targets = (float *)(uintptr_t)arrays->targets,
        .weights = (float *)(uintptr_t)arrays->weights,
    };
}

/* From counts [count, steps, features] to lists, which the part owns. */
static int list_events(loci_dataset *data, loci_samples *part, const float *counts,
                       loci_error *error) {
    loci_event_list list;
    size_t samples = part->count, each = (size_t)data->steps * data->features;
    part->values = NULL;
    int status =
        samples == 0 ? LOCI_OK : loci_event_list_begin(&list, part, samples, data->name, error);
    for (size_t i = 0; i < samples && status == LOCI_OK; i++) {
        for (size_t k = 0; k < each && status == LOCI_OK; k++) {
            float many = counts[i * each + k];
            if (!(many >= 0 && many <= LOCI_MOST_EVENTS) || many != (float)(uint32_t)many)
                status = loci_fail(error, LOCI_E_ARGUMENT, data->name,
                                   "sample %zu holds %g; events are counted, 0 to %d", i,
                                   (double)many, LOCI_MOST_EVENTS);
            else if (many > 0)
                status = loci_event_list_add(&list, (uint32_t)k, (uint32_t)many, error);
        }
        loci_event_list_close(&list);
    }
    if (samples > 0 && status == LOCI_OK)
        loci_event_list_end(&list);
    return status;
}

/* Samples of temporal data. */
static int take_events(loci_dataset *data, const loci_arrays *const *parts, loci_error *error) {
    int status = LOCI_OK;
    for (int s = 0; s < 2; s++)
        data->part[s].values = NULL;
    for (int s = 0; s < 2 && status == LOCI_OK; s++)
        status = list_events(data, &data->part[s], parts[s]->samples, error);
    return status;
}

static uint32_t channels_of(const loci_arrays *arrays) {
    return arrays->channels == 0 ? 1 : arrays->channels;
}

/* Of samples to predict there are no targets to tell. */
static bool regresses(const loci_arrays *part) {
    bool unlabelled = part->facts != NULL && part->facts->unlabelled;
    return unlabelled ? part->outputs > 0 : part->targets != NULL;
}

static int check_arrays(const loci_arrays *train, const loci_arrays *test, loci_error *error) {
    const loci_arrays *const parts[] = {train, test};
    bool unlabelled = train->facts != NULL && train->facts->unlabelled;
    if (unlabelled && (train->labels != NULL || train->targets != NULL || test->count > 0))
        return loci_fail(error, LOCI_E_ARGUMENT, "unlabelled",
                         "samples to predict have neither labels nor targets nor a test part");
    for (int s = 0; s < 2; s++) {
        const loci_arrays *part = parts[s];
        if (part->count == 0)
            continue;
        if ((part->samples == NULL) == (part->bytes == NULL))
            return loci_fail(error, LOCI_E_ARGUMENT, "samples",
                             "give samples of a part either as numbers or as bytes");
        if (!unlabelled && (part->labels == NULL) == (part->targets == NULL))
            return loci_fail(error, LOCI_E_ARGUMENT, "labels",
                             "give a part either labels or targets");
        if ((part->labels == NULL) != (train->labels == NULL))
            return loci_fail(error, LOCI_E_ARGUMENT, "labels",
                             "one part has labels, the other targets");
        if (part->steps != train->steps)
            return loci_fail(error, LOCI_E_ARGUMENT, "steps",
                             "one part has %u time steps, the other %u", train->steps, part->steps);
        if (part->steps > 0 && (part->samples == NULL || channels_of(part) != 1))
            return loci_fail(error, LOCI_E_ARGUMENT, "steps",
                             "samples with time steps are numbers of one channel a column");
        if (channels_of(part) != channels_of(train))
            return loci_fail(error, LOCI_E_ARGUMENT, "channels",
                             "one part has %u channels, the other %u", channels_of(train),
                             channels_of(part));
        if (regresses(part) && (part->outputs < 1 || part->outputs > LOCI_MAX_CLASSES ||
                                part->outputs != train->outputs))
            return loci_fail(error, LOCI_E_ARGUMENT, "outputs",
                             "%u numbers a sample; both parts have the same, 1 to %d",
                             part->outputs, LOCI_MAX_CLASSES);
    }
    return LOCI_OK;
}

/* The names of the outputs as the caller has them. */
static int copy_names(loci_dataset *data, const loci_arrays *train, loci_error *error) {
    bool regress = regresses(train);
    uint32_t count = regress ? train->outputs : train->classes;
    if (count > LOCI_MAX_CLASSES || (!regress && count == 1) ||
        (train->names != NULL && count == 0))
        return loci_fail(error, LOCI_E_ARGUMENT, "classes", "%u of them; there are 2 to %d", count,
                         LOCI_MAX_CLASSES);
    if (count == 0 || (regress && train->names == NULL))
        return LOCI_OK;
    data->output_names = calloc(count, sizeof *data->output_names);
    if (data->output_names == NULL)
        return loci_fail_memory(error, data->name);
    data->outputs = count;
    for (uint32_t k = 0; k < count; k++) {
        char number[16];
        snprintf(number, sizeof number, "%u", k);
        data->output_names[k] = strdup(train->names != NULL ? train->names[k] : number);
        if (data->output_names[k] == NULL)
            return loci_fail_memory(error, data->name);
    }
    return LOCI_OK;
}

static int from_memory(loci_dataset **out, const char *name, uint32_t height, uint32_t width,
                       const loci_arrays *train, const loci_arrays *test, bool borrowed,
                       loci_error *error) {
    static const loci_arrays none = {0};
    test = test == NULL ? &none : test;
    if (strlen(name) < 1 || strlen(name) > 63)
        return loci_fail(error, LOCI_E_ARGUMENT, "name", "must have 1 to 63 bytes");
    int status = check_arrays(train, test, error);
    if (status != LOCI_OK)
        return status;
    loci_dataset *data = loci_dataset_new(name);
    if (data == NULL)
        return loci_fail_memory(error, name);
    data->borrowed = true; /* until they are copies */
    data->full_range = true;
    data->part[LOCI_TRAIN] = part_of(train);
    data->part[LOCI_TEST] = part_of(test);
    data->task = regresses(train) ? LOCI_TASK_REGRESS : LOCI_TASK_CLASSIFY;
    data->outputs = regresses(train) ? train->outputs : 0;
    const loci_arrays *const parts[] = {train, test};
    if (train->steps > 0 && height != 1)
        status = loci_fail(error, LOCI_E_ARGUMENT, "height", "%u; with time steps it is 1", height);
    else if (train->steps > 0)
        status = loci_events_set_size(data, train->steps, width, name, error);
    else
        status = loci_dataset_set_image(data, height, width, channels_of(train), name, error);
    if (status == LOCI_OK && train->steps > 0)
        status = take_events(data, parts, error);
    if (status == LOCI_OK)
        status = copy_names(data, train, error);
    if (status == LOCI_OK && train->facts != NULL)
        status = loci_dataset_take_facts(data, train->facts, error);
    if (status == LOCI_OK && !borrowed) {
        bool copied = copy_part(&data->part[LOCI_TRAIN], data->features, data->outputs);
        copied &= copy_part(&data->part[LOCI_TEST], data->features, data->outputs);
        data->borrowed = false;
        status = copied ? LOCI_OK : loci_fail_memory(error, name);
    }
    if (status == LOCI_OK)
        status = loci_dataset_finish(data, name, error);
    if (status != LOCI_OK) {
        loci_dataset_free(data);
        /* the numbers came from the caller, not from a file */
        if (status == LOCI_E_FORMAT && error != NULL)
            error->code = LOCI_E_ARGUMENT;
        return status == LOCI_E_FORMAT ? LOCI_E_ARGUMENT : status;
    }
    *out = data;
    return LOCI_OK;
}

int loci_dataset_from_arrays(loci_dataset **out, const char *name, uint32_t height, uint32_t width,
                             const float *train, const int32_t *train_labels, size_t train_count,
                             const float *test, const int32_t *test_labels, size_t test_count,
                             loci_error *error) {
    const loci_arrays parts[2] = {
        {.count = train_count, .samples = train, .labels = train_labels},
        {.count = test_count, .samples = test, .labels = test_labels},
    };
    return from_memory(out, name, height, width, &parts[0], &parts[1], false, error);
}

int loci_dataset_borrow(loci_dataset **out, const char *name, uint32_t height, uint32_t width,
                        const loci_arrays *train, const loci_arrays *test, loci_error *error) {
    return from_memory(out, name, height, width, train, test, true, error);
}
