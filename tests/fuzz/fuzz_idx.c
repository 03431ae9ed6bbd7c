/* IDX: the first two bytes say how many of the rest are the images file; the others are the labels
 * file. */
#include "data/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    loci_error error;
    loci_dataset *set = loci_dataset_new("fuzz");
    if (size >= 2 && set != NULL) {
        size_t images = data[0] | (size_t)data[1] << 8;
        images = images < size - 2 ? images : size - 2;
        const uint8_t *labels = data + 2 + images;
        int status = loci_idx_parse(set, LOCI_TRAIN, data + 2, images, "images", labels,
                                    size - 2 - images, "labels", &error);
        if (status == LOCI_OK)
            loci_dataset_finish(set, "fuzz", &error);
    }
    loci_dataset_free(set);
    return 0;
}
