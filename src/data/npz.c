#include "data/npz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "data/formats.h"
#include "data/inflate.h"
#include "data/npy.h"

/* 1980-01-01, the first day a zip file can name. */
enum { FIRST_DAY = (1 << 5) | 1 };

static int fail_zip(loci_error *error, const char *path, zip_error_t *reason, const char *what) {
    int code = zip_error_code_zip(reason);
    int status = code == ZIP_ER_MEMORY ? LOCI_E_MEMORY
                 : code == ZIP_ER_READ || code == ZIP_ER_SEEK || code == ZIP_ER_WRITE
                     ? LOCI_E_IO
                     : LOCI_E_FORMAT;
    return loci_fail(error, status, path, "%s: %s", what, zip_error_strerror(reason));
}

/* ---- reading ---- */

/* A zip archive in memory. */
typedef struct loci_archive {
    zip_t *zip;
    unsigned char *bytes; /* owned */
    size_t size;
    const char *path;
} loci_archive;

static void close_archive(loci_archive *archive) {
    if (archive->zip != NULL)
        zip_discard(archive->zip);
    free(archive->bytes);
    *archive = (loci_archive){0};
}

static int open_archive(loci_archive *archive, const char *path, loci_error *error) {
    *archive = (loci_archive){.path = path};
    int status = loci_file_read(path, LOCI_DATA_MOST, &archive->bytes, &archive->size, error);
    if (status != LOCI_OK)
        return status;
    if (archive->size == 0) { /* libzip takes it for an archive of nothing */
        close_archive(archive);
        return loci_fail(error, LOCI_E_FORMAT, path, "the file is empty");
    }
    zip_error_t reason;
    zip_error_init(&reason);
    zip_source_t *source = zip_source_buffer_create(archive->bytes, archive->size, 0, &reason);
    if (source != NULL)
        archive->zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &reason);
    if (archive->zip == NULL) {
        status = fail_zip(error, path, &reason, "not a sound .npz (zip) file");
        zip_source_free(source);
        close_archive(archive);
    }
    zip_error_fini(&reason);
    return status;
}

/* One member whole: NAME.npy as numpy writes it. Its length is a claim of the archive: it is only
 * believed as far as the archive's own size allows, and the CRC is verified by reading to the end.
 */
static int read_member(const loci_archive *archive, const char *name, unsigned char **bytes,
                       size_t *size, loci_error *error) {
    char file[256];
    snprintf(file, sizeof file, "%s.npy", name);
    zip_int64_t index = zip_name_locate(archive->zip, file, 0);
    if (index < 0)
        return loci_fail(error, LOCI_E_NOT_FOUND, archive->path, "no array %s in the file", name);
    zip_stat_t info;
    const zip_uint64_t wanted = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
    if (zip_stat_index(archive->zip, (zip_uint64_t)index, 0, &info) != 0 ||
        (info.valid & wanted) != wanted || info.comp_size > archive->size ||
        info.size / LOCI_DEFLATE_MOST > info.comp_size + 1)
        return loci_fail(error, LOCI_E_FORMAT, archive->path,
                         "array %s claims a size that the file cannot hold", name);
    unsigned char *content = malloc((size_t)info.size + 1);
    if (content == NULL)
        return loci_fail_memory(error, archive->path);
    zip_file_t *member = zip_fopen_index(archive->zip, (zip_uint64_t)index, 0);
    if (member == NULL) {
        free(content);
        return fail_zip(error, archive->path, zip_get_error(archive->zip), name);
    }
    zip_uint64_t done = 0;
    zip_int64_t got;
    /* one byte more than claimed: only then is the end, and with it the CRC, reached */
    while ((got = zip_fread(member, content + done, info.size + 1 - done)) > 0)
        if ((done += (zip_uint64_t)got) > info.size)
            break;
    int status = LOCI_OK;
    if (got < 0)
        status = fail_zip(error, archive->path, zip_file_get_error(member), name);
    else if (done != info.size)
        status = loci_fail(error, LOCI_E_FORMAT, archive->path,
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
static const char *array_where(char out[256], const char *path, const char *name) {
    size_t length = strlen(path);
    snprintf(out, 256, "%s: %s", length > 200 ? path + length - 200 : path, name);
    return out;
}

static int fill_part(loci_dataset *data, enum loci_split split, const loci_archive *archive,
                     const char *const names[2], loci_error *error) {
    unsigned char *bytes[2] = {NULL, NULL};
    size_t sizes[2];
    char where[2][256];
    int status = LOCI_OK;
    for (int a = 0; a < 2 && status == LOCI_OK; a++) {
        array_where(where[a], archive->path, names[a]);
        status = read_member(archive, names[a], &bytes[a], &sizes[a], error);
    }
    if (status == LOCI_E_NOT_FOUND)
        /* the file is there: what it lacks makes it the wrong kind of file */
        status =
            loci_fail(error, LOCI_E_FORMAT, archive->path,
                      "no arrays %s and %s; a data set has x_train, y_train, x_test and y_test",
                      names[0], names[1]);
    if (status == LOCI_OK)
        status = loci_npy_part(data, split, bytes[0], sizes[0], where[0], bytes[1], sizes[1],
                               where[1], error);
    free(bytes[0]);
    free(bytes[1]);
    return status;
}

int loci_npz_fill(loci_dataset *data, const char *path, bool skip_test, loci_error *error) {
    static const char *const names[2][2] = {{"x_train", "y_train"}, {"x_test", "y_test"}};
    loci_archive archive;
    int status = open_archive(&archive, path, error);
    if (status != LOCI_OK)
        return status;
    for (int s = 0; s < (skip_test ? 1 : 2) && status == LOCI_OK; s++)
        status = fill_part(data, (enum loci_split)s, &archive, names[s], error);
    close_archive(&archive);
    return status;
}

int loci_npz_read(const char *path, const char *name, const char *dtype, loci_npz_loaded *out,
                  loci_error *error) {
    loci_archive archive;
    unsigned char *bytes;
    size_t size;
    int status = open_archive(&archive, path, error);
    if (status != LOCI_OK)
        return status;
    status = read_member(&archive, name, &bytes, &size, error);
    close_archive(&archive);
    if (status != LOCI_OK)
        return status;

    char where[256];
    loci_npy npy;
    loci_npz_loaded loaded = {0};
    status = loci_npy_parse(bytes, size, array_where(where, path, name), &npy, error);
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

/* ---- writing ---- */

/* Bytes an item of a dtype takes; 0 for one that is not written. */
static size_t item_size(const char *dtype) {
    if (strlen(dtype) != 3 || strchr("<>|", dtype[0]) == NULL || strchr("buif", dtype[1]) == NULL)
        return 0;
    size_t size = (size_t)(dtype[2] - '0');
    bool known = (size == 1 && dtype[1] != 'f') ||
                 ((size == 2) && strchr("ui", dtype[1]) != NULL) ||
                 ((size == 4 || size == 8) && dtype[1] != 'b');
    return known && (dtype[0] == '|') == (size == 1) ? size : 0;
}

/* The whole .npy file of one array, header padded to 64 as numpy does. NULL when memory is short.
 */
static unsigned char *make_npy(const loci_npz_array *array, size_t items, size_t *size) {
    char text[256];
    int length = snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': False, 'shape': (",
                          array->dtype);
    for (uint32_t r = 0; r < array->rank; r++)
        length += snprintf(text + length, sizeof text - (size_t)length, "%s%zu", r > 0 ? ", " : "",
                           array->shape[r]);
    length += snprintf(text + length, sizeof text - (size_t)length, "%s), }",
                       array->rank == 1 ? "," : "");
    size_t header = (10 + (size_t)length + 1 + 63) / 64 * 64;
    *size = header + items;
    unsigned char *bytes = malloc(*size);
    if (bytes == NULL)
        return NULL;
    memset(bytes, ' ', header);
    memcpy(bytes, "\x93NUMPY\x01\x00", 8);
    bytes[8] = (unsigned char)((header - 10) & 0xff);
    bytes[9] = (unsigned char)((header - 10) >> 8);
    memcpy(bytes + 10, text, (size_t)length);
    bytes[header - 1] = '\n';
    if (items > 0)
        memcpy(bytes + header, array->data, items);
    return bytes;
}

/* Adds one array to the archive. */
/* *bytes receives what the archive reads when it is closed; the caller frees it after that. */
static int add_array(zip_t *zip, const loci_npz_array *array, const char *path,
                     unsigned char **bytes, loci_error *error) {
    size_t items = item_size(array->dtype), size;
    if (items == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, array->name, "cannot write items of type %s",
                         array->dtype);
    if (array->rank > LOCI_NPZ_MAX_RANK)
        return loci_fail(error, LOCI_E_ARGUMENT, array->name, "%u dimensions; at most %d",
                         array->rank, LOCI_NPZ_MAX_RANK);
    if (array->name[0] == '\0' || strlen(array->name) > 200)
        return loci_fail(error, LOCI_E_ARGUMENT, path, "an array's name has 1 to 200 bytes");
    for (uint32_t r = 0; r < array->rank; r++)
        if (__builtin_mul_overflow(items, array->shape[r], &items) || items > LOCI_DATA_MOST)
            return loci_fail(error, LOCI_E_ARGUMENT, array->name, "too large");
    *bytes = make_npy(array, items, &size);
    if (*bytes == NULL)
        return loci_fail_memory(error, path);
    char file[256];
    snprintf(file, sizeof file, "%s.npy", array->name);
    zip_source_t *source = zip_source_buffer(zip, *bytes, size, 0);
    if (source == NULL)
        return loci_fail_memory(error, path);
    zip_int64_t index = zip_file_add(zip, file, source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
        zip_source_free(source);
        /* short of memory, libzip does not always say so */
        if (zip_error_code_zip(zip_get_error(zip)) != ZIP_ER_EXISTS)
            return loci_fail_memory(error, path);
        return loci_fail(error, LOCI_E_ARGUMENT, array->name, "there is an array of this name");
    }
    if (zip_set_file_compression(zip, (zip_uint64_t)index, ZIP_CM_STORE, 0) != 0 ||
        zip_file_set_dostime(zip, (zip_uint64_t)index, 0, FIRST_DAY, 0) != 0)
        return loci_fail_memory(error, path);
    return LOCI_OK;
}

/* Makes the archive in a memory buffer that `source` keeps. */
/* bytes [count], all NULL, receives the members' contents. */
static int make_archive(zip_source_t *source, const char *path, const loci_npz_array *arrays,
                        size_t count, unsigned char **bytes, loci_error *error) {
    zip_error_t reason;
    zip_error_init(&reason);
    zip_t *zip = zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &reason);
    if (zip == NULL) {
        int status = fail_zip(error, path, &reason, "cannot make the archive");
        zip_error_fini(&reason);
        return status;
    }
    zip_error_fini(&reason);
    zip_source_keep(source);
    int status = LOCI_OK;
    for (size_t i = 0; i < count && status == LOCI_OK; i++)
        status = add_array(zip, &arrays[i], path, &bytes[i], error);
    if (status == LOCI_OK && zip_close(zip) != 0)
        status = fail_zip(error, path, zip_get_error(zip), "cannot make the archive");
    else if (status == LOCI_OK)
        return LOCI_OK;
    zip_discard(zip);
    return status;
}

/* Copies the finished archive to its file, all or nothing. */
static int save_archive(zip_source_t *source, const char *path, loci_error *error) {
    loci_writer writer;
    int status = loci_writer_open(&writer, path, error);
    if (status != LOCI_OK)
        return status;
    if (zip_source_open(source) != 0) {
        loci_writer_abort(&writer);
        return fail_zip(error, path, zip_source_error(source), "cannot make the archive");
    }
    char block[65536];
    zip_int64_t got;
    while ((got = zip_source_read(source, block, sizeof block)) > 0)
        fwrite(block, 1, (size_t)got, writer.file);
    zip_source_close(source);
    if (got < 0) {
        loci_writer_abort(&writer);
        return fail_zip(error, path, zip_source_error(source), "cannot make the archive");
    }
    return loci_writer_commit(&writer, error);
}

int loci_npz_write(const char *path, const loci_npz_array *arrays, size_t count,
                   loci_error *error) {
    zip_error_t reason;
    zip_error_init(&reason);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &reason);
    zip_error_fini(&reason);
    if (source == NULL)
        return loci_fail_memory(error, path);
    unsigned char **bytes = loci_alloc(count, sizeof *bytes);
    int status = bytes == NULL ? loci_fail_memory(error, path)
                               : make_archive(source, path, arrays, count, bytes, error);
    if (status == LOCI_OK)
        status = save_archive(source, path, error);
    zip_source_free(source);
    for (size_t i = 0; bytes != NULL && i < count; i++)
        free(bytes[i]);
    free(bytes);
    return status;
}
