/* CSV: the file as a data set, its label column once the last, once the first. */
#include "memory_file.h"

#include "data/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[32];
    loci_error error;
    loci_data_options options;
    int fd = memory_file(data, size, path);
    if (fd < 0)
        return 0;
    loci_data_options_defaults(&options);
    for (int first = 0; first < 2; first++) {
        loci_dataset *set = loci_dataset_new("fuzz");
        options.label_column = first ? "1" : NULL;
        if (set != NULL && loci_csv_fill(set, path, &options, &error) == LOCI_OK)
            loci_dataset_finish(set, path, &error);
        loci_dataset_free(set);
    }
    close(fd);
    return 0;
}
