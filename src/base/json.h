/* JSON as text and into files, the same under every locale, and values out of JSON that may hold
 * anything. */
#ifndef LOCI_BASE_JSON_H
#define LOCI_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loci/status.h>

/* In place of json_dumps() and json_dump_callback(), which write the decimal comma of the host
 * program; json_dumps() leaves words out where memory is short, too. The text is the caller's;
 * NULL: memory is short, or json is NULL. */
char *loci_json_print(const json_t *json, size_t flags);
int loci_json_put(const json_t *json, json_dump_callback_t put, void *to, size_t flags);

/* json_read.c: in place of json_loadb(), which expects that comma and does not survive a shortage
 * of memory. An array or an object, of which no key is there twice; NULL: it is none, or memory is
 * short (json_error_code()), as *why says, which may be NULL. */
json_t *loci_json_read(const char *text, size_t size, json_error_t *why);

/* json_file.c: the same from a file of at most so many bytes, NAME in a folder or, NULL, the file
 * itself. `path` [4096] receives what the file is called. LOCI_OK with NULL in *out: it is no JSON,
 * as *why says. Else as loci_file_read(). */
int loci_json_load(json_t **out, const char *folder, const char *name, size_t most, char *path,
                   json_error_t *why, loci_error *error);

/* Whether loci_json_read() returned NULL because memory is short, not because the text is no JSON.
 */
static inline bool loci_json_is_short(const json_t *json, const json_error_t *why) {
    return json == NULL && json_error_code(why) == json_error_out_of_memory;
}

/* Each of these returns whether the key is there with a value of that kind; where it is not, *out
 * may hold anything. */

/* A text of less than `size` bytes. */
bool loci_json_text(const json_t *json, const char *key, char *out, size_t size);
/* A whole number from 0 to `most`. */
bool loci_json_count(const json_t *json, const char *key, uint64_t most, uint64_t *out);
/* A number; null is -1, which stands for what was not measured. */
bool loci_json_real(const json_t *json, const char *key, double *out);

/* Writes json, printed with jansson's flags, and a line feed, all or nothing. Takes the reference;
 * NULL, what a maker of JSON returns when memory is short, is LOCI_E_MEMORY. */
int loci_json_write(const char *path, json_t *json, size_t flags, loci_error *error);

#endif
