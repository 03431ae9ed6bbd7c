#include <loci/support.h>

#include <stdint.h>

#include "base/file.h"
#include "base/names.h"

const char *loci_suggest(const char *wanted, const char *const *names, size_t count) {
    loci_nearest nearest = {wanted, NULL, SIZE_MAX};
    for (size_t i = 0; i < count; i++)
        if (names[i] != NULL)
            loci_nearest_offer(&nearest, names[i]);
    return nearest.best;
}

int loci_write_file(const char *path, const void *bytes, size_t size, loci_error *error) {
    return loci_file_write(path, bytes, size, error);
}
