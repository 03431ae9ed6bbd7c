/* IDX: the first two bytes say how many of the rest are the images file; the others are the labels
 * file. Of some, as the bytes decide, files are made, which are read piece by piece. */
#include "target_folder.h"

#include "data/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_files(const uint8_t *images, size_t images_size, const uint8_t *labels,
                       size_t labels_size) {
    static const char *const names[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"};
    loci_error error = {0};
    loci_dataset *set = loci_dataset_new("fuzz");
    target_folder_make(names, 2);
    target_folder_put(0, images, images_size);
    target_folder_put(1, labels, labels_size);
    int status = set != NULL ? loci_idx_fill(set, target_folder, true, &error) : LOCI_OK;
    if (status != LOCI_OK && error.message[0] == '\0')
        abort();
    loci_dataset_free(set);
}

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
        if (data[size - 1] % 16 == 0)
            read_files(data + 2, images, labels, size - 2 - images);
    }
    loci_dataset_free(set);
    return 0;
}
