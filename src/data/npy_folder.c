/* A folder of .npy files, as a source of a data set. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "data/arrays.h"
#include "data/formats.h"
#include "data/row_file.h"

static int path_of(char path[LOCI_ARRAY_WHERE], const char *folder, const char *name,
                   loci_error *error) {
    char file[64];
    snprintf(file, sizeof file, "%s.npy", name);
    path[0] = '\0';
    return loci_path_join(path, LOCI_ARRAY_WHERE, folder, file, error);
}

/* One that cannot be read is there all the same, so that reading it says so. */
static bool has_array(const void *context, const char *name) {
    char path[LOCI_ARRAY_WHERE];
    return path_of(path, context, name, NULL) == LOCI_OK && access(path, F_OK) == 0;
}

static int read_array(const void *context, const char *name, loci_array *out, loci_error *error) {
    int status = path_of(out->where, context, name, error);
    return status == LOCI_OK
               ? loci_file_read(out->where, LOCI_DATA_MOST, &out->bytes, &out->size, error)
               : status;
}

/* A large file, read piece by piece. */
static int read_stream(void *context, void *out, size_t want, size_t *got, loci_error *error) {
    *got = fread(out, 1, want, context);
    return *got < want && ferror(context)
               ? loci_fail_errno(error, LOCI_E_IO, "array", errno, "cannot read")
               : LOCI_OK;
}

static void close_stream(void *context) {
    fclose(context);
}

static int open_array(const void *context, const char *name, loci_array *out, loci_error *error) {
    int file;
    off_t size;
    int status = path_of(out->where, context, name, error);
    if (status == LOCI_OK)
        status = loci_file_open(&file, &size, out->where, error);
    if (status != LOCI_OK)
        return status;
    if ((uintmax_t)size <= loci_row_file_from()) {
        close(file);
        return read_array(context, name, out, error);
    }
    FILE *stream = fdopen(file, "rb");
    int own = stream != NULL ? fcntl(file, F_DUPFD_CLOEXEC, 0) : -1;
    if (own < 0) {
        if (stream != NULL)
            fclose(stream);
        else
            close(file);
        return loci_fail_errno(error, LOCI_E_IO, out->where, errno, "cannot open");
    }
    out->size = (size_t)size;
    out->stream = (loci_array_stream){
        .context = stream, .read = read_stream, .close = close_stream, .file = own};
    return LOCI_OK;
}

bool loci_npy_present(const char *folder) {
    return has_array(folder, "x_train") || has_array(folder, "events_train");
}

int loci_npy_fill(loci_dataset *data, const char *folder, bool skip_test, loci_error *error) {
    const loci_array_source source = {
        .context = folder, .has = has_array, .read = read_array, .open = open_array};
    return loci_arrays_fill(data, &source, skip_test, error);
}
