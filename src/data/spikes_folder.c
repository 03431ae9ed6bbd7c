/* The files of recordings in a folder: DIR/train.h5, or with the names that a data set has. */
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "data/formats.h"

bool loci_spikes_find(char *path, size_t size, const char *folder, enum loci_split split) {
    static const char *const stems[] = {"", "shd_", "ssc_"};
    for (size_t i = 0; i < sizeof stems / sizeof *stems; i++) {
        char name[32];
        snprintf(name, sizeof name, "%s%s.h5", stems[i], split == LOCI_TRAIN ? "train" : "test");
        if (loci_path_join(path, size, folder, name, NULL) == LOCI_OK && access(path, F_OK) == 0)
            return true;
    }
    return false;
}

bool loci_spikes_present(const char *folder) {
    char path[4096];
    return loci_spikes_find(path, sizeof path, folder, LOCI_TRAIN);
}
