#include "data/spike_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

/* Samples that are read at a time. */
enum { BLOCK = 64, MOST_TEXTS = 65536, MOST_TEXT = 1024 };

/* A list in memory takes at most this many bytes for one of the file: doubles of 8-bit numbers. */
enum { WIDER = 8 };

/* ---- memory for lists ---- */

/* HDF5 asks here for what a list in the file claims to need. A length stands before each piece, so
 * that it can be given back. */
static void *take(size_t size, void *info) {
    loci_spike_file *file = info;
    enum { BEFORE = 16 };
    if (size > file->left)
        return NULL;
    unsigned char *piece = malloc(size + BEFORE);
    if (piece == NULL)
        return NULL;
    memcpy(piece, &size, sizeof size);
    file->left -= size;
    return piece + BEFORE;
}

static void give_back(void *memory, void *info) {
    loci_spike_file *file = info;
    enum { BEFORE = 16 };
    size_t size;
    if (memory == NULL)
        return;
    unsigned char *piece = (unsigned char *)memory - BEFORE;
    memcpy(&size, piece, sizeof size);
    file->left += size;
    free(piece);
}

/* ---- opening ---- */

static int fail_layout(const loci_spike_file *file, const char *what, loci_error *error) {
    return loci_fail(error, LOCI_E_FORMAT, file->path,
                     "no %s, as recordings have: spikes/times, spikes/units and labels", what);
}

/* How many entries a data set of one dimension has; SIZE_MAX for any other. */
static size_t length_of(hid_t set) {
    hsize_t size[1] = {0};
    hid_t space = H5Dget_space(set);
    bool fits = space >= 0 && H5Sget_simple_extent_ndims(space) == 1 &&
                H5Sget_simple_extent_dims(space, size, NULL) == 1;
    if (space >= 0)
        H5Sclose(space);
    return fits ? (size_t)size[0] : SIZE_MAX;
}

/* Whether a data set is of lists of numbers, as many as there are samples. */
static bool holds_lists(hid_t set, size_t samples) {
    hid_t type = H5Dget_type(set), of = -1;
    bool fits = type >= 0 && H5Tget_class(type) == H5T_VLEN && (of = H5Tget_super(type)) >= 0;
    H5T_class_t kind = fits ? H5Tget_class(of) : H5T_NO_CLASS;
    fits = fits && (kind == H5T_INTEGER || kind == H5T_FLOAT) && length_of(set) == samples;
    if (of >= 0)
        H5Tclose(of);
    if (type >= 0)
        H5Tclose(type);
    return fits;
}

static int open_lists(loci_spike_file *file, loci_error *error) {
    file->times = loci_spike_file_has(file, "spikes/times")
                      ? H5Dopen2(file->file, "spikes/times", H5P_DEFAULT)
                      : -1;
    file->units = loci_spike_file_has(file, "spikes/units")
                      ? H5Dopen2(file->file, "spikes/units", H5P_DEFAULT)
                      : -1;
    if (file->times < 0 || file->units < 0)
        return fail_layout(file, file->times < 0 ? "spikes/times" : "spikes/units", error);
    file->samples = length_of(file->times);
    if (file->samples > file->bytes || file->samples >= UINT32_MAX)
        return loci_fail(error, LOCI_E_FORMAT, file->path,
                         "spikes/times claims more samples than the file can hold");
    if (!holds_lists(file->times, file->samples) || !holds_lists(file->units, file->samples))
        return loci_fail(error, LOCI_E_FORMAT, file->path,
                         "spikes/times and spikes/units are not as many lists of numbers");
    file->lists[0] = H5Tvlen_create(H5T_NATIVE_DOUBLE);
    file->lists[1] = H5Tvlen_create(H5T_NATIVE_INT64);
    file->transfer = H5Pcreate(H5P_DATASET_XFER);
    if (file->lists[0] < 0 || file->lists[1] < 0 || file->transfer < 0 ||
        H5Pset_vlen_mem_manager(file->transfer, take, file, give_back, file) < 0)
        return loci_fail_memory(error, file->path);
    return LOCI_OK;
}

int loci_spike_file_open(loci_spike_file *file, const char *path, loci_error *error) {
    *file = (loci_spike_file){
        .path = path, .file = -1, .times = -1, .units = -1, .lists = {-1, -1}, .transfer = -1};
    int descriptor;
    off_t size;
    int status = loci_file_open(&descriptor, &size, path, error);
    if (status != LOCI_OK)
        return status;
    close(descriptor);
    file->bytes = (size_t)size;
    file->file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file->file < 0)
        return loci_fail(error, LOCI_E_FORMAT, path, "is no HDF5 file, or a damaged one");
    return open_lists(file, error);
}

void loci_spike_file_close(loci_spike_file *file) {
    const hid_t types[] = {file->lists[0], file->lists[1]};
    for (int i = 0; i < 2; i++)
        if (types[i] >= 0)
            H5Tclose(types[i]);
    if (file->transfer >= 0)
        H5Pclose(file->transfer);
    if (file->times >= 0)
        H5Dclose(file->times);
    if (file->units >= 0)
        H5Dclose(file->units);
    if (file->file >= 0)
        H5Fclose(file->file);
}

/* Link by link: asking for what lies in a group that is not there would be a mistake. */
bool loci_spike_file_has(const loci_spike_file *file, const char *name) {
    char path[256];
    for (size_t end = 0; name[end] != '\0';) {
        end += strcspn(name + end, "/");
        if (end >= sizeof path)
            return false;
        memcpy(path, name, end);
        path[end] = '\0';
        H5L_info_t link;
        if (H5Lexists(file->file, path, H5P_DEFAULT) <= 0 ||
            H5Lget_info(file->file, path, &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD)
            return false; /* nor may a link lead elsewhere */
        end += name[end] == '/';
    }
    return true;
}

/* ---- the lists ---- */

/* Reads lists first .. first + count - 1. */
static bool read_lists(loci_spike_file *file, hid_t set, hid_t type, size_t first, size_t count,
                       hvl_t *lists) {
    const hsize_t start[1] = {first}, size[1] = {count};
    hid_t from = H5Dget_space(set), to = H5Screate_simple(1, size, NULL);
    bool read = from >= 0 && to >= 0 &&
                H5Sselect_hyperslab(from, H5S_SELECT_SET, start, NULL, size, NULL) >= 0 &&
                H5Dread(set, type, to, from, file->transfer, lists) >= 0;
    if (from >= 0)
        H5Sclose(from);
    if (to >= 0)
        H5Sclose(to);
    return read;
}

static void free_lists(loci_spike_file *file, hvl_t *lists, size_t count) {
    for (size_t i = 0; i < count; i++)
        give_back(lists[i].p, file);
    memset(lists, 0, count * sizeof *lists);
}

static int visit_block(loci_spike_file *file, hvl_t lists[2][BLOCK], size_t first, size_t count,
                       int (*visit)(void *, const loci_recording *, loci_error *), void *context,
                       loci_error *error) {
    int status = LOCI_OK;
    if (!read_lists(file, file->times, file->lists[0], first, count, lists[0]) ||
        !read_lists(file, file->units, file->lists[1], first, count, lists[1]))
        return loci_fail(error, LOCI_E_FORMAT, file->path,
                         "the spikes of samples %zu to %zu cannot be read; the file is damaged",
                         first + 1, first + count);
    for (size_t i = 0; i < count && status == LOCI_OK; i++) {
        const loci_recording one = {first + i, lists[0][i].len, lists[0][i].p, lists[1][i].p};
        status = lists[0][i].len != lists[1][i].len
                     ? loci_fail(error, LOCI_E_FORMAT, file->path,
                                 "sample %zu has %zu times and %zu channels of its spikes",
                                 first + i + 1, lists[0][i].len, lists[1][i].len)
                     : visit(context, &one, error);
    }
    return status;
}

int loci_spike_file_visit(loci_spike_file *file,
                          int (*visit)(void *context, const loci_recording *sample,
                                       loci_error *error),
                          void *context, loci_error *error) {
    hvl_t lists[2][BLOCK] = {0};
    int status = LOCI_OK;
    file->left = file->bytes > SIZE_MAX / (2 * WIDER) ? SIZE_MAX : 2 * WIDER * file->bytes;
    for (size_t first = 0; first < file->samples && status == LOCI_OK; first += BLOCK) {
        size_t count = file->samples - first < BLOCK ? file->samples - first : BLOCK;
        status = visit_block(file, lists, first, count, visit, context, error);
        free_lists(file, lists[0], count);
        free_lists(file, lists[1], count);
    }
    return status;
}

/* ---- numbers and texts ---- */

int loci_spike_file_numbers(loci_spike_file *file, const char *name, int64_t *numbers,
                            loci_error *error) {
    hid_t set = loci_spike_file_has(file, name) ? H5Dopen2(file->file, name, H5P_DEFAULT) : -1;
    if (set < 0)
        return loci_fail(error, LOCI_E_FORMAT, file->path, "there is no %s", name);
    hid_t type = H5Dget_type(set);
    bool fits = type >= 0 && H5Tget_class(type) == H5T_INTEGER && length_of(set) == file->samples;
    bool read = fits && (file->samples == 0 || H5Dread(set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL,
                                                       H5P_DEFAULT, numbers) >= 0);
    if (type >= 0)
        H5Tclose(type);
    H5Dclose(set);
    if (!fits)
        return loci_fail(error, LOCI_E_FORMAT, file->path, "%s is no whole number a sample", name);
    return read ? LOCI_OK : loci_fail(error, LOCI_E_FORMAT, file->path, "%s cannot be read", name);
}

static void free_texts(char **texts, size_t count) {
    for (size_t i = 0; texts != NULL && i < count; i++)
        free(texts[i]);
    free(texts);
}

/* Texts of one length, filled up with zeros. */
static bool read_fixed(hid_t set, hid_t type, size_t size, size_t count, char **texts) {
    char *all = loci_alloc(count, size);
    bool read = all != NULL && H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, all) >= 0;
    for (size_t i = 0; i < count && read; i++)
        read = (texts[i] = strndup(all + i * size, size)) != NULL;
    free(all);
    return read;
}

/* Texts of lengths of their own, which HDF5 takes memory for. */
static bool read_free(loci_spike_file *file, hid_t set, hid_t type, size_t count, char **texts) {
    char **all = loci_alloc(count, sizeof *all);
    file->left = file->bytes;
    bool read = all != NULL && H5Dread(set, type, H5S_ALL, H5S_ALL, file->transfer, all) >= 0;
    for (size_t i = 0; all != NULL && i < count; i++) {
        read = read && (texts[i] = strdup(all[i] != NULL ? all[i] : "")) != NULL;
        give_back(all[i], file);
    }
    free(all);
    return read;
}

static bool read_texts(loci_spike_file *file, hid_t set, size_t count, char **texts) {
    hid_t type = H5Dget_type(set);
    if (type < 0)
        return false;
    size_t size = H5Tget_class(type) == H5T_STRING ? H5Tget_size(type) : 0;
    bool read = false;
    if (size > 0 && H5Tis_variable_str(type) > 0)
        read = read_free(file, set, type, count, texts);
    else if (size > 0 && size <= MOST_TEXT && count <= file->bytes / size)
        read = read_fixed(set, type, size, count, texts);
    H5Tclose(type);
    return read;
}

int loci_spike_file_texts(loci_spike_file *file, const char *name, char ***texts, size_t *count,
                          loci_error *error) {
    hid_t set = loci_spike_file_has(file, name) ? H5Dopen2(file->file, name, H5P_DEFAULT) : -1;
    if (set < 0)
        return loci_fail(error, LOCI_E_FORMAT, file->path, "there is no %s", name);
    *count = length_of(set);
    bool fits = *count > 0 && *count <= MOST_TEXTS && *count <= file->bytes;
    *texts = fits ? calloc(*count, sizeof **texts) : NULL;
    bool read = *texts != NULL && read_texts(file, set, *count, *texts);
    H5Dclose(set);
    if (read)
        return LOCI_OK;
    free_texts(*texts, *count);
    *texts = NULL;
    return loci_fail(error, LOCI_E_FORMAT, file->path, "%s are no texts", name);
}
