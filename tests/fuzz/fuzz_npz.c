/* .npz: as a data set of each task and of the one it seems to have, split where it has no test
 * part; one array of it; and where a stored one lies. */
#include "memory_file.h"

#include <stdlib.h>

#include "data/dataset.h"
#include "data/formats.h"
#include "data/npz.h"
#include "data/split.h"
#include "data/zip_place.h"
#include "mutate_zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[32];
    loci_error error;
    loci_npz_loaded loaded;
    int fd = memory_file(data, size, path);
    if (fd < 0)
        return 0;
    loci_data_options options;
    loci_data_options_defaults(&options);
    for (int task = -1; task <= LOCI_TASK_REGRESS; task++) {
        loci_dataset *set = loci_dataset_new("fuzz");
        if (set != NULL)
            set->task = task;
        if (set != NULL && loci_npz_fill(set, path, false, &error) == LOCI_OK &&
            (!set->untested || set->part[LOCI_TRAIN].count == 0 ||
             loci_dataset_split(set, &options, path, &error) == LOCI_OK))
            loci_dataset_finish(set, path, &error);
        loci_dataset_free(set);
    }
    if (loci_npz_read(path, "x_train", NULL, &loaded, &error) == LOCI_OK)
        free(loaded.data);
    for (uint64_t claimed = 0; claimed <= size; claimed += 1 + size / 16) {
        uint64_t at = 0;
        if (loci_zip_place(fd, size, "x_train.npy", claimed, &at) && claimed + at > size)
            abort();
    }
    close(fd);
    return 0;
}

MUTATE_ZIP
