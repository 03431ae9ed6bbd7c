/* Which training samples are held out for validation: whole groups, and never a row without its
 * twins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "data/hold_out.h"
#include "data/split.h"

enum { ROWS = 1000 };

static uint64_t keys[ROWS];
static uint8_t marks[ROWS];

/* Every `each` rows in a row have the same key. */
static void make_keys(size_t each) {
    for (size_t i = 0; i < ROWS; i++)
        keys[i] = loci_split_mix(i / each, 1);
}

static void check_together(void) {
    for (size_t i = 0; i < ROWS; i++)
        for (size_t k = i + 1; k < ROWS && k < i + 10; k++)
            if (keys[i] == keys[k])
                assert_int_equal(marks[i], marks[k]);
}

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
    size_t held = hold_out(data, 102, order), counted;
    assert_in_range(held, 97, 102); /* whole twins */
    check_together();
    assert_int_equal(hold_out(data, 102, again), held);
    assert_int_equal(loci_dataset_held_out(data, 102, &counted, NULL), LOCI_OK);
    assert_int_equal(counted, held);
    assert_memory_equal(order, again, sizeof order);
    loci_error error;
    assert_int_equal(loci_hold_out(data, ROWS, order, &held, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_dataset_held_out(data, ROWS, &counted, &error), LOCI_E_ARGUMENT);
    assert_in_range(counted, 97, 102); /* untouched */
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
    assert_int_equal(loci_dataset_held_out(data, 0, &held, &error), LOCI_OK);
    assert_int_equal(held, 750);
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
        cmocka_unit_test(test_hold_out),
        cmocka_unit_test(test_groups),
    };
    return cmocka_run_group_tests_name("hold_out", tests, NULL, NULL);
}
