#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/number.h"

char *loci_json_print(const json_t *json, size_t flags) {
    loci_plain plain = loci_plain_begin();
    char *text = json_dumps(json, flags);
    loci_plain_end(plain);
    return text;
}

int loci_json_put(const json_t *json, json_dump_callback_t put, void *to, size_t flags) {
    loci_plain plain = loci_plain_begin();
    int failed = json_dump_callback(json, put, to, flags);
    loci_plain_end(plain);
    return failed;
}

bool loci_json_text(const json_t *json, const char *key, char *out, size_t size) {
    const char *text = json_string_value(json_object_get(json, key));
    if (text == NULL || strlen(text) >= size)
        return false;
    strcpy(out, text);
    return true;
}

bool loci_json_count(const json_t *json, const char *key, uint64_t most, uint64_t *out) {
    const json_t *value = json_object_get(json, key);
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        (uint64_t)json_integer_value(value) > most)
        return false;
    *out = (uint64_t)json_integer_value(value);
    return true;
}

bool loci_json_real(const json_t *json, const char *key, double *out) {
    const json_t *value = json_object_get(json, key);
    *out = json_is_null(value) ? -1 : json_number_value(value);
    return json_is_number(value) || json_is_null(value);
}

int loci_json_write(const char *path, json_t *json, size_t flags, loci_error *error) {
    loci_writer writer;
    char *text = json != NULL ? loci_json_print(json, flags) : NULL;
    json_decref(json);
    if (text == NULL)
        return loci_fail_memory(error, path);
    int status = loci_writer_open(&writer, path, error);
    if (status == LOCI_OK) {
        fputs(text, writer.file);
        putc('\n', writer.file);
        status = loci_writer_commit(&writer, error);
    }
    free(text);
    return status;
}
