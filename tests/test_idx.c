/* IDX files: read plain and gzipped, by either name; every lie refused. */
#include <zlib.h>

#include "data/formats.h"
#include "scratch.h"

enum { COUNT = 6, HEIGHT = 2, WIDTH = 3, PIXELS = HEIGHT * WIDTH };

/* An images file and a labels file of COUNT samples. */
static unsigned char images[16 + COUNT * PIXELS] = {0, 0, 8, 3,      0, 0, 0, COUNT,
                                                    0, 0, 0, HEIGHT, 0, 0, 0, WIDTH};
static unsigned char labels[8 + COUNT] = {0, 0, 8, 1, 0, 0, 0, COUNT, 0, 1, 2, 0, 1, 2};

static int make_files(void **state) {
    (void)state;
    for (size_t i = 16; i < sizeof images; i++)
        images[i] = (unsigned char)(i * 7);
    return 0;
}

static size_t gzip(const void *bytes, size_t size, unsigned char *out, size_t room) {
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (Bytef *)(uintptr_t)bytes;
    stream.avail_in = (uInt)size;
    stream.next_out = out;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return room - stream.avail_out;
}

/* Parses copies of exactly the given sizes, so that a sanitizer sees a read past their ends. */
static int parse(const void *x, size_t x_size, const void *y, size_t y_size, loci_error *error) {
    unsigned char *x_copy = malloc(x_size + 1), *y_copy = malloc(y_size + 1);
    assert_non_null(x_copy);
    assert_non_null(y_copy);
    memcpy(x_copy + 1, x, x_size); /* also unaligned */
    memcpy(y_copy + 1, y, y_size);
    loci_dataset *data = loci_dataset_new("test");
    assert_non_null(data);
    int status =
        loci_idx_parse(data, LOCI_TRAIN, x_copy + 1, x_size, "x", y_copy + 1, y_size, "y", error);
    if (status == LOCI_OK)
        status = loci_dataset_finish(data, "test", error);
    if (status == LOCI_OK) {
        assert_int_equal(loci_dataset_count(data, LOCI_TRAIN), COUNT);
        assert_int_equal(loci_dataset_height(data), HEIGHT);
        assert_int_equal(loci_dataset_width(data), WIDTH);
        assert_int_equal(loci_dataset_classes(data), 3);
        assert_memory_equal(data->part[LOCI_TRAIN].bytes, images + 16, COUNT * PIXELS);
        assert_int_equal(loci_dataset_label(data, LOCI_TRAIN, 5), 2);
    }
    loci_dataset_free(data);
    free(x_copy);
    free(y_copy);
    return status;
}

static void test_whole(void **state) {
    (void)state;
    unsigned char zipped[2][256];
    size_t x = gzip(images, sizeof images, zipped[0], 256);
    size_t y = gzip(labels, sizeof labels, zipped[1], 256);
    assert_int_equal(parse(images, sizeof images, labels, sizeof labels, NULL), LOCI_OK);
    assert_int_equal(parse(zipped[0], x, zipped[1], y, NULL), LOCI_OK);
    assert_int_equal(parse(zipped[0], x, labels, sizeof labels, NULL), LOCI_OK);
}

static void test_members(void **state) {
    (void)state;
    /* what `cat a.gz b.gz` makes is one gzip file */
    unsigned char zipped[512];
    size_t first = gzip(images, 20, zipped, sizeof zipped);
    size_t size = first + gzip(images + 20, sizeof images - 20, zipped + first, 512 - first);
    assert_int_equal(parse(zipped, size, labels, sizeof labels, NULL), LOCI_OK);
    zipped[size] = 'x';
    assert_int_equal(parse(zipped, size + 1, labels, sizeof labels, NULL), LOCI_E_FORMAT);
}

static void test_truncated(void **state) {
    (void)state;
    loci_error error;
    unsigned char zipped[256];
    for (size_t cut = 0; cut < sizeof images; cut++) {
        assert_int_equal(parse(images, cut, labels, sizeof labels, &error), LOCI_E_FORMAT);
        assert_string_equal(error.where, "x");
    }
    for (size_t cut = 0; cut < sizeof labels; cut++) {
        assert_int_equal(parse(images, sizeof images, labels, cut, &error), LOCI_E_FORMAT);
        assert_string_equal(error.where, "y");
    }
    size_t size = gzip(images, sizeof images, zipped, sizeof zipped);
    for (size_t cut = 0; cut < size; cut++)
        assert_int_equal(parse(zipped, cut, labels, sizeof labels, &error), LOCI_E_FORMAT);
    size = gzip(labels, sizeof labels, zipped, sizeof zipped);
    for (size_t cut = 0; cut < size; cut++)
        assert_int_equal(parse(images, sizeof images, zipped, cut, &error), LOCI_E_FORMAT);
}

static void test_damaged_gzip(void **state) {
    (void)state;
    unsigned char zipped[256];
    size_t size = gzip(images, sizeof images, zipped, sizeof zipped);
    size_t harmless = 0; /* bits that pad the last block; parse() has compared the content */
    for (size_t at = 10; at < size; at++) { /* the header's time and system may be anything */
        zipped[at] ^= 0x10;
        harmless += parse(zipped, size, labels, sizeof labels, NULL) == LOCI_OK;
        zipped[at] ^= 0x10;
    }
    assert_true(harmless <= 1);
}

/* One byte changed, and what the reader says. */
static void check_change(size_t at, unsigned char value, const char *message) {
    unsigned char changed[sizeof images];
    loci_error error;
    memcpy(changed, images, sizeof images);
    changed[at] = value;
    assert_int_equal(parse(changed, sizeof images, labels, sizeof labels, &error), LOCI_E_FORMAT);
    if (strstr(error.message, message) == NULL)
        fail_msg("'%s' does not say '%s'", error.message, message);
}

static void test_lies(void **state) {
    (void)state;
    check_change(0, 1, "not an IDX file");
    check_change(1, 1, "not an IDX file");
    check_change(2, 0x0d, "type 0x0d");
    check_change(3, 5, "5 dimensions");
    check_change(3, 0, "0 dimensions");
    check_change(3, 1, "labels, not images");
    check_change(7, COUNT + 1, "cut short");
    check_change(7, COUNT - 1, "longer than");
    check_change(7, 0, "longer than");
    check_change(11, 0, "without a single value");
    check_change(11, HEIGHT + 1, "cut short");
    check_change(4, 0xff, "cut short");
    loci_error error;
    unsigned char huge[64] = {0, 0, 8, 4};
    memset(huge + 4, 0xff, 16);
    assert_int_equal(parse(huge, sizeof huge, labels, sizeof labels, &error), LOCI_E_FORMAT);
    assert_string_equal(error.message, "sizes that overflow");
    unsigned char zipped[256];
    memcpy(huge + 4, (unsigned char[]){0x7f, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0x40, 0, 0, 0, 0, 1},
           16);
    size_t size = gzip(huge, sizeof huge, zipped, sizeof zipped);
    assert_int_equal(parse(zipped, size, labels, sizeof labels, &error), LOCI_E_FORMAT);
    assert_non_null(strstr(error.message, "cannot hold"));
}

static void test_counts_disagree(void **state) {
    (void)state;
    loci_error error;
    unsigned char fewer[sizeof labels];
    memcpy(fewer, labels, sizeof labels);
    fewer[7] = COUNT - 1;
    assert_int_equal(parse(images, sizeof images, fewer, sizeof labels - 1, &error), LOCI_E_FORMAT);
    assert_string_equal(error.message, "5 labels for the 6 images of x");
    assert_int_equal(parse(images, sizeof images, images, sizeof images, &error), LOCI_E_FORMAT);
    assert_string_equal(error.message, "holds images, not labels");
}

static void test_folder(void **state) {
    (void)state;
    static const char *const endings[][2] = {
        {"-idx", ""}, {".idx", ""}, {"-idx", ".gz"}, {".idx", ".gz"}};
    unsigned char zipped[2][256];
    size_t x = gzip(images, sizeof images, zipped[0], 256);
    size_t y = gzip(labels, sizeof labels, zipped[1], 256);
    for (int v = 0; v < 4; v++) {
        char folder[256], name[64];
        loci_dataset *data = NULL;
        loci_error error;
        scratch_make(folder);
        for (int f = 0; f < 4; f++) {
            bool is_zipped = v == 1 || v == 2; /* whatever the name says */
            snprintf(name, sizeof name, "%s-%s%s%d-ubyte%s", f < 2 ? "train" : "t10k",
                     f % 2 == 0 ? "images" : "labels", endings[v][0], f % 2 == 0 ? 3 : 1,
                     endings[v][1]);
            if (f == 3) { /* as long as one is missing */
                assert_int_equal(loci_dataset_open(&data, folder, NULL, &error), LOCI_E_NOT_FOUND);
                assert_non_null(strstr(error.message, "t10k-labels-idx1-ubyte"));
                loci_data_options options;
                loci_data_options_defaults(&options);
                options.skip_test = 1;
                assert_int_equal(loci_dataset_open(&data, folder, &options, &error), LOCI_OK);
                assert_int_equal(loci_dataset_count(data, LOCI_TEST), 0);
                loci_dataset_free(data);
            }
            if (f % 2 == 0)
                scratch_write(scratch_path(folder, name), is_zipped ? zipped[0] : images,
                              is_zipped ? x : sizeof images);
            else
                scratch_write(scratch_path(folder, name), is_zipped ? zipped[1] : labels,
                              is_zipped ? y : sizeof labels);
        }
        assert_int_equal(loci_dataset_open(&data, folder, NULL, &error), LOCI_OK);
        assert_int_equal(loci_dataset_count(data, LOCI_TEST), COUNT);
        loci_dataset_free(data);
        scratch_remove(folder);
    }
}

static void test_folder_as_file(void **state) {
    (void)state;
    char folder[256];
    loci_dataset *data = NULL;
    loci_error error;
    scratch_make(folder);
    scratch_write(scratch_path(folder, "train-labels-idx1-ubyte"), labels, sizeof labels);
    assert_int_equal(mkdir(scratch_path(folder, "train-images-idx3-ubyte"), 0777), 0);
    loci_data_options options;
    loci_data_options_defaults(&options);
    options.skip_test = 1;
    assert_int_equal(loci_dataset_open(&data, folder, &options, &error), LOCI_E_IO);
    assert_string_equal(error.message, "is a folder; a file is wanted here");
    assert_null(data);
    scratch_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),     cmocka_unit_test(test_members),
        cmocka_unit_test(test_truncated), cmocka_unit_test(test_damaged_gzip),
        cmocka_unit_test(test_lies),      cmocka_unit_test(test_counts_disagree),
        cmocka_unit_test(test_folder),    cmocka_unit_test(test_folder_as_file),
    };
    return cmocka_run_group_tests_name("idx", tests, make_files, NULL);
}
