/* .npy: the header, and every item it lets through; the array as samples of a data set, their
 * targets and their weights at once; names. */
#include <stdlib.h>

#include "base/memory.h"
#include "data/arrays.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    loci_npy npy;
    loci_error error;
    volatile double sum = 0;
    loci_array array = {.bytes = (unsigned char *)(uintptr_t)data, .size = size, .where = "x"};
    for (int task = LOCI_TASK_CLASSIFY; task <= LOCI_TASK_REGRESS; task++) {
        loci_dataset *set = loci_dataset_new("fuzz");
        loci_names names = {.text = NULL};
        if (set != NULL)
            set->task = task;
        if (set != NULL &&
            loci_npy_part(set, LOCI_TRAIN, &array, &array, &names, &error) == LOCI_OK &&
            loci_npy_weights(&set->part[LOCI_TRAIN], &array, &error) == LOCI_OK)
            loci_dataset_finish(set, "fuzz", &error);
        loci_dataset_free(set);
    }
    loci_names read;
    if (loci_names_read(&read, data, size, "names", &error) == LOCI_OK)
        loci_names_free(&read);
    if (loci_npy_parse(data, size, "fuzz", &npy, &error) != LOCI_OK)
        return 0;
    void *items = loci_alloc(npy.count, npy.item);
    if (items != NULL)
        loci_npy_items(&npy, data, items);
    for (size_t i = 0; i < npy.count; i++)
        sum = sum + loci_npy_number(&npy, data, i);
    free(items);
    return 0;
}
