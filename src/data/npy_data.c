/* A data set from .npy arrays: samples, what is to be learnt of them, weights; and the folder that
 * holds them. */
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "data/formats.h"
#include "data/npy.h"

static int samples_part(loci_dataset *data, loci_samples *part, const unsigned char *bytes,
                        size_t size, const char *where, loci_error *error) {
    loci_npy npy;
    int status = loci_npy_parse(bytes, size, where, &npy, error);
    if (status != LOCI_OK)
        return status;
    bool is_bytes = npy.kind == 'u' && npy.item == 1;
    status = loci_dataset_set_shape(data, npy.rank, npy.shape, is_bytes, where, error);
    if (status != LOCI_OK)
        return status;
    part->count = npy.shape[0];
    data->deep = npy.kind == 'u' && npy.item == 2 && npy.rank >= 3;
    if (is_bytes) {
        part->bytes = loci_alloc(npy.count, 1);
        if (part->bytes == NULL)
            return loci_fail_memory(error, where);
        loci_npy_items(&npy, bytes, part->bytes);
        return LOCI_OK;
    }
    part->values = loci_alloc(npy.count, sizeof *part->values);
    if (part->values == NULL)
        return loci_fail_memory(error, where);
    if (npy.kind == 'f' && npy.item == 4)
        loci_npy_items(&npy, bytes, part->values);
    else
        for (size_t i = 0; i < npy.count; i++)
            part->values[i] = (float)loci_npy_number(&npy, bytes, i);
    return LOCI_OK;
}

static int targets_part(loci_dataset *data, loci_samples *part, const loci_npy *npy,
                        const unsigned char *bytes, const char *where, loci_error *error) {
    size_t outputs = npy->rank == 2 ? npy->shape[1] : 1;
    if (outputs < 1 || outputs > LOCI_MAX_CLASSES)
        return loci_fail(error, LOCI_E_FORMAT, where, "%zu numbers a sample; 1 to %d are accepted",
                         outputs, LOCI_MAX_CLASSES);
    if (data->outputs != 0 && data->outputs != outputs)
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "%zu numbers a sample, but those before have %u", outputs, data->outputs);
    data->outputs = (uint32_t)outputs;
    part->targets = loci_alloc(npy->count, sizeof *part->targets);
    if (part->targets == NULL)
        return loci_fail_memory(error, where);
    for (size_t i = 0; i < npy->count; i++)
        part->targets[i] = (float)loci_npy_number(npy, bytes, i);
    return LOCI_OK;
}

static int labels_part(loci_samples *part, const loci_npy *npy, const unsigned char *bytes,
                       const char *where, loci_error *error) {
    if (npy->rank == 2 && npy->shape[1] > 1)
        return loci_fail(
            error, LOCI_E_FORMAT, where,
            "%zu numbers a label; one-hot labels become numbers by argmax(axis=1), and "
            "--task regress predicts numbers",
            npy->shape[1]);
    part->labels = loci_alloc(npy->count, sizeof *part->labels);
    if (part->labels == NULL)
        return loci_fail_memory(error, where);
    for (size_t i = 0; i < npy->count; i++) {
        double label = loci_npy_number(npy, bytes, i);
        if (!(label >= 0 && label < LOCI_MAX_CLASSES) || label != (double)(int32_t)label)
            return loci_fail(error, LOCI_E_FORMAT, where,
                             "label %g of sample %zu; labels are whole numbers from 0 to %d", label,
                             i + 1, LOCI_MAX_CLASSES - 1);
        part->labels[i] = (int32_t)label;
    }
    return LOCI_OK;
}

/* What y holds is what the task wants of it; undecided, numbers of floating point are targets. */
static int wanted_part(loci_dataset *data, loci_samples *part, const char *x_where,
                       const unsigned char *bytes, size_t size, const char *where,
                       loci_error *error) {
    loci_npy npy;
    int status = loci_npy_parse(bytes, size, where, &npy, error);
    if (status != LOCI_OK)
        return status;
    if (npy.rank != 1 && npy.rank != 2)
        return loci_fail(error, LOCI_E_FORMAT, where, "labels of %u dimensions; they have one",
                         npy.rank);
    if (npy.shape[0] != part->count)
        return loci_fail(error, LOCI_E_FORMAT, where, "%zu labels for the %zu samples of %s",
                         npy.shape[0], part->count, x_where);
    if (data->task == -1 && npy.kind == 'f' &&
        loci_dataset_note_down(data,
                               "%s holds numbers of floating point: they are predicted (--task "
                               "classify takes whole ones for classes)",
                               where) != LOCI_OK)
        return loci_fail_memory(error, where);
    if (data->task == -1)
        data->task = npy.kind == 'f' ? LOCI_TASK_REGRESS : LOCI_TASK_CLASSIFY;
    return data->task == LOCI_TASK_REGRESS ? targets_part(data, part, &npy, bytes, where, error)
                                           : labels_part(part, &npy, bytes, where, error);
}

int loci_npy_weights(loci_samples *part, const unsigned char *bytes, size_t size, const char *where,
                     loci_error *error) {
    loci_npy npy;
    int status = loci_npy_parse(bytes, size, where, &npy, error);
    if (status != LOCI_OK)
        return status;
    if (npy.count != part->count || npy.shape[0] != part->count)
        return loci_fail(error, LOCI_E_FORMAT, where, "%zu weights for %zu samples", npy.count,
                         part->count);
    part->weights = loci_alloc(npy.count, sizeof *part->weights);
    if (part->weights == NULL)
        return loci_fail_memory(error, where);
    for (size_t i = 0; i < npy.count; i++)
        part->weights[i] = (float)loci_npy_number(&npy, bytes, i);
    return LOCI_OK;
}

int loci_npy_part(loci_dataset *data, enum loci_split split, const unsigned char *x, size_t x_size,
                  const char *x_where, const unsigned char *y, size_t y_size, const char *y_where,
                  loci_error *error) {
    loci_samples *part = &data->part[split];
    int status = samples_part(data, part, x, x_size, x_where, error);
    if (status == LOCI_OK)
        status = wanted_part(data, part, x_where, y, y_size, y_where, error);
    return status;
}

static const char *const file_names[2][2] = {{"x_train.npy", "y_train.npy"},
                                             {"x_test.npy", "y_test.npy"}};

static bool is_present(const char *folder, const char *name) {
    char path[4096];
    FILE *file = NULL;
    if (loci_path_join(path, sizeof path, folder, name, NULL) == LOCI_OK)
        file = fopen(path, "rb");
    if (file != NULL)
        fclose(file);
    return file != NULL;
}

bool loci_npy_present(const char *folder) {
    return is_present(folder, file_names[LOCI_TRAIN][0]);
}

bool loci_npy_has_test(const char *folder) {
    return is_present(folder, file_names[LOCI_TEST][0]) ||
           is_present(folder, file_names[LOCI_TEST][1]);
}

static int read_file(const char *folder, const char *name, char path[4096], unsigned char **bytes,
                     size_t *size, loci_error *error) {
    int status = loci_path_join(path, 4096, folder, name, error);
    return status == LOCI_OK ? loci_file_read(path, LOCI_DATA_MOST, bytes, size, error) : status;
}

/* Where the folder has weights. */
static int fill_weights(loci_samples *part, const char *folder, enum loci_split split,
                        loci_error *error) {
    const char *name = split == LOCI_TRAIN ? "weight_train.npy" : "weight_test.npy";
    unsigned char *bytes;
    size_t size;
    char path[4096];
    if (!is_present(folder, name))
        return LOCI_OK;
    int status = read_file(folder, name, path, &bytes, &size, error);
    if (status != LOCI_OK)
        return status;
    status = loci_npy_weights(part, bytes, size, path, error);
    free(bytes);
    return status;
}

int loci_npy_fill(loci_dataset *data, const char *folder, bool skip_test, loci_error *error) {
    int status = LOCI_OK;
    for (int s = 0; s < (skip_test ? 1 : 2) && status == LOCI_OK; s++) {
        char paths[2][4096];
        unsigned char *bytes[2] = {NULL, NULL};
        size_t sizes[2];
        for (int f = 0; f < 2 && status == LOCI_OK; f++)
            status = read_file(folder, file_names[s][f], paths[f], &bytes[f], &sizes[f], error);
        if (status == LOCI_OK)
            status = loci_npy_part(data, (enum loci_split)s, bytes[0], sizes[0], paths[0], bytes[1],
                                   sizes[1], paths[1], error);
        free(bytes[0]);
        free(bytes[1]);
        if (status == LOCI_OK)
            status = fill_weights(&data->part[s], folder, (enum loci_split)s, error);
    }
    return status;
}
