/* Data sets from arrays as people save them: labels in words, names beside numbers, the order and
 * the types of other programs, no test part. */
#include <math.h>

#include "data/dataset.h"
#include "data/npy.h"
#include "data/npz.h"
#include "scratch_folder.h"

/* ---- a folder of .npy files ---- */

static char arrays[300];

static void begin(void) {
    static int number;
    snprintf(arrays, sizeof arrays, "%s/%d", folder, number++);
    assert_int_equal(mkdir(arrays, 0777), 0);
}

/* Writes NAME.npy, with Fortran's order where the type ends with 'F'. */
static void put(const char *name, const char *type, const char *shape, const void *items,
                size_t size) {
    unsigned char bytes[4096];
    char file[64], header[256], descr[32];
    size_t length = strlen(type);
    bool fortran = type[length - 1] == 'F';
    snprintf(descr, sizeof descr, "%.*s", (int)(length - fortran), type);
    int n = snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }",
                     descr, fortran ? "True" : "False", shape);
    memcpy(bytes, "\x93NUMPY\x01\0", 8);
    bytes[8] = (unsigned char)n;
    bytes[9] = (unsigned char)(n >> 8);
    memcpy(bytes + 10, header, (size_t)n);
    assert_in_range((size_t)n + 10 + size, 0, sizeof bytes);
    memcpy(bytes + 10 + n, items, size);
    snprintf(file, sizeof file, "%s.npy", name);
    scratch_write(scratch_path(arrays, file), bytes, 10 + (size_t)n + size);
}

/* Texts of kind U, of at most 7 characters of ASCII, separated by commas. */
static void put_texts(const char *name, const char *texts, bool swapped) {
    unsigned char items[64 * 28] = {0};
    char shape[32];
    size_t count = 0, at = 0;
    for (const char *p = texts;; p++) {
        if (*p == ',' || *p == '\0') {
            count++;
            at = 0;
        } else {
            items[28 * count + 4 * at + (swapped ? 3 : 0)] = (unsigned char)*p;
            assert_in_range(at++, 0, 6);
        }
        if (*p == '\0')
            break;
    }
    snprintf(shape, sizeof shape, "%zu,", count);
    put(name, swapped ? ">U7" : "<U7", shape, items, 28 * count);
}

static loci_dataset *open_arrays(const loci_data_options *options) {
    loci_dataset *data = NULL;
    loci_error error = {0};
    if (loci_dataset_open(&data, arrays, options, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return data;
}

static void check_refused(const char *array, const char *message) {
    loci_dataset *data = NULL;
    loci_error error = {0};
    assert_int_equal(loci_dataset_open(&data, arrays, NULL, &error), LOCI_E_FORMAT);
    if (strstr(error.message, message) == NULL)
        fail_msg("'%s' does not say '%s'", error.message, message);
    if (array != NULL && strstr(error.where, array) == NULL)
        fail_msg("'%s' is not said of %s", error.where, array);
}

static bool has_note(const loci_dataset *data, const char *part) {
    const char *note;
    for (size_t i = 0; (note = loci_dataset_note(data, i)) != NULL; i++)
        if (strstr(note, part) != NULL)
            return true;
    return false;
}

static const float six[6][2] = {{0, 1}, {1, 0}, {0.5f, 0}, {0, 0.25f}, {1, 1}, {0.75f, 0}};

static void put_six(const char *name) {
    put(name, "<f4", "6, 2", six, sizeof six);
}

/* ---- labels ---- */

static void check_labels(const loci_dataset *data, enum loci_split split, const char *labels) {
    assert_int_equal(loci_dataset_count(data, split), strlen(labels));
    for (size_t i = 0; i < strlen(labels); i++)
        assert_int_equal(loci_dataset_label(data, split, i), labels[i] - '0');
}

static void check_names(const loci_dataset *data, const char *names) {
    char text[256] = "";
    for (uint32_t k = 0; k < loci_dataset_outputs(data); k++) {
        if (k > 0)
            strcat(text, ",");
        strcat(text, loci_dataset_output_name(data, k));
    }
    assert_string_equal(text, names);
}

static void test_texts(void **state) {
    (void)state;
    for (int swapped = 0; swapped < 2; swapped++) {
        begin();
        put_six("x_train");
        put_six("x_test");
        put_texts("y_train", "dog,cat,bird,cat,dog,bird", swapped);
        put_texts("y_test", "bird,bird,dog,cat,cat,cat", !swapped);
        loci_dataset *data = open_arrays(NULL);
        check_names(data, "bird,cat,dog");
        check_labels(data, LOCI_TRAIN, "210120");
        check_labels(data, LOCI_TEST, "002111");
        loci_dataset_free(data);
        put_texts("y_test", "bird,bird,dog,cat,fish,cat", swapped);
        check_refused("y_test", "sample 5 has the label 'fish', which is none of the 3 classes");
        put("y_test", "|u1", "6,", "\0\1\2\0\1\2", 6);
        check_refused("y_test", "labels are numbers, those of the training part texts");
        put_texts("y_train", "dog,cat,,cat,dog,bird", swapped);
        check_refused("y_train", "label of sample 3 is missing");
        put_texts("y_train", "dog,cat,NaN,cat,dog,bird", swapped);
        check_refused("y_train", "label of sample 3 is missing");
        put_texts("y_train", "dog,cat,cat", swapped);
        check_refused("y_train", "3 labels for the 6 samples");
        loci_data_options options;
        loci_data_options_defaults(&options);
        options.task = LOCI_TASK_REGRESS;
        loci_error error;
        put_texts("y_train", "dog,cat,bird,cat,dog,bird", swapped);
        assert_int_equal(loci_dataset_open(&data, arrays, &options, &error), LOCI_E_FORMAT);
        assert_non_null(strstr(error.message, "texts, where numbers are to be predicted"));
    }
}

static void test_bytes(void **state) {
    (void)state;
    begin();
    put_six("x_train");
    put_six("x_test");
    put("y_train", "|S3", "6, 1", "cowpigcowhe\0cowpig", 18);
    put("y_test", "|S4", "6,", "cow\0pig\0cow\0he\0\0he\0\0cow\0", 24);
    loci_dataset *data = open_arrays(NULL);
    check_names(data, "cow,he,pig");
    check_labels(data, LOCI_TRAIN, "020102");
    check_labels(data, LOCI_TEST, "020110");
    loci_dataset_free(data);
    put("y_train", "|S3", "6,", "cowpigcow\0hecowpig", 18);
    check_refused("y_train", "not UTF-8");
    put("y_train", "|S3", "6,", "cowpigcow\xffhecowpig", 18);
    check_refused("y_train", "not UTF-8");
    put("y_train", "<U1", "6,", "a\0\0\0b\0\0\0a\0\0\0\0\0\x11\0b\0\0\0b\0\0\0", 24);
    check_refused("y_train", "no character");
    put("y_train", "|S0", "6,", "", 0);
    check_refused("y_train", "label of sample 1 is missing");
    put("y_train", "|S3", "6, 0", "", 0);
    check_refused("y_train", "0 numbers a label");
    put("y_train", "|u1", "6, 0", "", 0);
    check_refused("y_train", "0 numbers a label");
}

/* Numbers in words are in the order of their values. */
static void test_order(void **state) {
    (void)state;
    begin();
    put_six("x_train");
    put_six("x_test");
    put_texts("y_train", "10,9,1e1,-2.5,10,9", false);
    put_texts("y_test", "9,9,9,9,9,9", false);
    loci_dataset *data = open_arrays(NULL);
    check_names(data, "-2.5,9,10,1e1");
    check_labels(data, LOCI_TRAIN, "213021");
    loci_dataset_free(data);
    put_texts("y_train", "10,9,1e1,x,10,9", false);
    data = open_arrays(NULL);
    check_names(data, "10,1e1,9,x");
    loci_dataset_free(data);
}

/* ---- names ---- */

static void test_classes(void **state) {
    (void)state;
    begin();
    put_six("x_train");
    put_six("x_test");
    put("y_train", "<i4F", "6, 1", (const int32_t[]){2, 0, 1, 1, 0, 2}, 24);
    put("y_test", "|b1", "6,", "\0\1\1\0\0\1", 6);
    put_texts("classes", "red,green,blue", false);
    loci_dataset *data = open_arrays(NULL);
    check_names(data, "red,green,blue");
    check_labels(data, LOCI_TRAIN, "201102");
    check_labels(data, LOCI_TEST, "011001");
    loci_dataset_free(data);
    put("classes", "|S5", "3, 1", "red\0\0greenblue\0", 15); /* texts are held against them */
    put_texts("y_train", "blue,red,green,green,red,blue", false);
    data = open_arrays(NULL);
    check_names(data, "red,green,blue");
    check_labels(data, LOCI_TRAIN, "201102");
    check_labels(data, LOCI_TEST, "011001");
    loci_dataset_free(data);
    put_texts("y_train", "blue,red,green,pink,red,blue", false);
    check_refused("y_train", "sample 4 has the label 'pink', which is none of the 3 classes");
    put("y_train", "|u1", "6,", "\2\0\1\1\3\2", 6);
    check_refused("y_train", "label 3 of sample 5, but `classes` names 3");
    put("y_train", "|u1", "6,", "\1\0\1\1\0\0", 6);
    put("classes", "<f8", "3,", (const double[]){1000000, 7.5, -3}, 24);
    data = open_arrays(NULL);
    check_names(data, "1000000,7.5,-3"); /* of which one has no sample */
    loci_dataset_free(data);
    put("classes", "|b1", "2,", "\0\1", 2);
    data = open_arrays(NULL);
    check_names(data, "False,True");
    loci_dataset_free(data);
    put("classes", "<i8", "", (const int64_t[]){2}, 8);
    data = open_arrays(NULL);
    check_names(data, "0,1");
    assert_true(has_note(data, "classes.npy: is no list of names and is left out"));
    loci_dataset_free(data);
    put_texts("classes", "a,b,a", false);
    check_refused("classes", "'a' stands there twice");
    put_texts("classes", "a,,b", false);
    check_refused("classes", "name 2 is empty");
    put("classes", "|O", "3,", "", 0);
    check_refused("classes", "an array of objects");
    put("classes", "|S0", "99999999999", "", 0);
    check_refused("classes", "shape");
    put("classes", "|S0", "99999999999,", "", 0);
    check_refused("classes", "no list of names");
}

static void test_targets(void **state) {
    (void)state;
    begin();
    put_six("x_train");
    put_six("x_test");
    put("y_train", "<f4", "6, 2", six, sizeof six);
    put("y_test", "<f4F", "6, 2", six, sizeof six);
    loci_dataset *data = open_arrays(NULL);
    check_names(data, "0,1");
    loci_dataset_free(data);
    put_texts("targets", "price,rent", false);
    data = open_arrays(NULL);
    check_names(data, "price,rent");
    /* in Fortran's order the first column comes first */
    assert_true(loci_dataset_target(data, LOCI_TEST, 1)[0] == six[0][1]);
    assert_true(loci_dataset_target(data, LOCI_TEST, 1)[1] == six[3][1]);
    loci_dataset_free(data);
    put_texts("classes", "price,rent", false);
    data = open_arrays(NULL);
    assert_true(has_note(data, "the array classes is left out"));
    loci_dataset_free(data);
    put_texts("targets", "price,rent,x", false);
    check_refused("targets", "3 names for the 2 numbers of a sample");
    put("targets", "<f4", "6, 2", six, sizeof six);
    data = open_arrays(NULL);
    check_names(data, "0,1");
    assert_true(has_note(data, "targets.npy: is no list of names"));
    loci_dataset_free(data);
}

/* ---- types and orders ---- */

static void check_values(const float *expected) {
    loci_dataset *data = open_arrays(NULL);
    for (size_t i = 0; i < 12; i++)
        assert_true(data->part[LOCI_TRAIN].values[i] == expected[i]);
    loci_dataset_free(data);
}

static void test_types(void **state) {
    (void)state;
    static const float numbers[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    static const uint16_t halves[12] = {0,      0x3c00, 0x4000, 0x4200, 0x4400, 0x4500,
                                        0x4600, 0x4700, 0x4800, 0x4880, 0x4900, 0x4980};
    int64_t wide[12];
    unsigned char swapped[12 * 2], turned[12];
    float of_shape[12];
    begin();
    put("y_train", "|u1", "2,", "\0\1", 2);
    put("x_test", "<f4", "1, 2, 3", six, 24);
    put("y_test", "|u1", "1,", "\1", 1);
    put("x_train", "<f2", "2, 2, 3", halves, sizeof halves);
    check_values(numbers);
    for (size_t i = 0; i < 12; i++) {
        wide[i] = (int64_t)i;
        swapped[2 * i] = 0;
        swapped[2 * i + 1] = (unsigned char)i;
        turned[i] = (unsigned char)i;
    }
    put("x_train", "<i8", "2, 2, 3", wide, sizeof wide);
    check_values(numbers);
    put("x_train", ">i2", "2, 2, 3", swapped, sizeof swapped);
    check_values(numbers);
    /* item [a, b, c] of Fortran's order stands at a + 2 b + 4 c */
    for (size_t i = 0; i < 12; i++)
        of_shape[i] = (float)(i / 6 + i / 3 % 2 * 2 + i % 3 * 4);
    put("x_train", "|i1F", "2, 2, 3", turned, sizeof turned);
    check_values(of_shape);
    put("x_train", ">u2F", "2, 2, 3", swapped, sizeof swapped);
    check_values(of_shape);
    put("x_train", "<f4F", "2, 2, 3", numbers, sizeof numbers);
    check_values(of_shape);
}

static void test_fortran_bytes(void **state) {
    (void)state;
    /* bytes stay bytes */
    begin();
    put("x_train", "|u1F", "2, 2", "\0\1\2\xff", 4);
    put("y_train", "|u1", "2,", "\0\1", 2);
    put("x_test", "|u1", "1, 2", "\0\1", 2);
    put("y_test", "|u1", "1,", "\1", 1);
    loci_dataset *data = open_arrays(NULL);
    assert_memory_equal(data->part[LOCI_TRAIN].bytes, "\0\2\1\xff", 4);
    loci_dataset_free(data);
}

/* ---- no test part ---- */

enum { ROWS = 200 };

static void put_rows(bool back) {
    float x[ROWS][2];
    uint8_t y[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        size_t row = back ? ROWS - 1 - i : i;
        x[i][0] = (float)(row / 2) / 128; /* each stands there twice */
        x[i][1] = (float)(row / 2 % 16) / 16;
        y[i] = row % 10 < 6 ? 0 : 1;
    }
    put("x_train", "<f4", "200, 2", x, sizeof x);
    put("y_train", "|u1", "200,", y, sizeof y);
}

static void test_split(void **state) {
    (void)state;
    loci_data_options options;
    loci_data_options_defaults(&options);
    begin();
    put_rows(false);
    loci_dataset *data = open_arrays(NULL), *other;
    assert_int_equal(loci_dataset_count(data, LOCI_TRAIN), 160);
    assert_int_equal(loci_dataset_count(data, LOCI_TEST), 40);
    assert_true(has_note(data, "has no test part: 40 of its 200 samples, chosen by what "
                               "they hold, are kept for testing"));
    bool tested[ROWS / 2] = {false};
    size_t of_class[2] = {0, 0};
    for (size_t i = 0; i < 40; i++) {
        tested[(size_t)(data->part[LOCI_TEST].values[2 * i] * 128)] = true;
        of_class[data->part[LOCI_TEST].labels[i]]++;
    }
    assert_true(of_class[0] == 24 && of_class[1] == 16);
    for (size_t i = 0; i < 160; i++)
        assert_false(tested[(size_t)(data->part[LOCI_TRAIN].values[2 * i] * 128)]);

    put_rows(true); /* the other way round, the same samples are tested */
    other = open_arrays(NULL);
    assert_int_equal(loci_dataset_count(other, LOCI_TEST), 40);
    for (size_t i = 0; i < 40; i++)
        assert_true(tested[(size_t)(other->part[LOCI_TEST].values[2 * i] * 128)]);
    loci_dataset_free(other);
    put_rows(false);

    options.skip_test = 1; /* the training part stays the same */
    other = open_arrays(&options);
    assert_int_equal(loci_dataset_count(other, LOCI_TEST), 0);
    assert_int_equal(loci_dataset_count(other, LOCI_TRAIN), 160);
    assert_memory_equal(other->part[0].values, data->part[0].values, 160 * 2 * sizeof(float));
    assert_true(has_note(other, "40 of its 200 samples, chosen by what they hold, are left out"));
    loci_dataset_free(other);
    options.test_optional = 1; /* all of it is for training */
    for (int skip = 0; skip < 2; skip++) {
        options.skip_test = skip;
        other = open_arrays(&options);
        assert_int_equal(loci_dataset_count(other, LOCI_TRAIN), ROWS);
        assert_int_equal(loci_dataset_count(other, LOCI_TEST), 0);
        assert_null(loci_dataset_note(other, 0));
        loci_dataset_free(other);
    }
    options.split_always = 1; /* but for a run that was trained on a part */
    for (int skip = 0; skip < 2; skip++) {
        options.skip_test = skip;
        other = open_arrays(&options);
        assert_int_equal(loci_dataset_count(other, LOCI_TRAIN), 160);
        assert_int_equal(loci_dataset_count(other, LOCI_TEST), skip ? 0 : 40);
        loci_dataset_free(other);
    }

    options.skip_test = 0;
    options.test_optional = options.split_always = 0;
    options.split_seed = 2;
    options.test_fraction = 0.4;
    other = open_arrays(&options);
    assert_int_equal(loci_dataset_count(other, LOCI_TEST), 80);
    loci_dataset_free(other);
    loci_dataset_free(data);

    put("x_test", "<f4", "6, 2", six, sizeof six); /* half a test part is a mistake */
    assert_int_equal(loci_dataset_open(&data, arrays, NULL, NULL), LOCI_E_NOT_FOUND);
    put("x_test", "<f4", "0, 2", "", 0); /* an empty one is none, and meant */
    put("y_test", "|u1", "0,", "", 0);
    data = open_arrays(NULL);
    assert_int_equal(loci_dataset_count(data, LOCI_TRAIN), ROWS);
    loci_dataset_free(data);
}

/* The same in an archive, whose names are texts. */
static void test_archive(void **state) {
    (void)state;
    unsigned char texts[8 * 4] = {0};
    loci_dataset *data = NULL;
    loci_error error;
    const char *path = scratch_path(folder, "own.npz");
    for (size_t i = 0; i < 8; i++)
        texts[4 * i] = i % 2 ? 'b' : 'a';
    float x[8][2];
    for (size_t i = 0; i < 8; i++)
        x[i][0] = x[i][1] = (float)i / 8;
    const loci_npz_array list[] = {{"x_train", "<f4", 2, {8, 2}, x},
                                   {"y_train", "<U1", 1, {8}, texts},
                                   {"x_test", "<f4", 2, {8, 2}, x}};
    assert_int_equal(loci_npz_write(path, list, 2, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_open(&data, path, NULL, &error), LOCI_OK);
    check_names(data, "a,b");
    assert_int_equal(loci_dataset_count(data, LOCI_TEST), 2); /* a fifth of 4, of each */
    loci_dataset_free(data);
    assert_int_equal(loci_npz_write(path, list, 3, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_open(&data, path, NULL, &error), LOCI_E_FORMAT);
    assert_non_null(strstr(error.message, "no arrays x_test and y_test"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),         cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_order),         cmocka_unit_test(test_classes),
        cmocka_unit_test(test_targets),       cmocka_unit_test(test_types),
        cmocka_unit_test(test_fortran_bytes), cmocka_unit_test(test_split),
        cmocka_unit_test(test_archive),
    };
    return cmocka_run_group_tests_name("arrays", tests, make_folder, remove_folder);
}
