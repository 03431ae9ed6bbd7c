/* Which rows are tested on, and which are held out for validation: by what they hold, in equal
 * shares of each class, and never a row on one side whose twin is on the other. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "data/hold_out.h"
#include "data/split.h"

static void test_keys(void **state) {
    (void)state;
    const float row[] = {1, 0, NAN, 3}, same[] = {1, -0.0f, -NAN, 3}, other[] = {1, 0, NAN, 4};
    assert_true(loci_split_key(row, 4, 7) == loci_split_key(same, 4, 7));
    assert_true(loci_split_key(row, 4, 7) != loci_split_key(other, 4, 7));
    assert_true(loci_split_key(row, 4, 7) != loci_split_key(row, 4, 8));
    assert_true(loci_split_key(row, 4, 7) != loci_split_key(row, 3, 7));
    float wide[700];
    for (size_t i = 0; i < 700; i++)
        wide[i] = (float)i;
    uint64_t key = loci_split_key(wide, 700, 1);
    wide[699] = 0; /* behind the first piece */
    assert_true(loci_split_key(wide, 700, 1) != key);
    const uint8_t bytes[] = {1, 2, 3}, others[] = {1, 2, 4};
    assert_true(loci_split_key_bytes(bytes, 3, 1) == loci_split_key_bytes(bytes, 3, 1));
    assert_true(loci_split_key_bytes(bytes, 3, 1) != loci_split_key_bytes(others, 3, 1));
}

enum { ROWS = 1000 };

static uint64_t keys[ROWS];
static int32_t labels[ROWS];
static uint8_t marks[ROWS];

/* Every `each` rows in a row have the same key. */
static void make_keys(size_t each) {
    for (size_t i = 0; i < ROWS; i++)
        keys[i] = loci_split_mix(i / each, 1);
}

static size_t tested_of(int32_t label) {
    size_t count = 0;
    for (size_t i = 0; i < ROWS; i++)
        count += marks[i] == LOCI_TEST && (label < 0 || labels[i] == label);
    return count;
}

static void choose(const int32_t *of, double fraction) {
    loci_error error;
    assert_int_equal(loci_split_choose(marks, keys, of, ROWS, fraction, &error), LOCI_OK);
}

static void test_share(void **state) {
    (void)state;
    make_keys(1);
    choose(NULL, 0.2);
    assert_int_equal(tested_of(-1), 200);
    choose(NULL, 0.0001); /* one at least */
    assert_int_equal(tested_of(-1), 1);
    choose(NULL, 0.9999); /* one stays */
    assert_int_equal(tested_of(-1), ROWS - 1);
}

/* 500, 300, 150, 49 and 1 rows: a fifth of each, a row at least to train on. */
static void test_classes(void **state) {
    (void)state;
    make_keys(1);
    for (size_t i = 0; i < ROWS; i++)
        labels[i] = i < 500 ? 0 : i < 800 ? 1 : i < 950 ? 2 : i < 999 ? 3 : 4;
    choose(labels, 0.2);
    assert_int_equal(tested_of(0), 100);
    assert_int_equal(tested_of(1), 60);
    assert_int_equal(tested_of(2), 30);
    assert_int_equal(tested_of(3), 10);
    assert_int_equal(tested_of(4), 0);
    for (size_t i = 0; i < ROWS; i++)
        labels[i] = (int32_t)i; /* a class each: nothing can be shared but one */
    choose(labels, 0.2);
    assert_int_equal(tested_of(-1), 1);
}

static void check_together(void) {
    for (size_t i = 0; i < ROWS; i++)
        for (size_t k = i + 1; k < ROWS && k < i + 10; k++)
            if (keys[i] == keys[k])
                assert_int_equal(marks[i], marks[k]);
}

static void test_twins(void **state) {
    (void)state;
    make_keys(3);
    choose(NULL, 0.2);
    check_together();
    assert_in_range(tested_of(-1), 198, 200);
    for (size_t i = 0; i < ROWS; i++)
        labels[i] = (int32_t)(i % 7); /* twins of other classes */
    choose(labels, 0.2);
    check_together();
    assert_in_range(tested_of(-1), 195, 200);
    make_keys(ROWS);
    choose(NULL, 0.2); /* all the same: they are trained on */
    assert_int_equal(tested_of(-1), 0);
    make_keys(ROWS / 2);
    choose(NULL, 0.2); /* two kinds: one is tested on, however large */
    assert_int_equal(tested_of(-1), ROWS / 2);
}

/* Another order of the rows: each has the mark that it had. */
static void test_order(void **state) {
    (void)state;
    uint64_t back_keys[ROWS];
    uint8_t forth[ROWS];
    int32_t back_labels[ROWS];
    make_keys(2);
    for (size_t i = 0; i < ROWS; i++)
        labels[i] = (int32_t)(i / 2 % 3);
    choose(labels, 0.3);
    memcpy(forth, marks, sizeof forth);
    for (size_t i = 0; i < ROWS; i++) {
        back_keys[i] = keys[ROWS - 1 - i];
        back_labels[i] = labels[ROWS - 1 - i];
    }
    memcpy(keys, back_keys, sizeof keys);
    choose(back_labels, 0.3);
    for (size_t i = 0; i < ROWS; i++)
        assert_int_equal(marks[i], forth[ROWS - 1 - i]);
}

/* ---- held out ---- */

static loci_dataset *make_data(bool keyed) {
    loci_dataset *data = loci_dataset_new("test");
    data->part[LOCI_TRAIN].count = ROWS;
    if (keyed) {
        data->row_key = malloc(sizeof keys);
        memcpy(data->row_key, keys, sizeof keys);
    }
    return data;
}

/* Holds out; the order has every row once, both halves going up. */
static size_t hold_out(const loci_dataset *data, size_t wanted, uint32_t order[ROWS]) {
    size_t held;
    uint8_t seen[ROWS] = {0};
    loci_error error;
    assert_int_equal(loci_hold_out(data, wanted, order, &held, &error), LOCI_OK);
    for (size_t i = 0; i < ROWS; i++)
        assert_int_equal(seen[order[i]]++, 0);
    for (size_t i = 0; i < held; i++)
        marks[order[i]] = LOCI_TEST;
    for (size_t i = held; i < ROWS; i++)
        marks[order[i]] = LOCI_TRAIN;
    return held;
}

static void test_hold_out(void **state) {
    (void)state;
    uint32_t order[ROWS], again[ROWS];
    loci_dataset *data = make_data(false);
    assert_int_equal(hold_out(data, 100, order), 100);
    assert_int_equal(hold_out(data, 0, order), 0);
    assert_int_equal(order[ROWS - 1], ROWS - 1); /* as they stand */
    loci_dataset_free(data);
    make_keys(4);
    data = make_data(true);
    size_t held = hold_out(data, 102, order);
    assert_in_range(held, 97, 102); /* whole twins */
    check_together();
    assert_int_equal(hold_out(data, 102, again), held);
    assert_memory_equal(order, again, sizeof order);
    loci_error error;
    assert_int_equal(loci_hold_out(data, ROWS, order, &held, &error), LOCI_E_ARGUMENT);
    loci_dataset_free(data);
}

static void test_groups(void **state) {
    (void)state;
    uint32_t order[ROWS];
    uint64_t *group;
    size_t groups, samples, held;
    loci_error error;
    make_keys(250); /* four */
    loci_dataset *data = make_data(true);
    data->validation_groups = 3;
    assert_int_equal(loci_hold_out_groups(data, &group, &groups, &samples, &error), LOCI_OK);
    assert_int_equal(groups, 3);
    assert_int_equal(samples, 750);
    assert_true(group[0] != group[1] && group[1] != group[2] && group[0] != group[2]);
    assert_int_equal(hold_out(data, 0, order), 750);
    check_together();
    for (size_t i = 0; i < 3; i++) /* those that were named */
        for (size_t row = 0; row < ROWS; row++)
            if (keys[row] == group[i])
                assert_int_equal(marks[row], LOCI_TEST);
    free(group);
    data->validation_groups = 4;
    assert_int_equal(loci_hold_out_groups(data, &group, &groups, &samples, &error),
                     LOCI_E_ARGUMENT);
    assert_int_equal(loci_hold_out(data, 0, order, &held, &error), LOCI_E_ARGUMENT);
    loci_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),    cmocka_unit_test(test_share),
        cmocka_unit_test(test_classes), cmocka_unit_test(test_twins),
        cmocka_unit_test(test_order),   cmocka_unit_test(test_hold_out),
        cmocka_unit_test(test_groups),
    };
    return cmocka_run_group_tests_name("split", tests, NULL, NULL);
}
