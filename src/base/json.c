#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/number.h"

int loci_json_put(const json_t *json, json_dump_callback_t put, void *to, size_t flags) {
    loci_plain plain = loci_plain_begin();
    int failed = json_dump_callback(json, put, to, flags);
    loci_plain_end(plain);
    return failed;
}

/* A text that grows, and a shortage of memory that sticks: json_dumps() goes on after one, and
 * leaves a word out. */
struct growing {
    char *text;
    size_t length, room;
    bool lost;
};

static int grow(const char *piece, size_t size, void *to) {
    struct growing *g = to;
    if (!g->lost && g->room - g->length <= size) {
        size_t room = 2 * (g->length + size) + 64;
        char *text = realloc(g->text, room);
        g->lost = text == NULL;
        g->text = text != NULL ? text : g->text;
        g->room = text != NULL ? room : g->room;
    }
    if (g->lost)
        return -1;
    memcpy(g->text + g->length, piece, size);
    g->length += size;
    return 0;
}

char *loci_json_print(const json_t *json, size_t flags) {
    struct growing g = {.text = NULL};
    if (loci_json_put(json, grow, &g, flags) == 0 && grow("", 1, &g) == 0)
        return g.text;
    free(g.text);
    return NULL;
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
