/* How runs begin: bad folders and options, starting from a model, the estimate, the frames. */
#include "run_fixture.h"

#include <math.h>

#include "data/npz.h"
#include "network/contents.h"
#include "train/frames.h"
#include "train/run_prepare.h"

static void test_bad_folder(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    char below[600];
    snprintf(below, sizeof below, "%s/config.json/run", calm);
    assert_int_equal(train(&config, below, NULL, NULL, NULL), LOCI_E_IO);
    assert_int_equal(train(&config, "", NULL, NULL, NULL), LOCI_E_ARGUMENT);
}

static void test_bad_configuration(void **state) {
    (void)state;
    loci_error error = {0};
#define REFUSED(change, option)                                                                    \
    do {                                                                                           \
        loci_config config = small_config(EPOCHS);                                                 \
        change;                                                                                    \
        assert_int_equal(train(&config, run, NULL, NULL, &error), LOCI_E_ARGUMENT);                \
        assert_string_equal(error.where, option);                                                  \
        assert_int_not_equal(access(run, F_OK), 0);                                                \
    } while (0)
    REFUSED(config.train.epochs = 100001, "epochs");
    REFUSED(config.train.batch = 0, "batch");
    REFUSED(config.train.lr = NAN, "lr");
    REFUSED(config.train.lr = -1, "lr");
    REFUSED(config.train.schedule = 4, "schedule");
    REFUSED(config.train.shift = 3, "shift");
    REFUSED(config.train.validation = SAMPLES, "validation");
    REFUSED(config.spec.dim = 1, "dim");
    REFUSED(config.seed = UINT64_MAX, "seed");
    REFUSED(config.no_test = 1, "no-test");
#undef REFUSED
}

/* ---- starting from a model ---- */

static void test_init(void **state) {
    (void)state;
    loci_config config = small_config(1);
    loci_network *model, *after;
    char path[600];
    snprintf(config.init, sizeof config.init, "%s", calm);
    config.train.lr = 1e-12; /* so small that nothing moves by much */
    config.train.patience = 0;
    assert_int_equal(train(&config, run, NULL, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_network_load(&model, calm, NULL), LOCI_OK);
    assert_int_equal(loci_network_load(&after, run, NULL), LOCI_OK);
    for (size_t i = 0; i < model->parameter_count; i++)
        assert_true(fabsf(model->parameters[i] - after->parameters[i]) < 1e-6f);
    loci_network_free(model);
    loci_network_free(after);

    /* a model that does not fit, or is not there, leaves no folder behind */
    loci_error error = {0};
    scratch_remove(run);
    config.spec.hidden[0] = 9;
    assert_int_equal(train(&config, run, NULL, NULL, &error), LOCI_E_MISMATCH);
    assert_message(&error, "pair0.dendrite.position");
    assert_int_not_equal(access(run, F_OK), 0);
    snprintf(path, sizeof path, "%s/nowhere", folder);
    strcpy(config.init, path);
    assert_int_equal(train(&config, run, NULL, NULL, &error), LOCI_E_NOT_FOUND);
    assert_string_equal(error.where, path);
    assert_int_not_equal(access(run, F_OK), 0);
}

/* ---- estimate and frames ---- */

static void test_estimate(void **state) {
    (void)state;
    loci_config config = small_config(EPOCHS);
    loci_estimate one, two;
    loci_error error = {0};
    assert_int_equal(loci_run_estimate(&config, data, NULL, &one, &error), LOCI_OK);
    assert_true(one.seconds > 0 && one.bytes > 0);
    /* two products of the first pair, three of the second: nothing is counted less */
    assert_true(one.operations >= EPOCHS * 96.0 * (2 * 36 * 8 + 3 * 8 * 3));
    config.train.epochs *= 2;
    assert_int_equal(loci_run_estimate(&config, data, NULL, &two, &error), LOCI_OK);
    assert_true(two.operations == 2 * one.operations);
    assert_true(two.bytes == one.bytes);
    config.spec.hidden[0] = 800;
    assert_int_equal(loci_run_estimate(&config, data, NULL, &two, &error), LOCI_OK);
    assert_true(two.bytes > one.bytes && two.operations > 50 * one.operations);
    config.train.batch = 0;
    assert_int_equal(loci_run_estimate(&config, data, NULL, &two, &error), LOCI_E_ARGUMENT);
}

/* However long the run, there are at most 40 frames, the first at the start and the last at the
 * end. */
static void test_frames_are_spread(void **state) {
    (void)state;
    loci_config config = small_config(1), full;
    loci_network *network;
    const char *path = scratch_path(folder, "frames.npz");
    assert_int_equal(loci_run_configure(&full, &config, data, NULL), LOCI_OK);
    assert_int_equal(loci_run_network(&network, &full, data, NULL), LOCI_OK);
    static const uint32_t lengths[] = {1, 2, 38, 39, 40, 41, 77, 78, 79, 300, 99999, 100000};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        uint32_t epochs = lengths[i],
                 expected = epochs < LOCI_MOST_FRAMES ? epochs + 1 : LOCI_MOST_FRAMES;
        loci_frames *frames;
        loci_npz_loaded loaded;
        assert_int_equal(loci_frames_create(&frames, network, epochs, NULL), LOCI_OK);
        for (uint32_t epoch = 0; epoch <= epochs; epoch++)
            loci_frames_take(frames, network, epoch);
        assert_int_equal(loci_frames_write(frames, path, NULL), LOCI_OK);
        assert_int_equal(loci_npz_read(path, "epochs", "i4", &loaded, NULL), LOCI_OK);
        const int32_t *at = loaded.data;
        assert_int_equal(loaded.count, expected);
        assert_int_equal(at[0], 0);
        assert_int_equal(at[expected - 1], epochs);
        free(loaded.data);
        loci_frames_free(frames);
    }
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_bad_folder), TEST(test_bad_configuration), TEST(test_init),
        TEST(test_estimate),   TEST(test_frames_are_spread),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
