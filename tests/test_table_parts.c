/* Parts of the reader of tables: words and their order, the first rows, what looks like a number,
 * columns as a model keeps them, and values that memory need not hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/json.h"
#include "data/columns.h"
#include "data/disguise.h"
#include "data/float_store.h"
#include "data/resident.h"
#include "data/sample_rows.h"
#include "data/schema.h"

/* ---- words ---- */

static void add(loci_words *words, const char *word, uint32_t number) {
    assert_int_equal(loci_words_add(words, word, strlen(word)), number);
}

static void test_words(void **state) {
    (void)state;
    loci_words words = {0};
    assert_true(loci_words_find(&words, "a", 1) == LOCI_NO_WORD);
    add(&words, "b", 0);
    add(&words, "a", 1);
    add(&words, "b", 0);
    add(&words, "", 2);
    add(&words, "ab", 3);
    assert_int_equal(loci_words_find(&words, "abc", 2), 3); /* of a longer text */
    assert_true(loci_words_find(&words, "abc", 3) == LOCI_NO_WORD);
    for (uint32_t i = 4; i < 5000; i++) { /* it grows */
        char word[16];
        snprintf(word, sizeof word, "w%u", i);
        add(&words, word, i);
    }
    assert_int_equal(loci_words_find(&words, "w4321", 5), 4321);
    assert_false(loci_words_are_numbers(&words, '.'));
    loci_words_free(&words);
}

static void check_order(const char *const *list, size_t count, bool numbers, char point,
                        const char *const *wanted, size_t kept, const uint32_t *wanted_rank) {
    loci_words words = {0};
    uint32_t *rank;
    for (size_t i = 0; i < count; i++)
        add(&words, list[i], (uint32_t)i);
    assert_int_equal(loci_words_are_numbers(&words, point), numbers);
    assert_true(loci_words_sort(&words, numbers, point, &rank));
    assert_int_equal(words.count, kept);
    for (size_t i = 0; i < kept; i++) {
        assert_string_equal(words.word[i], wanted[i]);
        assert_int_equal(loci_words_find(&words, wanted[i], strlen(wanted[i])), i);
    }
    for (size_t i = 0; i < count; i++)
        assert_int_equal(rank[i], wanted_rank[i]);
    free(rank);
    loci_words_free(&words);
}

static void test_order(void **state) {
    (void)state;
    check_order((const char *const[]){"10", "9", "10.0", "-1"}, 4, true, '.',
                (const char *const[]){"-1", "9", "10"}, 3, (const uint32_t[]){2, 1, 2, 0});
    check_order((const char *const[]){"2,5", "2,25"}, 2, true, ',',
                (const char *const[]){"2,25", "2,5"}, 2, (const uint32_t[]){1, 0});
    check_order((const char *const[]){"10", "9", "x"}, 3, false, '.',
                (const char *const[]){"10", "9", "x"}, 3, (const uint32_t[]){0, 1, 2});
}

/* ---- the first rows ---- */

static void check_sample(const char *text, bool whole, char separator, size_t rows,
                         size_t last_columns) {
    loci_sample_rows sample;
    assert_int_equal(loci_sample_rows_cut(&sample, text, strlen(text), whole, separator, NULL),
                     LOCI_OK);
    assert_int_equal(sample.rows, rows);
    if (rows > 0)
        assert_int_equal(sample.columns[rows - 1], last_columns);
    loci_sample_rows_free(&sample);
}

static void test_sample_rows(void **state) {
    (void)state;
    check_sample("1,2\n3,4\n5", true, ',', 3, 1);
    check_sample("1,2\n3,4\n5", false, ',', 2, 2); /* the last row may be cut short */
    check_sample("1;2\n3;4\n", true, ',', 2, 1);
    check_sample("1,2\n3,\"4\n5,6\n", true, ',', 1, 2); /* what cannot be cut ends it */
    check_sample("", true, ',', 0, 0);
    char many[4096] = "";
    for (int i = 0; i < 2 * LOCI_SAMPLE_ROWS; i++)
        strcat(many, "1,2,3\n");
    check_sample(many, false, ',', LOCI_SAMPLE_ROWS, 3);
}

/* Wherever blocks of a file end, in a line's end, in quotes, in a row much larger than they are. */
static void test_blocks(void **state) {
    (void)state;
    enum { LARGE = 300000, BEGIN = sizeof "a,\"b\r\n\"\"\"\r\n\r\nc,d\r\"e\"," - 1 };
    char *text = malloc(LARGE + 100);
    memset(text, 'x', LARGE);
    memcpy(text, "a,\"b\r\n\"\"\"\r\n\r\nc,d\r\"e\",", BEGIN);
    strcpy(text + LARGE, ",\n,,\nlast");
    for (size_t block = 4; block < 30; block++) {
        loci_text_rows rows;
        loci_text_source source = loci_text_source_of(text, strlen(text), "test");
        source.block = block;
        assert_int_equal(loci_text_rows_open(&rows, source, NULL), LOCI_OK);
        static const struct {
            size_t line, count, length; /* of the last cell but one, or the only one */
        } wanted[] = {{1, 2, 1}, {4, 2, 1}, {5, 3, LARGE - BEGIN}, {7, 1, 4}, {7, 0, 0}};
        for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
            assert_int_equal(loci_text_rows_next(&rows, NULL), LOCI_OK);
            assert_int_equal(rows.count, wanted[i].count);
            if (rows.count == 0)
                break;
            assert_int_equal(rows.start, wanted[i].line);
            assert_int_equal(rows.cells[rows.count > 1 ? rows.count - 2 : 0].length,
                             wanted[i].length);
            if (i == 0)
                assert_string_equal(rows.cells[1].text, "b\r\n\"");
        }
        loci_text_rows_close(&rows);
    }
    free(text);
}

static void test_disguise(void **state) {
    (void)state;
    static const char *const numbers[] = {"1,200",
                                          "1.200,50",
                                          "1.200.000",
                                          "1 200",
                                          "1_000",
                                          "1'200",
                                          "12%",
                                          "12 %",
                                          "$5",
                                          "5 $",
                                          "0x1F",
                                          "1e39",
                                          "-1e400",
                                          "inf",
                                          "-INF",
                                          "+Infinity",
                                          "\xe2\x88\x92"
                                          "2",
                                          "1\xc2\xa0"
                                          "000",
                                          "\xe2\x82\xac 5",
                                          "3,5",
                                          "1,5e3"};
    static const char *const words[] = {"",     "-",    "x",    "1a",  "2024-01-02", "12:30", "0x",
                                        "0xyz", "info", "a1",   "3-5", "1 January",  "%",     ".",
                                        "5 kg", "e5",   "1e5x", "1/2", "#1",         "nanny"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (!loci_disguised_number(numbers[i]))
            fail_msg("'%s' is no number?", numbers[i]);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (loci_disguised_number(words[i]))
            fail_msg("'%s' is a number?", words[i]);
}

/* ---- columns as a model keeps them ---- */

static const char full[] =
    "{\"columns\":[{\"name\":\"a\",\"place\":1,\"kind\":\"number\",\"mean\":[0.5]},"
    "{\"name\":\"b\",\"place\":4,\"kind\":\"words\",\"words\":[\"x\",\"y\"],\"mean\":[0.25,0.75]},"
    "{\"name\":\"c\",\"place\":3,\"kind\":\"empty\"}],\"label\":{\"name\":\"d\",\"place\":2},"
    "\"weight\":{\"name\":\"w\",\"place\":5},\"group\":{\"name\":\"g\",\"place\":6},"
    "\"missing\":\"drop\",\"header\":true,\"width\":8,\"targets\":[{\"name\":\"t\",\"place\":7},"
    "{\"name\":\"u\",\"place\":8}],\"pixels\":true}";

static void test_round_trip(void **state) {
    (void)state;
    loci_schema schema;
    loci_error error;
    assert_int_equal(loci_schema_from_text(&schema, full, "test", &error), LOCI_OK);
    assert_int_equal(schema.count, 3);
    assert_int_equal(loci_schema_inputs(&schema), 4);
    assert_int_equal(schema.column[1].place, 3);
    assert_int_equal(schema.column[1].kind, LOCI_COLUMN_WORDS);
    assert_string_equal(schema.column[1].words.word[1], "y");
    assert_true(schema.column[1].mean[1] == 0.75f);
    assert_null(schema.column[2].mean);
    assert_string_equal(schema.label.name, "d");
    assert_int_equal(schema.group.place, 5);
    assert_int_equal(schema.targets, 2);
    assert_int_equal(schema.missing, LOCI_MISSING_DROP);
    json_t *json = loci_schema_json(&schema);
    char *text = loci_json_print(json, JSON_COMPACT);
    assert_string_equal(text, full);
    free(text);
    json_decref(json);
    loci_schema_free(&schema);
}

/* The text with its first `from` replaced. */
static void check_damaged(const char *from, const char *to) {
    char text[1024];
    const char *at = strstr(full, from);
    loci_schema schema;
    loci_error error;
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - full), full, to, at + strlen(from));
    if (loci_schema_from_text(&schema, text, "test", &error) != LOCI_E_FORMAT)
        fail_msg("%s is accepted", text);
    assert_string_equal(error.message, "what it says of its columns is damaged");
    loci_schema_free(&schema);
}

static void test_damaged(void **state) {
    (void)state;
    static const char *const changes[][2] = {
        {"\"place\":1", "\"place\":0"},
        {"\"place\":1", "\"place\":9"},
        {"\"place\":1", "\"place\":-1"},
        {"\"place\":1", "\"place\":\"1\""},
        {"\"number\"", "\"numbers\""},
        {"[\"x\",\"y\"]", "[\"x\",\"x\"]"},
        {"[\"x\",\"y\"]", "[\"x\",7]"},
        {"[\"x\",\"y\"]", "[]"},
        {"[0.25,0.75]", "[0.25]"},
        {"[0.25,0.75]", "[0.25,1e300]"},
        {"[0.25,0.75]", "[0.25,\"x\"]"},
        {"\"drop\"", "\"keep\""},
        {"\"width\":8", "\"width\":7"},
        {"\"width\":8", "\"depth\":8"},
        {"\"columns\":[", "\"columns\":[7,"},
        {"{\"name\":\"a\"", "{\"nome\":\"a\""},
        {"{\"name\":\"t\"", "{\"name\":1"},
        {"{\"columns\"", "{\"column\""},
        {"\"name\":\"a\"", "\"name\":\"\""},
        {"}", ""},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        check_damaged(changes[i][0], changes[i][1]);
}

/* ---- values that memory need not hold ---- */

/* Pages of files that count as this process's memory. */
static size_t pages_of_files(void) {
    size_t all, resident, of_files = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%zu %zu %zu", &all, &resident, &of_files) != 3)
        skip();
    fclose(file);
    return of_files;
}

static void test_resident(void **state) {
    (void)state;
    enum { FEATURES = 64, COUNT = 1 << 16, PAGES = COUNT * FEATURES / 1024 }; /* 16 MB */
    loci_float_store store = loci_float_store_new(4096, "test");
    loci_samples part = {.count = COUNT};
    for (size_t i = 0; i < COUNT; i++) {
        float *row = loci_float_store_add(&store, FEATURES, NULL);
        for (size_t f = 0; f < FEATURES; f++)
            row[f] = (float)(i + f);
    }
    assert_int_equal(loci_float_store_take(&store, &part.values, &part.mapped, NULL), LOCI_OK);
    atomic_size_t touched = 0;
    part.touched = &touched;
    size_t before = pages_of_files();
    double sum = 0;
    for (int pass = 0; pass < 2; pass++) {
        double again = 0;
        for (size_t i = 0; i < COUNT * (size_t)FEATURES; i++)
            again += (double)part.values[i];
        assert_true(pass == 0 || again == sum);
        sum = again;
        assert_true(pages_of_files() > before + PAGES / 2);
        if (pass == 0)
            loci_resident_rest(&part);
        for (size_t i = 0; i < 8192 && pass > 0; i++) /* half a gigabyte, with what is around */
            loci_resident_touch(&part, 1, FEATURES);
        assert_true(pages_of_files() < before + PAGES / 2);
    }
    munmap(part.values, part.mapped);
    loci_samples small = {.count = 1, .values = (float[]){1}};
    loci_resident_touch(&small, 1 << 20, 1);
    loci_resident_rest(&small);
    assert_true(small.values[0] == 1);
}

/* ---- columns of a model ---- */

/* They are found by name however many there are, and of two of one name each is itself. */
static void test_many_columns(void **state) {
    (void)state;
    enum { COUNT = 1500, TWIN = 7 };
    static char text[COUNT + 1][16];
    static loci_cell cells[COUNT + 1];
    loci_schema known;
    loci_columns found;
    loci_data_options options;
    loci_data_options_defaults(&options);
    assert_true(loci_schema_make(&known, COUNT));
    for (int c = 0; c <= COUNT; c++) {
        snprintf(text[c], sizeof text[c], "c%d", c == COUNT - 1 ? TWIN : c);
        cells[c] = (loci_cell){.text = text[c], .length = strlen(text[c])};
        char **name = c < COUNT ? &known.column[c].name : &known.label.name;
        *name = strdup(text[c]);
        assert_non_null(*name);
    }
    known.header = true;
    known.width = COUNT + 1;
    assert_int_equal(
        loci_columns_find(&found, cells, COUNT + 1, true, &options, false, &known, "test", NULL),
        LOCI_OK);
    for (size_t c = 0; c < COUNT; c++)
        assert_int_equal(found.input[c], c);
    assert_int_equal(found.label, COUNT);
    loci_columns_free(&found);
    loci_schema_free(&known);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),        cmocka_unit_test(test_order),
        cmocka_unit_test(test_sample_rows),  cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_disguise),     cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_damaged),      cmocka_unit_test(test_resident),
        cmocka_unit_test(test_many_columns),
    };
    return cmocka_run_group_tests_name("table_parts", tests, NULL, NULL);
}
