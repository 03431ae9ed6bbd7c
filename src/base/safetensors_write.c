#include "base/safetensors.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"

/* {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}; NULL when memory is short. */
static json_t *describe(const loci_stored *array, uint64_t begin, uint64_t end) {
    json_t *shape = json_array();
    bool failed = false;
    assert(array->rank <= LOCI_STORED_RANK && strcmp(array->name, "__metadata__") != 0);
    for (uint32_t d = 0; d < array->rank; d++)
        failed |= json_array_append_new(shape, json_integer((json_int_t)array->shape[d])) != 0;
    json_t *entry = json_pack("{s:s, s:o, s:[I, I]}", "dtype", loci_dtype_name(array->dtype),
                              "shape", shape, "data_offsets", (json_int_t)begin, (json_int_t)end);
    if (!failed)
        return entry;
    json_decref(entry);
    return NULL;
}

/* The header as JSON text, NULL when memory is short or a text is not UTF-8. Free with free(). */
static char *header_of(const loci_stored *arrays, size_t count, const loci_stored_note *notes,
                       size_t note_count) {
    json_t *root = json_object(), *metadata = json_object();
    bool failed = false;
    for (size_t i = 0; i < note_count; i++)
        failed |= json_object_set_new(metadata, notes[i].key, json_string(notes[i].text)) != 0;
    failed |= json_object_set_new(root, "__metadata__", metadata) != 0;
    uint64_t at = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t end = at + loci_stored_count(&arrays[i]) * loci_dtype_size(arrays[i].dtype);
        failed |= json_object_set_new(root, arrays[i].name, describe(&arrays[i], at, end)) != 0;
        at = end;
    }
    char *text = failed ? NULL : loci_json_print(root, JSON_COMPACT);
    json_decref(root);
    return text;
}

static void write_u64(FILE *file, uint64_t value) {
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
    fwrite(bytes, 1, sizeof bytes, file);
}

static void write_numbers(FILE *file, const loci_stored *array) {
    size_t size = loci_dtype_size(array->dtype), count = loci_stored_count(array);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    fwrite(array->data, size, count, file);
#else
    const unsigned char *bytes = array->data;
    for (size_t i = 0; i < count; i++)
        for (size_t b = size; b-- > 0;)
            putc(bytes[i * size + b], file);
#endif
}

/* All of it, as errors of the stream tell whether it is there. */
static void put(FILE *file, const char *header, const loci_stored *arrays, size_t count) {
    size_t length = strlen(header), padding = (8 - length % 8) % 8;
    write_u64(file, length + padding);
    fprintf(file, "%s%*s", header, (int)padding, "");
    for (size_t i = 0; i < count; i++)
        write_numbers(file, &arrays[i]);
}

int loci_safetensors_write(const char *path, const loci_stored *arrays, size_t count,
                           const loci_stored_note *notes, size_t note_count, loci_error *error) {
    char *header = header_of(arrays, count, notes, note_count);
    if (header == NULL)
        return loci_fail_memory(error, path);
    loci_writer writer;
    int status = loci_writer_open(&writer, path, error);
    if (status == LOCI_OK) {
        put(writer.file, header, arrays, count);
        status = loci_writer_commit(&writer, error);
    }
    free(header);
    return status;
}

int loci_safetensors_store(void **bytes, size_t *size, const loci_stored *arrays, size_t count,
                           const loci_stored_note *notes, size_t note_count, loci_error *error) {
    char *header = header_of(arrays, count, notes, note_count), *all = NULL;
    size_t length = 0;
    FILE *file = header != NULL ? open_memstream(&all, &length) : NULL;
    bool failed = file == NULL;
    if (!failed) {
        put(file, header, arrays, count);
        failed = ferror(file) != 0;
        failed |= fclose(file) != 0;
    }
    free(header);
    if (failed) {
        free(all);
        return loci_fail_memory(error, "model");
    }
    *bytes = all;
    *size = length;
    return LOCI_OK;
}
