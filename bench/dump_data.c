/* Writes a data set as the four IDX files of MNIST, so that another program trains on the same
 * bytes:
 *
 *     dump_data NAME FOLDER
 *
 * Pixels are rounded to 8 bits, which is what MNIST and the glyphs have. Prints which code the
 * library runs, as JSON. */
#include <stdio.h>
#include <stdlib.h>

#include <loci/data.h>
#include <loci/support.h>

static void put_u32be(unsigned char *to, size_t value) {
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(value >> (24 - 8 * i));
}

static int write_images(const char *path, const loci_dataset *data, enum loci_split split,
                        loci_error *error) {
    size_t count = loci_dataset_count(data, split);
    size_t height = loci_dataset_height(data), width = loci_dataset_width(data);
    size_t pixels = height * width, size = 16 + count * pixels;
    unsigned char *bytes = malloc(size);
    float *image = malloc(pixels * sizeof *image);
    int status = bytes && image ? LOCI_OK : LOCI_E_MEMORY;
    if (!status) {
        put_u32be(bytes, 0x00000803); /* unsigned bytes, three dimensions */
        put_u32be(bytes + 4, count);
        put_u32be(bytes + 8, height);
        put_u32be(bytes + 12, width);
    }
    for (size_t i = 0; !status && i < count; i++) {
        status = loci_dataset_sample(data, split, i, image);
        for (size_t j = 0; j < pixels; j++)
            bytes[16 + i * pixels + j] = (unsigned char)(image[j] * 255.0f + 0.5f);
    }
    if (!status)
        status = loci_write_file(path, bytes, size, error);
    free(bytes);
    free(image);
    return status;
}

static int write_labels(const char *path, const loci_dataset *data, enum loci_split split,
                        loci_error *error) {
    size_t count = loci_dataset_count(data, split), size = 8 + count;
    unsigned char *bytes = malloc(size);
    if (!bytes)
        return LOCI_E_MEMORY;
    put_u32be(bytes, 0x00000801);
    put_u32be(bytes + 4, count);
    for (size_t i = 0; i < count; i++)
        bytes[8 + i] = (unsigned char)loci_dataset_label(data, split, i);
    int status = loci_write_file(path, bytes, size, error);
    free(bytes);
    return status;
}

int main(int argc, char **argv) {
    static const char *const names[] = {"train", "t10k"}; /* by enum loci_split */
    if (argc != 3) {
        fprintf(stderr, "usage: dump_data NAME FOLDER\n");
        return 2;
    }
    loci_error error = {.message = "out of memory"};
    loci_dataset *data = NULL;
    int status = loci_dataset_open(&data, argv[1], NULL, &error);
    for (int split = LOCI_TRAIN; !status && split <= LOCI_TEST; split++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s-images-idx3-ubyte", argv[2], names[split]);
        status = write_images(path, data, (enum loci_split)split, &error);
        snprintf(path, sizeof path, "%s/%s-labels-idx1-ubyte", argv[2], names[split]);
        if (!status)
            status = write_labels(path, data, (enum loci_split)split, &error);
    }
    loci_dataset_free(data);
    char path[64];
    if (!status)
        status = loci_code_path(path, sizeof path, &error);
    if (!status)
        printf("{\"code_path\": \"%s\"}\n", path);
    if (status)
        fprintf(stderr, "dump_data: %s: %s\n", error.where, error.message);
    return status ? 1 : 0;
}
