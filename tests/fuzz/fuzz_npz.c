/* .npz: as a data set of each task and of the one it seems to have, split where it has no test
 * part; as samples to predict; its arrays one by one; and where a stored one lies. Arrays of more
 * than a page are streams. */
#include "memory_file.h"

#include <stdlib.h>

#include "data/dataset.h"
#include "data/formats.h"
#include "data/npz.h"
#include "data/split.h"
#include "data/zip_place.h"
#include "mutate_zip.h"
#include "short_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All samples, as a training reads them. */
static void read_samples(const loci_dataset *set) {
    static float sample[1 << 16];
    for (int s = 0; s < 2 && set->features <= sizeof sample / sizeof *sample; s++)
        for (size_t i = 0; i < set->part[s].count && i < 8; i++)
            loci_dataset_sample(set, (enum loci_split)s, i, sample);
}

/* steps, grouped: of temporal data, or 0. */
static void read_set(const char *path, int task, uint32_t steps, uint32_t grouped,
                     bool unlabelled) {
    loci_error error = {0};
    loci_data_options options;
    loci_data_options_defaults(&options);
    loci_dataset *set = loci_dataset_new("fuzz");
    if (set == NULL)
        return;
    set->task = task;
    set->steps = steps;
    set->grouped = grouped;
    set->unlabelled = unlabelled;
    int status = loci_npz_fill(set, path, false, &error);
    if (status == LOCI_OK && set->untested && set->part[LOCI_TRAIN].count > 0)
        status = loci_dataset_split(set, &options, path, &error);
    if (status == LOCI_OK)
        status = loci_dataset_finish(set, path, &error);
    if (status == LOCI_OK)
        read_samples(set);
    else if (error.message[0] == '\0')
        abort();
    loci_dataset_free(set);
}

static void take_one_by_one(const char *path) {
    loci_npz_file file;
    if (loci_npz_open(&file, path, NULL) != LOCI_OK)
        return;
    for (size_t i = 0; i < loci_npz_count(&file) && i < 8; i++) {
        char name[LOCI_NPZ_NAME], *text;
        loci_npz_loaded loaded;
        loci_npz_name(&file, i, name);
        if (loci_npz_take(&file, name, i % 2 == 0 ? NULL : "f4", &loaded, NULL) == LOCI_OK)
            free(loaded.data);
        if (loci_npz_take_text(&file, name, &text, NULL) == LOCI_OK)
            free(text);
    }
    loci_npz_close(&file);
}

static int run(const uint8_t *data, size_t size) {
    char path[32];
    setenv("LOCI_DATA_MEMORY", "0", 0); /* the least: large is what has more than a page */
    int fd = memory_file(data, size, path);
    if (fd < 0)
        return 0;
    for (int task = -1; task <= LOCI_TASK_REGRESS; task++)
        read_set(path, task, 0, 0, false);
    read_set(path, -1, 2, 2, false);
    read_set(path, -1, 0, 0, true);
    take_one_by_one(path);
    for (uint64_t claimed = 0; claimed <= size; claimed += 1 + size / 3) {
        uint64_t at = 0;
        if (loci_zip_place(fd, size, "x_train.npy", claimed, &at) && claimed + at > size)
            abort();
    }
    close(fd);
    return 0;
}

WITH_SHORT_MEMORY(run)
MUTATE_ZIP
