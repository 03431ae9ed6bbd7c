/* Recordings of spikes in HDF5, by every option that a file of them can be opened with. */
#include "memory_file.h"

#include "data/dataset.h"
#include "data/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void open_with(const char *path, const loci_data_options *options) {
    loci_error error;
    loci_dataset *set = loci_dataset_new("fuzz");
    if (set != NULL) {
        set->steps = options->time_steps;
        set->grouped = options->group_channels;
        if (loci_spikes_fill(set, path, options, &error) == LOCI_OK)
            loci_dataset_finish(set, path, &error);
    }
    loci_dataset_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[32];
    loci_data_options options;
    int fd = memory_file(data, size, path);
    if (fd < 0)
        return 0;
    loci_data_options_defaults(&options);
    open_with(path, &options);
    options.time_steps = 7;
    options.duration = 0.05;
    options.group_channels = 3;
    options.group_column = "speaker";
    options.validation_groups = 1;
    open_with(path, &options);
    close(fd);
    return 0;
}
