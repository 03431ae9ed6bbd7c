/* A folder of two pictures, the same input each, once as it is and once with another beside it:
 * sizes, colours and depths may differ. */
#include <loci/data.h>

#include "mutate_png.h"
#include "target_folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 2 x 2 pixels of grey, 8 bits. */
static const uint8_t grey[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44,
    0x52, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x02, 0x08, 0x00, 0x00, 0x00, 0x00, 0x57,
    0xdd, 0x52, 0xf8, 0x00, 0x00, 0x00, 0x0e, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x60,
    0xa8, 0x67, 0xf8, 0xaf, 0x00, 0x00, 0x04, 0x20, 0x01, 0x9f, 0x06, 0xb5, 0xd8, 0x57, 0x00,
    0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
static void open_folder(const char *image_size, const char *colour) {
    loci_data_options options;
    loci_dataset *set = NULL;
    loci_error error;
    float sample[28 * 28 * 3];
    loci_data_options_defaults(&options);
    options.image_size = image_size;
    options.colour = colour;
    if (loci_dataset_open(&set, target_folder, &options, &error) != LOCI_OK)
        return;
    if (loci_dataset_count(set, LOCI_TRAIN) != 1 || loci_dataset_count(set, LOCI_TEST) != 1)
        abort();
    if (image_size != NULL)
        loci_dataset_sample(set, LOCI_TRAIN, 0, sample);
    loci_dataset_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const names[] = {"a/", "b/", "a/1.png", "b/2.png"};
    target_folder_make(names, 4);
    target_folder_put(2, data, size);
    target_folder_put(3, data, size);
    open_folder(NULL, NULL);
    target_folder_put(2, grey, sizeof grey);
    open_folder("28x28", NULL);
    open_folder("28x28", "grey");
    return 0;
}

MUTATE_PNG
