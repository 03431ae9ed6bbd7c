/* .npy and .npz: what numpy writes is read, what is written numpy's way comes back, every lie is
 * refused. */
#include <math.h>

#include "data/formats.h"
#include "data/npy.h"
#include "data/npz.h"
#include "scratch_folder.h"

/* ---- .npy ---- */

/* A .npy file with this header text and these items; returns its size. */
static size_t make_npy(unsigned char *out, int version, const char *header, const void *items,
                       size_t size) {
    size_t length = strlen(header), start = version == 1 ? 10 : 12;
    memcpy(out, "\x93NUMPY", 6);
    out[6] = (unsigned char)version;
    out[7] = 0;
    out[8] = (unsigned char)(length & 0xff);
    out[9] = (unsigned char)(length >> 8);
    if (version > 1)
        out[10] = out[11] = 0;
    memcpy(out + start, header, length);
    memcpy(out + start + length, items, size);
    return start + length + size;
}

/* Parses a copy of exactly `size` bytes. */
static int parse(const unsigned char *bytes, size_t size, loci_npy *npy, loci_error *error) {
    unsigned char *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    int status = loci_npy_parse(copy, size, "test", npy, error);
    if (status == LOCI_OK)
        for (size_t i = 0; i < npy->count; i++)
            loci_npy_number(npy, copy, i);
    free(copy);
    return status;
}

static void check_type(const char *descr, const void *item, size_t size, double value) {
    unsigned char bytes[256];
    char header[128];
    loci_npy npy;
    for (int version = 1; version <= 3; version++) {
        snprintf(header, sizeof header,
                 "{'descr': '%s', 'fortran_order': False, 'shape': (1,), }\n", descr);
        size_t total = make_npy(bytes, version, header, item, size);
        assert_int_equal(parse(bytes, total, &npy, NULL), LOCI_OK);
        assert_int_equal(npy.count, 1);
        assert_true(loci_npy_number(&npy, bytes, 0) == value);
    }
}

static void test_types(void **state) {
    (void)state;
    check_type("|u1", "\xfe", 1, 254);
    check_type("|i1", "\xfe", 1, -2);
    check_type("|b1", "\x01", 1, 1);
    check_type("<u2", "\x01\x02", 2, 0x201);
    check_type(">u2", "\x01\x02", 2, 0x102);
    check_type("<i2", "\xff\xff", 2, -1);
    check_type(">i4", "\xff\xff\xff\xfe", 4, -2);
    check_type("<u4", "\xff\xff\xff\xff", 4, 4294967295.0);
    check_type("<i8", "\x02\0\0\0\0\0\0\0", 8, 2);
    check_type(">u8", "\0\0\0\0\0\0\0\x03", 8, 3);
    check_type("<f2", "\0\x3e", 2, 1.5);
    check_type(">f2", "\xbc\0", 2, -1);
    check_type("<f2", "\x01\0", 2, 0x1p-24); /* the smallest */
    check_type("<f2", "\xff\x7b", 2, 65504); /* the largest */
    check_type("<f2", "\0\xfc", 2, -INFINITY);
    check_type("<f4", "\0\0\xc0\x3f", 4, 1.5);
    check_type(">f4", "\x3f\xc0\0\0", 4, 1.5);
    check_type("<f8", "\0\0\0\0\0\0\xf8\x3f", 8, 1.5);
    check_type(">f8", "\x3f\xf8\0\0\0\0\0\0", 8, 1.5);
}

/* Parses header text over 24 bytes of items; NULL: it is right, else what the message says. */
static void check_header(const char *header, const char *message) {
    unsigned char bytes[512], items[24] = {0};
    loci_npy npy;
    loci_error error;
    size_t size = make_npy(bytes, 1, header, items, sizeof items);
    if (message == NULL) {
        if (parse(bytes, size, &npy, &error) != LOCI_OK)
            fail_msg("%s: %s", header, error.message);
        return;
    }
    assert_int_equal(parse(bytes, size, &npy, &error), LOCI_E_FORMAT);
    if (strstr(error.message, message) == NULL)
        fail_msg("%s: '%s' does not say '%s'", header, error.message, message);
}

static void test_headers(void **state) {
    (void)state;
    check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n", NULL);
    check_header("{\"shape\":(2,3,1,1),\"descr\":\"<f4\",\"fortran_order\":False}", NULL);
    check_header("{'shape': (24,), 'fortran_order': False, 'descr': '|u1'}\n", NULL);
    check_header("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", NULL);
    check_header("{'descr': '<c8', 'fortran_order': False, 'shape': (3,), }", "of a type");
    check_header("{'descr': '|O', 'fortran_order': False, 'shape': (3,), }", "array of objects");
    check_header("{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (3,), }", "dates");
    check_header("{'descr': '<U6', 'fortran_order': False, 'shape': (1,), }", "a text where");
    check_header("{'descr': '<U', 'fortran_order': False, 'shape': (1,), }", "of a type");
    check_header("{'descr': '<u1', 'fortran_order': False, 'shape': (24,), }", NULL);
    check_header("{'descr': '|f4', 'fortran_order': False, 'shape': (6,), }", "of a type");
    check_header("{'descr': [('a','<f4')], 'fortran_order': False, 'shape': (6,), }", "of a type");
    check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (6)}", "shape");
    check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (-6,)}", "shape");
    check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,6)}", "shape");
    check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
                 "shape");
    check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
                 "overflows");
    check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}",
                 "overflows");
    check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (7,)}", "claims 28 bytes");
    check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (5,)}", "claims 20 bytes");
    check_header("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (6,)}",
                 "twice");
    check_header("{'descr': '<f4', 'shape': (6,)}", "damaged");
    check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (6,)} x", "damaged");
    check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (6,)", "damaged");
    check_header("{'descr': '<f4', 'fortran_order': 0, 'shape': (6,)}", "damaged");
    check_header("{'descr': '<f4', 'fortran_order': False, 'shape': (6,), 'x': 1}", "unknown key");
    check_header("{}", "damaged");
    check_header("", "no dictionary");
}

static void test_npy_truncated(void **state) {
    (void)state;
    static const float items[6] = {1, 2, 3, 4, 5, 6};
    unsigned char bytes[256];
    loci_npy npy;
    for (int version = 1; version <= 3; version++) {
        size_t size = make_npy(bytes, version,
                               "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n",
                               items, sizeof items);
        assert_int_equal(parse(bytes, size, &npy, NULL), LOCI_OK);
        for (size_t cut = 0; cut < size; cut++)
            assert_int_equal(parse(bytes, cut, &npy, NULL), LOCI_E_FORMAT);
        assert_int_equal(parse(bytes, size + 1, &npy, NULL), LOCI_E_FORMAT);
        bytes[6] = 4;
        assert_int_equal(parse(bytes, size, &npy, NULL), LOCI_E_FORMAT);
    }
}

/* ---- .npz ---- */

static const float positions[6] = {1, 2, 3, 4, 5, -6.5f};
static const uint16_t epochs[2] = {7, 65535};
static const double scale = 0.1;
static const loci_npz_array arrays[] = {
    {"a/position", "<f4", 2, {2, 3}, positions},
    {"epoch", "<u2", 1, {2}, epochs},
    {"scale", "<f8", 0, {0}, &scale},
    {"none", "|u1", 3, {0, 4, 4}, NULL},
};

static void test_round_trip(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "a.npz"), *again = scratch_path(folder, "b.npz");
    assert_int_equal(loci_npz_write(path, arrays, 4, NULL), LOCI_OK);
    assert_int_equal(loci_npz_write(again, arrays, 4, NULL), LOCI_OK);
    scratch_assert_same(path, again);
    loci_npz_loaded loaded;
    for (size_t i = 0; i < 4; i++) {
        size_t size = 1;
        assert_int_equal(loci_npz_read(path, arrays[i].name, arrays[i].dtype + 1, &loaded, NULL),
                         LOCI_OK);
        assert_int_equal(loaded.rank, arrays[i].rank);
        for (uint32_t r = 0; r < 4; r++) {
            assert_int_equal(loaded.shape[r], r < arrays[i].rank ? arrays[i].shape[r] : 1);
            size *= loaded.shape[r];
        }
        assert_int_equal(loaded.count, size);
        if (size > 0)
            assert_memory_equal(loaded.data, arrays[i].data,
                                size * (size_t)(arrays[i].dtype[2] - '0'));
        free(loaded.data);
    }
}

static void test_write_refused(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "refused.npz");
    const loci_npz_array bad[] = {
        {"a", "<c8", 1, {2}, positions},
        {"a", "f4", 1, {2}, positions},
        {"a", "|f4", 1, {2}, positions},
        {"a", "<f2", 1, {2}, positions},
        {"", "<f4", 1, {2}, positions},
        {"a", "<f4", 5, {2}, positions},
        {"a", "<f4", 2, {SIZE_MAX, 2}, positions},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(loci_npz_write(path, &bad[i], 1, NULL), LOCI_E_ARGUMENT);
    const loci_npz_array twice[] = {arrays[0], arrays[0]};
    assert_int_equal(loci_npz_write(path, twice, 2, NULL), LOCI_E_ARGUMENT);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(loci_npz_write("/nonexistent/x.npz", arrays, 1, NULL), LOCI_E_IO);
}

static void test_full_disk(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "full.npz");
    assert_int_equal(loci_npz_write(path, arrays, 1, NULL), LOCI_OK);
    size_t before = scratch_each(folder, NULL), size;
    scratch_disk_limit(300);
    int status = loci_npz_write(path, arrays, 4, NULL);
    scratch_disk_limit(RLIM_INFINITY);
    assert_int_equal(status, LOCI_E_IO);
    assert_int_equal(scratch_each(folder, NULL), before);
    loci_npz_loaded loaded; /* the old file is as it was */
    assert_int_equal(loci_npz_read(path, "a/position", "f4", &loaded, NULL), LOCI_OK);
    free(loaded.data);
    free(scratch_read(path, &size));
}

static void test_read_refused(void **state) {
    (void)state;
    loci_error error;
    loci_npz_loaded loaded;
    const char *path = scratch_path(folder, "read.npz"), *cut = scratch_path(folder, "cut.npz");
    assert_int_equal(loci_npz_write(path, arrays, 2, NULL), LOCI_OK);
    assert_int_equal(loci_npz_read(path, "epoch", "f4", &loaded, &error), LOCI_E_FORMAT);
    assert_string_equal(error.message, "items of type u2; expected f4");
    assert_int_equal(loci_npz_read(path, "other", NULL, &loaded, &error), LOCI_E_NOT_FOUND);
    assert_int_equal(loci_npz_read("/nonexistent", "a", NULL, &loaded, &error), LOCI_E_NOT_FOUND);
    assert_int_equal(loci_npz_read(folder, "a", NULL, &loaded, &error), LOCI_E_IO);
    size_t size;
    unsigned char *bytes = scratch_read(path, &size);
    for (size_t length = 0; length < size; length++) {
        scratch_write(cut, bytes, length);
        assert_int_equal(loci_npz_read(cut, "a/position", NULL, &loaded, &error), LOCI_E_FORMAT);
    }
    /* a changed item is noticed by its checksum */
    for (size_t at = 0; at < size; at++)
        if (memcmp(bytes + at, positions, sizeof positions) == 0) {
            bytes[at] ^= 1;
            break;
        }
    scratch_write(cut, bytes, size);
    assert_int_equal(loci_npz_read(cut, "a/position", NULL, &loaded, &error), LOCI_E_FORMAT);
    free(bytes);
}

/* ---- data sets ---- */

static const uint8_t pixels[4][6] = {
    {0, 1, 2, 3, 4, 5}, {255, 0, 0, 0, 0, 0}, {9, 9, 9, 9, 9, 9}, {7, 0, 7, 0, 7, 0}};
static const float reals[4][6] = {
    {-1, 0, 2, 3, 4, 5}, {1, 0, 2, 3, 4, 9}, {0, 0, 2, 3, 4, 7}, {0, 0, 2, 3, 4, 5}};
static const int64_t classes[4] = {0, 2, 1, 2};

static int open_set(loci_npz_array x_train, loci_npz_array y_train, loci_npz_array x_test,
                    loci_npz_array y_test, loci_dataset **data, loci_error *error) {
    const char *path = scratch_path(folder, "set.npz");
    x_train.name = "x_train";
    y_train.name = "y_train";
    x_test.name = "x_test";
    y_test.name = "y_test";
    const loci_npz_array all[] = {x_train, y_train, x_test, y_test};
    assert_int_equal(loci_npz_write(path, all, 4, NULL), LOCI_OK);
    return loci_dataset_open(data, path, NULL, error);
}

static const loci_npz_array x_bytes = {NULL, "|u1", 3, {4, 2, 3}, pixels};
static const loci_npz_array x_reals = {NULL, "<f4", 2, {4, 6}, reals};
static const loci_npz_array y_all = {NULL, "<i8", 1, {4}, classes};

static void test_data_set(void **state) {
    (void)state;
    loci_dataset *data;
    float sample[6];
    const float *low, *span;
    assert_int_equal(open_set(x_bytes, y_all, x_bytes, y_all, &data, NULL), LOCI_OK);
    assert_string_equal(loci_dataset_name(data), "set.npz");
    assert_int_equal(loci_dataset_height(data), 2);
    assert_int_equal(loci_dataset_width(data), 3);
    assert_int_equal(loci_dataset_classes(data), 3);
    assert_string_equal(loci_dataset_class_name(data, 2), "2");
    assert_int_equal(loci_dataset_sample(data, LOCI_TEST, 1, sample), LOCI_OK);
    assert_true(sample[0] == 1.0f && sample[1] == 0.0f);
    loci_dataset_input_scaling(data, &low, &span);
    assert_null(low);
    loci_dataset_free(data);

    assert_int_equal(open_set(x_reals, y_all, x_reals, y_all, &data, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_height(data), 1);
    loci_dataset_input_scaling(data, &low, &span);
    assert_true(low[0] == -1 && span[0] == 2 && low[1] == 0 && span[1] == 1 && low[2] == 2);
    assert_int_equal(loci_dataset_sample(data, LOCI_TRAIN, 2, sample), LOCI_OK);
    assert_true(sample[0] == 0.5f && sample[1] == 0 && sample[2] == 0 && sample[5] == 0.5f);
    loci_dataset_free(data);
}

static void test_shapes(void **state) {
    (void)state;
    static const uint8_t zeros[2 * 16] = {0};
    static const int64_t two[2] = {0, 1};
    static const struct {
        uint32_t rank;
        size_t shape[4];
        uint32_t height, width, channels;
    } shapes[] = {
        {2, {2, 16}, 4, 4, 1},      {2, {2, 15}, 1, 15, 1},     {2, {2, 9}, 1, 9, 1},
        {3, {2, 2, 8}, 2, 8, 1},    {4, {2, 2, 2, 4}, 2, 2, 4}, {4, {2, 1, 2, 8}, 2, 8, 1},
        {4, {2, 1, 5, 3}, 1, 5, 3}, {4, {2, 3, 1, 5}, 1, 5, 3}, {4, {2, 2, 1, 5}, 1, 5, 2},
        {4, {2, 2, 8, 1}, 2, 8, 1}, {4, {2, 3, 1, 3}, 3, 1, 3}, {4, {2, 5, 1, 3}, 5, 1, 3},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        loci_dataset *data;
        loci_npz_array x = {NULL, "|u1", shapes[i].rank, {0}, zeros};
        const loci_npz_array y = {NULL, "<i8", 1, {2}, two};
        memcpy(x.shape, shapes[i].shape, sizeof x.shape);
        assert_int_equal(open_set(x, y, x, y, &data, NULL), LOCI_OK);
        assert_int_equal(loci_dataset_height(data), shapes[i].height);
        assert_int_equal(loci_dataset_width(data), shapes[i].width);
        assert_int_equal(loci_dataset_channels(data), shapes[i].channels);
        loci_dataset_free(data);
    }
}

static void check_refused(loci_npz_array x_train, loci_npz_array y_train, loci_npz_array x_test,
                          loci_npz_array y_test, const char *message) {
    loci_dataset *data = NULL;
    loci_error error;
    assert_int_equal(open_set(x_train, y_train, x_test, y_test, &data, &error), LOCI_E_FORMAT);
    assert_null(data);
    if (strstr(error.message, message) == NULL)
        fail_msg("'%s' does not say '%s'", error.message, message);
}

static void test_refused(void **state) {
    (void)state;
    static const int64_t negative[4] = {0, 1, -1, 2}, large[4] = {0, 1, 65536, 2},
                         unknown[4] = {0, 1, 2, 3};
    static const int64_t one_hot[16] = {[0] = 1, [6] = 1, [9] = 1, [14] = 1};
    float bad[4][6];
    loci_npz_array y = y_all, x = x_reals;
    y.data = negative;
    check_refused(x_bytes, y, x_bytes, y_all, "label -1 of sample 3");
    y.data = large;
    check_refused(x_bytes, y, x_bytes, y_all, "label 65536 of sample 3");
    y.data = unknown;
    check_refused(x_bytes, y_all, x_bytes, y, "test sample 4 has label 3");
    y = (loci_npz_array){NULL, "<i8", 1, {3}, classes};
    check_refused(x_bytes, y, x_bytes, y_all, "3 labels for the 4 samples");
    y = (loci_npz_array){NULL, "<i8", 2, {4, 4}, one_hot};
    check_refused(x_bytes, y, x_bytes, y_all, "4 numbers a label");
    check_refused(x_bytes, y_all, x_reals, y_all, "those before have 2 x 3");
    x = (loci_npz_array){NULL, "<f4", 3, {4, 2, 3}, reals};
    check_refused(x_bytes, y_all, x, y_all, "one part holds bytes");
    for (int part = 0; part < 2; part++)
        for (int i = 0; i < 3; i++) {
            memcpy(bad, reals, sizeof bad);
            bad[2][3] = i == 0 ? (float)NAN : i == 1 ? (float)INFINITY : -2e38f;
            x = (loci_npz_array){NULL, "<f4", 2, {4, 6}, bad};
            check_refused(part ? x_reals : x, y_all, part ? x : x_reals, y_all,
                          part ? "test sample 3 holds" : "training sample 3 holds");
        }
    x = (loci_npz_array){NULL, "<f4", 1, {4}, reals};
    check_refused(x, y_all, x, y_all, "an array of 1 dimensions");
    x = (loci_npz_array){NULL, "<f4", 2, {0, 6}, NULL};
    y = (loci_npz_array){NULL, "<i8", 1, {0}, NULL};
    check_refused(x, y, x_reals, y_all, "no training samples");
    x = (loci_npz_array){NULL, "<f4", 2, {4, 0}, NULL};
    check_refused(x, y_all, x, y_all, "without a single value");

    loci_dataset *data = NULL;
    loci_error error;
    const char *path = scratch_path(folder, "part.npz");
    assert_int_equal(loci_npz_write(path, arrays, 2, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_open(&data, path, NULL, &error), LOCI_E_FORMAT);
    assert_non_null(strstr(error.message, "no arrays x_train and y_train"));
    scratch_write(path, "hello", 5);
    assert_int_equal(loci_dataset_open(&data, path, NULL, &error), LOCI_E_FORMAT);
}

static void test_npy_folder(void **state) {
    (void)state;
    static const char *const names[4] = {"x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"};
    unsigned char x[512], y[256];
    char sub[300];
    loci_dataset *data = NULL;
    size_t x_size = make_npy(x, 1, "{'descr': '|u1', 'fortran_order': False, 'shape': (4, 2, 3), }",
                             pixels, sizeof pixels);
    size_t y_size = make_npy(y, 1, "{'descr': '<i8', 'fortran_order': False, 'shape': (4, 1), }",
                             classes, sizeof classes);
    snprintf(sub, sizeof sub, "%s/arrays", folder);
    assert_int_equal(mkdir(sub, 0777), 0);
    for (int i = 0; i < 4; i++) {
        if (i != 2) /* then both parts are made of one */
            assert_int_not_equal(loci_dataset_open(&data, sub, NULL, NULL), LOCI_OK);
        scratch_write(scratch_path(sub, names[i]), i % 2 ? y : x, i % 2 ? y_size : x_size);
    }
    assert_int_equal(loci_dataset_open(&data, sub, NULL, NULL), LOCI_OK);
    assert_string_equal(loci_dataset_name(data), "arrays");
    assert_int_equal(loci_dataset_label(data, LOCI_TEST, 3), 2);
    loci_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),         cmocka_unit_test(test_headers),
        cmocka_unit_test(test_npy_truncated), cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_write_refused), cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_read_refused),  cmocka_unit_test(test_data_set),
        cmocka_unit_test(test_shapes),        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_npy_folder),
    };
    return cmocka_run_group_tests_name("npz", tests, make_folder, remove_folder);
}
