/* IDX: the first two bytes say how many of the rest are the images file; the others are the labels
 * file. Of some, as the bytes decide, files are made; larger ones are left in their file. */
#include "target_folder.h"

#include "data/formats.h"
#include "short_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All samples, as a training reads them. */
static void read_samples(const loci_dataset *set) {
    static float sample[1 << 16];
    for (int s = 0; s < 2 && set->features <= sizeof sample / sizeof *sample; s++)
        for (size_t i = 0; i < set->part[s].count && i < 8; i++)
            loci_dataset_sample(set, (enum loci_split)s, i, sample);
}

/* The same files as both parts, or as the training part alone. */
static void read_files(const uint8_t *images, size_t images_size, const uint8_t *labels,
                       size_t labels_size, bool tests) {
    static const char *const names[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                        "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};
    loci_error error = {0};
    loci_dataset *set = loci_dataset_new("fuzz");
    target_folder_make(names, 4);
    for (int f = 0; f < 4; f++)
        remove(target_paths[f]);
    for (int part = 0; part < 1 + tests; part++) {
        target_folder_put(2 * part, images, images_size);
        target_folder_put(2 * part + 1, labels, labels_size);
    }
    if (!loci_idx_present(target_folder, true) || loci_idx_present(target_folder, false) != tests ||
        loci_idx_has_test(target_folder) != tests)
        abort();
    int status = set != NULL ? loci_idx_fill(set, target_folder, !tests, &error) : LOCI_OK;
    if (status != LOCI_OK && error.message[0] == '\0')
        abort();
    if (set != NULL && status == LOCI_OK &&
        loci_dataset_finish(set, target_folder, &error) == LOCI_OK)
        read_samples(set);
    loci_dataset_free(set);
}

static int run(const uint8_t *data, size_t size) {
    loci_error error;
    setenv("LOCI_DATA_MEMORY", "0", 0); /* the least: large is what has more than a page */
    loci_dataset *set = loci_dataset_new("fuzz");
    if (size >= 2 && set != NULL) {
        size_t images = data[0] | (size_t)data[1] << 8;
        images = images < size - 2 ? images : size - 2;
        const uint8_t *labels = data + 2 + images;
        int status = loci_idx_parse(set, LOCI_TRAIN, data + 2, images, "images", labels,
                                    size - 2 - images, "labels", &error);
        if (status == LOCI_OK)
            loci_dataset_finish(set, "fuzz", &error);
        if (data[size - 1] % 8 == 0)
            read_files(data + 2, images, labels, size - 2 - images, data[size - 1] % 16 == 0);
    }
    loci_dataset_free(set);
    return 0;
}

WITH_SHORT_MEMORY(run)
