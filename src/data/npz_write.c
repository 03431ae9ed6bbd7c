/* Writing .npz files. */
#include "data/npz.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "data/formats.h"
#include "data/npz_zip.h"

/* 1980-01-01, the first day a zip file can name. */
enum { FIRST_DAY = (1 << 5) | 1 };

/* Bytes an item of a dtype takes; 0 for one that is not written. */
static size_t item_size(const char *dtype) {
    if (strncmp(dtype, "<U", 2) == 0) /* numpy's smallest text has one character */
        return 4 * (size_t)strtoul(dtype + 2, NULL, 10);
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

/* Adds one array to the archive.
 * *bytes receives what the archive reads when it is closed; the caller frees it after that. */
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

/* Makes the archive in a memory buffer that `source` keeps.
 * bytes [count], all NULL, receives the members' contents. */
static int make_archive(zip_source_t *source, const char *path, const loci_npz_array *arrays,
                        size_t count, unsigned char **bytes, loci_error *error) {
    zip_error_t reason;
    zip_error_init(&reason);
    zip_t *zip = zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &reason);
    if (zip == NULL) {
        int status = loci_zip_fail(error, path, &reason, "cannot make the archive");
        zip_error_fini(&reason);
        return status;
    }
    zip_error_fini(&reason);
    zip_source_keep(source);
    int status = LOCI_OK;
    for (size_t i = 0; i < count && status == LOCI_OK; i++)
        status = add_array(zip, &arrays[i], path, &bytes[i], error);
    if (status == LOCI_OK && zip_close(zip) != 0)
        status = loci_zip_fail(error, path, zip_get_error(zip), "cannot make the archive");
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
        return loci_zip_fail(error, path, zip_source_error(source), "cannot make the archive");
    }
    char block[65536];
    zip_int64_t got;
    while ((got = zip_source_read(source, block, sizeof block)) > 0)
        fwrite(block, 1, (size_t)got, writer.file);
    zip_source_close(source);
    if (got < 0) {
        loci_writer_abort(&writer);
        return loci_zip_fail(error, path, zip_source_error(source), "cannot make the archive");
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
