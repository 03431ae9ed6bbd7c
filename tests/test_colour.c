/* Samples of several channels: how arrays say so, how networks take them, how they move; and the
 * specification that knows of them. */
#include <math.h>

#include "base/memory.h"
#include "data/batch.h"
#include "data/channels.h"
#include "data/npz.h"
#include "network/contents.h"
#include "network/spec_json.h"
#include "scratch.h"

enum { HEIGHT = 4, WIDTH = 5, RGB = 3, PIXELS = HEIGHT * WIDTH, VALUES = PIXELS * RGB, COUNT = 4 };

static char folder[256];
static uint8_t images[COUNT * VALUES]; /* [COUNT, HEIGHT, WIDTH, RGB] */
static const int32_t labels[COUNT] = {0, 1, 1, 0};

static int make(void **state) {
    (void)state;
    scratch_make(folder);
    for (size_t i = 0; i < sizeof images; i++)
        images[i] = (uint8_t)(i * 89 % 251 + 5);
    return 0;
}

static int drop(void **state) {
    (void)state;
    scratch_remove(folder);
    return 0;
}

/* The data set of an .npz whose x_train and x_test are such an array. */
static loci_dataset *open_array(const char *dtype, const size_t shape[4], const void *x) {
    char path[320];
    loci_dataset *data = NULL;
    loci_error error = {0};
    loci_npz_array arrays[4] = {{"x_train", dtype, 4, {0}, x},
                                {"y_train", "<i4", 1, {COUNT}, labels},
                                {"x_test", dtype, 4, {0}, x},
                                {"y_test", "<i4", 1, {COUNT}, labels}};
    memcpy(arrays[0].shape, shape, sizeof arrays[0].shape);
    memcpy(arrays[2].shape, shape, sizeof arrays[2].shape);
    snprintf(path, sizeof path, "%s/colour.npz", folder);
    assert_int_equal(loci_npz_write(path, arrays, 4, NULL), LOCI_OK);
    if (loci_dataset_open(&data, path, NULL, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return data;
}

static const size_t last[4] = {COUNT, HEIGHT, WIDTH, RGB}, first[4] = {COUNT, RGB, HEIGHT, WIDTH};

/* images with the channels one after the other. */
static void separate(uint8_t *to) {
    for (size_t i = 0; i < COUNT; i++)
        for (size_t p = 0; p < PIXELS; p++)
            for (size_t k = 0; k < RGB; k++)
                to[i * VALUES + k * PIXELS + p] = images[i * VALUES + p * RGB + k];
}

static loci_dataset *open_planar(void) {
    static uint8_t planar[sizeof images];
    separate(planar);
    return open_array("|u1", first, planar);
}

static void assert_sample(const loci_dataset *data, const uint8_t *bytes, size_t values) {
    float sample[VALUES];
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(loci_dataset_sample(data, LOCI_TEST, i, sample), LOCI_OK);
        for (size_t k = 0; k < values; k++)
            assert_true(sample[k] == (float)bytes[i * values + k] / 255);
    }
}

static void channels_stand_side_by_side(void **state) {
    (void)state;
    static float reals[COUNT * VALUES], planar[COUNT * VALUES], sample[VALUES];
    static uint8_t apart[sizeof images];
    loci_dataset *one = open_array("|u1", last, images), *other = open_planar();
    char a[LOCI_FINGERPRINT], b[LOCI_FINGERPRINT];
    assert_int_equal(loci_dataset_channels(one), RGB);
    assert_int_equal(loci_dataset_height(other), HEIGHT);
    assert_int_equal(loci_dataset_width(other), WIDTH);
    assert_null(loci_dataset_note(one, 0));
    assert_null(loci_dataset_note(other, 0));
    assert_sample(one, images, VALUES);
    assert_sample(other, images, VALUES);
    loci_dataset_fingerprint(one, LOCI_TRAIN, a);
    loci_dataset_fingerprint(other, LOCI_TRAIN, b);
    assert_string_equal(a, b);
    loci_dataset_free(one);
    loci_dataset_free(other);
    separate(apart);
    for (size_t i = 0; i < COUNT * VALUES; i++) {
        reals[i] = (float)images[i] / 256;
        planar[i] = (float)apart[i] / 256;
    }
    other = open_array("<f4", first, planar);
    assert_int_equal(loci_dataset_sample(other, LOCI_TRAIN, 2, sample), LOCI_OK);
    assert_memory_equal(sample, reals + 2 * VALUES, sizeof sample);
    loci_dataset_free(other);
}

/* What could be meant in two ways is said. */
static void doubts_are_said(void **state) {
    (void)state;
    static const struct {
        size_t shape[4];
        const char *note;
    } cases[] = {
        {{COUNT, 3, 5, 3}, "the last is taken for red, green and blue"},
        {{COUNT, 3, 3, 5}, NULL},
        {{COUNT, 5, 2, 4}, "the last axis of a sample is taken for 4 channels of 5 x 2 pixels"},
        {{COUNT, 2, 2, 8}, "the first axis of a sample is taken for 2 channels of 2 x 8 pixels"},
        {{COUNT, 5, 3, 1}, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loci_dataset *data = open_array("|u1", cases[i].shape, images);
        const char *note = loci_dataset_note(data, 0);
        assert_true((note == NULL) == (cases[i].note == NULL));
        if (note != NULL && strstr(note, cases[i].note) == NULL)
            fail_msg("'%s' does not say '%s'", note, cases[i].note);
        loci_dataset_free(data);
    }
}

static void parts_differ(void **state) {
    (void)state;
    loci_dataset *data;
    loci_error error;
    char path[320];
    const loci_npz_array arrays[] = {{"x_train", "|u1", 4, {COUNT, 3, 3, 5}, images},
                                     {"y_train", "<i4", 1, {COUNT}, labels},
                                     {"x_test", "|u1", 4, {COUNT, 3, 5, 3}, images},
                                     {"y_test", "<i4", 1, {COUNT}, labels}};
    snprintf(path, sizeof path, "%s/differ.npz", folder);
    assert_int_equal(loci_npz_write(path, arrays, 4, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_open(&data, path, NULL, &error), LOCI_E_FORMAT);
    assert_non_null(strstr(error.message, "another axis"));
}

/* ---- other ways to see them ---- */

static loci_spec shape(uint32_t height, uint32_t width, uint32_t channels) {
    loci_spec spec;
    loci_spec_defaults(&spec);
    spec.height = height;
    spec.width = width;
    spec.channels = channels;
    return spec;
}

static void networks_of_the_first_version_take_them(void **state) {
    (void)state;
    static uint8_t planar[sizeof images];
    const loci_spec flat = shape(HEIGHT, WIDTH * RGB, 1), stack = shape(RGB, PIXELS, 1);
    loci_dataset *data = open_array("|u1", last, images);
    assert_true(loci_dataset_fits(data, &flat));
    assert_false(loci_dataset_fits(data, &stack));
    assert_int_equal(loci_dataset_fit(data, &stack, NULL), LOCI_OK); /* it cannot be made to */
    assert_int_equal(loci_dataset_channels(data), RGB);
    assert_int_equal(loci_dataset_fit(data, &flat, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_width(data), WIDTH * RGB);
    assert_int_equal(loci_dataset_channels(data), 1);
    assert_sample(data, images, VALUES);
    loci_dataset_free(data);
    separate(planar);
    data = open_planar();
    assert_int_equal(loci_dataset_fit(data, &stack, NULL), LOCI_OK);
    assert_true(loci_dataset_fits(data, &stack));
    assert_sample(data, planar, VALUES);
    assert_null(loci_dataset_note(data, 0));
    loci_dataset_free(data);
}

static void grey_is_made(void **state) {
    (void)state;
    static uint8_t grey[COUNT * PIXELS];
    const loci_spec wanted = shape(HEIGHT, WIDTH, 1), colour = shape(HEIGHT, WIDTH, RGB);
    for (size_t i = 0; i < COUNT * PIXELS; i++) {
        const uint8_t *p = images + 3 * i;
        grey[i] = (uint8_t)lround(0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2]);
    }
    loci_dataset *data = open_planar();
    assert_true(loci_dataset_fits(data, &colour));
    assert_false(loci_dataset_fits(data, &wanted));
    assert_int_equal(loci_dataset_fit(data, &colour, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_channels(data), RGB);
    assert_int_equal(loci_dataset_fit(data, &wanted, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_channels(data), 1);
    assert_non_null(strstr(loci_dataset_note(data, 0), "0.299 red"));
    assert_sample(data, grey, PIXELS);
    assert_int_equal(loci_dataset_classes(data), 2);
    loci_dataset_free(data);
}

/* And grey pictures are taken by a network of colour. */
static void colour_is_made(void **state) {
    (void)state;
    const loci_spec wanted = shape(HEIGHT, WIDTH, RGB);
    float sample[VALUES];
    loci_dataset *data = open_array("|u1", (size_t[]){COUNT, HEIGHT, WIDTH, 1}, images);
    assert_false(loci_dataset_fits(data, &wanted));
    assert_int_equal(loci_dataset_fit(data, &wanted, NULL), LOCI_OK);
    assert_true(loci_dataset_fits(data, &wanted));
    assert_non_null(strstr(loci_dataset_note(data, 0), "red, green and blue are the same"));
    assert_int_equal(loci_dataset_sample(data, LOCI_TEST, 2, sample), LOCI_OK);
    for (size_t k = 0; k < VALUES; k++)
        assert_true(sample[k] == (float)images[2 * PIXELS + k / 3] / 255);
    loci_dataset_free(data);
}

/* Numbers have a range, which is of the grey values then. */
static void grey_has_its_own_range(void **state) {
    (void)state;
    static float reals[COUNT * VALUES];
    const loci_spec wanted = shape(HEIGHT, WIDTH, 1);
    const float *low, *span;
    for (size_t i = 0; i < COUNT * VALUES; i++)
        reals[i] = (float)images[i] - 40;
    loci_dataset *data = open_array("<f4", last, reals);
    loci_dataset_input_scaling(data, &low, &span);
    assert_non_null(low);
    assert_int_equal(loci_dataset_fit(data, &wanted, NULL), LOCI_OK);
    loci_dataset_input_scaling(data, &low, &span);
    for (size_t p = 0; p < PIXELS; p++) {
        float least = INFINITY, most = -INFINITY;
        for (size_t i = 0; i < COUNT; i++) {
            const float *at = reals + i * VALUES + p * RGB;
            least = fminf(least, loci_luma(at[0], at[1], at[2]));
            most = fmaxf(most, loci_luma(at[0], at[1], at[2]));
        }
        assert_true(low[p] == least && span[p] == most - least);
    }
    loci_dataset_free(data);
}

/* ---- 16 bits ---- */

/* One scale for all pixels, by the bits that the training part needs; the test part may be
 * brighter. */
static void deep_pixels_have_one_scale(void **state) {
    (void)state;
    static const struct {
        uint16_t most, white;
    } cases[] = {{1, 1},       {200, 255},    {256, 1023},    {1023, 1023},
                 {3980, 4095}, {9000, 16383}, {16384, 65535}, {65535, 65535}};
    uint16_t x[COUNT * VALUES];
    const float *low, *span;
    float sample[VALUES];
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        for (size_t i = 0; i < COUNT * VALUES; i++)
            x[i] = (uint16_t)(i % (cases[c].most + 1u));
        x[7] = cases[c].most;
        loci_dataset *data = open_array("<u2", last, x);
        loci_dataset_input_scaling(data, &low, &span);
        assert_true((low == NULL) == (cases[c].white == 1));
        for (size_t f = 0; low != NULL && f < VALUES; f++)
            assert_true(low[f] == 0 && span[f] == (float)cases[c].white);
        assert_int_equal(loci_dataset_sample(data, LOCI_TEST, 1, sample), LOCI_OK);
        for (size_t f = 0; f < VALUES; f++)
            assert_true(sample[f] == (float)x[VALUES + f] / (float)cases[c].white);
        assert_true((loci_dataset_note(data, 0) == NULL) == (low == NULL));
        loci_dataset_free(data);
    }
}

/* A table of such numbers is one, with a range for each column. */
static void tables_are_not_pixels(void **state) {
    (void)state;
    loci_dataset *data = NULL;
    char path[320];
    const uint16_t x[COUNT * 2] = {10, 900, 20, 800, 30, 700, 40, 600};
    const loci_npz_array arrays[] = {{"x_train", "<u2", 2, {COUNT, 2}, x},
                                     {"y_train", "<i4", 1, {COUNT}, labels},
                                     {"x_test", "<u2", 2, {COUNT, 2}, x},
                                     {"y_test", "<i4", 1, {COUNT}, labels}};
    const float *low, *span;
    snprintf(path, sizeof path, "%s/table.npz", folder);
    assert_int_equal(loci_npz_write(path, arrays, 4, NULL), LOCI_OK);
    assert_int_equal(loci_dataset_open(&data, path, NULL, NULL), LOCI_OK);
    loci_dataset_input_scaling(data, &low, &span);
    assert_true(low[0] == 10 && span[0] == 30 && low[1] == 600 && span[1] == 300);
    loci_dataset_free(data);
}

/* ---- augmentation ---- */

/* What a batch has of image i, dense. */
static void unpack(const loci_batch *batch, size_t i, float *to, size_t values) {
    memset(to, 0, values * sizeof *to);
    for (uint32_t t = batch->start[i]; t < batch->end[i]; t++)
        to[batch->index[t]] = batch->value[t];
}

/* Each channel moves as a grey image of its own would: pixels keep their colour. */
static void channels_move_together(void **state) {
    (void)state;
    enum { TIMES = 20 };
    static const loci_augmentation ways[] = {{.shift = 1}, {1, 20, 0.1, 0.1, 1, false}};
    static uint8_t single[COUNT * PIXELS];
    const uint32_t chosen[COUNT] = {0, 1, 2, 3};
    size_t moved = 0;
    loci_dataset *colour = open_array("|u1", last, images);
    for (size_t k = 0; k < RGB; k++) {
        for (size_t i = 0; i < COUNT * PIXELS; i++)
            single[i] = images[i * RGB + k];
        loci_dataset *grey = open_array("|u1", (size_t[]){COUNT, HEIGHT, WIDTH, 1}, single);
        for (uint32_t n = 0; n < 2 * TIMES; n++) {
            float whole[VALUES], own[PIXELS], still[VALUES];
            loci_batch *a, *b;
            loci_warping of_colour = {.by = ways[n % 2],
                                      .seed = 7,
                                      .epoch = n,
                                      .height = HEIGHT,
                                      .width = WIDTH,
                                      .channels = RGB},
                         of_grey = of_colour;
            of_grey.channels = 1;
            assert_int_equal(loci_batch_create(&a, COUNT, VALUES, false, NULL, NULL), LOCI_OK);
            assert_int_equal(loci_batch_create(&b, COUNT, PIXELS, false, NULL, NULL), LOCI_OK);
            assert_int_equal(
                loci_batch_fill(a, colour, LOCI_TRAIN, chosen, COUNT, &of_colour, 0, NULL),
                LOCI_OK);
            assert_int_equal(loci_batch_fill(b, grey, LOCI_TRAIN, chosen, COUNT, &of_grey, 0, NULL),
                             LOCI_OK);
            for (size_t i = 0; i < COUNT; i++) {
                unpack(a, i, whole, VALUES);
                unpack(b, i, own, PIXELS);
                loci_dataset_sample(colour, LOCI_TRAIN, i, still);
                moved += memcmp(still, whole, sizeof still) != 0;
                for (size_t p = 0; p < PIXELS; p++)
                    assert_true(whole[p * RGB + k] == own[p]);
            }
            loci_batch_free(a);
            loci_batch_free(b);
        }
        loci_dataset_free(grey);
    }
    assert_true(moved > COUNT * RGB * TIMES);
    loci_dataset_free(colour);
}

/* ---- the specification ---- */

static void a_specification_says_so_only_then(void **state) {
    (void)state;
    loci_spec grey = shape(4, 6, 1), colour = shape(4, 6, RGB), back;
    char *text = loci_spec_to_text(&grey);
    assert_null(strstr(text, "channels"));
    assert_int_equal(loci_spec_version(&grey), 1);
    free(text);
    text = loci_spec_to_text(&colour);
    assert_non_null(strstr(text, "\"channels\":3"));
    assert_int_equal(loci_spec_version(&colour), 2);
    assert_int_equal(loci_spec_from_text(&back, text, "here", NULL), LOCI_OK);
    assert_memory_equal(&back, &colour, sizeof back);
    free(text);
    assert_int_equal(loci_spec_pixels(&colour), 72);
    colour.channels = 0;
    assert_int_equal(loci_spec_resolve(&colour, NULL), LOCI_E_ARGUMENT);
    colour.channels = 1u << 24;
    assert_int_equal(loci_spec_resolve(&colour, NULL), LOCI_E_ARGUMENT);
}

static void channels_share_a_place(void **state) {
    (void)state;
    loci_spec grey = shape(4, 6, 1), colour = shape(4, 6, RGB);
    for (size_t i = 0; i < 4 * 6 * RGB; i++)
        for (size_t x = 0; x < 3; x++)
            assert_true(loci_spec_pixel_place(&colour, i, x) ==
                        loci_spec_pixel_place(&grey, i / RGB, x));
    colour.noise = 0;
    colour.input = LOCI_INPUT_GRID;
    colour.tied = LOCI_TIED_NO;
    loci_network *network;
    assert_int_equal(loci_network_create(&network, &colour, 1, NULL), LOCI_OK);
    const float *p = network->parameters + network->projection[0].axon_position;
    for (size_t i = 0; i < 4 * 6 * RGB; i++)
        for (size_t x = 0; x < 2; x++)
            assert_true(p[2 * i + x] == (float)loci_spec_pixel_place(&grey, i / RGB, x));
    loci_network_free(network);
}

/* On a sheet they are told apart by a coordinate more; a model file brings all back. */
static void a_sheet_has_places_for_channels(void **state) {
    (void)state;
    loci_spec spec = shape(4, 6, RGB);
    loci_network *network, *back;
    char path[320];
    float x[72] = {0}, logits[3][10];
    loci_spec_set(&spec, "hidden", "8", NULL);
    loci_spec_set(&spec, "input", "sheet", NULL);
    loci_spec_set(&spec, "dendrite-sites", "4", NULL);
    assert_int_equal(loci_network_create(&network, &spec, 1, NULL), LOCI_OK);
    const loci_tensor *position = loci_network_tensor(network, 0);
    assert_string_equal(position->name, "pair0.channel.position");
    const float *places = network->parameters + position->offset;
    assert_true(places[0] < places[1] && places[1] < places[2]);
    for (size_t k = 0; k < 3; k++) {
        memset(x, 0, sizeof x);
        x[30 + k] = 1;
        assert_int_equal(loci_network_run(network, NULL, x, 1, logits[k], NULL), LOCI_OK);
    }
    assert_memory_not_equal(logits[0], logits[1], sizeof logits[0]);
    assert_memory_not_equal(logits[1], logits[2], sizeof logits[0]);
    snprintf(path, sizeof path, "%s/colour.safetensors", folder);
    assert_int_equal(loci_network_save(network, path, NULL), LOCI_OK);
    assert_int_equal(loci_network_load(&back, path, NULL), LOCI_OK);
    assert_memory_equal(&back->spec, &network->spec, sizeof back->spec);
    assert_int_equal(loci_network_run(back, NULL, x, 1, logits[0], NULL), LOCI_OK);
    assert_memory_equal(logits[0], logits[2], sizeof logits[0]);
    loci_network_free(back);
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channels_stand_side_by_side),
        cmocka_unit_test(doubts_are_said),
        cmocka_unit_test(parts_differ),
        cmocka_unit_test(networks_of_the_first_version_take_them),
        cmocka_unit_test(grey_is_made),
        cmocka_unit_test(colour_is_made),
        cmocka_unit_test(grey_has_its_own_range),
        cmocka_unit_test(deep_pixels_have_one_scale),
        cmocka_unit_test(tables_are_not_pixels),
        cmocka_unit_test(channels_move_together),
        cmocka_unit_test(a_specification_says_so_only_then),
        cmocka_unit_test(channels_share_a_place),
        cmocka_unit_test(a_sheet_has_places_for_channels),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
