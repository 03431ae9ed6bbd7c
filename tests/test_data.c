/* Data sets from memory, the catalogue, what a name means, and the built-in glyphs. */
#include <math.h>

#include "data/catalogue.h"
#include "data/dataset.h"
#include "scratch.h"

static char folder[256];

static int make_folder(void **state) {
    (void)state;
    scratch_make(folder);
    unsetenv("LOCI_DATA");
    setenv("XDG_CACHE_HOME", folder, 1);
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    scratch_remove(folder);
    return 0;
}

/* ---- from memory ---- */

static const float train[3][4] = {{0, 0.5f, 1, 0}, {1, 0, 0, 0.25f}, {0, 0, 0, 1}};
static const int32_t labels[3] = {2, 0, 2};

static int from_arrays(loci_dataset **data, const float *x, const int32_t *y, const float *test_x,
                       const int32_t *test_y, size_t tests, loci_error *error) {
    return loci_dataset_from_arrays(data, "set", 2, 2, x, y, 3, test_x, test_y, tests, error);
}

static void test_arrays(void **state) {
    (void)state;
    loci_dataset *data;
    float sample[4];
    const float *low, *span;
    assert_int_equal(from_arrays(&data, train[0], labels, train[0], labels, 2, NULL), LOCI_OK);
    assert_string_equal(loci_dataset_name(data), "set");
    assert_int_equal(loci_dataset_count(data, LOCI_TRAIN), 3);
    assert_int_equal(loci_dataset_count(data, LOCI_TEST), 2);
    assert_int_equal(loci_dataset_height(data), 2);
    assert_int_equal(loci_dataset_width(data), 2);
    assert_int_equal(loci_dataset_classes(data), 3);
    assert_string_equal(loci_dataset_class_name(data, 1), "1");
    assert_null(loci_dataset_class_name(data, 3));
    assert_int_equal(loci_dataset_label(data, LOCI_TRAIN, 2), 2);
    assert_int_equal(loci_dataset_label(data, LOCI_TRAIN, 3), -1);
    assert_int_equal(loci_dataset_label(data, LOCI_TEST, 2), -1);
    assert_int_equal(loci_dataset_sample(data, LOCI_TEST, 1, sample), LOCI_OK);
    assert_memory_equal(sample, train[1], sizeof sample);
    assert_int_equal(loci_dataset_sample(data, LOCI_TEST, 2, sample), LOCI_E_ARGUMENT);
    loci_dataset_input_scaling(data, &low, &span);
    assert_null(low);
    assert_null(span);
    loci_dataset_free(data);
    loci_dataset_free(NULL);
    assert_int_equal(from_arrays(&data, train[0], labels, NULL, NULL, 0, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_count(data, LOCI_TEST), 0);
    loci_dataset_free(data);
}

static void test_range(void **state) {
    (void)state;
    loci_dataset *data;
    float sample[4];
    const float *low, *span;
    const float wide[3][4] = {{-2, 7, 0, 1e30f}, {2, 7, 1, -1e30f}, {1, 7, 0.5f, 0}};
    const float outside[1][4] = {{4, 8, 0, 0}};
    assert_int_equal(from_arrays(&data, wide[0], labels, outside[0], labels, 1, NULL), LOCI_OK);
    loci_dataset_input_scaling(data, &low, &span);
    assert_true(low[0] == -2 && span[0] == 4);
    assert_true(low[1] == 7 && span[1] == 1); /* constant */
    assert_true(low[2] == 0 && span[2] == 1);
    assert_int_equal(loci_dataset_sample(data, LOCI_TRAIN, 2, sample), LOCI_OK);
    assert_true(sample[0] == 0.75f && sample[1] == 0 && sample[2] == 0.5f && sample[3] == 0.5f);
    assert_int_equal(loci_dataset_sample(data, LOCI_TEST, 0, sample), LOCI_OK);
    assert_true(sample[0] == 1.5f && sample[1] == 1); /* not clipped */
    loci_dataset_free(data);
    /* the test part alone does not decide */
    assert_int_equal(from_arrays(&data, train[0], labels, outside[0], labels, 1, NULL), LOCI_OK);
    loci_dataset_input_scaling(data, &low, &span);
    assert_null(low);
    loci_dataset_free(data);
}

/* Numbers, labels, size, kind of numbers and names of classes: whatever a run follows from. */
static void test_fingerprint(void **state) {
    (void)state;
    loci_dataset *data, *other;
    char first[LOCI_FINGERPRINT], test[LOCI_FINGERPRINT], now[LOCI_FINGERPRINT];
    assert_int_equal(from_arrays(&data, train[0], labels, train[0], labels, 1, NULL), LOCI_OK);
    loci_dataset_fingerprint(data, LOCI_TRAIN, first);
    loci_dataset_fingerprint(data, LOCI_TEST, test);
    assert_int_equal(strlen(first), 16);
    assert_string_not_equal(first, test);
#define CHANGES(change)                                                                            \
    do {                                                                                           \
        assert_int_equal(from_arrays(&other, train[0], labels, train[0], labels, 1, NULL),         \
                         LOCI_OK);                                                                 \
        loci_dataset_fingerprint(other, LOCI_TRAIN, now);                                          \
        assert_string_equal(now, first);                                                           \
        change;                                                                                    \
        loci_dataset_fingerprint(other, LOCI_TRAIN, now);                                          \
        assert_string_not_equal(now, first);                                                       \
        loci_dataset_free(other);                                                                  \
    } while (0)
    CHANGES(other->part[LOCI_TRAIN].values[3] += 0.5f);
    CHANGES(other->part[LOCI_TRAIN].labels[1] = 2);
    CHANGES(other->part[LOCI_TRAIN].count--);
    CHANGES(other->output_names[1][0] = 'x');
    CHANGES(other->height = 1; other->width = 4);
#undef CHANGES
    loci_dataset_free(data);
}

static void test_arrays_refused(void **state) {
    (void)state;
    loci_dataset *data = NULL;
    loci_error error;
    for (int i = 0; i < 3; i++) {
        float x[3][4];
        int32_t y[3];
        memcpy(x, train, sizeof x);
        memcpy(y, labels, sizeof y);
        x[1][2] = i == 0 ? (float)NAN : i == 1 ? -INFINITY : 2e38f;
        assert_int_equal(from_arrays(&data, x[0], labels, NULL, NULL, 0, &error), LOCI_E_ARGUMENT);
        assert_int_equal(error.code, LOCI_E_ARGUMENT);
        assert_int_equal(from_arrays(&data, train[0], labels, x[0], labels, 3, &error),
                         LOCI_E_ARGUMENT);
        y[1] = (const int32_t[]){-1, 65536, INT32_MIN}[i];
        assert_int_equal(from_arrays(&data, train[0], y, NULL, NULL, 0, &error), LOCI_E_ARGUMENT);
        y[1] = (const int32_t[]){1, 3, -1}[i]; /* 1: below the largest, but never trained */
        assert_int_equal(from_arrays(&data, train[0], labels, train[0], y, 3, &error),
                         LOCI_E_ARGUMENT);
    }
    static const uint32_t sizes[][2] = {{0, 2}, {2, 0}, {1 << 13, 1 << 12}, {1u << 31, 1u << 31}};
    for (int i = 0; i < 4; i++)
        assert_int_equal(loci_dataset_from_arrays(&data, "set", sizes[i][0], sizes[i][1], train[0],
                                                  labels, 1, NULL, NULL, 0, &error),
                         LOCI_E_ARGUMENT);
    assert_int_equal(
        loci_dataset_from_arrays(&data, "set", 2, 2, train[0], labels, 0, NULL, NULL, 0, &error),
        LOCI_E_ARGUMENT);
    assert_int_equal(
        loci_dataset_from_arrays(&data, "", 2, 2, train[0], labels, 3, NULL, NULL, 0, &error),
        LOCI_E_ARGUMENT);
    assert_int_equal(loci_dataset_from_arrays(&data, "set", 2, 2, train[0], labels, SIZE_MAX / 2,
                                              NULL, NULL, 0, &error),
                     LOCI_E_MEMORY);
    assert_null(data);
}

/* ---- the catalogue ---- */

static void test_catalogue(void **state) {
    (void)state;
    size_t count = 0;
    char path[300];
    for (const loci_catalogue_entry *entry; (entry = loci_catalogue(count)) != NULL; count++) {
        const loci_remote *remote = loci_catalogue_find(entry->name, NULL);
        assert_non_null(remote);
        assert_true(entry->description[0] && entry->licence[0] && entry->source[0]);
        for (int f = 0; f < LOCI_CATALOGUE_FILES && remote->files[f].name != NULL; f++) {
            bool zipped = remote->files[f].md5 != NULL;
            const char *sum = zipped ? remote->files[f].md5 : remote->files[f].sha256;
            assert_int_equal(strlen(sum), zipped ? 32 : 64);
            assert_int_equal(strspn(sum, "0123456789abcdef"), strlen(sum));
            assert_non_null(remote->mirrors[0]);
            assert_int_equal(strncmp(remote->mirrors[0], "https://", 8), 0);
        }
    }
    assert_true(count >= 2);
    assert_int_equal(loci_catalogue_locate("glyphs", NULL, path, sizeof path), LOCI_OK);
    assert_string_equal(path, "built in");
    assert_int_equal(loci_catalogue_locate("glyphs", NULL, path, 8), LOCI_E_ARGUMENT);
    assert_int_equal(loci_catalogue_locate("other", NULL, path, sizeof path), LOCI_E_NOT_FOUND);
}

/* Four tiny IDX files, in which the test part's first label tells the folders apart. */
static void write_set(const char *where, unsigned char mark) {
    static const char *const names[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                        "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};
    unsigned char images[20] = {0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4};
    unsigned char classes[12] = {0, 0, 8, 1, 0, 0, 0, 4, 0, 1, 2, 3};
    mkdir(where, 0777);
    for (int f = 0; f < 4; f++) {
        if (f == 3)
            classes[8] = mark;
        scratch_write(scratch_path(where, names[f]), f % 2 ? classes : images, f % 2 ? 12 : 20);
    }
}

static int mark_of(const char *name, const char *directory) {
    loci_dataset *data;
    loci_data_options options;
    loci_error error;
    loci_data_options_defaults(&options);
    options.directory = directory;
    if (loci_dataset_open(&data, name, &options, &error) != LOCI_OK)
        return -error.code;
    assert_string_equal(loci_dataset_name(data), "mnist");
    int mark = loci_dataset_label(data, LOCI_TEST, 0);
    loci_dataset_free(data);
    return mark;
}

static void test_where_data_are(void **state) {
    (void)state;
    char given[300], inner[320], other[300], cache[300], path[400];
    snprintf(given, sizeof given, "%s/given", folder);
    snprintf(inner, sizeof inner, "%s/mnist", given);
    snprintf(other, sizeof other, "%s/other", folder);
    snprintf(cache, sizeof cache, "%s/loci", folder);
    assert_int_equal(mark_of("mnist", NULL), -LOCI_E_NOT_FOUND);
    mkdir(cache, 0777);
    snprintf(path, sizeof path, "%s/mnist", cache);
    write_set(path, 3);
    assert_int_equal(mark_of("mnist", NULL), 3); /* the cache */
    write_set(other, 2);
    setenv("LOCI_DATA", other, 1);
    assert_int_equal(mark_of("mnist", NULL), 2); /* before it, $LOCI_DATA */
    setenv("LOCI_DATA", "/nonexistent", 1);
    assert_int_equal(mark_of("mnist", NULL), 3);
    setenv("LOCI_DATA", other, 1);
    mkdir(given, 0777);
    assert_int_equal(mark_of("mnist", given),
                     -LOCI_E_NOT_FOUND); /* a folder named is the only one */
    write_set(given, 1);
    assert_int_equal(mark_of("mnist", given), 1);
    write_set(inner, 0);
    assert_int_equal(mark_of("mnist", given), 0); /* DIR/NAME before DIR */
    assert_int_equal(loci_catalogue_locate("mnist", given, path, sizeof path), LOCI_OK);
    assert_string_equal(path, inner);
    assert_int_equal(loci_catalogue_locate("mnist", given, path, 10), LOCI_E_ARGUMENT);
    assert_int_equal(mark_of(inner, NULL), 0); /* a path */
    unsetenv("LOCI_DATA");
}

static void check_open(const char *name, const loci_data_options *options, int status,
                       const char *message) {
    loci_dataset *data = NULL;
    loci_error error;
    assert_int_equal(loci_dataset_open(&data, name, options, &error), status);
    assert_null(data);
    if (strstr(error.message, message) == NULL)
        fail_msg("%s: '%s' does not say '%s'", name, error.message, message);
}

static void test_names(void **state) {
    (void)state;
    char path[300];
    loci_data_options options;
    check_open("glyph", NULL, LOCI_E_NOT_FOUND, "did you mean glyphs?");
    check_open("fashion", NULL, LOCI_E_NOT_FOUND, "did you mean fashion-mnist?");
    check_open("xyzzy", NULL, LOCI_E_NOT_FOUND, "no such data set or file");
    if (access("/usr/share/datasets/fashion-mnist", F_OK) != 0) /* a package of the system */
        check_open("fashion-mnist", NULL, LOCI_E_NOT_FOUND, "loci data fetch fashion-mnist");
    check_open("", NULL, LOCI_E_ARGUMENT, "empty");
    check_open("./glyphs", NULL, LOCI_E_NOT_FOUND, "No such file");
    check_open("none.npz", NULL, LOCI_E_NOT_FOUND, "No such file");
    check_open("none.csv", NULL, LOCI_E_NOT_FOUND, "No such file");
    check_open("/dev/null", NULL, LOCI_E_FORMAT, "not a data set");
    snprintf(path, sizeof path, "%s/folder.csv", folder);
    mkdir(path, 0777);
    check_open(path, NULL, LOCI_E_NOT_FOUND, "holds no data");
    loci_data_options_defaults(&options);
    options.label_column = "1";
    check_open("glyphs", &options, LOCI_E_ARGUMENT, "is no table as text");
    check_open(path, &options, LOCI_E_ARGUMENT, "is no table as text");
}

/* ---- glyphs ---- */

static void test_glyphs(void **state) {
    (void)state;
    loci_dataset *data, *half;
    loci_data_options options;
    loci_data_options_defaults(&options);
    assert_int_equal(loci_dataset_open(&data, "glyphs", NULL, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_count(data, LOCI_TRAIN), 60000);
    assert_int_equal(loci_dataset_count(data, LOCI_TEST), 10000);
    assert_int_equal(loci_dataset_height(data), 28);
    assert_int_equal(loci_dataset_classes(data), 10);
    size_t zeros = 0, counts[2][10] = {{0}}, empty = 0;
    uint64_t hash[2] = {14695981039346656037u, 14695981039346656037u}; /* FNV-1a */
    for (int s = 0; s < 2; s++) {
        const loci_samples *part = &data->part[s];
        for (size_t i = 0; i < part->count; i++) {
            size_t ink = 0;
            counts[s][part->labels[i]]++;
            for (size_t p = 0; p < 784; p++) {
                unsigned char pixel = part->bytes[i * 784 + p];
                ink += pixel > 0;
                hash[s] = (hash[s] ^ pixel) * 1099511628211u;
            }
            empty += ink < 20;
            zeros += 784 - ink;
            hash[s] = (hash[s] ^ (uint64_t)part->labels[i]) * 1099511628211u;
        }
        for (int c = 0; c < 10; c++) /* no class is rare */
            assert_in_range(counts[s][c], part->count * 9 / 100, part->count * 11 / 100);
    }
    assert_int_equal(empty, 0);
    assert_in_range(zeros * 100 / (70000 * 784), 78, 84);
    /* part of the data set's definition: accuracies that are published hang on it */
    assert_true(hash[0] == 0xc6dcc36298a01599u && hash[1] == 0x60dd645a53a1792eu);

    options.skip_test = 1;
    assert_int_equal(loci_dataset_open(&half, "glyphs", &options, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_count(half, LOCI_TEST), 0);
    assert_memory_equal(half->part[0].bytes, data->part[0].bytes, 784 * 60000);
    loci_dataset_free(half);
    loci_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arrays),      cmocka_unit_test(test_range),
        cmocka_unit_test(test_fingerprint), cmocka_unit_test(test_arrays_refused),
        cmocka_unit_test(test_catalogue),   cmocka_unit_test(test_where_data_are),
        cmocka_unit_test(test_names),       cmocka_unit_test(test_glyphs),
    };
    return cmocka_run_group_tests_name("data", tests, make_folder, remove_folder);
}
