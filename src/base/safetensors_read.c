#define _GNU_SOURCE
#include "base/safetensors.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"

/* A header is names, shapes and a specification; one longer than this is none. */
#define MOST_HEADER ((uint64_t)16 << 20)

struct loci_safetensors {
    int fd;
    const unsigned char *bytes; /* [size] in memory, borrowed; NULL: the file at fd */
    uint64_t size;
    char *path;
    uint64_t data_at;   /* where the data part begins in the file */
    uint64_t data_size; /* and its bytes, up to the end of the file */
    json_t *header;     /* owns every name and text */
    size_t count;
    loci_stored *arrays; /* [count], by where they begin */
};

static const struct {
    const char *name;
    size_t size;
} dtypes[] = {{"F32", 4}, {"F64", 8}, {"U64", 8}, {"U8", 1}};

size_t loci_dtype_size(enum loci_dtype dtype) {
    return dtypes[dtype].size;
}

const char *loci_dtype_name(enum loci_dtype dtype) {
    return dtypes[dtype].name;
}

size_t loci_stored_count(const loci_stored *array) {
    size_t count = 1;
    for (uint32_t d = 0; d < array->rank; d++)
        count *= array->shape[d];
    return count;
}

static int read_at(const loci_safetensors *file, uint64_t at, void *out, size_t size,
                   loci_error *error) {
    unsigned char *bytes = out;
    if (file->bytes != NULL && size > 0)
        memcpy(out, file->bytes + at, size);
    while (file->bytes == NULL && size > 0) {
        ssize_t got = pread(file->fd, bytes, size, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return loci_fail_errno(error, LOCI_E_IO, file->path, errno, "cannot read");
        if (got == 0)
            return loci_fail(error, LOCI_E_IO, file->path, "became shorter while it was read");
        bytes += got;
        at += (uint64_t)got;
        size -= (size_t)got;
    }
    return LOCI_OK;
}

static int open_path(loci_safetensors *file, loci_error *error) {
    const char *path = file->path;
    file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file->fd < 0)
        return loci_fail_errno(error, errno == ENOENT ? LOCI_E_NOT_FOUND : LOCI_E_IO, path, errno,
                               "cannot open");
    struct stat info;
    if (fstat(file->fd, &info) != 0 || !S_ISREG(info.st_mode))
        return loci_fail(error, LOCI_E_IO, path, "not a regular file");
    file->size = (uint64_t)info.st_size;
    return LOCI_OK;
}

/* Reads the header text, as long as the file bears out its claimed length. */
static int read_header(loci_safetensors *file, char **text, size_t *length, loci_error *error) {
    const char *path = file->path;
    uint64_t size = file->size;
    if (size < 8)
        return loci_fail(error, LOCI_E_FORMAT, path,
                         "%ju bytes are too short for a safetensors file", (uintmax_t)size);
    unsigned char prefix[8];
    int status = read_at(file, 0, prefix, sizeof prefix, error);
    if (status != LOCI_OK)
        return status;
    uint64_t claimed = loci_u64le(prefix);
    if (claimed > MOST_HEADER)
        return loci_fail(error, LOCI_E_FORMAT, path,
                         "claims a header of %ju bytes; this is no safetensors file",
                         (uintmax_t)claimed);
    if (claimed > size - 8)
        return loci_fail(error, LOCI_E_FORMAT, path,
                         "claims a header of %ju bytes, but only %ju follow; the file is cut off",
                         (uintmax_t)claimed, (uintmax_t)(size - 8));
    *length = (size_t)claimed;
    *text = malloc(*length + 1);
    if (*text == NULL)
        return loci_fail_memory(error, path);
    file->data_at = 8 + claimed;
    file->data_size = size - file->data_at;
    return read_at(file, 8, *text, *length, error);
}

/* A JSON integer that is a size; -1 is what a negative or missing one gives. */
static int64_t size_of(const json_t *value) {
    return json_is_integer(value) && json_integer_value(value) >= 0 ? json_integer_value(value)
                                                                    : -1;
}

/* Takes in one array's description and checks it against itself and the size of the file. */
static int read_array(const loci_safetensors *file, const char *name, const json_t *json,
                      loci_stored *array, loci_error *error) {
    const char *path = file->path;
    const char *dtype = json_string_value(json_object_get(json, "dtype"));
    const json_t *shape = json_object_get(json, "shape");
    const json_t *offsets = json_object_get(json, "data_offsets");
    if (!json_is_object(json) || json_object_size(json) != 3 || dtype == NULL ||
        !json_is_array(shape) || !json_is_array(offsets) || json_array_size(offsets) != 2)
        return loci_fail(error, LOCI_E_FORMAT, path,
                         "'%s' is not described by dtype, shape and data_offsets",
                         LOCI_SHOWN(64, name));
    size_t known = sizeof dtypes / sizeof *dtypes, kind = 0;
    while (kind < known && strcmp(dtypes[kind].name, dtype) != 0)
        kind++;
    if (kind == known)
        return loci_fail(error, LOCI_E_FORMAT, path,
                         "'%s' has a dtype '%s' that is none of "
                         "F32, F64, U64, U8",
                         LOCI_SHOWN(64, name), LOCI_SHOWN(16, dtype));
    if (json_array_size(shape) > LOCI_STORED_RANK)
        return loci_fail(error, LOCI_E_FORMAT, path, "'%s' has %zu dimensions; at most %d are read",
                         LOCI_SHOWN(64, name), json_array_size(shape), LOCI_STORED_RANK);
    *array = (loci_stored){
        .name = name, .dtype = (enum loci_dtype)kind, .rank = (uint32_t)json_array_size(shape)};
    uint64_t bytes = dtypes[kind].size;
    for (uint32_t d = 0; d < array->rank; d++) {
        int64_t extent = size_of(json_array_get(shape, d));
        if (extent < 0 || __builtin_mul_overflow(bytes, (uint64_t)extent, &bytes) ||
            bytes > SIZE_MAX)
            return loci_fail(error, LOCI_E_FORMAT, path, "'%s' has an impossible shape",
                             LOCI_SHOWN(64, name));
        array->shape[d] = (size_t)extent;
    }
    int64_t begin = size_of(json_array_get(offsets, 0)), end = size_of(json_array_get(offsets, 1));
    if (begin < 0 || end < begin || (uint64_t)end > file->data_size)
        return loci_fail(error, LOCI_E_FORMAT, path,
                         "'%s' does not lie within the file; it is cut off or damaged",
                         LOCI_SHOWN(64, name));
    if ((uint64_t)(end - begin) != bytes)
        return loci_fail(error, LOCI_E_FORMAT, path, "'%s' has %jd bytes where its shape needs %ju",
                         LOCI_SHOWN(64, name), (intmax_t)(end - begin), (uintmax_t)bytes);
    array->begin = (uint64_t)begin;
    return LOCI_OK;
}

static uint64_t end_of(const loci_stored *array) {
    return array->begin + loci_stored_count(array) * loci_dtype_size(array->dtype);
}

/* By where they begin; an empty array stands before the one that begins at the same byte. */
static int by_place(const void *a, const void *b) {
    const loci_stored *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    uint64_t x_end = end_of(x), y_end = end_of(y);
    if (x_end != y_end)
        return x_end < y_end ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* The arrays must fill the data part: no byte belongs to none or to two of them. */
static int check_coverage(const loci_safetensors *file, loci_error *error) {
    uint64_t at = 0;
    for (size_t i = 0; i < file->count; i++) {
        const loci_stored *array = &file->arrays[i];
        if (array->begin < at)
            return loci_fail(error, LOCI_E_FORMAT, file->path, "'%s' and '%s' overlap",
                             LOCI_SHOWN(64, file->arrays[i - 1].name), LOCI_SHOWN(64, array->name));
        if (array->begin > at)
            return loci_fail(error, LOCI_E_FORMAT, file->path,
                             "%ju bytes before '%s' belong to no array",
                             (uintmax_t)(array->begin - at), LOCI_SHOWN(64, array->name));
        at = end_of(array);
    }
    if (at != file->data_size)
        return loci_fail(error, LOCI_E_FORMAT, file->path,
                         "%ju bytes at the end belong to no array",
                         (uintmax_t)(file->data_size - at));
    return LOCI_OK;
}

static int check_notes(const loci_safetensors *file, json_t *notes, loci_error *error) {
    if (!json_is_object(notes))
        return loci_fail(error, LOCI_E_FORMAT, file->path, "__metadata__ is not a JSON object");
    const char *key;
    json_t *text;
    json_object_foreach(notes, key, text) {
        if (!json_is_string(text))
            return loci_fail(error, LOCI_E_FORMAT, file->path, "__metadata__ '%s' is not a string",
                             LOCI_SHOWN(64, key));
    }
    return LOCI_OK;
}

static int read_arrays(loci_safetensors *file, loci_error *error) {
    file->arrays = loci_alloc(json_object_size(file->header), sizeof *file->arrays);
    if (file->arrays == NULL)
        return loci_fail_memory(error, file->path);
    const char *name;
    json_t *value;
    json_object_foreach(file->header, name, value) {
        int status;
        if (strcmp(name, "__metadata__") == 0)
            status = check_notes(file, value, error);
        else
            status = read_array(file, name, value, &file->arrays[file->count++], error);
        if (status != LOCI_OK)
            return status;
    }
    qsort(file->arrays, file->count, sizeof *file->arrays, by_place);
    return check_coverage(file, error);
}

static int open_file(loci_safetensors *file, loci_error *error) {
    char *text = NULL;
    size_t length = 0;
    int status = file->bytes == NULL ? open_path(file, error) : LOCI_OK;
    if (status == LOCI_OK)
        status = read_header(file, &text, &length, error);
    if (status == LOCI_OK) {
        json_error_t why;
        file->header = loci_json_read(text, length, &why);
        if (loci_json_is_short(file->header, &why))
            status = loci_fail_memory(error, file->path);
        else if (file->header == NULL)
            status = loci_fail(error, LOCI_E_FORMAT, file->path, "the header is not JSON: %s",
                               LOCI_SHOWN(100, why.text));
        else if (!json_is_object(file->header))
            status = loci_fail(error, LOCI_E_FORMAT, file->path, "the header is not a JSON object");
    }
    free(text);
    return status == LOCI_OK ? read_arrays(file, error) : status;
}

/* bytes NULL: the file at path. */
static int open_any(loci_safetensors **out, const void *bytes, size_t size, const char *path,
                    loci_error *error) {
    loci_safetensors *file = calloc(1, sizeof *file);
    if (file == NULL)
        return loci_fail_memory(error, path);
    file->fd = -1;
    file->bytes = bytes;
    file->size = size;
    file->path = strdup(path);
    int status = file->path == NULL ? loci_fail_memory(error, path) : open_file(file, error);
    if (status != LOCI_OK) {
        loci_safetensors_close(file);
        return status;
    }
    *out = file;
    return LOCI_OK;
}

int loci_safetensors_open(loci_safetensors **out, const char *path, loci_error *error) {
    return open_any(out, NULL, 0, path, error);
}

int loci_safetensors_open_bytes(loci_safetensors **out, const void *bytes, size_t size,
                                const char *name, loci_error *error) {
    return open_any(out, bytes != NULL ? bytes : "", size, name, error);
}

void loci_safetensors_close(loci_safetensors *file) {
    if (file == NULL)
        return;
    if (file->fd >= 0)
        close(file->fd);
    json_decref(file->header);
    free(file->arrays);
    free(file->path);
    free(file);
}

const char *loci_safetensors_note(const loci_safetensors *file, const char *key) {
    return json_string_value(json_object_get(json_object_get(file->header, "__metadata__"), key));
}

size_t loci_safetensors_count(const loci_safetensors *file) {
    return file->count;
}

const loci_stored *loci_safetensors_array(const loci_safetensors *file, size_t i) {
    return i < file->count ? &file->arrays[i] : NULL;
}

const loci_stored *loci_safetensors_find(const loci_safetensors *file, const char *name) {
    for (size_t i = 0; i < file->count; i++)
        if (strcmp(file->arrays[i].name, name) == 0)
            return &file->arrays[i];
    return NULL;
}

uint64_t loci_safetensors_bytes(const loci_safetensors *file) {
    return file->data_size;
}

int loci_safetensors_read(const loci_safetensors *file, const loci_stored *array, void *out,
                          loci_error *error) {
    size_t size = loci_dtype_size(array->dtype), count = loci_stored_count(array);
    int status = read_at(file, file->data_at + array->begin, out, size * count, error);
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    unsigned char *bytes = out;
    for (size_t i = 0; i < count; i++)
        for (size_t b = 0; b < size / 2; b++) {
            unsigned char kept = bytes[i * size + b];
            bytes[i * size + b] = bytes[(i + 1) * size - 1 - b];
            bytes[(i + 1) * size - 1 - b] = kept;
        }
#endif
    return status;
}
