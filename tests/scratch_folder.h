/* One scratch folder for a whole group of tests: its setup and teardown. */
#ifndef LOCI_TESTS_SCRATCH_FOLDER_H
#define LOCI_TESTS_SCRATCH_FOLDER_H

#include "scratch.h"

static char folder[256];

static inline int make_folder(void **state) {
    (void)state;
    scratch_make(folder);
    return 0;
}

static inline int remove_folder(void **state) {
    (void)state;
    scratch_remove(folder);
    return 0;
}

#endif
