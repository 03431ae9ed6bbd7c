/* A folder of .npy files, as a source of a data set. */
#include <stdio.h>

#include "base/file.h"
#include "data/arrays.h"
#include "data/formats.h"

static int path_of(char path[LOCI_ARRAY_WHERE], const char *folder, const char *name,
                   loci_error *error) {
    char file[64];
    snprintf(file, sizeof file, "%s.npy", name);
    path[0] = '\0';
    return loci_path_join(path, LOCI_ARRAY_WHERE, folder, file, error);
}

static bool has_array(const void *context, const char *name) {
    char path[LOCI_ARRAY_WHERE];
    FILE *file = NULL;
    if (path_of(path, context, name, NULL) == LOCI_OK)
        file = fopen(path, "rb");
    if (file != NULL)
        fclose(file);
    return file != NULL;
}

static int read_array(const void *context, const char *name, loci_array *out, loci_error *error) {
    int status = path_of(out->where, context, name, error);
    return status == LOCI_OK
               ? loci_file_read(out->where, LOCI_DATA_MOST, &out->bytes, &out->size, error)
               : status;
}

bool loci_npy_present(const char *folder) {
    return has_array(folder, "x_train") || has_array(folder, "events_train");
}

int loci_npy_fill(loci_dataset *data, const char *folder, bool skip_test, loci_error *error) {
    const loci_array_source source = {.context = folder, .has = has_array, .read = read_array};
    return loci_arrays_fill(data, &source, skip_test, error);
}
