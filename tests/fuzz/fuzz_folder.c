/* A folder of two pictures, the same input each, once as it is and once with another beside it:
 * sizes, colours and depths may differ. Of some, a folder with both parts and with what belongs to
 * none; and one picture as networks of several kinds take it. */
#include <loci/data.h>

#include "mutate_png.h"
#include "short_memory.h"
#include "target_folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 2 x 2 pixels of grey, 8 bits. */
static const uint8_t grey[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44,
    0x52, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x02, 0x08, 0x00, 0x00, 0x00, 0x00, 0x57,
    0xdd, 0x52, 0xf8, 0x00, 0x00, 0x00, 0x0e, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x60,
    0xa8, 0x67, 0xf8, 0xaf, 0x00, 0x00, 0x04, 0x20, 0x01, 0x9f, 0x06, 0xb5, 0xd8, 0x57, 0x00,
    0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};

enum {
    PLAIN,
    A,
    B,
    A_1,
    B_2,
    PARTS,
    TRAIN,
    TRAIN_A,
    TRAIN_B,
    TEST,
    TEST_A,
    TEST_C,
    VALIDATION,
    VALIDATION_A
};
enum { TRAIN_1 = VALIDATION_A + 1, TRAIN_2, TEST_3, TEST_4, NOTE, OTHER_NOTE, PATHS };
static const char *const names[PATHS] = {"f/",
                                         "f/a/",
                                         "f/b/",
                                         "f/a/1.png",
                                         "f/b/2.png",
                                         "g/",
                                         "g/train/",
                                         "g/train/a/",
                                         "g/train/b/",
                                         "g/test/",
                                         "g/test/a/",
                                         "g/test/c/",
                                         "g/val/",
                                         "g/val/a/",
                                         "g/train/a/1.png",
                                         "g/train/b/2.PNG",
                                         "g/test/a/3.jpeg",
                                         "g/test/c/4.jpg",
                                         "g/train/note.txt",
                                         "g/train/b/note.txt"};

static void open_folder(int path, const char *image_size, const char *colour) {
    loci_data_options options;
    loci_dataset *set = NULL;
    loci_error error = {0};
    static float sample[1 << 16];
    loci_data_options_defaults(&options);
    options.image_size = image_size;
    options.colour = colour;
    int status = loci_dataset_open(&set, target_paths[path], &options, &error);
    if (status != LOCI_OK && (set != NULL || error.message[0] == '\0'))
        abort();
    if (status != LOCI_OK)
        return;
    if (loci_dataset_count(set, LOCI_TEST) != 1)
        abort();
    if ((uint64_t)loci_dataset_height(set) * loci_dataset_width(set) * loci_dataset_channels(set) <=
        sizeof sample / sizeof *sample)
        loci_dataset_sample(set, LOCI_TRAIN, 0, sample);
    loci_dataset_free(set);
}

/* As the training part, as the test part, and as a test part's class that training has not. */
static void open_parts(const uint8_t *data, size_t size, unsigned way) {
    static const char *const sizes[] = {NULL, "3x5", "0x5", "5", "9999999999x1", "x"};
    for (int i = TRAIN_1; i <= OTHER_NOTE; i++)
        remove(target_paths[i]);
    target_folder_put(TRAIN_1, grey, sizeof grey);
    target_folder_put(way % 2 == 0 ? TRAIN_2 : TEST_3, data, size);
    if (way % 2 == 0)
        target_folder_put(TEST_3, grey, sizeof grey);
    if (way % 8 == 1)
        target_folder_put(TEST_4, grey, sizeof grey);
    if (way % 4 == 2) {
        target_folder_put(NOTE, "x", 1);
        target_folder_put(OTHER_NOTE, "x", 1);
    }
    open_folder(PARTS, sizes[way / 8 % 6], NULL);
}

/* One picture, as `loci predict` reads it. */
static void read_for(int path) {
    static const struct {
        uint32_t channels, height, width;
    } kinds[] = {{1, 2, 2}, {3, 2, 3}, {4, 3, 2}, {2, 2, 2}, {1, 2, 6}, {1, 3, 4}};
    float out[64];
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        loci_spec spec;
        uint32_t channels;
        loci_error error = {0};
        loci_spec_defaults(&spec);
        spec.channels = kinds[i].channels;
        spec.height = kinds[i].height;
        spec.width = kinds[i].width;
        if (loci_image_read_for(target_paths[path], &spec, i % 2 == 0, out, &channels, &error) !=
                LOCI_OK &&
            error.message[0] == '\0')
            abort();
    }
}

static int run(const uint8_t *data, size_t size) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ data[i]) * 16777619u;
    target_folder_make(names, PATHS);
    target_folder_put(A_1, data, size);
    target_folder_put(B_2, data, size);
    if (hash % 4 == 0)
        open_folder(PLAIN, NULL, NULL);
    if (hash % 4 == 1)
        open_parts(data, size, hash >> 8);
    if (hash % 4 == 2)
        read_for(A_1);
    target_folder_put(A_1, grey, sizeof grey);
    open_folder(PLAIN, "28x28", hash % 2 == 0 ? NULL : "grey");
    return 0;
}

WITH_SHORT_MEMORY(run)
MUTATE_PNG
