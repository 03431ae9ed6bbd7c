/* Recordings of spikes in HDF5, by every option that a file of them can be opened with. HDF5 wants
 * files that have a name: it opens none in memory by the number of a descriptor. */
#include "hdf5_caches.h"
#include "target_folder.h"

#include <hdf5.h>

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
    if (H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL) != 0)
        abort(); /* what was opened is closed */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const names[] = {"recording.h5"};
    loci_data_options options;
    keep_caches();
    target_folder_make(names, 1);
    target_folder_put(0, data, size);
    loci_data_options_defaults(&options);
    open_with(target_paths[0], &options);
    options.time_steps = 7;
    options.duration = 0.05;
    options.group_channels = 3;
    options.group_column = "speaker";
    options.validation_groups = 1;
    open_with(target_paths[0], &options);
    return 0;
}
