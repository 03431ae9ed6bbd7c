#include "data/hold_out.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "data/split.h"

/* Samples with the same key, in the order of a seeded draw. */
typedef struct ranked {
    uint64_t rank, key;
    uint32_t sample;
} ranked;

static int compare(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return (x->sample > y->sample) - (x->sample < y->sample);
}

/* Of its own, so that the test part's choice does not come again. */
enum { VALIDATION_SEED = 0x76616c };

static ranked *rank_samples(const loci_dataset *data) {
    size_t count = data->part[LOCI_TRAIN].count;
    ranked *list = loci_alloc(count, sizeof *list);
    for (size_t i = 0; list != NULL && i < count; i++)
        list[i] = (ranked){loci_split_mix(data->row_key[i], VALIDATION_SEED), data->row_key[i],
                           (uint32_t)i};
    if (list != NULL && count > 0)
        qsort(list, count, sizeof *list, compare);
    return list;
}

/* The end of the run of samples that have the key of the one at `at`. */
static size_t run_end(const ranked *list, size_t at, size_t count) {
    size_t end = at + 1;
    while (end < count && list[end].key == list[at].key)
        end++;
    return end;
}

int loci_hold_out_groups(const loci_dataset *data, uint64_t **keys, size_t *groups, size_t *samples,
                         loci_error *error) {
    size_t count = data->part[LOCI_TRAIN].count, all = 0;
    ranked *list = rank_samples(data);
    *keys = loci_alloc(data->validation_groups, sizeof **keys);
    if (list == NULL || *keys == NULL) {
        free(list);
        free(*keys);
        return loci_fail_memory(error, data->name);
    }
    *groups = *samples = 0;
    for (size_t at = 0; at < count; all++) {
        size_t end = run_end(list, at, count);
        if (*groups < data->validation_groups) {
            (*keys)[(*groups)++] = list[at].key;
            *samples += end - at;
        }
        at = end;
    }
    free(list);
    if (all > data->validation_groups)
        return LOCI_OK;
    free(*keys);
    *keys = NULL;
    return loci_fail(error, LOCI_E_ARGUMENT, "validation-group",
                     "%u groups of the %zu in the training part leave none to train on",
                     data->validation_groups, all);
}

static int by_key(const loci_dataset *data, size_t wanted, uint32_t *order, size_t *held,
                  loci_error *error) {
    size_t count = data->part[LOCI_TRAIN].count, groups = 0;
    ranked *list = rank_samples(data);
    uint8_t *out = loci_alloc(count, 1);
    if (list == NULL || out == NULL) {
        free(list);
        free(out);
        return loci_fail_memory(error, data->name);
    }
    *held = 0;
    for (size_t at = 0, end; at < count; at = end, groups++) {
        end = run_end(list, at, count);
        bool take = data->validation_groups > 0 ? groups < data->validation_groups
                                                : *held + (end - at) <= wanted;
        for (size_t i = at; i < end && take; i++)
            out[list[i].sample] = 1;
        *held += take ? end - at : 0;
    }
    size_t first = 0, rest = *held;
    for (size_t i = 0; i < count; i++)
        order[out[i] ? first++ : rest++] = (uint32_t)i;
    free(list);
    free(out);
    return LOCI_OK;
}

int loci_hold_out(const loci_dataset *data, size_t wanted, uint32_t *order, size_t *held,
                  loci_error *error) {
    size_t all = data->part[LOCI_TRAIN].count;
    *held = wanted;
    if (wanted >= all && data->validation_groups == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "validation",
                         "%zu of %zu training samples leaves none to train on", wanted, all);
    const loci_random stream = {1, LOCI_RANDOM_VALIDATION, 0};
    if (data->row_key != NULL && (wanted > 0 || data->validation_groups > 0)) {
        int status = by_key(data, wanted, order, held, error);
        if (status == LOCI_OK && *held >= all)
            return loci_fail(error, LOCI_E_ARGUMENT, "validation",
                             "what is held out leaves none to train on");
        return status;
    }
    if (wanted > 0)
        loci_random_permutation(&stream, order, (uint32_t)all);
    else
        for (size_t i = 0; i < all; i++)
            order[i] = (uint32_t)i;
    return LOCI_OK;
}

int loci_dataset_held_out(const loci_dataset *data, uint32_t validation, size_t *held,
                          loci_error *error) {
    size_t found = 0, all = data->part[LOCI_TRAIN].count;
    if (data->row_key == NULL && validation < all) { /* drawn by their order, so many */
        *held = validation;
        return LOCI_OK;
    }
    uint32_t *order = loci_alloc(all, sizeof *order);
    int status = order == NULL ? loci_fail_memory(error, data->name)
                               : loci_hold_out(data, validation, order, &found, error);
    free(order);
    if (status == LOCI_OK)
        *held = found;
    return status;
}
