/* .npy: the header, and every item it lets through. */
#include <stdlib.h>

#include "base/memory.h"
#include "data/npy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    loci_npy npy;
    loci_error error;
    volatile double sum = 0;
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
