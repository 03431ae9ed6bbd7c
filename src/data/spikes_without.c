/* In place of spikes.c where there is no libhdf5. */
#include "base/error.h"
#include "data/formats.h"

int loci_spikes_fill(loci_dataset *data, const char *path, const loci_data_options *options,
                     loci_error *error) {
    (void)data;
    (void)options;
    return loci_fail(error, LOCI_E_UNSUPPORTED, path,
                     "this build cannot read HDF5; build it with libhdf5, or keep the events as "
                     "arrays in a .npz");
}
