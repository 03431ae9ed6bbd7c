/* Which reader a data set's name or path calls for. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/text.h"
#include "data/catalogue.h"
#include "data/channels.h"
#include "data/formats.h"
#include "data/npz.h"

static bool given(const char *text) {
    return text != NULL && text[0] != '\0';
}

static bool names_columns(const loci_data_options *options) {
    return given(options->label_column) || given(options->test_file) ||
           given(options->target_columns) || given(options->weight_column);
}

static int fail_columns(const char *where, loci_error *error) {
    return loci_fail(error, LOCI_E_ARGUMENT, where,
                     "columns and a test file can only be named for a .csv");
}

static int fail_size(const char *where, loci_error *error) {
    return loci_fail(error, LOCI_E_ARGUMENT, where,
                     "an image size can only be given for a folder of pictures");
}

static bool ends_with(const char *text, const char *ending) {
    size_t n = strlen(text), m = strlen(ending);
    return n >= m && loci_same_letters(text + n - m, ending);
}

/* A folder's or file's own name, without what leads to it, as it may be shown. */
static void last_part(char *out, size_t size, const char *path) {
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/')
        end--;
    size_t start = end;
    while (start > 0 && path[start - 1] != '/')
        start--;
    loci_text_show(out, end - start < size ? end - start + 1 : size, path + start, SIZE_MAX);
}

static int fill_from_folder(loci_dataset *data, const char *folder,
                            const loci_data_options *options, loci_error *error) {
    bool skip_test = options->skip_test != 0;
    bool arrays = loci_idx_present(folder, true) || loci_npy_present(folder);
    if (arrays && given(options->image_size))
        return fail_size(folder, error);
    if (loci_idx_present(folder, true))
        return loci_idx_fill(data, folder, skip_test, error);
    if (loci_npy_present(folder))
        return loci_npy_fill(data, folder, skip_test, error);
    return loci_folder_present(folder) ? loci_folder_fill(data, folder, options, error)
                                       : loci_idx_fill(data, folder, skip_test, error);
}

static int fill_from_path(loci_dataset *data, const char *path, const loci_data_options *options,
                          loci_error *error) {
    bool skip_test = options->skip_test != 0;
    struct stat info;
    if (stat(path, &info) != 0)
        return loci_fail_errno(error, errno == ENOENT ? LOCI_E_NOT_FOUND : LOCI_E_IO, path, errno,
                               "cannot open");
    bool folder = S_ISDIR(info.st_mode);
    if (!folder && ends_with(path, ".csv"))
        return given(options->image_size) ? fail_size(path, error)
                                          : loci_csv_fill(data, path, options, error);
    if (names_columns(options))
        return fail_columns(path, error);
    if (!folder && given(options->image_size))
        return fail_size(path, error);
    if (folder)
        return fill_from_folder(data, path, options, error);
    if (ends_with(path, ".npz"))
        return loci_npz_fill(data, path, skip_test, error);
    return loci_fail(
        error, LOCI_E_FORMAT, path,
        "not a data set; expected a .npz, a .csv or a folder with IDX or .npy files, or "
        "of pictures");
}

static int fill_from_catalogue(loci_dataset *data, const char *name,
                               const loci_data_options *options, loci_error *error) {
    bool skip_test = options->skip_test != 0;
    if (names_columns(options))
        return fail_columns(name, error);
    if (given(options->image_size))
        return fail_size(name, error);
    const loci_remote *remote = loci_catalogue_find(name, error);
    if (remote == NULL)
        return LOCI_E_NOT_FOUND;
    uint32_t side = loci_catalogue_side(name);
    if (side > 0)
        return loci_places_fill(data, side, skip_test, error);
    if (remote->entry.built_in && strcmp(name, "glyphs") != 0)
        return loci_fail(error, LOCI_E_NOT_FOUND, name, "give a number for SIDE, such as %.*s64",
                         (int)strcspn(name, "S"), name);
    if (remote->entry.built_in)
        return loci_glyphs_fill(data, skip_test, error);
    char folder[4096];
    int status = loci_catalogue_locate(name, options->directory, folder, sizeof folder);
    if (status == LOCI_E_NOT_FOUND && given(options->directory))
        return loci_fail(error, status, name, "its files are neither in %s/%s nor in %s",
                         options->directory, name, options->directory);
    if (status != LOCI_OK)
        return loci_fail(error, status, name, "not here yet; `loci data fetch %s` downloads it",
                         name);
    return loci_idx_fill(data, folder, skip_test, error);
}

/* A name of the catalogue wins over a file of the same name: `./mnist` is the file. */
static bool is_path(const char *name) {
    struct stat info;
    if (strchr(name, '/') != NULL)
        return true;
    return loci_catalogue_find(name, NULL) == NULL &&
           (ends_with(name, ".npz") || ends_with(name, ".csv") || stat(name, &info) == 0);
}

/* Whether there is no file or array of a test part; some of one would be a mistake to report. */
static bool lacks_test(const char *path) {
    struct stat info;
    loci_npz_file file;
    if (stat(path, &info) != 0)
        return false;
    if (S_ISDIR(info.st_mode))
        return loci_npy_present(path) ? !loci_npy_has_test(path)
                                      : loci_idx_present(path, true) && !loci_idx_has_test(path);
    if (!ends_with(path, ".npz") || loci_npz_open(&file, path, NULL) != LOCI_OK)
        return false;
    bool lacks = !loci_npz_has(&file, "x_test") && !loci_npz_has(&file, "y_test");
    loci_npz_close(&file);
    return lacks;
}

static int open_parts(loci_dataset **out, const char *name, const loci_data_options *options,
                      loci_error *error) {
    bool path = is_path(name);
    char short_name[64];
    last_part(short_name, sizeof short_name, name);
    loci_dataset *data = loci_dataset_new(short_name);
    if (data == NULL)
        return loci_fail_memory(error, name);
    data->task = options->task;
    int status = path ? fill_from_path(data, name, options, error)
                      : fill_from_catalogue(data, name, options, error);
    if (status == LOCI_OK && data->part[LOCI_TRAIN].targets == NULL &&
        options->task == LOCI_TASK_REGRESS)
        status = loci_fail(error, LOCI_E_ARGUMENT, name,
                           "holds labels of classes; there are no numbers to predict");
    if (status == LOCI_OK && given(options->colour) && strcmp(options->colour, "grey") == 0)
        status = loci_dataset_merge(data, name, error);
    if (status == LOCI_OK)
        status = loci_dataset_finish(data, name, error);
    if (status != LOCI_OK) {
        loci_dataset_free(data);
        return status;
    }
    *out = data;
    return LOCI_OK;
}

int loci_dataset_open(loci_dataset **out, const char *name, const loci_data_options *options,
                      loci_error *error) {
    loci_data_options own;
    loci_error inner = {0};
    loci_data_options_defaults(&own);
    if (options != NULL)
        own = *options;
    if (name[0] == '\0')
        return loci_fail(error, LOCI_E_ARGUMENT, "data", "the name of the data set is empty");
    if (given(own.colour) && strcmp(own.colour, "grey") != 0 && strcmp(own.colour, "keep") != 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "colour", "'%s' is none of keep, grey",
                         LOCI_SHOWN(60, own.colour));
    int status = open_parts(out, name, &own, &inner);
    if (status != LOCI_OK && own.test_optional && !own.skip_test && is_path(name) &&
        lacks_test(name)) {
        own.skip_test = 1;
        status = open_parts(out, name, &own, &inner);
    }
    if (status != LOCI_OK && error != NULL)
        *error = inner;
    return status;
}
