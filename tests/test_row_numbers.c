/* CSV tables with a column that only numbers the rows. */
#include <math.h>

#include "data/formats.h"
#include "scratch_folder.h"

static const char *write_table(const char *name, const char *text) {
    const char *path = scratch_path(folder, name);
    scratch_write(path, text, strlen(text));
    return path;
}

static loci_dataset *open_table(const char *text, const loci_data_options *options) {
    loci_dataset *data;
    loci_error error;
    if (loci_dataset_open(&data, write_table("t.csv", text), options, &error) != LOCI_OK)
        fail_msg("%s: %s", text, error.message);
    return data;
}

/* What is said of a column that counts rows; so small a table gives rise to other doubts. */
static const char *count_note(const loci_dataset *data) {
    const char *note;
    for (size_t i = 0; (note = loci_dataset_note(data, i)) != NULL; i++)
        if (strstr(note, "counts the rows") != NULL || strstr(note, "has no name") != NULL)
            return note;
    return NULL;
}

/* The table has so many columns beside its label, and its one note, if any, has `part` in it. */
static void check(const char *text, uint32_t columns, const char *part) {
    loci_dataset *data = open_table(text, NULL);
    const char *note = count_note(data);
    if (loci_dataset_width(data) != columns)
        fail_msg("%s: %u columns", text, loci_dataset_width(data));
    if ((note == NULL) != (part == NULL) || (part != NULL && strstr(note, part) == NULL))
        fail_msg("%s: '%s' does not say '%s'", text, note != NULL ? note : "(nothing)", part);
    loci_dataset_free(data);
}

static void test_an_index_is_left_out(void **state) {
    (void)state;
    check(
        ",a,b,y\n0,5,6,p\n1,7,8,q\n2,9,1,p\n", 2,
        "t.csv: column 1 has no name and counts the rows from 0; it is left out (give it a name to "
        "learn from it)");
    /* R's row names, and the two indices of a table that was written, read and written again */
    check("\"\",\"a\",\"b\",\"y\"\n\"1\",5,6,\"p\"\n\"2\",7,8,\"q\"\n", 2,
          "from 1; it is left out");
    check(",Unnamed: 0,a,y\n0,0,5,p\n1,1,6,q\n2,2,7,q\n", 1, "column 1");
    /* pixels are pixels again */
    check(",a,b,y\n0,255,6,p\n1,7,8,q\n", 2, "it is left out");
    loci_dataset *data = open_table(",a,b,y\n0,5,6,p\n1,7,8,q\n2,9,1,p\n", NULL);
    float sample[2], low = 0;
    for (size_t i = 0; i < loci_dataset_count(data, LOCI_TRAIN); i++) {
        const float *from, *span;
        loci_dataset_input_scaling(data, &from, &span);
        assert_int_equal(loci_dataset_sample(data, LOCI_TRAIN, i, sample), LOCI_OK);
        low = sample[0] * span[0] + from[0];
        assert_true(low == 5 || low == 7 || low == 9);
    }
    assert_null(loci_dataset_note(data, SIZE_MAX));
    loci_dataset_free(data);
}

static void test_what_is_none_stays(void **state) {
    (void)state;
    check("a,b,y\n0,5,p\n1,7,q\n", 2, NULL);
    /* without a name, but no count: rows that were shuffled, or a measurement */
    check(",a,y\n2,5,p\n0,6,q\n1,7,q\n", 2, "column 1 has no name, and is learnt from");
    check(",a,y\n0,5,p\n1,6,q\n3,7,q\n", 2, "column 1 has no name, and is learnt from");
    check(",a,y\n0.5,5,p\n1.5,6,q\n", 2, "column 1 has no name, and is learnt from");
    /* named, it is meant; without a header it may be */
    check("id,a,y\n1,5,p\n2,5,p\n3,5,p\n4,5,p\n5,5,p\n6,5,p\n7,5,q\n8,5,q\n9,5,q\n10,5,q\n", 2,
          NULL);
    check("0,5,p\n1,5,p\n2,5,p\n3,5,p\n4,5,p\n5,5,p\n6,5,q\n7,5,q\n8,5,q\n9,5,q\n", 2,
          "column 1 counts the rows from 0, and is learnt from");
    check("0,5,p\n1,5,p\n2,5,q\n", 2, NULL);
}

static void test_the_label_is_none(void **state) {
    (void)state;
    loci_data_options options;
    loci_data_options_defaults(&options);
    options.label_column = "1";
    loci_dataset *data = open_table(",a,b\n0,5,6\n1,7,8\n2,7,8\n3,7,8\n", &options);
    assert_int_equal(loci_dataset_width(data), 2);
    assert_null(count_note(data));
    loci_dataset_free(data);
    options.label_column = "3"; /* a number counts the columns of the file */
    data = open_table(",a,b,c\n0,5,6,1\n1,7,8,2\n2,7,9,3\n3,7,10,4\n", &options);
    assert_int_equal(loci_dataset_width(data), 2);
    assert_string_equal(loci_dataset_class_name(data, 3), "10");
    loci_dataset_free(data);
}

static void test_nothing_else(void **state) {
    (void)state;
    loci_dataset *data;
    loci_error error;
    const char *path = write_table("t.csv", ",y\n0,5\n1,6\n2,5\n");
    assert_int_equal(loci_dataset_open(&data, path, NULL, &error), LOCI_E_FORMAT);
    assert_string_equal(error.message, "nothing but row numbers beside what is to be learnt");
}

/* Opens training and test table; the status, and the columns where it is LOCI_OK. */
static int open_two(const char *train, const char *test, uint32_t *columns, loci_error *error) {
    loci_data_options options;
    loci_dataset *data;
    loci_data_options_defaults(&options);
    options.test_file = write_table("test.csv", test);
    int status = loci_dataset_open(&data, write_table("t.csv", train), &options, error);
    if (status != LOCI_OK)
        return status;
    *columns = loci_dataset_width(data);
    assert_int_equal(loci_dataset_count(data, LOCI_TEST), 2);
    loci_dataset_free(data);
    return LOCI_OK;
}

static void test_both_parts_fit(void **state) {
    (void)state;
    static const char with[] = ",a,b,y\n0,5,6,p\n1,7,8,q\n", without[] = "a,b,y\n5,6,p\n7,8,q\n";
    static const char on[] = ",a,b,y\n2,5,6,p\n3,7,8,q\n", other[] = ",a,c,y\n0,5,6,p\n1,7,8,q\n";
    static const char shuffled[] = ",a,b,y\n7,5,6,p\n3,7,8,q\n";
    const char *const cases[][2] = {
        {with, with}, {with, on}, {with, without}, {without, with}, {with, shuffled}};
    loci_error error = {0};
    uint32_t columns = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(open_two(cases[i][0], cases[i][1], &columns, &error), LOCI_OK);
        assert_int_equal(columns, 2);
    }
    assert_int_equal(open_two(shuffled, with, &columns, &error), LOCI_OK);
    assert_int_equal(columns, 3);
    assert_int_equal(open_two(with, other, &columns, &error), LOCI_E_MISMATCH);
    assert_string_equal(error.message, "lacks what the model was trained on: b");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_index_is_left_out), cmocka_unit_test(test_what_is_none_stays),
        cmocka_unit_test(test_the_label_is_none),    cmocka_unit_test(test_nothing_else),
        cmocka_unit_test(test_both_parts_fit),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
