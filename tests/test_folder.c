/* A folder of pictures: classes and their names, order, size, grey and colour, 8 and 16 bits,
 * parts, and what is refused. */
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/dataset.h"
#include "pictures.h"

static char folder[256], root[300];

static int make(void **state) {
    (void)state;
    scratch_make(folder);
    snprintf(root, sizeof root, "%s/pictures", folder);
    return 0;
}

static int drop(void **state) {
    (void)state;
    scratch_remove(folder);
    return 0;
}

/* root/NAME, its folders made. */
static const char *inside(const char *name) {
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", root, name);
    for (char *at = path + 1; (at = strchr(at, '/')) != NULL; at++) {
        *at = '\0';
        assert_true(mkdir(path, 0777) == 0 || access(path, X_OK) == 0);
        *at = '/';
    }
    return path;
}

/* A picture of one value, or of one colour, side x side. */
static void put(const char *name, uint32_t side, int depth, int type, uint32_t value) {
    static bytes png;
    unsigned char pixels[8 * 8 * 6];
    size_t channels = type == PNG_COLOR_TYPE_RGB ? 3 : 1, item = (size_t)depth / 8;
    for (size_t i = 0; i < (size_t)side * side; i++)
        for (size_t k = 0; k < channels; k++) {
            uint32_t level =
                value >> (channels == 3 ? 8 * (2 - k) : 0) & (item == 2 ? 0xffff : 255);
            unsigned char *at = pixels + (i * channels + k) * item;
            at[0] = (unsigned char)(item == 2 ? level >> 8 : level);
            if (item == 2)
                at[1] = (unsigned char)level;
        }
    picture_encode(&png, side, side, depth, type, 0, pixels, side * channels * item);
    scratch_write(inside(name), png.data, png.size);
}

static void grey(const char *name, uint32_t value) {
    put(name, 2, 8, PNG_COLOR_TYPE_GRAY, value);
}

static void clear(void) {
    scratch_remove(root);
}

static loci_dataset *open_with(const loci_data_options *options) {
    loci_dataset *data = NULL;
    loci_error error = {0};
    if (loci_dataset_open(&data, root, options, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return data;
}

static void refuse(const loci_data_options *options, int code, const char *where,
                   const char *message) {
    loci_dataset *data = NULL;
    loci_error error = {0};
    assert_int_equal(loci_dataset_open(&data, root, options, &error), code);
    if (strstr(error.where, where) == NULL || strstr(error.message, message) == NULL)
        fail_msg("'%s: %s' does not say '%s: %s'", error.where, error.message, where, message);
}

static float first_value(const loci_dataset *data, enum loci_split split, size_t i) {
    float sample[8 * 8 * 3];
    assert_int_equal(loci_dataset_sample(data, split, i, sample), LOCI_OK);
    return sample[0];
}

/* Two parts, whose pictures come by class and name; hidden files are not there. */
static void parts(void **state) {
    (void)state;
    static const char *const names[] = {"train/b/2.png",       "train/b/10.PNG", "train/a/x.png",
                                        "train/c/.hidden.png", "train/c/y.png",  "test/c/1.png",
                                        "test/a/1.png"};
    for (uint32_t i = 0; i < sizeof names / sizeof *names; i++)
        grey(names[i], 10 * i);
    scratch_write(inside("train/.git/x.png"), "no", 2);
    loci_dataset *data = open_with(NULL);
    assert_int_equal(loci_dataset_count(data, LOCI_TRAIN), 4);
    assert_int_equal(loci_dataset_count(data, LOCI_TEST), 2);
    assert_int_equal(loci_dataset_classes(data), 3);
    assert_string_equal(loci_dataset_class_name(data, 0), "a");
    assert_string_equal(loci_dataset_class_name(data, 2), "c");
    assert_int_equal(loci_dataset_height(data), 2);
    assert_int_equal(loci_dataset_channels(data), 1);
    assert_null(loci_dataset_note(data, 0));
    static const int32_t labels[4] = {0, 1, 1, 2};
    static const float values[4] = {20, 10, 0, 40};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(loci_dataset_label(data, LOCI_TRAIN, i), labels[i]);
        assert_true(first_value(data, LOCI_TRAIN, i) == values[i] / 255);
    }
    assert_int_equal(loci_dataset_label(data, LOCI_TEST, 1), 2);
    loci_dataset_free(data);
    loci_data_options options;
    loci_data_options_defaults(&options);
    options.skip_test = 1;
    data = open_with(&options);
    assert_int_equal(loci_dataset_count(data, LOCI_TEST), 0);
    loci_dataset_free(data);
    grey("test/d/1.png", 0);
    refuse(NULL, LOCI_E_FORMAT, "test/d", "a class that the training part does not have");
    clear();
}

/* Without a test part a fifth is split off, always the same; what is no picture is told. */
static void split(void **state) {
    (void)state;
    char name[64], a[LOCI_FINGERPRINT], b[LOCI_FINGERPRINT];
    for (uint32_t i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "%s/%02u.png", i % 2 ? "cat" : "dog", i);
        grey(name, i);
    }
    scratch_write(inside("README.txt"), "hello", 5);
    loci_dataset *data = open_with(NULL), *again = open_with(NULL);
    assert_int_equal(loci_dataset_count(data, LOCI_TRAIN), 16);
    assert_int_equal(loci_dataset_count(data, LOCI_TEST), 4);
    assert_non_null(strstr(loci_dataset_note(data, 0), "README.txt: no picture"));
    unsigned seen = 0;
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < loci_dataset_count(data, (enum loci_split)s); i++) {
            unsigned value =
                (unsigned)lround((double)first_value(data, (enum loci_split)s, i) * 255);
            assert_int_equal(loci_dataset_label(data, (enum loci_split)s, i), value % 2 ? 0 : 1);
            seen |= 1u << value;
        }
    assert_int_equal(seen, (1u << 20) - 1);
    loci_dataset_fingerprint(data, LOCI_TEST, a);
    loci_dataset_fingerprint(again, LOCI_TEST, b);
    assert_string_equal(a, b);
    loci_dataset_free(data);
    loci_dataset_free(again);
    clear();
}

/* One picture of colour makes all so, wherever it comes, one of 16 bits makes all numbers; the test
 * part follows. */
static void kinds(void **state) {
    (void)state;
    float sample[12];
    for (int last = 0; last < 2; last++) {
        grey("train/a/1.png", 51);
        put(last ? "train/b/9.png" : "train/a/0.png", 2, 8, PNG_COLOR_TYPE_RGB, 0xff3300);
        grey("train/b/2.png", 102);
        put("test/a/1.png", 2, 16, PNG_COLOR_TYPE_GRAY, 0x1234);
        loci_dataset *data = open_with(NULL);
        assert_int_equal(loci_dataset_channels(data), 3);
        assert_non_null(data->part[LOCI_TEST].bytes);
        size_t of_colour = last ? 2 : 0;
        assert_int_equal(loci_dataset_sample(data, LOCI_TRAIN, of_colour, sample), LOCI_OK);
        assert_true(sample[9] == 1 && sample[10] == 0.2f && sample[11] == 0);
        assert_int_equal(loci_dataset_sample(data, LOCI_TRAIN, last ? 0 : 1, sample), LOCI_OK);
        for (size_t k = 0; k < 12; k++)
            assert_true(sample[k] == 0.2f);
        loci_dataset_free(data);
        put("train/b/5.png", 2, 16, PNG_COLOR_TYPE_GRAY, 0x1234);
        data = open_with(NULL);
        assert_null(data->part[LOCI_TRAIN].bytes);
        assert_int_equal(loci_dataset_sample(data, LOCI_TRAIN, last ? 0 : 1, sample), LOCI_OK);
        assert_true(sample[0] == 0.2f && sample[11] == 0.2f);
        assert_float_equal(first_value(data, LOCI_TRAIN, last ? 2 : 3), 0x1234 / 65535.0f, 1e-7);
        assert_float_equal(first_value(data, LOCI_TEST, 0), 0x1234 / 65535.0f, 1e-7);
        loci_dataset_free(data);
        loci_data_options options;
        loci_data_options_defaults(&options);
        options.colour = "grey";
        data = open_with(&options);
        assert_int_equal(loci_dataset_channels(data), 1);
        assert_float_equal(first_value(data, LOCI_TRAIN, of_colour ? 3 : 0), 0.299f + 0.587f * 0.2f,
                           1e-6);
        loci_dataset_free(data);
        clear();
    }
}

static void sizes(void **state) {
    (void)state;
    loci_data_options options;
    loci_data_options_defaults(&options);
    grey("a/1.png", 51);
    put("b/1.png", 4, 8, PNG_COLOR_TYPE_GRAY, 102);
    refuse(NULL, LOCI_E_FORMAT, "b/1.png", "--image-size 2x2 scales all");
    options.image_size = "3x5";
    loci_dataset *data = open_with(&options);
    assert_int_equal(loci_dataset_height(data), 3);
    assert_int_equal(loci_dataset_width(data), 5);
    loci_dataset_free(data);
    static const char *const wrong[] = {"3",    "3x",    "x3",    "3x0",
                                        "-3x3", "3x3x3", "3 x 3", "99999999x9"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        options.image_size = wrong[i];
        refuse(&options, LOCI_E_ARGUMENT, "image-size", "HxW");
    }
    options.image_size = "16777216x2";
    refuse(&options, LOCI_E_FORMAT, "a/1.png", "values are accepted");
    options.image_size = NULL;
    options.colour = "blue";
    refuse(&options, LOCI_E_ARGUMENT, "colour", "none of keep, grey");
    clear();
}

static void refused(void **state) {
    (void)state;
    grey("a/1.png", 1);
    scratch_write(inside("b/2.png"), "no picture", 10);
    refuse(NULL, LOCI_E_FORMAT, "b/2.png", "neither a PNG nor a JPEG");
    scratch_write(inside("b/2.png"), "", 0);
    refuse(NULL, LOCI_E_FORMAT, "b/2.png", "neither a PNG nor a JPEG");
    clear();
    scratch_write(inside("a/notes.txt"), "x", 1);
    refuse(NULL, LOCI_E_FORMAT, "pictures", "no sub-folder holds a PNG or JPEG picture");
    clear();
    grey("a/1.png", 1);
    refuse(NULL, LOCI_E_FORMAT, "pictures", "all 1 samples hold the same");
    clear();
    grey("1.png", 1);
    refuse(NULL, LOCI_E_FORMAT, "pictures", "holds pictures, but no sub-folders");
    clear();
    grey("images/a/1.png", 1);
    grey("images/b/1.png", 2);
    refuse(NULL, LOCI_E_FORMAT, "pictures", "images; name that folder");
    clear();
    grey("train/1.png", 1);
    grey("test/1.png", 2);
    refuse(NULL, LOCI_E_FORMAT, "pictures", "train holds pictures, but no sub-folders");
    clear();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts), cmocka_unit_test(split),   cmocka_unit_test(kinds),
        cmocka_unit_test(sizes), cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
