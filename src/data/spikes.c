/* Temporal data from recordings of spikes. */
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "data/event_list.h"
#include "data/formats.h"
#include "data/spike_file.h"
#include "data/time_span.h"

/* A part that is read. */
typedef struct loci_taking {
    loci_event_list list;
    double duration;
    uint32_t steps, features, grouped;
    int64_t channels;        /* of the file */
    uint32_t *place, *spare; /* [room] of one sample */
    size_t room, late;       /* late: spikes past the duration */
    const char *where;
} loci_taking;

static int check_spike(const loci_recording *sample, size_t i, const char *where,
                       loci_error *error) {
    char number[48];
    if (sample->times[i] >= 0 && sample->times[i] <= 1e9 && sample->units[i] >= 0 &&
        sample->units[i] < LOCI_MAX_FEATURES)
        return LOCI_OK;
    loci_number_print(number, sizeof number, "%g seconds", sample->times[i]);
    return loci_fail(error, LOCI_E_FORMAT, where,
                     "sample %zu has a spike after %s on channel %jd; times and channels count "
                     "from 0",
                     sample->number + 1, number, (intmax_t)sample->units[i]);
}

/* ---- what the training part covers ---- */

/* Of the events, as many as steps have to cover: a few long recordings would leave silence at the
 * end of all others, in which neurons go on by their bias. */
static const double covered = 0.995;

typedef struct loci_cover {
    loci_time_span *times;
    int64_t channels;
    const char *where;
} loci_cover;

static int cover(void *context, const loci_recording *sample, loci_error *error) {
    loci_cover *x = context;
    int status = LOCI_OK;
    for (size_t i = 0; i < sample->count && status == LOCI_OK; i++) {
        status = check_spike(sample, i, x->where, error);
        if (status != LOCI_OK)
            break;
        loci_time_span_add(x->times, sample->times[i]);
        if (sample->units[i] >= x->channels)
            x->channels = sample->units[i] + 1;
    }
    return status;
}

/* What the steps cover where nobody says it, and a note of that. */
static int choose_duration(loci_dataset *data, const loci_time_span *times, const char *where,
                           loci_error *error) {
    char text[48], reach[80] = "up to the last event of the training part";
    double duration = loci_time_span_of(times, covered);
    data->duration = duration > 0 ? duration : 1;
    loci_number_print(text, sizeof text, "%.6g", data->duration);
    if (duration < times->last)
        loci_number_print(reach, sizeof reach, "in which %g%% of the training part's events lie",
                          100 * covered);
    return loci_dataset_note_down(
               data, "%s: %u time steps cover %s seconds, %s; --duration covers others", data->name,
               data->steps, text, reach) == LOCI_OK
               ? LOCI_OK
               : loci_fail_memory(error, where);
}

/* The duration and the channels that nobody named. */
static int find_cover(loci_dataset *data, loci_spike_file *file, int64_t *channels,
                      loci_error *error) {
    loci_time_span *times = calloc(1, sizeof *times);
    loci_cover x = {.where = file->path, .times = times};
    int status = times == NULL ? loci_fail_memory(error, file->path)
                               : loci_spike_file_visit(file, cover, &x, error);
    if (status == LOCI_OK && x.channels == 0)
        status = loci_fail(error, LOCI_E_FORMAT, file->path, "not a single spike");
    if (status == LOCI_OK && *channels == 0)
        *channels = x.channels;
    if (status == LOCI_OK && data->duration <= 0)
        status = choose_duration(data, times, file->path, error);
    free(times);
    return status;
}

/* ---- the spikes ---- */

static int make_room(loci_taking *x, size_t count, loci_error *error) {
    if (count <= x->room)
        return LOCI_OK;
    free(x->place);
    free(x->spare);
    x->place = loci_alloc(count, sizeof *x->place);
    x->spare = loci_alloc(count, sizeof *x->spare);
    x->room = x->place != NULL && x->spare != NULL ? count : 0;
    return x->room > 0 ? LOCI_OK : loci_fail_memory(error, x->where);
}

/* Where spike i goes; what is on the last moment is in the last step. */
static int place_spike(loci_taking *x, const loci_recording *sample, size_t i, size_t *kept,
                       loci_error *error) {
    int status = check_spike(sample, i, x->where, error);
    if (status != LOCI_OK)
        return status;
    if (sample->units[i] >= x->channels)
        return loci_fail(error, LOCI_E_FORMAT, x->where,
                         "sample %zu has a spike on channel %jd; there are %jd, counted from 0",
                         sample->number + 1, (intmax_t)sample->units[i], (intmax_t)x->channels);
    if (sample->times[i] > x->duration) {
        x->late++;
        return LOCI_OK;
    }
    uint32_t step = (uint32_t)(sample->times[i] / x->duration * x->steps);
    step = step < x->steps ? step : x->steps - 1;
    x->place[(*kept)++] = step * x->features + (uint32_t)sample->units[i] / x->grouped;
    return LOCI_OK;
}

static int take_sample(void *context, const loci_recording *sample, loci_error *error) {
    loci_taking *x = context;
    size_t kept = 0;
    int status = make_room(x, sample->count, error);
    for (size_t i = 0; i < sample->count && status == LOCI_OK; i++)
        status = place_spike(x, sample, i, &kept, error);
    if (status == LOCI_OK && kept > 0)
        loci_event_sort(x->place, x->spare, kept);
    for (size_t i = 0; i < kept && status == LOCI_OK; i++)
        status = loci_event_list_add(&x->list, x->place[i], 1, error);
    loci_event_list_close(&x->list);
    return status;
}

static int take_spikes(loci_dataset *data, enum loci_split split, loci_spike_file *file,
                       int64_t channels, loci_error *error) {
    loci_taking x = {.duration = data->duration,
                     .steps = data->steps,
                     .features = (uint32_t)data->features,
                     .grouped = data->grouped > 1 ? data->grouped : 1,
                     .channels = channels,
                     .where = file->path};
    loci_samples *part = &data->part[split];
    int status = loci_event_list_begin(&x.list, part, file->samples, file->path, error);
    if (status == LOCI_OK)
        status = loci_spike_file_visit(file, take_sample, &x, error);
    free(x.place);
    free(x.spare);
    if (status != LOCI_OK)
        return status;
    loci_event_list_end(&x.list);
    return x.late == 0 || data->of_model ||
                   loci_dataset_note_down(data,
                                          "%s: %zu events of the %s part come after "
                                          "the last time step and are left out",
                                          data->name, x.late,
                                          split == LOCI_TRAIN ? "training" : "test") == LOCI_OK
               ? LOCI_OK
               : loci_fail_memory(error, file->path);
}

/* ---- labels, their names, groups ---- */

static int take_labels(loci_dataset *data, enum loci_split split, loci_spike_file *file,
                       loci_error *error) {
    loci_samples *part = &data->part[split];
    uint32_t most = data->output_names != NULL ? data->outputs : LOCI_MAX_CLASSES;
    if (data->unlabelled)
        return LOCI_OK;
    int64_t *labels = loci_alloc(file->samples, sizeof *labels);
    part->labels = loci_alloc(file->samples, sizeof *part->labels);
    int status = labels == NULL || part->labels == NULL
                     ? loci_fail_memory(error, file->path)
                     : loci_spike_file_numbers(file, "labels", labels, error);
    for (size_t i = 0; i < file->samples && status == LOCI_OK; i++) {
        if (labels[i] < 0 || labels[i] >= most)
            status = loci_fail(error, LOCI_E_FORMAT, file->path,
                               "sample %zu has the label %jd; labels go from 0 to %u", i + 1,
                               (intmax_t)labels[i], most - 1);
        part->labels[i] = (int32_t)labels[i];
    }
    free(labels);
    return status;
}

/* What the labels are called, where the file says so, in words that can be kept. */
static int take_names(loci_dataset *data, loci_spike_file *file, loci_error *error) {
    char **texts;
    size_t count;
    bool fit = true;
    if (data->output_names != NULL || !loci_spike_file_has(file, "extra/keys"))
        return LOCI_OK;
    int status = loci_spike_file_texts(file, "extra/keys", &texts, &count, error);
    if (status != LOCI_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        fit &= loci_is_utf8(texts[i]);
    data->output_names = texts;
    data->outputs = (uint32_t)count;
    return fit ? LOCI_OK
               : loci_fail(error, LOCI_E_FORMAT, file->path, "extra/keys is not in UTF-8");
}

/* Samples with the same number in extra/NAME stay together. */
static int take_groups(loci_dataset *data, loci_spike_file *file, const loci_data_options *options,
                       loci_error *error) {
    char name[300];
    if (options->group_column == NULL || options->group_column[0] == '\0')
        return LOCI_OK;
    snprintf(name, sizeof name, "extra/%s", options->group_column);
    if (strchr(options->group_column, '/') != NULL || !loci_spike_file_has(file, name))
        return loci_fail(error, LOCI_E_ARGUMENT, "validation-group",
                         "there is no extra/%s in %s; 'speaker' is in most recordings",
                         LOCI_SHOWN(60, options->group_column), file->path);
    int64_t *numbers = loci_alloc(file->samples, sizeof *numbers);
    data->row_key = loci_alloc(file->samples, sizeof *data->row_key);
    data->validation_groups = options->validation_groups;
    int status = numbers == NULL || data->row_key == NULL
                     ? loci_fail_memory(error, file->path)
                     : loci_spike_file_numbers(file, name, numbers, error);
    for (size_t i = 0; i < file->samples && status == LOCI_OK; i++)
        data->row_key[i] = (uint64_t)numbers[i];
    free(numbers);
    return status;
}

/* ---- files ---- */

static int read_train(loci_dataset *data, loci_spike_file *file, const loci_data_options *options,
                      int64_t *channels, loci_error *error) {
    uint32_t grouped = data->grouped > 1 ? data->grouped : 1;
    data->steps = data->steps > 0 ? data->steps : LOCI_USUAL_STEPS;
    *channels = options->event_channels;
    int status =
        data->duration > 0 && *channels > 0 ? LOCI_OK : find_cover(data, file, channels, error);
    if (status == LOCI_OK)
        status = loci_events_set_size(
            data, data->steps, ((uint64_t)*channels + grouped - 1) / grouped, file->path, error);
    data->event_channels = (uint32_t)*channels;
    if (status == LOCI_OK)
        status = take_names(data, file, error);
    if (status == LOCI_OK)
        status = take_groups(data, file, options, error);
    return status;
}

static int read_part(loci_dataset *data, enum loci_split split, const char *path,
                     const loci_data_options *options, int64_t *channels, loci_error *error) {
    loci_spike_file file;
    int status = loci_spike_file_open(&file, path, error);
    if (status == LOCI_OK && split == LOCI_TRAIN)
        status = read_train(data, &file, options, channels, error);
    if (status == LOCI_OK)
        status = take_spikes(data, split, &file, *channels, error);
    if (status == LOCI_OK)
        status = take_labels(data, split, &file, error);
    loci_spike_file_close(&file);
    return status;
}

static int read_parts(loci_dataset *data, const char *path, const loci_data_options *options,
                      loci_error *error) {
    char file[4096];
    int64_t channels = 0;
    bool folder = loci_spikes_find(file, sizeof file, path, LOCI_TRAIN);
    data->duration = options->duration;
    int status = read_part(data, LOCI_TRAIN, folder ? file : path, options, &channels, error);
    data->untested =
        !data->unlabelled && (!folder || !loci_spikes_find(file, sizeof file, path, LOCI_TEST));
    if (status == LOCI_OK && !options->skip_test && !data->untested && !data->unlabelled)
        status = read_part(data, LOCI_TEST, file, options, &channels, error);
    return status;
}

int loci_spikes_fill(loci_dataset *data, const char *path, const loci_data_options *options,
                     loci_error *error) {
    H5E_auto2_t print;
    void *stream;
    /* left alone, HDF5 prints what goes wrong */
    H5Eget_auto2(H5E_DEFAULT, &print, &stream);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    int status = read_parts(data, path, options, error);
    H5Eset_auto2(H5E_DEFAULT, print, stream);
    return status;
}
