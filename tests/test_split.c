/* The rows that are kept for testing: they follow what rows hold, not where they stand; equal rows
 * stay together; every class keeps its share on both sides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "base/random.h"
#include "data/split.h"

enum { ROWS = 300, FEATURES = 3 };

/* A table of random rows; every third stands there twice, once more at the end. */
typedef struct table {
    float values[ROWS * FEATURES];
    int32_t labels[ROWS];
    uint64_t keys[ROWS];
    uint8_t marks[ROWS];
} table;

static void make(table *t, uint32_t round) {
    const loci_random stream = {1, LOCI_RANDOM_TEST, round};
    for (size_t i = 0; i < ROWS; i++) {
        size_t from = i >= 240 ? 3 * (i - 240) : i; /* the last 60 repeat rows */
        for (size_t f = 0; f < FEATURES; f++)
            t->values[i * FEATURES + f] = (float)loci_random_normal(&stream, from * FEATURES + f);
        t->labels[i] = from < 150 ? 0 : from < 220 ? 1 : 2;
    }
}

static void find_keys(table *t, uint64_t seed) {
    for (size_t i = 0; i < ROWS; i++)
        t->keys[i] = loci_split_key(t->values + i * FEATURES, FEATURES, seed);
}

static void choose(table *t, double fraction) {
    assert_int_equal(loci_split_choose(t->marks, t->keys, t->labels, ROWS, fraction, NULL),
                     LOCI_OK);
}

static size_t tested_of(const table *t, int32_t label, size_t *all) {
    size_t tested = 0;
    *all = 0;
    for (size_t i = 0; i < ROWS; i++)
        if (t->labels[i] == label) {
            *all += 1;
            tested += t->marks[i] == LOCI_TEST;
        }
    return tested;
}

static void test_keys(void **state) {
    (void)state;
    float a[600], b[600];
    uint8_t bytes[600];
    for (size_t i = 0; i < 600; i++) {
        bytes[i] = (uint8_t)(i * 7);
        a[i] = b[i] = bytes[i];
    }
    b[0] = -0.0f;
    for (size_t n = 1; n <= 600; n += 1 + n / 2) {
        uint64_t key = loci_split_key(a, n, 1);
        assert_true(key == loci_split_key(b, n, 1));
        assert_true(key == loci_split_key_bytes(bytes, n, 1));
        assert_true(key != loci_split_key(a, n, 2));
        b[n - 1] += 1;
        assert_true(key != loci_split_key(b, n, 1));
        b[n - 1] -= 1;
    }
    /* pinned: another key would be another test part of every file */
    const float row[2] = {1.5f, -2};
    assert_true(loci_split_key(row, 2, 1) == UINT64_C(0x6762E90DC61A61C3));
}

/* Each class gives its share, and what was there twice is on one side. */
static void test_shares(void **state) {
    (void)state;
    static table t;
    for (uint32_t round = 0; round < 20; round++) {
        make(&t, round);
        find_keys(&t, 1 + round);
        choose(&t, 0.2);
        for (int32_t c = 0; c < 3; c++) {
            size_t all, tested = tested_of(&t, c, &all);
            double wanted = 0.2 * (double)all;
            assert_true((double)tested > wanted - 1.51 && (double)tested < wanted + 1.51);
        }
        for (size_t i = 240; i < ROWS; i++)
            assert_int_equal(t.marks[i], t.marks[3 * (i - 240)]);
    }
}

static void swap_rows(table *t, size_t i, size_t j) {
    float row[FEATURES];
    int32_t label = t->labels[i];
    memcpy(row, t->values + i * FEATURES, sizeof row);
    memcpy(t->values + i * FEATURES, t->values + j * FEATURES, sizeof row);
    memcpy(t->values + j * FEATURES, row, sizeof row);
    t->labels[i] = t->labels[j];
    t->labels[j] = label;
}

/* Whatever order the rows are in, each goes to the same part. */
static void test_order(void **state) {
    (void)state;
    static table t, mixed;
    uint32_t order[ROWS];
    make(&t, 0);
    for (size_t i = 0; i < ROWS; i += 6)
        t.labels[i] = 2; /* of equal rows, some have another label */
    find_keys(&t, 1);
    choose(&t, 0.3);
    for (uint32_t round = 0; round < 10; round++) {
        mixed = t;
        const loci_random stream = {2, LOCI_RANDOM_TEST, round};
        loci_random_permutation(&stream, order, ROWS);
        for (size_t i = 0; i < ROWS; i++)
            swap_rows(&mixed, i, order[i]);
        find_keys(&mixed, 1);
        choose(&mixed, 0.3);
        for (size_t i = 0; i < ROWS; i++)
            for (size_t j = 0; j < ROWS; j++)
                if (mixed.keys[i] == t.keys[j])
                    assert_int_equal(mixed.marks[i], t.marks[j]);
    }
    find_keys(&mixed, 2);
    memcpy(t.marks, mixed.marks, sizeof t.marks);
    choose(&mixed, 0.3);
    assert_memory_not_equal(t.marks, mixed.marks, sizeof t.marks); /* another seed */
}

/* Marks of a few rows with these keys and labels, as text: '.' training, 'T' test; NULL = refused.
 */
static void check_few(const char *keys, const char *labels, double fraction, const char *marks) {
    size_t rows = strlen(keys);
    uint64_t key[32] = {0};
    int32_t label[32];
    uint8_t found[32];
    char text[33] = "";
    loci_error error = {0};
    for (size_t i = 0; i < rows; i++) {
        key[i] = (uint64_t)keys[i] << 56;
        if (labels != NULL)
            label[i] = labels[i] - '0';
    }
    int status =
        loci_split_choose(found, key, labels != NULL ? label : NULL, rows, fraction, &error);
    if (marks == NULL) {
        assert_int_equal(status, LOCI_E_FORMAT);
        assert_non_null(strstr(error.message, "none can be kept for testing"));
        return;
    }
    assert_int_equal(status, LOCI_OK);
    for (size_t i = 0; i < rows; i++)
        text[i] = found[i] == LOCI_TEST ? 'T' : '.';
    assert_string_equal(text, marks);
}

static void test_few(void **state) {
    (void)state;
    check_few("cbadefghij", NULL, 0.2, ".TT.......");
    check_few("cbadefghij", "0000011111", 0.2, "..T..T....");
    check_few("ab", NULL, 0.5, "T.");
    check_few("ab", NULL, 0.01, "T."); /* at least one */
    check_few("ab", NULL, 0.99, "T."); /* one is for training */
    check_few("abcdef", "000111", 0.99, "TT.TT.");
    /* a single row of a class is for training */
    check_few("abcdef", "011111", 0.2, ".T....");
    check_few("abcdef", "001122", 0.2, "T.....");
    check_few("abcdefghij", "0011223344", 0.2, "T.T......."); /* none of them has a share of one */
    /* too many at once, then a smaller group */
    check_few("aaaabcdefg", NULL, 0.1, "....T.....");
    check_few("aaabcde", NULL, 0.15, "...T...");
    check_few("aaabcdefghijklm", NULL, 0.15, "TTT............"); /* 3 for 2: no further off */
    check_few("aaabbbbb", NULL, 0.1, "TTT.....");                /* nothing fits */
    /* equal rows with two labels: neither of them may lose its last row */
    check_few("aabcdef", "0100000", 0.4, "..TTT..");
    check_few("aaaa", NULL, 0.5, NULL);
    check_few("abc", "012", 0.5, "TT."); /* each class has but one */
    check_few("ba", "01", 0.2, ".T");
    check_few("a", NULL, 0.5, NULL);
}

static void test_refused(void **state) {
    (void)state;
    const uint64_t keys[4] = {1, 2, 3, 4};
    const double bad[] = {0, 1, -0.5, 2, (double)NAN};
    uint8_t marks[4];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(loci_split_choose(marks, keys, NULL, 4, bad[i], NULL), LOCI_E_ARGUMENT);
}

/* ---- a data set ---- */

static void *copy_of(const void *from, size_t size) {
    void *to = malloc(size);
    assert_non_null(to);
    return memcpy(to, from, size);
}

/* A set of ROWS rows whose first feature is their number. */
static loci_dataset *make_set(bool bytes, bool regress) {
    static table t;
    static uint8_t pixels[ROWS * FEATURES];
    loci_dataset *data = loci_dataset_new("rows");
    assert_non_null(data);
    loci_samples *part = &data->part[LOCI_TRAIN];
    make(&t, 7);
    for (size_t i = 0; i < ROWS; i++) {
        t.values[i * FEATURES] = (float)i;
        pixels[i * FEATURES] = (uint8_t)i;
        pixels[i * FEATURES + 1] = (uint8_t)(i / 256);
        t.labels[i] = (int32_t)i % 3;
    }
    assert_int_equal(loci_dataset_set_size(data, 1, FEATURES, "", NULL), LOCI_OK);
    part->count = ROWS;
    if (bytes)
        part->bytes = copy_of(pixels, sizeof pixels);
    else
        part->values = copy_of(t.values, sizeof t.values);
    data->task = regress ? LOCI_TASK_REGRESS : LOCI_TASK_CLASSIFY;
    data->outputs = regress ? FEATURES : 0;
    if (regress)
        part->targets = copy_of(t.values, sizeof t.values);
    else
        part->labels = copy_of(t.labels, sizeof t.labels);
    part->weights = malloc(ROWS * sizeof *part->weights);
    assert_non_null(part->weights);
    for (size_t i = 0; i < ROWS; i++)
        part->weights[i] = (float)i;
    return data;
}

static void check_set(bool bytes, bool regress, bool drop) {
    loci_data_options options;
    loci_dataset *data = make_set(bytes, regress);
    bool seen[ROWS] = {false};
    loci_data_options_defaults(&options);
    options.skip_test = drop;
    assert_int_equal(loci_dataset_split(data, &options, "rows", NULL), LOCI_OK);
    assert_int_equal(loci_dataset_count(data, LOCI_TRAIN), 240);
    assert_int_equal(loci_dataset_count(data, LOCI_TEST), drop ? 0 : 60);
    for (int s = 0; s < 2; s++) {
        const loci_samples *part = &data->part[s];
        for (size_t i = 0; i < part->count; i++) {
            size_t row = (size_t)part->weights[i];
            assert_false(seen[row]);
            assert_true(i == 0 || part->weights[i] > part->weights[i - 1]);
            seen[row] = true;
            if (bytes)
                assert_int_equal(part->bytes[i * FEATURES] + 256 * part->bytes[i * FEATURES + 1],
                                 row);
            else
                assert_int_equal(part->values[i * FEATURES], row);
            if (regress)
                assert_int_equal(part->targets[i * FEATURES], row);
            else
                assert_int_equal(part->labels[i], row % 3);
        }
    }
    assert_int_equal(loci_dataset_finish(data, "rows", NULL), LOCI_OK);
    loci_dataset_free(data);
}

static void test_set(void **state) {
    (void)state;
    for (int i = 0; i < 8; i++)
        check_set(i & 1, i & 2, i & 4);
    loci_error error;
    loci_data_options options;
    loci_data_options_defaults(&options);
    loci_dataset *data = make_set(false, false);
    data->part[LOCI_TRAIN].count = 1;
    assert_int_equal(loci_dataset_split(data, &options, "rows", &error), LOCI_E_FORMAT);
    assert_string_equal(error.where, "rows");
    options.test_fraction = 1;
    assert_int_equal(loci_dataset_split(data, &options, "rows", &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.where, "test fraction");
    loci_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys), cmocka_unit_test(test_shares),  cmocka_unit_test(test_order),
        cmocka_unit_test(test_few),  cmocka_unit_test(test_refused), cmocka_unit_test(test_set),
    };
    return cmocka_run_group_tests_name("split", tests, NULL, NULL);
}
