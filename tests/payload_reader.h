/* Taking a page's payload apart again. Any failure fails the test. */
#ifndef LOCI_TESTS_PAYLOAD_READER_H
#define LOCI_TESTS_PAYLOAD_READER_H

#include "scratch.h"

#include <jansson.h>
#include <loci/view.h>
#include <openssl/evp.h>

/* The payload as the page sees it; json_decref() it. */
static inline json_t *payload_of(const loci_network *network, const loci_view_options *options) {
    char *text = NULL;
    loci_error error = {0};
    if (loci_view_payload(&text, network, options, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    for (const char *c = text; *c != '\0'; c++)
        assert_true(*c >= ' ' && *c < 0x7f && strchr("<>&", *c) == NULL);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    free(text);
    return json;
}

static inline double number_in(const json_t *json, const char *key) {
    const json_t *value = json_object_get(json, key);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

static inline const char *text_in(const json_t *json, const char *key) {
    const char *text = json_string_value(json_object_get(json, key));
    assert_non_null(text);
    return text;
}

/* The numbers of {"type", "shape", "data"}, whose type and shape must be these; free() them. NULL
 * for null. */
static inline void *array_in(const json_t *json, const char *key, const char *type, size_t rank,
                             const size_t *shape) {
    const json_t *array = json_object_get(json, key);
    assert_non_null(array);
    if (json_is_null(array))
        return NULL;
    size_t size = strcmp(type, "f32") == 0 ? 4 : strcmp(type, "u16") == 0 ? 2 : 1;
    assert_string_equal(text_in(array, "type"), type);
    const json_t *given = json_object_get(array, "shape");
    assert_int_equal(json_array_size(given), rank);
    for (size_t d = 0; d < rank; d++) {
        assert_int_equal(json_integer_value(json_array_get(given, d)), shape[d]);
        size *= shape[d];
    }
    const char *text = text_in(array, "data");
    size_t length = strlen(text);
    assert_int_equal(length, (size + 2) / 3 * 4);
    unsigned char *bytes = malloc(length + 1);
    assert_non_null(bytes);
    assert_int_equal(EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)length),
                     (size + 2) / 3 * 3);
    return bytes; /* little-endian, as the machines that run the tests are */
}

#endif
