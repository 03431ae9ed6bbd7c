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
#include "data/classes.h"
#include "data/folder_list.h"
#include "data/formats.h"
#include "data/split.h"

/* Groups are for recordings, too. */
static bool names_columns(const loci_data_options *options, bool groups) {
    return loci_is_given(options->label_column) || loci_is_given(options->test_file) ||
           loci_is_given(options->target_columns) || loci_is_given(options->weight_column) ||
           (groups && loci_is_given(options->group_column)) || loci_is_given(options->columns) ||
           loci_is_given(options->without) || loci_is_given(options->one_hot) ||
           loci_is_given(options->separator) || options->pixels != 0 ||
           options->header != LOCI_HEADER_FOUND || options->missing != LOCI_MISSING_REFUSE;
}

static int fail_columns(const char *where, loci_error *error) {
    return loci_fail(
        error, LOCI_E_ARGUMENT, where,
        "is no table as text: columns, how they are read, and a test file are for .csv, "
        ".tsv and .txt");
}

static int fail_size(const char *where, loci_error *error) {
    return loci_fail(error, LOCI_E_ARGUMENT, where,
                     "an image size can only be given for a folder of pictures");
}

static bool ends_with(const char *text, const char *ending) {
    size_t n = strlen(text), m = strlen(ending);
    return n >= m && loci_same_letters(text + n - m, ending);
}

static bool is_recording(const char *path) {
    return ends_with(path, ".h5") || ends_with(path, ".hdf5");
}

/* Text, or text that is gzipped. */
int loci_is_table(const char *path) {
    static const char *const endings[] = {".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (ends_with(path, endings[i]))
            return true;
    return false;
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
    bool skip_test = options->skip_test != 0, spikes = loci_spikes_present(folder);
    bool arrays = loci_idx_present(folder, true) || loci_npy_present(folder) || spikes;
    if (arrays && loci_is_given(options->image_size))
        return fail_size(folder, error);
    if (loci_idx_present(folder, true))
        return loci_idx_fill(data, folder, skip_test, error);
    if (loci_npy_present(folder))
        return loci_npy_fill(data, folder, skip_test, error);
    if (spikes)
        return loci_spikes_fill(data, folder, options, error);
    if (loci_folder_present(folder))
        return loci_folder_fill(data, folder, options, error);
    if (loci_idx_begun(folder)) /* says which is missing */
        return loci_idx_fill(data, folder, skip_test, error);
    if (loci_folder_has_pictures(folder))
        return loci_fail(error, LOCI_E_FORMAT, folder,
                         "holds pictures, but no sub-folders; each class has one, named after it");
    return loci_fail(error, LOCI_E_NOT_FOUND, folder,
                     "holds no data: no train-images-idx3-ubyte, no x_train.npy or "
                     "events_train.npy, no .h5 files of spikes, no sub-folders of pictures, one a "
                     "class");
}

static int fill_from_path(loci_dataset *data, const char *path, const loci_data_options *options,
                          loci_error *error) {
    bool skip_test = options->skip_test != 0;
    struct stat info;
    if (stat(path, &info) != 0)
        return loci_fail_errno(error, errno == ENOENT ? LOCI_E_NOT_FOUND : LOCI_E_IO, path, errno,
                               "cannot open");
    bool folder = S_ISDIR(info.st_mode);
    if (!folder && loci_is_table(path))
        return loci_is_given(options->image_size) ? fail_size(path, error)
                                                  : loci_csv_fill(data, path, options, error);
    bool spikes = folder ? loci_spikes_present(path) : is_recording(path);
    if (names_columns(options, !spikes))
        return fail_columns(path, error);
    if (!folder && loci_is_given(options->image_size))
        return fail_size(path, error);
    if (folder)
        return fill_from_folder(data, path, options, error);
    if (spikes)
        return loci_spikes_fill(data, path, options, error);
    if (ends_with(path, ".npz"))
        return loci_npz_fill(data, path, skip_test, error);
    return loci_fail(
        error, LOCI_E_FORMAT, path,
        "not a data set; expected a .npz, a .csv, .tsv or .txt (also .gz), an .h5 of spikes, or a "
        "folder with IDX, .npy or such .h5 files, or of pictures");
}

/* A damaged byte would make outputs of a network that nothing teaches. */
static int check_classes(const loci_dataset *data, const loci_remote *remote, const char *folder,
                         loci_error *error) {
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < data->part[s].count; i++)
            if (data->part[s].labels[i] >= remote->classes)
                return loci_fail(error, LOCI_E_FORMAT, folder,
                                 "%s sample %zu has the label %d; those of %s go from 0 to %d: the "
                                 "files are damaged, or others",
                                 s == LOCI_TEST ? "test" : "training", i + 1,
                                 data->part[s].labels[i], remote->entry.name, remote->classes - 1);
    return LOCI_OK;
}

static int fill_from_catalogue(loci_dataset *data, const char *name,
                               const loci_data_options *options, loci_error *error) {
    bool skip_test = options->skip_test != 0;
    const loci_remote *remote = loci_catalogue_find(name, error);
    if (remote == NULL)
        return LOCI_E_NOT_FOUND;
    bool spikes = remote->channels > 0;
    if (names_columns(options, !spikes))
        return fail_columns(name, error);
    if (loci_is_given(options->image_size))
        return fail_size(name, error);
    data->full_range = true;
    uint32_t side = loci_catalogue_side(name);
    if (side > 0)
        return name[0] == 'p' ? loci_places_fill(data, side, skip_test, error)
                              : loci_glyphs_fill_sized(data, side, skip_test, error);
    if (strncmp(name, "yin-yang", 8) == 0)
        return loci_yin_yang_fill(data, options->bias_input != 0, strcmp(name, "yin-yang") != 0,
                                  skip_test, error);
    if (remote->entry.built_in && strcmp(name, "glyphs") != 0)
        return loci_fail(error, LOCI_E_NOT_FOUND, name, "give a number for SIDE, such as %.*s64",
                         (int)strcspn(name, "S"), name);
    if (remote->entry.built_in)
        return loci_glyphs_fill(data, skip_test, error);
    char folder[4096];
    int status = loci_catalogue_locate(name, options->directory, folder, sizeof folder);
    if (status == LOCI_E_NOT_FOUND && loci_is_given(options->directory))
        return loci_fail(error, status, name, "its files are neither in %s/%s nor in %s",
                         options->directory, name, options->directory);
    if (status != LOCI_OK)
        return loci_fail(error, status, name, "not here yet; `loci data fetch %s` downloads it",
                         name);
    loci_data_options own = *options;
    own.event_channels = spikes ? remote->channels : 0;
    status = spikes ? loci_spikes_fill(data, folder, &own, error)
                    : loci_idx_fill(data, folder, skip_test, error);
    return status == LOCI_OK ? check_classes(data, remote, folder, error) : status;
}

/* A name of the catalogue wins over a file of the same name: `./mnist` is the file. */
static bool is_path(const char *name) {
    struct stat info;
    if (strchr(name, '/') != NULL)
        return true;
    return loci_catalogue_find(name, NULL) == NULL &&
           (ends_with(name, ".npz") || is_recording(name) || loci_is_table(name) ||
            stat(name, &info) == 0);
}

/* Whether it is a folder of IDX files without one of a test part; some of one would be a mistake to
 * report. */
static bool lacks_test(const char *path) {
    return loci_idx_present(path, true) && !loci_idx_has_test(path);
}

/* Arrays without a test part give one, unless that is no mistake. */
static int split_arrays(loci_dataset *data, const loci_data_options *options, const char *name,
                        loci_error *error) {
    size_t count = data->part[LOCI_TRAIN].count;
    if (!data->untested || count == 0 || (options->test_optional && !options->split_always))
        return LOCI_OK;
    int status = loci_dataset_split(data, options, name, error);
    if (status != LOCI_OK)
        return status;
    data->reading = LOCI_READING_SECOND; /* version 0.1 did without, or refused them */
    status = loci_dataset_note_down(data,
                                    "%s has no test part: %zu of its %zu samples, chosen by what "
                                    "they hold, are %s",
                                    data->name, count - data->part[LOCI_TRAIN].count, count,
                                    options->skip_test ? "left out" : "kept for testing");
    return status == LOCI_OK ? LOCI_OK : loci_fail_memory(error, name);
}

/* A folder of recordings goes by its name where data are kept; NULL where there is none. */
static const char *find_spikes(char *path, size_t size, const char *name,
                               const loci_data_options *options) {
    return loci_data_folder(path, size, name, options->directory, loci_spikes_present) == LOCI_OK
               ? path
               : NULL;
}

/* What says how time is cut up is for data that have any. */
static int check_time(const loci_dataset *data, const loci_data_options *options, const char *name,
                      loci_error *error) {
    const char *given = options->duration > 0         ? "duration"
                        : options->group_channels > 1 ? "group-channels"
                                                      : NULL;
    if (data->of_model) /* which knows; whether they fit is said later */
        return LOCI_OK;
    if (given != NULL && !data->timed)
        return loci_fail(error, LOCI_E_ARGUMENT, given,
                         "is for temporal data; the samples of %s have no time",
                         LOCI_SHOWN(60, name));
    if (options->duration > 0 && data->recorded_steps > 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "duration",
                         "is for recordings in seconds; the arrays of %s have steps",
                         LOCI_SHOWN(60, name));
    return LOCI_OK;
}

static int open_parts(loci_dataset **out, const char *name, const loci_data_options *options,
                      loci_error *error) {
    char found[4096];
    bool path = is_path(name);
    char short_name[64];
    last_part(short_name, sizeof short_name, name);
    loci_dataset *data = loci_dataset_new(short_name);
    if (data == NULL)
        return loci_fail_memory(error, name);
    data->task = options->task;
    data->unlabelled = options->unlabelled != 0;
    data->of_model = loci_is_given(options->known_outputs) ||
                     loci_is_given(options->known_columns) || options->unlabelled != 0;
    data->full_range = options->reading == LOCI_READING_FIRST; /* all bytes were pixels to it */
    data->steps = options->time_steps;
    data->grouped = options->group_channels;
    const char *folder = path ? NULL : find_spikes(found, sizeof found, name, options);
    int status = path             ? fill_from_path(data, name, options, error)
                 : folder != NULL ? fill_from_path(data, folder, options, error)
                                  : fill_from_catalogue(data, name, options, error);
    if (status == LOCI_OK && options->bias_input && !data->biased)
        status = loci_fail(error, LOCI_E_ARGUMENT, "bias-input",
                           "is for yin-yang; a table may have a column of ones");
    if (status == LOCI_OK)
        status = check_time(data, options, name, error);
    if (status == LOCI_OK && data->part[LOCI_TRAIN].targets == NULL && !options->unlabelled &&
        options->task == LOCI_TASK_REGRESS)
        status = loci_fail(error, LOCI_E_ARGUMENT, name,
                           "holds labels of classes; there are no numbers to predict");
    if (status == LOCI_OK && loci_is_given(options->colour) && strcmp(options->colour, "grey") == 0)
        status =
            data->height == 1 || data->timed
                ? loci_fail(error, LOCI_E_ARGUMENT, "colour",
                            "is for pictures; the samples of %s are none", LOCI_SHOWN(60, name))
                : loci_dataset_merge(data, name, error);
    if (status == LOCI_OK && data->task != LOCI_TASK_REGRESS &&
        loci_is_given(options->known_outputs))
        status = loci_classes_follow(data, options->known_outputs, error);
    if (status == LOCI_OK)
        status = split_arrays(data, options, name, error);
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
    if (loci_is_given(own.colour) && strcmp(own.colour, "grey") != 0 &&
        strcmp(own.colour, "keep") != 0)
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
