/* The reader of JSON: it takes and refuses what jansson's does, and survives every shortage of
 * memory, which that does not. */
#include "base/json.h"
#include "scratch.h"

static const char *const texts[] = {
    "{}",
    " [ ] ",
    "{\"a\": 1, \"b\": [true, false, null], \"c\": {\"d\": \"e\"}}",
    "[0, -0, 12, -9223372036854775808, 9223372036854775807, 1.5, -2e-3, 1E+5, 0.0]",
    "[\"a text that is longer than sixteen bytes, and then some\", \"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
    "[\"\\u00e9\\u20AC\\ud83d\\ude00\", \"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\", \"\"]",
    "{\"sp\\u00ebc\": \"{\\\"hidden\\\": [192, 80]}\", \"\": -1.7976931348623157e308}\n\t\r ",
    "[[[[[[1]]]]], {\"x\": [{\"y\": []}]}, 123456789012345678, 0.12345678901234567890123]",
};
enum { TEXTS = sizeof texts / sizeof *texts };

static const char *const refused[] = {
    "",
    " ",
    "1",
    "\"a\"",
    "null",
    "[",
    "]",
    "{",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[1 2]",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{a:1}",
    "{\"a\":1,\"a\":2}",
    "{\"a\":1 \"b\":2}",
    "[] []",
    "{}x",
    "[01]",
    "[1.]",
    "[.5]",
    "[-]",
    "[1e]",
    "[1e+]",
    "[+1]",
    "[0x1]",
    "[NaN]",
    "[Infinity]",
    "[1e999]",
    "[-1e999]",
    "[9223372036854775808]",
    "[-9223372036854775809]",
    "[truex]",
    "[tru]",
    "[\"\\x\"]",
    "[\"\\u12\"]",
    "[\"\\u12g4\"]",
    "[\"\\ud800\"]",
    "[\"\\udc00\"]",
    "[\"\\ud800\\n\"]",
    "[\"\\ud800\\u0041\"]",
    "[\"\\u0000\"]",
    "{\"\\u0000\": 1}",
    "[\"\n\"]",
    "[\"\x01\"]",
    "[\"",
    "[\"\\",
    "[\"\\\"",
    "[\"\xff\"]",
    "[\"\xc3\"]",
    "[\"\xc0\x80\"]",
    "[\"\xed\xa0\x80\"]",
    "[\"\xf4\x90\x80\x80\"]",
    "['a']",
    "[1]/**/",
    "\xef\xbb\xbf[]",
};

/* Both readers on exactly these bytes. A byte 0 is never JSON; jansson passes over one behind a
 * number. */
static bool same(const char *text, size_t size) {
    char *exact = malloc(size > 0 ? size : 1);
    json_error_t why = {.line = -7}, jansson_why = {.line = -1};
    assert_non_null(exact);
    memcpy(exact, text, size);
    json_t *ours = loci_json_read(exact, size, &why);
    json_t *theirs = memchr(exact, 0, size) != NULL
                         ? NULL
                         : json_loadb(exact, size, JSON_REJECT_DUPLICATES, &jansson_why);
    bool good = ours == NULL ? theirs == NULL && why.text[0] != '\0' && why.line > 0 &&
                                   json_error_code(&why) != json_error_out_of_memory
                             : json_equal(ours, theirs);
    if (!good)
        print_error("not as jansson: %.*s\n%s\n%s\n", (int)size, text, ours ? "" : why.text,
                    theirs ? "" : jansson_why.text);
    json_decref(ours);
    json_decref(theirs);
    free(exact);
    return good;
}

static void test_as_jansson(void **state) {
    (void)state;
    for (size_t t = 0; t < TEXTS; t++) {
        json_t *json = loci_json_read(texts[t], strlen(texts[t]), NULL);
        assert_non_null(json);
        json_decref(json);
        assert_true(same(texts[t], strlen(texts[t])));
    }
    for (size_t t = 0; t < sizeof refused / sizeof *refused; t++) {
        assert_null(loci_json_read(refused[t], strlen(refused[t]), NULL));
        assert_true(same(refused[t], strlen(refused[t])));
    }
    assert_true(same("[\"a\0b\"]", 7));
    assert_true(same("[]\0", 3));
}

/* Every text cut anywhere, and with every byte of it any other one. */
static void test_every_byte(void **state) {
    (void)state;
    char changed[512];
    for (size_t t = 0; t < TEXTS; t++) {
        size_t size = strlen(texts[t]);
        assert_true(size < sizeof changed);
        for (size_t cut = 0; cut < size; cut++)
            assert_true(same(texts[t], cut));
        for (size_t at = 0; at < size; at++)
            for (int byte = 0; byte < 256; byte++) {
                memcpy(changed, texts[t], size);
                changed[at] = (char)byte;
                assert_true(same(changed, size));
            }
    }
}

static void test_where(void **state) {
    (void)state;
    json_error_t why;
    assert_null(loci_json_read("[1,\n  2,\n rubbish here]", 24, &why));
    assert_int_equal(why.line, 3);
    assert_int_equal(why.column, 1);
    assert_string_equal(why.text, "invalid token near 'rubbish'");
    assert_null(loci_json_read("rubbish", 7, &why));
    assert_string_equal(why.text, "'[' or '{' expected near 'rubbish'");
    assert_null(loci_json_read("[1", 2, &why));
    assert_string_equal(why.text, "']' expected near end of file");
    assert_null(loci_json_read("{\"a\": 1, \"a\": 2}", 16, &why));
    assert_string_equal(why.text, "duplicate object key near '\"a\"'");
}

static void test_depth(void **state) {
    (void)state;
    enum { DEEP = 5000 };
    static char text[2 * DEEP];
    json_error_t why;
    memset(text, '[', DEEP);
    memset(text + DEEP, ']', DEEP);
    assert_null(loci_json_read(text, sizeof text, &why));
    json_t *json = loci_json_read(text + DEEP - 2000, 4000, &why);
    assert_non_null(json);
    json_decref(json);
}

/* ---- shortage ---- */

static long until; /* allocations of jansson before the one that fails, once */

static void *scarce(size_t size) {
    return until-- == 0 ? NULL : malloc(size);
}

static void test_shortage(void **state) {
    (void)state;
    json_set_alloc_funcs(scarce, free);
    for (size_t t = 0; t < TEXTS; t++) {
        json_error_t why;
        json_t *json = NULL;
        long before = 0;
        until = -1;
        json_t *whole = loci_json_read(texts[t], strlen(texts[t]), NULL);
        for (; json == NULL; before++) {
            assert_true(before < 1000);
            until = before;
            json = loci_json_read(texts[t], strlen(texts[t]), &why);
            assert_true(json != NULL || json_error_code(&why) == json_error_out_of_memory);
        }
        assert_true(before > 1 && until >= 0); /* the last one came to its end without */
        assert_true(json_equal(json, whole));
        json_decref(json);
        json_decref(whole);
    }
    json_set_alloc_funcs(malloc, free);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_jansson), cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_where),      cmocka_unit_test(test_depth),
        cmocka_unit_test(test_shortage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
