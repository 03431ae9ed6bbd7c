#include "data/arrays.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"

static const char *const part_arrays[2][3] = {{"x_train", "y_train", "weight_train"},
                                              {"x_test", "y_test", "weight_test"}};
static const char *const event_arrays[2] = {"events_train", "events_test"};

/* Frees what a source gave. */
static void close_array(loci_array *array) {
    if (array->stream.read != NULL)
        array->stream.close(array->stream.context);
    if (array->stream.read != NULL && array->stream.file >= 0)
        close(array->stream.file);
    free(array->bytes);
}

/* Samples, which may be too many for memory unless they are events. */
static int open_samples(const loci_dataset *data, const loci_array_source *source, const char *name,
                        loci_array *out, loci_error *error) {
    return data->timed ? source->read(source->context, name, out, error)
                       : source->open(source->context, name, out, error);
}

/* The array that holds samples of a part. */
static const char *samples_name(const loci_dataset *data, enum loci_split split) {
    return data->timed ? event_arrays[split] : part_arrays[split][0];
}

static int fill_part(loci_dataset *data, enum loci_split split, const loci_array_source *source,
                     loci_names *classes, loci_error *error) {
    const char *const names[] = {samples_name(data, split), part_arrays[split][1]};
    loci_array x = {.bytes = NULL}, y = {.bytes = NULL};
    int status = open_samples(data, source, names[0], &x, error);
    if (status == LOCI_OK)
        status = source->read(source->context, names[1], &y, error);
    if (status == LOCI_E_NOT_FOUND && source->archive != NULL)
        status =
            loci_fail(error, LOCI_E_FORMAT, source->archive,
                      "no arrays %s and %s; a data set has x_train, y_train, x_test and y_test, "
                      "temporal data events_train and events_test in place of x",
                      names[0], names[1]);
    if (status == LOCI_OK)
        status = loci_npy_part(data, split, &x, &y, classes, error);
    close_array(&x);
    free(y.bytes);
    return status;
}

/* Where there are weights. */
static int fill_weights(loci_dataset *data, enum loci_split split, const loci_array_source *source,
                        loci_error *error) {
    loci_array array = {.bytes = NULL};
    if (!source->has(source->context, part_arrays[split][2]))
        return LOCI_OK;
    int status = source->read(source->context, part_arrays[split][2], &array, error);
    if (status == LOCI_OK)
        status = loci_npy_weights(&data->part[split], &array, error);
    free(array.bytes);
    return status;
}

/* Reads an array and looks at its header, if it is there; else bytes stay NULL. */
static int look_at(loci_array *array, loci_npy *npy, const loci_array_source *source,
                   const char *name, loci_error *error) {
    *array = (loci_array){.bytes = NULL};
    if (!source->has(source->context, name))
        return LOCI_OK;
    int status = source->read(source->context, name, array, error);
    return status == LOCI_OK ? loci_npy_header(array->bytes, array->size, array->where, npy, error)
                             : status;
}

/* What may well be under such a name, as in files that were made before names were read. */
static int leave_out(loci_dataset *data, const loci_array *array, loci_error *error) {
    int status =
        loci_dataset_note_down(data, "%s: is no list of names and is left out", array->where);
    return status == LOCI_OK ? LOCI_OK : loci_fail_memory(error, array->where);
}

/* Names of classes, where there are any: texts or numbers. */
static int read_classes(loci_dataset *data, loci_names *names, const loci_array_source *source,
                        loci_error *error) {
    loci_array array;
    loci_npy npy;
    *names = (loci_names){.text = NULL};
    int status = look_at(&array, &npy, source, "classes", error);
    if (status == LOCI_OK && array.bytes != NULL)
        status = npy.rank == 0
                     ? leave_out(data, &array, error) /* how many there are */
                     : loci_names_read(names, array.bytes, array.size, array.where, error);
    free(array.bytes);
    return status;
}

/* What numbers to predict are called: texts. */
static int name_targets(loci_dataset *data, const loci_array_source *source, loci_error *error) {
    loci_names names = {.text = NULL};
    loci_array array;
    loci_npy npy;
    int status = look_at(&array, &npy, source, "targets", error);
    if (status == LOCI_OK && array.bytes != NULL)
        status = npy.kind != 'U' && npy.kind != 'S'
                     ? leave_out(data, &array, error) /* the numbers themselves, perhaps */
                     : loci_names_read(&names, array.bytes, array.size, array.where, error);
    if (status == LOCI_OK && names.text != NULL && names.count != data->outputs)
        status = loci_fail(error, LOCI_E_FORMAT, array.where,
                           "%zu names for the %u numbers of a sample", names.count, data->outputs);
    if (status == LOCI_OK && names.text != NULL)
        loci_names_give(&names, data);
    loci_names_free(&names);
    free(array.bytes);
    return status;
}

static int fill_parts(loci_dataset *data, const loci_array_source *source, bool skip_test,
                      loci_names *classes, loci_error *error) {
    int status = LOCI_OK;
    for (int s = 0; s < (skip_test ? 1 : 2) && status == LOCI_OK; s++) {
        status = fill_part(data, (enum loci_split)s, source, classes, error);
        if (status == LOCI_OK)
            status = fill_weights(data, (enum loci_split)s, source, error);
    }
    if (status != LOCI_OK || data->task != LOCI_TASK_REGRESS)
        return status;
    if (classes->text != NULL && loci_dataset_note_down(data, "numbers are predicted; the array "
                                                              "classes is left out") != LOCI_OK)
        return loci_fail_memory(error, data->name);
    return status == LOCI_OK ? name_targets(data, source, error) : status;
}

/* Samples to predict: x, else x_test, else x_train; of temporal data events likewise. */
static int fill_samples(loci_dataset *data, const loci_array_source *source, loci_error *error) {
    static const char *const still[] = {"x", "x_test", "x_train"};
    static const char *const moving[] = {"events", "events_test", "events_train"};
    const char *const *names = data->timed ? moving : still;
    loci_array x = {.bytes = NULL};
    size_t i = 0;
    while (i < 2 && !source->has(source->context, names[i]))
        i++;
    int status = open_samples(data, source, names[i], &x, error);
    if (status == LOCI_E_NOT_FOUND && source->archive != NULL)
        status = loci_fail(error, LOCI_E_FORMAT, source->archive,
                           "no array x, x_test or x_train; one of them holds what to predict");
    if (status == LOCI_OK)
        status = loci_npy_part(data, LOCI_TRAIN, &x, NULL, NULL, error);
    close_array(&x);
    return status;
}

int loci_arrays_fill(loci_dataset *data, const loci_array_source *source, bool skip_test,
                     loci_error *error) {
    loci_names classes;
    data->timed = source->has(source->context, event_arrays[LOCI_TRAIN]) ||
                  (data->unlabelled && (source->has(source->context, "events") ||
                                        source->has(source->context, event_arrays[LOCI_TEST])));
    if (data->unlabelled)
        return fill_samples(data, source, error);
    data->untested = !source->has(source->context, samples_name(data, LOCI_TEST)) &&
                     !source->has(source->context, part_arrays[LOCI_TEST][1]);
    int status = read_classes(data, &classes, source, error);
    if (status == LOCI_OK)
        status = fill_parts(data, source, skip_test || data->untested, &classes, error);
    loci_names_free(&classes);
    return status;
}
