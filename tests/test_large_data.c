/* Data that are not kept in memory, with a limit so low that small files are large: they are what
 * they are when read whole, whatever the format, and a file that is cut meanwhile is an error line.
 */
#include "scratch_folder.h"

#include <unistd.h>
#include <zip.h>
#include <zlib.h>

#include <loci/network.h>
#include <loci/view.h>

#include "data/batch.h"
#include "data/npz.h"
#include "data/samples.h"

enum { COUNT = 60, SIDE = 24, PIXELS = SIDE * SIDE };

static uint8_t bytes[COUNT * 3 * PIXELS + PIXELS];
static float floats[COUNT * PIXELS];
static uint16_t deep[COUNT * PIXELS];
static int32_t labels[COUNT];

static int make_data(void **state) {
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * i / 7 % 131 * (i % 3 == 0));
    for (size_t i = 0; i < COUNT * PIXELS; i++) {
        floats[i] = (float)(i * 31 % 1009) / 100 - 3;
        deep[i] = (uint16_t)(i * 77 % 4001);
    }
    for (size_t i = 0; i < COUNT; i++)
        labels[i] = (int32_t)(i % 3);
    return make_folder(state);
}

static const char *path_to(const char *name) {
    return scratch_path(folder, name);
}

/* A data set read whole (limit NULL), or with that limit. */
static loci_dataset *open_with(const char *limit, const char *name, const char *colour) {
    loci_dataset *data = NULL;
    loci_data_options options;
    loci_error error = {0};
    loci_data_options_defaults(&options);
    options.colour = colour;
    if (limit != NULL)
        setenv("LOCI_DATA_MEMORY", limit, 1);
    if (loci_dataset_open(&data, name, &options, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", name, error.where, error.message);
    unsetenv("LOCI_DATA_MEMORY");
    return data;
}

static void check_same(const loci_dataset *a, const loci_dataset *b) {
    char x[LOCI_FINGERPRINT], y[LOCI_FINGERPRINT];
    float *one = malloc(a->features * sizeof *one), *two = malloc(a->features * sizeof *two);
    assert_true(one != NULL && two != NULL);
    assert_int_equal(a->features, b->features);
    for (int s = 0; s < 2; s++) {
        enum loci_split split = (enum loci_split)s;
        assert_int_equal(loci_dataset_count(a, split), loci_dataset_count(b, split));
        loci_dataset_fingerprint(a, split, x);
        loci_dataset_fingerprint(b, split, y);
        assert_string_equal(x, y);
        for (size_t i = 0; i < loci_dataset_count(a, split); i++) {
            assert_int_equal(loci_dataset_sample(a, split, i, one), LOCI_OK);
            assert_int_equal(loci_dataset_sample(b, split, i, two), LOCI_OK);
            assert_memory_equal(one, two, a->features * sizeof *one);
        }
    }
    for (size_t i = 0; loci_dataset_note(a, i) != NULL || loci_dataset_note(b, i) != NULL; i++)
        assert_string_equal(loci_dataset_note(a, i), loci_dataset_note(b, i));
    free(one);
    free(two);
}

/* By both ways; `filed`: whether the second leaves inputs in a file as bytes. */
static void check_file(const char *name, const char *colour, bool filed) {
    loci_dataset *whole = open_with(NULL, name, colour), *parts = open_with("5000", name, colour);
    const loci_samples *train = &parts->part[LOCI_TRAIN];
    assert_true(whole->part[LOCI_TRAIN].source == NULL && whole->part[LOCI_TRAIN].mapped == 0);
    assert_true(filed ? train->source != NULL : train->values != NULL);
    check_same(whole, parts);
    loci_dataset_free(whole);
    loci_dataset_free(parts);
}

/* ---- IDX ---- */

static void write_idx(const char *path, bool packed) {
    unsigned char head[16] = {0, 0, 8, 3, 0, 0, 0, COUNT, 0, 0, 0, SIDE, 0, 0, 0, SIDE};
    gzFile file = gzopen(path, packed ? "wb" : "wbT"); /* T: as it is */
    assert_non_null(file);
    assert_int_equal(gzwrite(file, head, sizeof head), sizeof head);
    assert_int_equal(gzwrite(file, bytes, COUNT * PIXELS), COUNT * PIXELS);
    assert_int_equal(gzclose(file), Z_OK);
}

static void make_idx(bool packed) {
    unsigned char classes[8 + COUNT] = {0, 0, 8, 1, 0, 0, 0, COUNT};
    for (size_t i = 0; i < COUNT; i++)
        classes[8 + i] = (unsigned char)labels[i];
    write_idx(path_to("train-images-idx3-ubyte"), packed);
    write_idx(path_to("t10k-images-idx3-ubyte"), packed);
    scratch_write(path_to("train-labels-idx1-ubyte"), classes, sizeof classes);
    scratch_write(path_to("t10k-labels-idx1-ubyte"), classes, sizeof classes);
}

static void test_idx(void **state) {
    (void)state;
    make_idx(true);
    check_file(folder, NULL, true);
    make_idx(false);
    check_file(folder, NULL, true);
}

/* What fills a batch says that the file has become shorter, and of which sample. */
static void test_cut(void **state) {
    (void)state;
    make_idx(false);
    loci_dataset *data = open_with("5000", folder, NULL);
    loci_batch *batch;
    loci_error error = {0};
    const uint32_t which[] = {3, 50, 4};
    assert_int_equal(loci_batch_create(&batch, 3, PIXELS, true, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_batch_fill(batch, data, LOCI_TRAIN, which, 3, NULL, 0, &error), LOCI_OK);
    assert_int_equal(truncate(path_to("train-images-idx3-ubyte"), 16 + 45 * PIXELS), 0);
    assert_int_equal(loci_batch_fill(batch, data, LOCI_TRAIN, which, 3, NULL, 0, &error),
                     LOCI_E_IO);
    assert_non_null(strstr(error.message, "sample 51 is no longer there"));
    assert_non_null(strstr(error.where, "train-images"));
    loci_samples_expect(&data->part[LOCI_TRAIN], which, 3);
    assert_int_equal(loci_batch_fill(batch, data, LOCI_TRAIN, which, 1, NULL, 0, &error), LOCI_OK);
    loci_batch_free(batch);
    loci_dataset_free(data);
}

/* What shows samples says so, too, and shows none that were not there. */
static void test_cut_view(void **state) {
    (void)state;
    make_idx(false);
    loci_dataset *data = open_with("5000", folder, NULL);
    loci_spec spec;
    loci_network *network;
    loci_view_options options;
    loci_error error = {0};
    char *payload = NULL;
    loci_spec_defaults(&spec);
    spec.height = spec.width = SIDE;
    spec.classes = loci_dataset_classes(data);
    assert_int_equal(loci_spec_set(&spec, "neuron", "relu", NULL), LOCI_OK);
    assert_int_equal(loci_network_create(&network, &spec, 1, NULL), LOCI_OK);
    loci_view_options_defaults(&options);
    options.data = data;
    options.unmeasured = 1;
    options.samples = COUNT;
    assert_int_equal(loci_view_payload(&payload, network, &options, &error), LOCI_OK);
    free(payload);
    payload = NULL;
    assert_int_equal(truncate(path_to("t10k-images-idx3-ubyte"), 16 + 45 * PIXELS), 0);
    assert_int_equal(loci_view_payload(&payload, network, &options, &error), LOCI_E_IO);
    assert_string_equal(error.message, "cannot be read; the file has changed");
    assert_string_equal(error.where, loci_dataset_name(data));
    assert_null(payload);
    loci_network_free(network);
    loci_dataset_free(data);
}

/* ---- arrays ---- */

/* An archive of x_train and y_train, and, where that is wished for, of the same for testing. */
static void write_npz(const char *path, const char *dtype, uint32_t rank, size_t channels,
                      bool test, bool packed) {
    const void *x = dtype[1] == 'f'   ? (const void *)floats
                    : dtype[2] == '2' ? (const void *)deep
                                      : (const void *)bytes;
    loci_npz_array arrays[4] = {
        {.name = "x_train", .dtype = dtype, .rank = rank, .shape = {COUNT, SIDE, SIDE}, .data = x},
        {.name = "y_train", .dtype = "<i4", .rank = 1, .shape = {COUNT}, .data = labels},
    };
    if (rank == 2)
        arrays[0].shape[1] = PIXELS;
    if (rank == 4) {
        arrays[0].shape[1] = channels;
        arrays[0].shape[3] = SIDE;
    }
    arrays[2] = arrays[0];
    arrays[3] = arrays[1];
    arrays[2].name = "x_test";
    arrays[3].name = "y_test";
    assert_int_equal(loci_npz_write(path, arrays, test ? 4 : 2, NULL), LOCI_OK);
    zip_t *zip = packed ? zip_open(path, 0, NULL) : NULL;
    for (int i = 0; packed && i < (test ? 4 : 2); i++)
        assert_int_equal(zip_set_file_compression(zip, (zip_uint64_t)i, ZIP_CM_DEFLATE, 9), 0);
    if (packed)
        assert_int_equal(zip_close(zip), 0);
}

static void test_npz(void **state) {
    (void)state;
    const char *path = path_to("set.npz");
    for (int packed = 0; packed < 2; packed++)
        for (int test = 0; test < 2; test++) { /* without a test part one is split off */
            write_npz(path, "|u1", 3, 1, test != 0, packed != 0);
            check_file(path, NULL, true);
            write_npz(path, "<f4", 3, 1, test != 0, packed != 0);
            check_file(path, NULL, false);
            write_npz(path, "<u2", 3, 1, test != 0, packed != 0);
            check_file(path, NULL, false);
            write_npz(path, "<f4", 2, 1, test != 0, packed != 0);
            check_file(path, NULL, false);
        }
    write_npz(path, "|u1", 4, 3, true, false); /* channels one after the other */
    check_file(path, NULL, true);
    check_file(path, "grey", true);
}

/* One part lies in its file and the other one in memory, whichever is the smaller one: both become
 * what they are when read whole. */
static void test_one_filed(void **state) {
    (void)state;
    enum { FEW = 4 };
    const char *path = path_to("uneven.npz");
    for (int fewer = 0; fewer < 2; fewer++)
        for (int ways = 0; ways < 3; ways++) { /* colours stay, become grey, come of grey */
            size_t channels = ways < 2 ? 3 : 1;
            loci_npz_array arrays[4] = {
                {"x_train", "|u1", 4, {COUNT, channels, SIDE, SIDE}, bytes},
                {"y_train", "<i4", 1, {COUNT}, labels},
                {"x_test", "|u1", 4, {COUNT, channels, SIDE, SIDE}, bytes + PIXELS},
                {"y_test", "<i4", 1, {COUNT}, labels},
            };
            loci_spec colour = {.height = SIDE, .width = SIDE, .channels = 3};
            arrays[fewer ? 0 : 2].shape[0] = arrays[fewer ? 1 : 3].shape[0] = FEW;
            assert_int_equal(loci_npz_write(path, arrays, 4, NULL), LOCI_OK);
            const char *how = ways == 1 ? "grey" : NULL;
            loci_dataset *whole = open_with(NULL, path, how),
                         *parts = open_with("20000", path, how);
            assert_true((parts->part[LOCI_TRAIN].source != NULL) == (fewer == 0));
            assert_true((parts->part[LOCI_TEST].source != NULL) == (fewer == 1));
            if (ways == 2) {
                assert_int_equal(loci_dataset_fit(whole, &colour, NULL), LOCI_OK);
                assert_int_equal(loci_dataset_fit(parts, &colour, NULL), LOCI_OK);
            }
            check_same(whole, parts);
            loci_dataset_free(whole);
            loci_dataset_free(parts);
        }
}

/* A byte that is not what the checksum says. */
static void test_damaged(void **state) {
    (void)state;
    const char *path = path_to("bad.npz");
    loci_dataset *data;
    loci_error error;
    size_t size;
    write_npz(path, "|u1", 3, 1, false, false);
    unsigned char *all = scratch_read(path, &size);
    all[20000] ^= 1;
    scratch_write(path, all, size);
    free(all);
    setenv("LOCI_DATA_MEMORY", "5000", 1);
    assert_int_equal(loci_dataset_open(&data, path, NULL, &error), LOCI_E_FORMAT);
    unsetenv("LOCI_DATA_MEMORY");
    assert_non_null(strstr(error.message, "CRC"));
}

static void test_npy_folder(void **state) {
    (void)state;
    const char *path = path_to("from.npz");
    char sub[300], inside[400];
    snprintf(sub, sizeof sub, "%s/arrays", folder);
    mkdir(sub, 0777);
    write_npz(path, "|u1", 3, 1, true, false);
    zip_t *zip = zip_open(path, ZIP_RDONLY, NULL);
    static unsigned char content[COUNT * PIXELS + 1000];
    for (zip_uint64_t i = 0; i < 4; i++) {
        zip_file_t *member = zip_fopen_index(zip, i, 0);
        zip_int64_t size = zip_fread(member, content, sizeof content);
        snprintf(inside, sizeof inside, "%s/%s", sub, zip_get_name(zip, i, 0));
        scratch_write(inside, content, (size_t)size);
        zip_fclose(member);
    }
    zip_discard(zip);
    check_file(sub, NULL, true);
    /* weights that cannot be read are an error, and no weights of 1; a pipe is not waited for */
    loci_dataset *data;
    loci_error error;
    snprintf(inside, sizeof inside, "%s/weight_train.npy", sub);
    assert_int_equal(mkfifo(inside, 0666), 0);
    assert_int_equal(loci_dataset_open(&data, sub, NULL, &error), LOCI_E_IO);
    assert_non_null(strstr(error.where, "weight_train"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_idx),       cmocka_unit_test(test_cut),
        cmocka_unit_test(test_cut_view),  cmocka_unit_test(test_npz),
        cmocka_unit_test(test_damaged),   cmocka_unit_test(test_npy_folder),
        cmocka_unit_test(test_one_filed),
    };
    return cmocka_run_group_tests_name("large data", tests, make_data, remove_folder);
}
