/* CSV: the file as a data set, read in every way there is: which columns are labels, targets and
 * weights, and for what task. */
#include "memory_file.h"

#include "data/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
    const char *label, *targets, *weight;
    int task;
} readings[] = {
    {NULL, NULL, NULL, -1},
    {"1", NULL, NULL, -1},
    {NULL, NULL, "1", LOCI_TASK_CLASSIFY},
    {NULL, NULL, "2", LOCI_TASK_REGRESS},
    {NULL, "2", NULL, -1},
    {NULL, "3,1", "2", -1},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[32];
    loci_error error;
    loci_data_options options;
    int fd = memory_file(data, size, path);
    if (fd < 0)
        return 0;
    loci_data_options_defaults(&options);
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
        loci_dataset *set = loci_dataset_new("fuzz");
        options.label_column = readings[i].label;
        options.target_columns = readings[i].targets;
        options.weight_column = readings[i].weight;
        options.task = readings[i].task;
        if (set != NULL && loci_csv_fill(set, path, &options, &error) == LOCI_OK)
            loci_dataset_finish(set, path, &error);
        loci_dataset_free(set);
    }
    close(fd);
    return 0;
}
