/* Reading .npz files. */
#include "data/npz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "data/arrays.h"
#include "data/formats.h"
#include "data/inflate.h"
#include "data/npy.h"
#include "data/npy_text.h"
#include "data/npz_zip.h"
#include "data/row_file.h"
#include "data/zip_place.h"

int loci_zip_fail(loci_error *error, const char *path, zip_error_t *reason, const char *what) {
    int code = zip_error_code_zip(reason);
    int status = code == ZIP_ER_MEMORY ? LOCI_E_MEMORY
                 : code == ZIP_ER_READ || code == ZIP_ER_SEEK || code == ZIP_ER_WRITE
                     ? LOCI_E_IO
                     : LOCI_E_FORMAT;
    return loci_fail(error, status, path, "%s: %s", what, zip_error_strerror(reason));
}

void loci_npz_close(loci_npz_file *file) {
    if (file->zip != NULL)
        zip_discard(file->zip);
    free(file->bytes);
    *file = (loci_npz_file){0};
}

/* An archive that fits into memory is read whole; libzip reads a larger one from its file. */
static int open_zip(loci_npz_file *file, zip_error_t *reason, loci_error *error) {
    enum { HOW = ZIP_RDONLY | ZIP_CHECKCONS };
    int own, code = ZIP_ER_OPEN;
    off_t size;
    int status = loci_file_open(&own, &size, file->path, error);
    if (status != LOCI_OK)
        return status;
    file->size = (size_t)size;
    if (file->size > loci_row_file_from()) {
        file->zip = zip_fdopen(own, ZIP_CHECKCONS, &code);
        if (file->zip == NULL) {
            zip_error_init_with_code(reason, code);
            close(own);
        }
        return LOCI_OK;
    }
    close(own);
    status = loci_file_read(file->path, LOCI_DATA_MOST, &file->bytes, &file->size, error);
    zip_source_t *source = NULL;
    if (status == LOCI_OK && file->size > 0)
        source = zip_source_buffer_create(file->bytes, file->size, 0, reason);
    if (source != NULL && (file->zip = zip_open_from_source(source, HOW, reason)) == NULL)
        zip_source_free(source);
    return status;
}

int loci_npz_open(loci_npz_file *file, const char *path, loci_error *error) {
    *file = (loci_npz_file){.path = path};
    zip_error_t reason;
    zip_error_init(&reason);
    int status = open_zip(file, &reason, error);
    if (status == LOCI_OK && file->size == 0) /* libzip takes it for an archive of nothing */
        status = loci_fail(error, LOCI_E_FORMAT, path, "the file is empty");
    else if (status == LOCI_OK && file->zip == NULL)
        status = loci_zip_fail(error, path, &reason, "not a sound .npz (zip) file");
    zip_error_fini(&reason);
    if (status != LOCI_OK)
        loci_npz_close(file);
    return status;
}

/* -1: there is none. */
static zip_int64_t locate(const loci_npz_file *file, const char *name) {
    char inside[256];
    snprintf(inside, sizeof inside, "%s.npy", name);
    return zip_name_locate(file->zip, inside, 0);
}

bool loci_npz_has(const loci_npz_file *file, const char *name) {
    return locate(file, name) >= 0;
}

/* What the archive says of a member. */
static int find_member(const loci_npz_file *file, const char *name, zip_int64_t *index,
                       zip_stat_t *info, loci_error *error) {
    const zip_uint64_t wanted = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
    *index = locate(file, name);
    if (*index < 0)
        return loci_fail(error, LOCI_E_NOT_FOUND, file->path, "no array %s in the file", name);
    if (zip_stat_index(file->zip, (zip_uint64_t)*index, 0, info) != 0 ||
        (info->valid & wanted) != wanted || info->comp_size > file->size ||
        info->size / LOCI_DEFLATE_MOST > info->comp_size + 1)
        return loci_fail(error, LOCI_E_FORMAT, file->path,
                         "array %s claims a size that the file cannot hold", name);
    return LOCI_OK;
}

/* One member whole: NAME.npy as numpy writes it. Its length is a claim of the archive: it is only
 * believed as far as the archive's own size allows, and the CRC is verified by reading to the end.
 */
static int read_member(const loci_npz_file *file, const char *name, unsigned char **bytes,
                       size_t *size, loci_error *error) {
    zip_int64_t index;
    zip_stat_t info;
    int status = find_member(file, name, &index, &info, error);
    if (status != LOCI_OK)
        return status;
    unsigned char *content = malloc((size_t)info.size + 1);
    if (content == NULL)
        return loci_fail_memory(error, file->path);
    zip_file_t *member = zip_fopen_index(file->zip, (zip_uint64_t)index, 0);
    if (member == NULL) {
        free(content);
        return loci_zip_fail(error, file->path, zip_get_error(file->zip), name);
    }
    zip_uint64_t done = 0;
    zip_int64_t got;
    /* one byte more than claimed: only then is the end, and with it the CRC, reached */
    while ((got = zip_fread(member, content + done, info.size + 1 - done)) > 0)
        if ((done += (zip_uint64_t)got) > info.size)
            break;
    if (got < 0)
        status = loci_zip_fail(error, file->path, zip_file_get_error(member), name);
    else if (done != info.size)
        status = loci_fail(error, LOCI_E_FORMAT, file->path,
                           "array %s is not as long as the archive says", name);
    zip_fclose(member);
    if (status != LOCI_OK) {
        free(content);
        return status;
    }
    *bytes = content;
    *size = (size_t)info.size;
    return LOCI_OK;
}

/* "FILE: NAME", where errors in an array are. */
static const char *array_where(char out[LOCI_ARRAY_WHERE], const char *path, const char *name) {
    size_t length = strlen(path);
    snprintf(out, LOCI_ARRAY_WHERE, "%s: %s", length > 200 ? path + length - 200 : path, name);
    return out;
}

/* ---- as a source of a data set ---- */

static bool has_array(const void *context, const char *name) {
    return loci_npz_has(context, name);
}

static int read_array(const void *context, const char *name, loci_array *out, loci_error *error) {
    const loci_npz_file *file = context;
    array_where(out->where, file->path, name);
    return read_member(file, name, &out->bytes, &out->size, error);
}

/* A large member under way. */
typedef struct loci_member {
    zip_file_t *zip;
    char where[LOCI_ARRAY_WHERE];
} loci_member;

static int read_stream(void *context, void *out, size_t want, size_t *got, loci_error *error) {
    loci_member *member = context;
    zip_int64_t more = 1;
    *got = 0;
    while (*got < want && (more = zip_fread(member->zip, (char *)out + *got, want - *got)) > 0)
        *got += (size_t)more;
    return more < 0 ? loci_zip_fail(error, member->where, zip_file_get_error(member->zip), "array")
                    : LOCI_OK;
}

static void close_stream(void *context) {
    loci_member *member = context;
    zip_fclose(member->zip);
    free(member);
}

/* A descriptor of the archive, if the member's bytes lie in there as they are; else -1. */
static int find_stored(const loci_npz_file *file, const char *name, uint64_t size, uint64_t *at) {
    char inside[256];
    int own;
    off_t whole;
    snprintf(inside, sizeof inside, "%s.npy", name);
    if (loci_file_open(&own, &whole, file->path, NULL) != LOCI_OK)
        return -1;
    if (loci_zip_place(own, (uint64_t)whole, inside, size, at))
        return own;
    close(own);
    return -1;
}

static int open_array(const void *context, const char *name, loci_array *out, loci_error *error) {
    const loci_npz_file *file = context;
    zip_int64_t index;
    zip_stat_t info;
    array_where(out->where, file->path, name);
    int status = find_member(file, name, &index, &info, error);
    if (status != LOCI_OK)
        return status;
    if (info.size <= loci_row_file_from())
        return read_member(file, name, &out->bytes, &out->size, error);
    loci_member *member = calloc(1, sizeof *member);
    if (member == NULL)
        return loci_fail_memory(error, file->path);
    member->zip = zip_fopen_index(file->zip, (zip_uint64_t)index, 0);
    if (member->zip == NULL) {
        free(member);
        return loci_zip_fail(error, file->path, zip_get_error(file->zip), name);
    }
    memcpy(member->where, out->where, sizeof member->where);
    out->size = (size_t)info.size;
    out->stream =
        (loci_array_stream){.context = member, .read = read_stream, .close = close_stream};
    out->stream.file = find_stored(file, name, info.size, &out->stream.at);
    return LOCI_OK;
}

int loci_npz_fill(loci_dataset *data, const char *path, bool skip_test, loci_error *error) {
    loci_npz_file file;
    int status = loci_npz_open(&file, path, error);
    if (status != LOCI_OK)
        return status;
    const loci_array_source source = {.context = &file,
                                      .has = has_array,
                                      .read = read_array,
                                      .open = open_array,
                                      .archive = path};
    status = loci_arrays_fill(data, &source, skip_test, error);
    loci_npz_close(&file);
    return status;
}

/* ---- one by one ---- */

size_t loci_npz_count(const loci_npz_file *file) {
    zip_int64_t count = zip_get_num_entries(file->zip, 0);
    return count > 0 ? (size_t)count : 0;
}

void loci_npz_name(const loci_npz_file *file, size_t i, char name[LOCI_NPZ_NAME]) {
    const char *inside = zip_get_name(file->zip, i, 0);
    size_t length = inside != NULL ? strlen(inside) : 0;
    if (length > 4 && strcmp(inside + length - 4, ".npy") == 0)
        length -= 4;
    snprintf(name, LOCI_NPZ_NAME, "%.*s", (int)(length < LOCI_NPZ_NAME ? length : LOCI_NPZ_NAME),
             inside != NULL ? inside : "");
}

int loci_npz_take(const loci_npz_file *file, const char *name, const char *dtype,
                  loci_npz_loaded *out, loci_error *error) {
    unsigned char *bytes;
    size_t size;
    int status = read_member(file, name, &bytes, &size, error);
    if (status != LOCI_OK)
        return status;

    char where[LOCI_ARRAY_WHERE];
    loci_npy npy;
    loci_npz_loaded loaded = {0};
    status = loci_npy_parse(bytes, size, array_where(where, file->path, name), &npy, error);
    if (status == LOCI_OK) {
        snprintf(loaded.dtype, sizeof loaded.dtype, "%c%u", npy.kind, npy.item);
        if (dtype != NULL && strcmp(dtype, loaded.dtype) != 0)
            status = loci_fail(error, LOCI_E_FORMAT, where, "items of type %s; expected %s",
                               loaded.dtype, dtype);
    }
    if (status == LOCI_OK) {
        loaded.rank = npy.rank;
        loaded.count = npy.count;
        memcpy(loaded.shape, npy.shape, sizeof loaded.shape);
        loaded.data = loci_alloc(npy.count, npy.item);
        if (loaded.data == NULL)
            status = loci_fail_memory(error, where);
    }
    if (status == LOCI_OK) {
        loci_npy_items(&npy, bytes, loaded.data);
        *out = loaded;
    }
    free(bytes);
    return status;
}

int loci_npz_take_text(const loci_npz_file *file, const char *name, char **out, loci_error *error) {
    unsigned char *bytes;
    size_t size;
    char where[LOCI_ARRAY_WHERE];
    int status = read_member(file, name, &bytes, &size, error);
    if (status != LOCI_OK)
        return status;
    status = loci_npy_text(bytes, size, array_where(where, file->path, name), out, error);
    free(bytes);
    return status;
}

int loci_npz_read(const char *path, const char *name, const char *dtype, loci_npz_loaded *out,
                  loci_error *error) {
    loci_npz_file file;
    int status = loci_npz_open(&file, path, error);
    if (status != LOCI_OK)
        return status;
    status = loci_npz_take(&file, name, dtype, out, error);
    loci_npz_close(&file);
    return status;
}
