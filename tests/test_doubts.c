/* What is read is right, but worth a line: bytes that are no pixels of the whole range, parts in
 * different units, columns that teach nothing, classes without samples, damaged labels. */
#include <loci/catalogue.h>
#include <loci/network.h>
#include <loci/trainer.h>

#include "base/file.h"
#include "data/dataset.h"
#include "data/npz.h"
#include "scratch_folder.h"

enum { SIDE = 4, PIXELS = SIDE * SIDE, TRAIN = 40, TEST = 20 };

/* Arrays of a .npz: bytes up to `most` in the training part, up to `tested` in the test part. */
typedef struct bytes_set {
    uint8_t x[2][TRAIN * PIXELS], y[2][TRAIN];
} bytes_set;

static void fill(bytes_set *set, uint8_t most, uint8_t tested) {
    for (size_t i = 0; i < TRAIN; i++) {
        set->y[0][i] = set->y[1][i] = (uint8_t)(i % 3);
        for (size_t p = 0; p < PIXELS; p++) {
            size_t share = (7 * i + p * p + p) % 5; /* of fourths */
            set->x[0][i * PIXELS + p] = (uint8_t)(share * most / 4);
            set->x[1][i * PIXELS + p] = (uint8_t)(share * tested / 4);
        }
    }
}

static const char *save(const bytes_set *set, bool image) {
    const char *path = scratch_path(folder, "bytes.npz");
    const uint32_t rank = image ? 3 : 2;
    const size_t second = image ? SIDE : PIXELS;
    const loci_npz_array arrays[] = {{"x_train", "|u1", rank, {TRAIN, second, SIDE}, set->x[0]},
                                     {"y_train", "|u1", 1, {TRAIN}, set->y[0]},
                                     {"x_test", "|u1", rank, {TEST, second, SIDE}, set->x[1]},
                                     {"y_test", "|u1", 1, {TEST}, set->y[1]}};
    assert_int_equal(loci_npz_write(path, arrays, 4, NULL), LOCI_OK);
    return path;
}

static loci_dataset *open_path(const char *path) {
    loci_dataset *data = NULL;
    loci_error error = {0};
    if (loci_dataset_open(&data, path, NULL, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return data;
}

static const char *find_note(const loci_dataset *data, const char *part) {
    const char *note;
    for (size_t i = 0; (note = loci_dataset_note(data, i)) != NULL; i++)
        if (strstr(note, part) != NULL)
            return note;
    return NULL;
}

static void check_note(const loci_dataset *data, const char *part, const char *wanted) {
    const char *note = find_note(data, part);
    if (wanted == NULL && note != NULL)
        fail_msg("unexpected: %s", note);
    if (wanted != NULL && note == NULL)
        fail_msg("nothing says %s", part);
    if (wanted != NULL && strstr(note, wanted) == NULL)
        fail_msg("'%s' does not say '%s'", note, wanted);
}

/* ---- bytes ---- */

static void check_bytes(uint8_t most, float divisor) {
    static bytes_set set;
    const float *low, *span;
    float sample[PIXELS];
    char wanted[64];
    fill(&set, most, most);
    loci_dataset *data = open_path(save(&set, true));
    loci_dataset_input_scaling(data, &low, &span);
    assert_int_equal(low != NULL, divisor != 255);
    for (size_t p = 0; low != NULL && p < PIXELS; p++)
        assert_true(low[p] == 0 && span[p] == divisor);
    for (int s = 0; s < 2; s++) {
        assert_int_equal(loci_dataset_sample(data, (enum loci_split)s, 3, sample), LOCI_OK);
        for (size_t p = 0; p < PIXELS; p++)
            assert_true(sample[p] == (float)set.x[s][3 * PIXELS + p] / divisor);
    }
    snprintf(wanted, sizeof wanted, "up to %u only", most);
    check_note(data, "holds bytes", divisor != 255 ? wanted : NULL);
    check_note(data, "same unit", NULL);
    loci_dataset_free(data);
}

static void test_bytes(void **state) {
    (void)state;
    check_bytes(1, 1);
    check_bytes(16, 16);
    check_bytes(127, 127);
    check_bytes(128, 255);
    check_bytes(255, 255);
    check_bytes(0, 255); /* nothing to divide by */
}

/* A network keeps the range of its data; one that has none, as those of 0.1, goes on with 255. */
static void test_networks(void **state) {
    (void)state;
    static bytes_set set;
    fill(&set, 1, 1);
    loci_dataset *data = open_path(save(&set, true));
    loci_network *network;
    loci_spec spec;
    float sample[PIXELS];
    loci_spec_defaults(&spec);
    spec.hidden[0] = 3;
    assert_int_equal(loci_network_create_for(&network, &spec, data, 1, NULL), LOCI_OK);
    assert_int_equal(loci_network_sample(network, data, LOCI_TRAIN, 1, sample), LOCI_OK);
    for (size_t p = 0; p < PIXELS; p++)
        assert_true(sample[p] == (float)set.x[0][PIXELS + p]);
    assert_int_equal(loci_network_set_input_scaling(network, NULL, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_network_sample(network, data, LOCI_TRAIN, 1, sample), LOCI_OK);
    for (size_t p = 0; p < PIXELS; p++)
        assert_true(sample[p] == (float)set.x[0][PIXELS + p] / 255.0f);
    loci_network_free(network);
    loci_dataset_free(data);
}

/* What comes from memory is documented as value / 255. */
static void test_memory(void **state) {
    (void)state;
    static bytes_set set;
    loci_dataset *data;
    const float *low, *span;
    int32_t labels[TRAIN] = {0};
    fill(&set, 1, 1);
    for (size_t i = 0; i < TRAIN; i++)
        labels[i] = set.y[0][i];
    const loci_arrays train = {.count = TRAIN, .bytes = set.x[0], .labels = labels};
    assert_int_equal(loci_dataset_borrow(&data, "memory", SIDE, SIDE, &train, NULL, NULL), LOCI_OK);
    loci_dataset_input_scaling(data, &low, &span);
    assert_null(low);
    assert_null(loci_dataset_note(data, 0));
    loci_dataset_free(data);
}

/* ---- parts ---- */

static void check_parts(uint8_t most, uint8_t tested, const char *wanted) {
    static bytes_set set;
    fill(&set, most, tested);
    loci_dataset *data = open_path(save(&set, true));
    check_note(data, "same unit", wanted);
    loci_dataset_free(data);
}

/* Numbers of a table: times `unit` in the test part, the first of which is `first`. */
static void check_numbers(float unit, float first, const char *wanted) {
    float x[2][TRAIN][2];
    uint8_t y[TRAIN];
    for (size_t i = 0; i < TRAIN; i++) {
        y[i] = (uint8_t)(i % 2);
        for (int s = 0; s < 2; s++) {
            x[s][i][0] = (float)(i % 7) * (s ? unit : 1);
            x[s][i][1] = (float)(i % 5) - 2;
        }
    }
    x[1][0][0] = first;
    const char *path = scratch_path(folder, "numbers.npz");
    const loci_npz_array arrays[] = {{"x_train", "<f4", 2, {TRAIN, 2}, x[0]},
                                     {"y_train", "|u1", 1, {TRAIN}, y},
                                     {"x_test", "<f4", 2, {TRAIN, 2}, x[1]},
                                     {"y_test", "|u1", 1, {TRAIN}, y}};
    assert_int_equal(loci_npz_write(path, arrays, 4, NULL), LOCI_OK);
    loci_dataset *data = open_path(path);
    check_note(data, "same unit", wanted);
    loci_dataset_free(data);
}

static void test_parts(void **state) {
    (void)state;
    static bytes_set sparse; /* much brighter, but in the same unit */
    fill(&sparse, 0, 0);
    memset(sparse.x[1], 255, sizeof sparse.x[1]);
    for (size_t i = 0; i < TRAIN; i++)
        sparse.x[0][i * PIXELS] = 255;
    loci_dataset *data = open_path(save(&sparse, true));
    check_note(data, "same unit", NULL);
    loci_dataset_free(data);
    check_parts(1, 255, "training part goes from 0 to 1, its test part from 0 to 255");
    check_parts(255, 1, "training part goes from 0 to 255, its test part from 0 to 1");
    check_parts(255, 0, "its test part from 0 to 0");
    check_parts(255, 200, NULL);
    check_parts(100, 255, NULL);
    check_numbers(1, 0, NULL);
    check_numbers(2, 0, NULL);
    check_numbers(1, 60, NULL); /* one that stands out */
    check_numbers(100, 0, "its test part from -2 to 600");
}

/* ---- columns ---- */

static void open_csv(loci_dataset **data, const char *text) {
    const char *path = scratch_path(folder, "t.csv");
    scratch_write(path, text, strlen(text));
    *data = open_path(path);
}

static void test_columns(void **state) {
    (void)state;
    loci_dataset *data;
    char text[1024] = "a,b,c,d,e,f,y\n";
    for (int i = 0; i < 12; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%d,1,2,3,4,5,%d\n", i, i % 2);
    open_csv(&data, text);
    check_note(data, "same in all training rows",
               "t.csv: 5 columns (b, c, d and 2 more) are the same in all training rows and teach "
               "nothing; --without leaves columns out");
    loci_dataset_free(data);
    open_csv(&data, "0,7,x\n1,7,y\n2,7,x\n3,7,y\n4,7,x\n5,7,y\n6,7,x\n7,7,y\n8,7,x\n9,7,y\n");
    check_note(data, "same in all training rows", "1 column (2) is the same");
    check_note(data, "same in all training rows", "teaches nothing");
    loci_dataset_free(data);
    open_csv(&data, "0,7,x\n1,7,y\n2,7,x\n3,7,y\n4,7,x\n5,8,y\n6,8,x\n7,7,y\n8,7,x\n9,8,y\n");
    check_note(data, "same in all training rows", NULL);
    loci_dataset_free(data);
    static bytes_set set; /* the edges of pictures are often the same */
    fill(&set, 255, 255);
    for (size_t i = 0; i < TRAIN; i++)
        set.x[0][i * PIXELS] = 0;
    data = open_path(save(&set, true));
    check_note(data, "same in all training rows", NULL);
    loci_dataset_free(data);
}

/* ---- classes ---- */

static void check_classes(const uint8_t *kinds, size_t count, const char *wanted) {
    static bytes_set set;
    fill(&set, 255, 255);
    for (size_t i = 0; i < TRAIN; i++)
        set.y[0][i] = set.y[1][i] = kinds[i % count];
    loci_dataset *data = open_path(save(&set, true));
    check_note(data, "no training sample", wanted);
    loci_dataset_free(data);
}

static void test_classes(void **state) {
    (void)state;
    check_classes((const uint8_t[]){0, 1, 2}, 3, NULL);
    check_classes((const uint8_t[]){1, 2, 3}, 3,
                  "no training sample has the label 0; if labels count from 1, subtract 1");
    check_classes((const uint8_t[]){0, 2, 3}, 3, "1 of 4 classes (1) has no training sample");
    check_classes((const uint8_t[]){0, 1, 7}, 3,
                  "5 of 8 classes (2, 3, 4 and 2 more) have no training sample");
}

/* ---- files of the catalogue ---- */

static void write_idx(const char *to, const char *name, const bytes_set *set, int part,
                      bool images) {
    unsigned char bytes[16 + TRAIN * PIXELS] = {0, 0, 8, images ? 3 : 1};
    size_t count = part ? TEST : TRAIN, head = images ? 16 : 8;
    bytes[7] = (unsigned char)count;
    bytes[11] = bytes[15] = images ? SIDE : 0;
    memcpy(bytes + head, images ? set->x[part] : set->y[part], count * (images ? PIXELS : 1));
    scratch_write(scratch_path(to, name), bytes, head + count * (images ? PIXELS : 1));
}

static void write_set(const char *to, const bytes_set *set) {
    write_idx(to, "train-images-idx3-ubyte", set, 0, true);
    write_idx(to, "train-labels-idx1-ubyte", set, 0, false);
    write_idx(to, "t10k-images-idx3-ubyte", set, 1, true);
    write_idx(to, "t10k-labels-idx1-ubyte", set, 1, false);
}

static void test_catalogue(void **state) {
    (void)state;
    static bytes_set set;
    loci_dataset *data = NULL;
    loci_data_options options;
    loci_error error;
    const float *low, *span;
    char there[300];
    loci_data_options_defaults(&options);
    options.directory = folder;
    for (int n = 0; n < 2; n++) {
        const char *name = n ? "fashion-mnist" : "mnist";
        fill(&set, 90, 90);
        snprintf(there, sizeof there, "%s/%s", folder, name);
        assert_int_equal(mkdir(there, 0777), 0);
        write_set(there, &set);
        assert_int_equal(loci_dataset_open(&data, name, &options, NULL), LOCI_OK);
        loci_dataset_input_scaling(data, &low, &span);
        assert_null(low); /* always value / 255 */
        loci_dataset_free(data);
        data = open_path(there); /* which is a folder like any other */
        loci_dataset_input_scaling(data, &low, &span);
        assert_true(span[0] == 90);
        loci_dataset_free(data);

        set.y[0][4] = 9;
        write_set(there, &set);
        assert_int_equal(loci_dataset_open(&data, name, &options, NULL), LOCI_OK);
        check_note(data, "no training sample", "6 of 10 classes (3, 4, 5 and 3 more)");
        loci_dataset_free(data);
        for (int part = 0; part < 2; part++) {
            fill(&set, 255, 255);
            set.y[part][4] = 200;
            write_set(there, &set);
            assert_int_equal(loci_dataset_open(&data, name, &options, &error), LOCI_E_FORMAT);
            assert_string_equal(error.where, there);
            assert_non_null(strstr(error.message, part ? "test sample 5 has the label 200"
                                                       : "training sample 5 has the label 200"));
            assert_non_null(strstr(error.message, "go from 0 to 9"));
        }
    }
}

/* Where a package of the system puts them. */
static void test_installed(void **state) {
    (void)state;
    static bytes_set set;
    char there[400], cache[300], list[800], path[1024];
    fill(&set, 255, 255);
    snprintf(there, sizeof there, "%s/share/datasets/fashion-mnist", folder);
    for (char *slash = there + strlen(folder); (slash = strchr(slash + 1, '/')) != NULL;) {
        *slash = '\0';
        assert_int_equal(mkdir(there, 0777), 0);
        *slash = '/';
    }
    assert_int_equal(mkdir(there, 0777), 0);
    write_set(there, &set);
    snprintf(cache, sizeof cache, "%s/loci", folder);
    assert_int_equal(mkdir(cache, 0777), 0);
    write_set(cache, &set);
    unsetenv("LOCI_DATA");
    setenv("XDG_CACHE_HOME", folder, 1);
    snprintf(list, sizeof list, "/nonexistent:relative:%s/share", folder);
    setenv("XDG_DATA_DIRS", list, 1);
    assert_int_equal(loci_catalogue_locate("fashion-mnist", NULL, path, sizeof path), LOCI_OK);
    assert_string_equal(path, cache); /* which comes first */
    setenv("XDG_CACHE_HOME", "/nonexistent", 1);
    assert_int_equal(loci_catalogue_locate("fashion-mnist", NULL, path, sizeof path), LOCI_OK);
    assert_string_equal(path, there);
    assert_int_equal(loci_catalogue_locate("fashion-mnist", NULL, path, 10), LOCI_E_ARGUMENT);
    assert_int_equal(chdir(folder), 0);
    setenv("XDG_DATA_DIRS", "share", 1); /* from a working folder nothing is taken */
    assert_true(loci_catalogue_locate("fashion-mnist", NULL, path, sizeof path) != LOCI_OK ||
                strncmp(path, "/usr/share/", 11) == 0);
    setenv("XDG_DATA_DIRS", list, 1);
    assert_int_equal(loci_catalogue_locate("fashion-mnist", "/nonexistent", path, sizeof path),
                     LOCI_E_NOT_FOUND); /* a folder was named */
    loci_dataset *data = NULL;
    assert_int_equal(loci_dataset_open(&data, "fashion-mnist", NULL, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_count(data, LOCI_TEST), TEST);
    loci_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),     cmocka_unit_test(test_networks),
        cmocka_unit_test(test_memory),    cmocka_unit_test(test_parts),
        cmocka_unit_test(test_columns),   cmocka_unit_test(test_classes),
        cmocka_unit_test(test_catalogue), cmocka_unit_test(test_installed),
    };
    return cmocka_run_group_tests_name("doubts", tests, make_folder, remove_folder);
}
