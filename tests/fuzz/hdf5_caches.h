/* HDF5 that opens a file for every input. */
#ifndef LOCI_TESTS_HDF5_CACHES_H
#define LOCI_TESTS_HDF5_CACHES_H

#include <hdf5.h>

/* HDF5 keeps small structures that it gives back, and the half MB of a file's cache, in place of
 * having the kernel map them anew each time; not blocks, which are as large as files say. */
static inline void keep_caches(void) {
    H5set_free_list_limits(8 << 20, 4 << 20, 0, 0, 0, 0);
}

#endif
