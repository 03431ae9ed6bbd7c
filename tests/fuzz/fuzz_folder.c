/* A folder of two pictures, the same input each, once as it is and once with another beside it:
 * sizes, colours and depths may differ. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <loci/data.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 2 x 2 pixels of grey, 8 bits. */
static const uint8_t grey[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44,
    0x52, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x02, 0x08, 0x00, 0x00, 0x00, 0x00, 0x57,
    0xdd, 0x52, 0xf8, 0x00, 0x00, 0x00, 0x0e, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x60,
    0xa8, 0x67, 0xf8, 0xaf, 0x00, 0x00, 0x04, 0x20, 0x01, 0x9f, 0x06, 0xb5, 0xd8, 0x57, 0x00,
    0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
static char folder[64], paths[4][96];

static void clean(void) {
    for (int i = 3; i >= 0; i--)
        remove(paths[i]);
    rmdir(folder);
}

static void prepare(void) {
    static const char *const names[4] = {"a", "b", "a/1.png", "b/2.png"};
    strcpy(folder, P_tmpdir "/loci-fuzz-XXXXXX");
    if (mkdtemp(folder) == NULL)
        abort();
    for (int i = 0; i < 4; i++)
        snprintf(paths[i], sizeof paths[i], "%s/%s", folder, names[i]);
    if (mkdir(paths[0], 0700) != 0 || mkdir(paths[1], 0700) != 0)
        abort();
    atexit(clean);
}

static void put(const char *path, const uint8_t *data, size_t size) {
    remove(path); /* writing over a file makes some file systems wait for the disk */
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
}

static void open_folder(const char *image_size, const char *colour) {
    loci_data_options options;
    loci_dataset *set = NULL;
    loci_error error;
    float sample[28 * 28 * 3];
    loci_data_options_defaults(&options);
    options.image_size = image_size;
    options.colour = colour;
    if (loci_dataset_open(&set, folder, &options, &error) != LOCI_OK)
        return;
    if (loci_dataset_count(set, LOCI_TRAIN) != 1 || loci_dataset_count(set, LOCI_TEST) != 1)
        abort();
    if (image_size != NULL)
        loci_dataset_sample(set, LOCI_TRAIN, 0, sample);
    loci_dataset_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (folder[0] == '\0')
        prepare();
    put(paths[2], data, size);
    put(paths[3], data, size);
    open_folder(NULL, NULL);
    put(paths[2], grey, sizeof grey);
    open_folder("28x28", NULL);
    open_folder("28x28", "grey");
    return 0;
}
