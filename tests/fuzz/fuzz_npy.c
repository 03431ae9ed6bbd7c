/* .npy: the header, and every item it lets through; arrays as both parts of a data set, still or
 * temporal, of each task, their weights, and names. Where several arrays stand one behind the
 * other, the first are samples, then come labels, and then names; else one is all of these. */
#include <stdlib.h>

#include "base/memory.h"
#include "data/arrays.h"
#include "data/npy_text.h"
#include "mutate_npy.h"
#include "short_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SAMPLES, LABELS, NAMES, ARRAYS };

static void cut(loci_array arrays[ARRAYS], const uint8_t *data, size_t size) {
    size_t places[NPY_ARRAYS] = {0}, count = npy_list(data, size, places);
    count = count < 1 ? 1 : count > ARRAYS ? ARRAYS : count;
    places[0] = 0;
    for (size_t i = 0; i < ARRAYS; i++) {
        size_t which = i < count ? i : count - 1;
        size_t end = which + 1 < count ? places[which + 1] : size;
        arrays[i].bytes = (unsigned char *)(uintptr_t)data + places[which];
        arrays[i].size = end - places[which];
        strcpy(arrays[i].where, "x");
    }
}

/* A data set, as a reader of several arrays makes it. timed: the samples are events. */
static void read_set(const loci_array *arrays, int task, bool timed, bool named) {
    loci_error error = {0};
    loci_dataset *set = loci_dataset_new("fuzz");
    loci_names names = {.text = NULL};
    if (set == NULL)
        return;
    set->task = task;
    set->timed = timed;
    set->grouped = timed ? 2 : 0;
    int status = LOCI_OK;
    if (named)
        status = loci_names_read(&names, arrays[NAMES].bytes, arrays[NAMES].size, "names", &error);
    for (int s = LOCI_TRAIN; s <= LOCI_TEST && status == LOCI_OK; s++) {
        const loci_array *labels = &arrays[s == LOCI_TEST && !named ? NAMES : LABELS];
        status = loci_npy_part(set, (enum loci_split)s, &arrays[SAMPLES], labels, &names, &error);
        if (status == LOCI_OK)
            loci_npy_weights(&set->part[s], labels, &error);
    }
    if (status == LOCI_OK)
        status = loci_dataset_finish(set, "fuzz", &error);
    if (status != LOCI_OK && error.message[0] == '\0')
        abort();
    loci_names_free(&names);
    loci_dataset_free(set);
}

static void read_items(const uint8_t *data, size_t size) {
    volatile double sum = 0;
    loci_npy npy;
    loci_error error;
    if (loci_npy_parse(data, size, "fuzz", &npy, &error) != LOCI_OK)
        return;
    void *items = loci_alloc(npy.count, npy.item);
    if (items != NULL)
        loci_npy_items(&npy, data, items);
    for (size_t i = 0; i < npy.count; i++)
        sum = sum + loci_npy_number(&npy, data, i);
    free(items);
}

static int run(const uint8_t *data, size_t size) {
    static loci_array arrays[ARRAYS];
    char *text = NULL;
    cut(arrays, data, size);
    for (int task = -1; task <= LOCI_TASK_REGRESS; task++) {
        read_set(arrays, task, false, false);
        read_set(arrays, task, false, true);
    }
    read_set(arrays, -1, true, false);
    if (loci_npy_text(data, size, "text", &text, NULL) == LOCI_OK)
        free(text);
    read_items(data, size);
    return 0;
}

WITH_SHORT_MEMORY(run)
MUTATE_NPY
