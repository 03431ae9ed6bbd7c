/* Parts of a data set from .npy arrays: samples, what is to be learnt of them, weights. */
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/arrays.h"
#include "data/span.h"

/* Columns of a table, or targets, whose rows floats can not tell apart; of the training part. */
static int note_precision(loci_dataset *data, const loci_samples *part, const loci_npy *npy,
                          const unsigned char *bytes, const char *where, loci_error *error) {
    size_t columns = npy->rank == 2 ? npy->shape[1] : 1, count = 0, first = 0;
    bool fine = npy->item < 4 || (npy->kind == 'f' && npy->item == 4);
    if (part != &data->part[LOCI_TRAIN] || fine || npy->rank > 2 || data->of_model)
        return LOCI_OK;
    loci_span *spans = loci_alloc(columns, sizeof *spans);
    if (spans == NULL)
        return loci_fail_memory(error, where);
    for (size_t c = 0; c < columns; c++)
        spans[c] = loci_span_none();
    for (size_t i = 0; i < npy->count; i++)
        loci_span_see(&spans[i % columns], loci_npy_number(npy, bytes, i));
    for (size_t c = columns; c-- > 0;)
        if (loci_span_is_coarse(&spans[c])) {
            first = c;
            count++;
        }
    char name[24];
    snprintf(name, sizeof name, "%zu", first + 1);
    int status = count == 0 ? LOCI_OK : loci_span_note(data, where, name, &spans[first], count - 1);
    free(spans);
    return status == LOCI_OK ? LOCI_OK : loci_fail_memory(error, where);
}

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
    return note_precision(data, part, &npy, bytes, where, error);
}

static bool is_text(const loci_npy *npy) {
    return npy->kind == 'U' || npy->kind == 'S';
}

static int targets_part(loci_dataset *data, loci_samples *part, const loci_npy *npy,
                        const unsigned char *bytes, const char *where, loci_error *error) {
    size_t outputs = npy->rank == 2 ? npy->shape[1] : 1;
    if (is_text(npy))
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "texts, where numbers are to be predicted; --task classify takes them for "
                         "classes");
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
    return note_precision(data, part, npy, bytes, where, error);
}

/* Labels in numbers are the classes' own; names, where there are any, were given. */
static int numbered_labels(const loci_dataset *data, loci_samples *part, const loci_npy *npy,
                           const unsigned char *bytes, const char *where, loci_error *error) {
    uint32_t most = data->output_names != NULL ? data->outputs : LOCI_MAX_CLASSES;
    part->labels = loci_alloc(npy->count, sizeof *part->labels);
    if (part->labels == NULL)
        return loci_fail_memory(error, where);
    for (size_t i = 0; i < npy->count; i++) {
        double label = loci_npy_number(npy, bytes, i);
        if (!(label >= 0 && label < LOCI_MAX_CLASSES) || label != (double)(int32_t)label)
            return loci_fail(error, LOCI_E_FORMAT, where,
                             "label %g of sample %zu; labels are whole numbers from 0 to %d", label,
                             i + 1, LOCI_MAX_CLASSES - 1);
        if (label >= most)
            return loci_fail(error, LOCI_E_FORMAT, where,
                             "label %g of sample %zu, but `classes` names %u; labels count them "
                             "from 0",
                             label, i + 1, most);
        part->labels[i] = (int32_t)label;
    }
    return LOCI_OK;
}

static int labels_part(loci_dataset *data, loci_samples *part, const loci_npy *npy,
                       const unsigned char *bytes, bool named, const char *where,
                       loci_error *error) {
    bool texts = is_text(npy);
    const loci_samples *train = &data->part[LOCI_TRAIN];
    if (npy->rank == 2 && npy->shape[1] != 1)
        return loci_fail(
            error, LOCI_E_FORMAT, where,
            "%zu numbers a label; one-hot labels become numbers by argmax(axis=1), and "
            "--task regress predicts numbers",
            npy->shape[1]);
    if (!named && part != train && texts != (data->output_names != NULL))
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "labels are %s, those of the training part %s",
                         texts ? "texts" : "numbers", texts ? "numbers" : "texts");
    return texts ? loci_npy_text_labels(data, part, npy, bytes, where, error)
                 : numbered_labels(data, part, npy, bytes, where, error);
}

/* What y holds is what the task wants of it; undecided, numbers of floating point are targets. */
static int wanted_part(loci_dataset *data, loci_samples *part, const char *x_where,
                       const unsigned char *bytes, size_t size, const char *where,
                       loci_names *classes, loci_error *error) {
    loci_npy npy;
    int status = loci_npy_header(bytes, size, where, &npy, error);
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
    if (data->task == LOCI_TASK_REGRESS)
        return targets_part(data, part, &npy, bytes, where, error);
    if (classes->text != NULL)
        loci_names_give(classes, data);
    return labels_part(data, part, &npy, bytes, classes->given, where, error);
}

int loci_npy_weights(loci_samples *part, const loci_array *array, loci_error *error) {
    const char *where = array->where;
    loci_npy npy;
    int status = loci_npy_parse(array->bytes, array->size, where, &npy, error);
    if (status != LOCI_OK)
        return status;
    if (npy.count != part->count || npy.shape[0] != part->count)
        return loci_fail(error, LOCI_E_FORMAT, where, "%zu weights for %zu samples", npy.count,
                         part->count);
    part->weights = loci_alloc(npy.count, sizeof *part->weights);
    if (part->weights == NULL)
        return loci_fail_memory(error, where);
    for (size_t i = 0; i < npy.count; i++)
        part->weights[i] = (float)loci_npy_number(&npy, array->bytes, i);
    return LOCI_OK;
}

int loci_npy_part(loci_dataset *data, enum loci_split split, const loci_array *x,
                  const loci_array *y, loci_names *classes, loci_error *error) {
    loci_samples *part = &data->part[split];
    int status = data->timed ? loci_npy_events(data, part, x, error)
                 : x->stream.read != NULL
                     ? loci_npy_large(data, part, x, error)
                     : samples_part(data, part, x->bytes, x->size, x->where, error);
    if (status == LOCI_OK && y != NULL)
        status = wanted_part(data, part, x->where, y->bytes, y->size, y->where, classes, error);
    return status;
}
