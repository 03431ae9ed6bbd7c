#include "data/spike_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/spike_group.h"
#include "data/spike_header.h"

/* References to lists that are read at a time: a block takes the whole chunks that it lies in,
 * which may be long. */
enum { BLOCK = 4096, BLOCK_BYTES = BLOCK * LOCI_SPIKE_REFERENCE };
enum { MOST_TEXTS = 65536, MOST_TEXT = 1024, MOST_ITEM = 8 };

/* ---- data sets ---- */

/* Where the header of an object is; UINT64_MAX: there is none. */
static int find(const loci_spike_file *file, const char *name, uint64_t *address,
                loci_error *error) {
    int status = LOCI_OK;
    *address = file->root;
    for (; *name != '\0' && *address != UINT64_MAX && status == LOCI_OK; name += *name == '/') {
        size_t length = strcspn(name, "/");
        status = loci_spike_group_find(&file->heap, *address, name, length, address);
        name += length;
    }
    if (status == LOCI_E_MEMORY)
        return loci_fail_memory(error, file->path);
    return status == LOCI_OK ? LOCI_OK
                             : loci_fail(error, LOCI_E_FORMAT, file->path,
                                         "is damaged, or written in an uncommon way");
}

/* Whether there is one, or no telling: who opens it is told then. */
bool loci_spike_file_has(const loci_spike_file *file, const char *name) {
    uint64_t address;
    return find(file, name, &address, NULL) != LOCI_OK || address != UINT64_MAX;
}

/* Opens the data set whose header is at an address, once that was looked through. */
static int open_at(loci_spike_set *set, const loci_spike_file *file, const char *name,
                   uint64_t address, loci_error *error) {
    int status = loci_spike_header_visit(&file->heap, address, NULL, NULL);
    if (status == LOCI_E_MEMORY)
        return loci_fail_memory(error, file->path);
    set->header = address;
    set->id = status == LOCI_OK ? H5Oopen_by_addr(file->file, address) : -1;
    if (set->id >= 0 && H5Iget_type(set->id) == H5I_DATASET)
        return LOCI_OK;
    if (set->id >= 0)
        H5Oclose(set->id);
    set->id = -1;
    return loci_fail(error, LOCI_E_FORMAT, file->path,
                     "%s is damaged, or written in an uncommon way", name);
}

static int open_set(loci_spike_set *set, const loci_spike_file *file, const char *name,
                    loci_error *error) {
    uint64_t address;
    int status = find(file, name, &address, error);
    if (status != LOCI_OK)
        return status;
    if (address == UINT64_MAX)
        return loci_fail(error, LOCI_E_FORMAT, file->path, "%s is missing", name);
    return open_at(set, file, name, address, error);
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

/* Whether bits of a number of `size` bytes lie within it. */
static bool lie_within(size_t size, size_t first, size_t bits) {
    return bits <= 8 * size && first <= 8 * size - bits;
}

/* Whether a type is of numbers as files have them: HDF5 believes what a file says of their bytes
 * and bits. */
static bool is_number(hid_t type) {
    size_t size = H5Tget_size(type), sign, exponent, exponent_bits, mantissa, mantissa_bits;
    if (size == 0 || size > MOST_ITEM)
        return false;
    if (H5Tget_class(type) == H5T_INTEGER) {
        int offset = H5Tget_offset(type);
        return offset >= 0 && lie_within(size, (size_t)offset, H5Tget_precision(type));
    }
    return H5Tget_class(type) == H5T_FLOAT &&
           H5Tget_fields(type, &sign, &exponent, &exponent_bits, &mantissa, &mantissa_bits) >= 0 &&
           lie_within(size, sign, 1) && lie_within(size, exponent, exponent_bits) &&
           lie_within(size, mantissa, mantissa_bits);
}

/* What the lists of a data set are of, as the file has it: numbers. -1 where it is of anything
 * else, or of another length. */
static hid_t items_of(hid_t set, size_t samples) {
    hid_t type = H5Dget_type(set), of = -1;
    if (type >= 0 && H5Tget_class(type) == H5T_VLEN && length_of(set) == samples)
        of = H5Tget_super(type);
    bool fits = of >= 0 && is_number(of);
    if (of >= 0 && !fits)
        H5Tclose(of);
    if (type >= 0)
        H5Tclose(type);
    return fits ? of : -1;
}

static int open_lists(loci_spike_file *file, loci_error *error) {
    static const char *const names[] = {"spikes/times", "spikes/units"};
    for (int i = 0; i < 2; i++) {
        uint64_t address;
        int status = find(file, names[i], &address, error);
        if (status == LOCI_OK && address == UINT64_MAX)
            return fail_layout(file, names[i], error);
        if (status == LOCI_OK)
            status = open_at(&file->sets[i], file, names[i], address, error);
        if (status != LOCI_OK)
            return status;
        if (i == 0)
            file->samples = length_of(file->sets[0].id);
        file->items[i] = items_of(file->sets[i].id, file->samples);
        if (file->items[i] < 0)
            return loci_fail(error, LOCI_E_FORMAT, file->path,
                             "spikes/times and spikes/units are not as many lists of numbers");
    }
    if (file->samples > file->heap.bytes || file->samples >= UINT32_MAX)
        return loci_fail(error, LOCI_E_FORMAT, file->path,
                         "spikes/times claims more samples than the file can hold");
    return LOCI_OK;
}

/* Whether another part of this process may write to a file. */
static bool is_written(hid_t file) {
    unsigned intent = 0;
    return H5Fget_intent(file, &intent) < 0 || (intent & H5F_ACC_RDWR) != 0;
}

/* What is left open of a damaged file is closed with it; but a file that this process has open
 * already opens only as it was opened there. */
static hid_t open_file(const char *path) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), file = -1;
    if (access >= 0 && H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0)
        file = H5Fopen(path, H5F_ACC_RDONLY, access);
    if (file < 0)
        file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (access >= 0)
        H5Pclose(access);
    if (file < 0 || !is_written(file))
        return file;
    H5Fclose(file); /* it is read past HDF5, which may hold back what was written */
    return -1;
}

int loci_spike_file_open(loci_spike_file *file, const char *path, loci_error *error) {
    *file = (loci_spike_file){
        .path = path, .file = -1, .sets = {{.id = -1}, {.id = -1}}, .items = {-1, -1}};
    int status = loci_spike_heap_open(&file->heap, path, error);
    if (status == LOCI_OK)
        status = loci_spike_group_root(&file->heap, &file->root, error);
    if (status != LOCI_OK)
        return status;
    file->file = open_file(path);
    if (file->file < 0)
        return loci_fail(error, LOCI_E_FORMAT, path, "is damaged, or open for writing");
    return open_lists(file, error);
}

void loci_spike_file_close(loci_spike_file *file) {
    for (int i = 0; i < 2; i++) {
        if (file->items[i] >= 0)
            H5Tclose(file->items[i]);
        if (file->sets[i].id >= 0)
            H5Dclose(file->sets[i].id);
    }
    if (file->file >= 0)
        H5Fclose(file->file);
    loci_spike_heap_close(&file->heap);
    free(file->times);
    free(file->units);
}

/* ---- the lists ---- */

static int make_room(loci_spike_file *file, size_t count, loci_error *error) {
    if (count <= file->room)
        return LOCI_OK;
    free(file->times);
    free(file->units);
    file->times = loci_alloc(count, sizeof *file->times);
    file->units = loci_alloc(count, sizeof *file->units);
    file->room = file->times != NULL && file->units != NULL ? count : 0;
    return file->room > 0 ? LOCI_OK : loci_fail_memory(error, file->path);
}

/* List i of a sample, in memory's own numbers; there is room for it in either. */
static int take_list(loci_spike_file *file, int i, const unsigned char *bytes, size_t count,
                     loci_error *error) {
    void *to = i == 0 ? (void *)file->times : (void *)file->units;
    hid_t native = i == 0 ? H5T_NATIVE_DOUBLE : H5T_NATIVE_INT64;
    if (count == 0)
        return LOCI_OK;
    memcpy(to, bytes, count * H5Tget_size(file->items[i]));
    return H5Tconvert(file->items[i], native, count, to, NULL, H5P_DEFAULT) >= 0
               ? LOCI_OK
               : loci_fail(error, LOCI_E_FORMAT, file->path, "spikes are no numbers");
}

/* The lists of one sample; times are taken before the heap goes on to channels. */
static int read_sample(loci_spike_file *file, const unsigned char *const references[2],
                       loci_recording *out, loci_error *error) {
    size_t counts[2] = {0, 0};
    int status = LOCI_OK;
    for (int i = 0; i < 2 && status == LOCI_OK; i++) {
        const unsigned char *bytes;
        size_t item = H5Tget_size(file->items[i]);
        status = loci_spike_heap_list(&file->heap, references[i], item, &bytes, &counts[i], error);
        if (status == LOCI_OK && i == 1 && counts[0] != counts[1])
            status = loci_fail(error, LOCI_E_FORMAT, file->path,
                               "sample %zu has %zu times and %zu channels of its spikes",
                               out->number + 1, counts[0], counts[1]);
        if (status == LOCI_OK && i == 0)
            status = make_room(file, counts[0], error);
        if (status == LOCI_OK)
            status = take_list(file, i, bytes, counts[i], error);
    }
    out->count = counts[0];
    out->times = file->times;
    out->units = file->units;
    return status;
}

/* References to the lists of `count` samples: to times, and BLOCK further to units. */
static int read_references(const loci_spike_file *file, size_t first, size_t count,
                           unsigned char *out, loci_error *error) {
    int status = LOCI_OK;
    for (int i = 0; i < 2 && status == LOCI_OK; i++)
        status = loci_spike_items_read(&file->heap, &file->sets[i], first, count,
                                       LOCI_SPIKE_REFERENCE, out + i * BLOCK_BYTES);
    if (status == LOCI_E_MEMORY)
        return loci_fail_memory(error, file->path);
    return status == LOCI_OK
               ? LOCI_OK
               : loci_fail(error, LOCI_E_FORMAT, file->path,
                           "lists %zu to %zu cannot be read; the file is damaged, or written in an "
                           "uncommon way",
                           first + 1, first + count);
}

int loci_spike_file_visit(loci_spike_file *file,
                          int (*visit)(void *context, const loci_recording *sample,
                                       loci_error *error),
                          void *context, loci_error *error) {
    unsigned char *references = loci_alloc(2, BLOCK_BYTES);
    int status = references != NULL ? LOCI_OK : loci_fail_memory(error, file->path);
    for (size_t n = 0; n < file->samples && status == LOCI_OK; n++) {
        size_t left = file->samples - n;
        const unsigned char *times = references + n % BLOCK * LOCI_SPIKE_REFERENCE;
        loci_recording sample = {.number = n};
        if (n % BLOCK == 0)
            status = read_references(file, n, left < BLOCK ? left : BLOCK, references, error);
        if (status == LOCI_OK)
            status = read_sample(file, (const unsigned char *const[]){times, times + BLOCK_BYTES},
                                 &sample, error);
        if (status == LOCI_OK)
            status = visit(context, &sample, error);
    }
    free(references);
    return status;
}

/* ---- numbers and texts ---- */

static bool is_whole_numbers(hid_t set, hid_t type, size_t samples) {
    return type >= 0 && H5Tget_class(type) == H5T_INTEGER && is_number(type) &&
           length_of(set) == samples;
}

int loci_spike_file_numbers(loci_spike_file *file, const char *name, int64_t *numbers,
                            loci_error *error) {
    loci_spike_set set;
    int status = open_set(&set, file, name, error);
    if (status != LOCI_OK)
        return status;
    hid_t type = H5Dget_type(set.id);
    bool fits = is_whole_numbers(set.id, type, file->samples);
    /* in the file, too, a number takes 8 bytes at most */
    if (fits && file->samples > 0)
        status = loci_spike_items_read(&file->heap, &set, 0, file->samples, H5Tget_size(type),
                                       (unsigned char *)numbers);
    if (fits && status == LOCI_OK &&
        H5Tconvert(type, H5T_NATIVE_INT64, file->samples, numbers, NULL, H5P_DEFAULT) < 0)
        status = LOCI_E_FORMAT;
    if (type >= 0)
        H5Tclose(type);
    H5Dclose(set.id);
    if (!fits)
        return loci_fail(error, LOCI_E_FORMAT, file->path, "%s is no whole number a sample", name);
    if (status == LOCI_E_FORMAT)
        return loci_fail(error, status, file->path, "%s cannot be read", name);
    return status == LOCI_OK ? LOCI_OK : loci_fail_memory(error, file->path);
}

static void free_texts(char **texts, size_t count) {
    for (size_t i = 0; texts != NULL && i < count; i++)
        free(texts[i]);
    free(texts);
}

/* Each of these: LOCI_OK, LOCI_E_FORMAT, LOCI_E_MEMORY; nothing is said. */

/* Texts of one length, filled up with zeros; read [count, size]. */
static int take_fixed(const char *read, size_t size, size_t count, char **texts) {
    for (size_t i = 0; i < count; i++)
        if ((texts[i] = strndup(read + i * size, size)) == NULL)
            return LOCI_E_MEMORY;
    return LOCI_OK;
}

/* Texts of lengths of their own, in the heap; read [count] has references to them. */
static int take_free(loci_spike_file *file, const unsigned char *read, size_t count, char **texts) {
    for (size_t i = 0; i < count; i++) {
        const unsigned char *bytes;
        size_t length;
        int status = loci_spike_heap_list(&file->heap, read + i * LOCI_SPIKE_REFERENCE, 1, &bytes,
                                          &length, NULL);
        if (status != LOCI_OK || length > MOST_TEXT)
            return status != LOCI_OK ? status : LOCI_E_FORMAT;
        texts[i] = length > 0 ? strndup((const char *)bytes, length) : strdup("");
        if (texts[i] == NULL)
            return LOCI_E_MEMORY;
    }
    return LOCI_OK;
}

static int read_texts(loci_spike_file *file, const loci_spike_set *set, size_t count,
                      char **texts) {
    hid_t type = H5Dget_type(set->id);
    bool text = type >= 0 && H5Tget_class(type) == H5T_STRING;
    bool apart = text && H5Tis_variable_str(type) > 0;
    size_t size = !text ? 0 : apart ? LOCI_SPIKE_REFERENCE : H5Tget_size(type);
    if (type >= 0)
        H5Tclose(type);
    if (size == 0 || size > MOST_TEXT || count > file->heap.bytes / size)
        return LOCI_E_FORMAT;
    unsigned char *read = loci_alloc(count, size);
    if (read == NULL)
        return LOCI_E_MEMORY;
    int status = loci_spike_items_read(&file->heap, set, 0, count, size, read);
    if (status == LOCI_OK)
        status = apart ? take_free(file, read, count, texts)
                       : take_fixed((const char *)read, size, count, texts);
    free(read);
    return status;
}

int loci_spike_file_texts(loci_spike_file *file, const char *name, char ***texts, size_t *count,
                          loci_error *error) {
    loci_spike_set set;
    int status = open_set(&set, file, name, error);
    *texts = NULL;
    if (status != LOCI_OK)
        return status;
    *count = length_of(set.id);
    bool fits = *count > 0 && *count <= MOST_TEXTS && *count <= file->heap.bytes;
    *texts = fits ? calloc(*count, sizeof **texts) : NULL;
    status = !fits            ? LOCI_E_FORMAT
             : *texts == NULL ? LOCI_E_MEMORY
                              : read_texts(file, &set, *count, *texts);
    H5Dclose(set.id);
    if (status == LOCI_OK)
        return LOCI_OK;
    free_texts(*texts, *count);
    *texts = NULL;
    return status == LOCI_E_MEMORY
               ? loci_fail_memory(error, file->path)
               : loci_fail(error, LOCI_E_FORMAT, file->path, "%s are no texts", name);
}
