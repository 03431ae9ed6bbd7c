/* Networks as ONNX in 8 bits: scales, what cannot be, and how files are written. What is in them is
 * looked at by other programs: tests/onnx. */
#include "exchange_quantised.h"
#include "no_sync.h"
#include "scratch_folder.h"

#include "codegen/linear_scale.h"

enum { COUNT = 60 };
#define RELU "neuron=relu hidden=20,9 wiring=dense"

/* ---- scales ---- */

static void test_scales(void **state) {
    (void)state;
    loci_linear_scale bytes = loci_linear_scale_for(0, 1);
    assert_int_equal(bytes.zero, 0);
    for (int32_t b = 0; b < 256; b++) /* images keep every bit */
        assert_int_equal(loci_linear_scale_of(bytes, (float)b / 255.0f), b);
    assert_int_equal(loci_linear_scale_of(bytes, -3), 0);
    assert_int_equal(loci_linear_scale_of(bytes, 1e30f), 255);
    loci_linear_scale both = loci_linear_scale_for(-1, 3);
    assert_int_equal(both.zero, 64); /* 63.75 */
    assert_int_equal(loci_linear_scale_of(both, 0), 0);
    assert_int_equal(loci_linear_scale_of(both, -9), -64);
    assert_int_equal(loci_linear_scale_of(both, 9), 191);
    /* halves to even, as the operator has it */
    const loci_linear_scale one = {1, 0};
    assert_int_equal(loci_linear_scale_of(one, 2.5f), 2);
    assert_int_equal(loci_linear_scale_of(one, 3.5f), 4);
    /* whatever there is, there is a scale */
    assert_true(loci_linear_scale_for(0, 0).scale > 0);
    assert_true(loci_linear_scale_for(0, 1e-60).scale > 0);
    assert_int_equal(loci_linear_scale_for(-2, -1).zero, 255);
}

/* One large number is cut off where very many small ones gain by it, and only there. */
static void test_choice(void **state) {
    (void)state;
    enum { MANY = 200000 };
    float *numbers = loci_alloc(MANY + 1, sizeof *numbers);
    for (int i = 0; i < MANY; i++)
        numbers[i] = 0.3f * (float)i / MANY;
    numbers[MANY] = 1;
    loci_linear_scale cut = loci_linear_scale_choose(numbers, MANY + 1);
    assert_true(cut.scale < 0.95f / 255);
    numbers[100] = 1;
    loci_linear_scale whole = loci_linear_scale_choose(numbers, 101);
    free(numbers);
    assert_true(whole.scale == 1.0f / 255);
}

/* ---- networks ---- */

static loci_network *make(const char *options, uint64_t seed) {
    return fixture_network(SIDE, SIDE, CLASSES, options, seed);
}

/* Inputs [COUNT, SIDE SIDE] and what the network makes of them. */
static float *draw(const loci_network *network, float **outputs) {
    const loci_random stream = {9, LOCI_RANDOM_TEST, 60};
    size_t pixels = loci_spec_inputs(loci_network_spec(network));
    float *raw = loci_alloc(COUNT * pixels, sizeof *raw);
    *outputs = loci_alloc((size_t)COUNT * CLASSES, sizeof **outputs);
    for (size_t i = 0; i < COUNT * pixels; i++)
        raw[i] = (float)loci_random_uniform(&stream, i);
    if (loci_network_run(network, NULL, raw, COUNT, *outputs, NULL) != LOCI_OK)
        memset(*outputs, 0, (size_t)COUNT * CLASSES * sizeof **outputs);
    return raw;
}

/* With options changed by `change`, which may be NULL. */
static int export_changed(const loci_network *network, const char *path,
                          void (*change)(loci_export_options *options), loci_error *error) {
    quantised x;
    float *outputs, *raw = draw(network, &outputs);
    for (size_t i = 0; i < (size_t)COUNT * CLASSES; i++)
        outputs[i] = isfinite(outputs[i]) ? outputs[i] : 0;
    quantised_open(&x, network, raw, COUNT, outputs);
    if (change != NULL)
        change(&x.options);
    int status = loci_export_create(&x.export, network, &x.options, error);
    if (status == LOCI_OK)
        status = loci_exchange_onnx_quantised(x.export, path, error);
    if (status == LOCI_OK)
        assert_int_equal(loci_export_write(x.export, scratch_path(folder, "c"), 0, NULL),
                         LOCI_E_ARGUMENT);
    quantised_close(&x);
    free(raw);
    free(outputs);
    return status;
}

static void test_repeats(void **state) {
    (void)state;
    const char *first = scratch_path(folder, "first"), *second = scratch_path(folder, "second");
    loci_network *network = make(RELU, 2);
    assert_int_equal(export_changed(network, first, NULL, NULL), LOCI_OK);
    assert_int_equal(export_changed(network, second, NULL, NULL), LOCI_OK);
    scratch_assert_same(first, second);
    assert_int_equal(remove(first), 0);
    assert_int_equal(remove(second), 0);
    assert_int_equal(scratch_each(folder, NULL), 0); /* no C was written */
    loci_network_free(network);
}

static void test_size(void **state) {
    (void)state;
    const char *real = scratch_path(folder, "real"), *eight = scratch_path(folder, "eight");
    loci_network *network = make("neuron=relu hidden=300,300 wiring=dense", 2);
    size_t large, small;
    assert_int_equal(loci_exchange_onnx(network, real, NULL), LOCI_OK);
    assert_int_equal(export_changed(network, eight, NULL, NULL), LOCI_OK);
    free(scratch_read(real, &large));
    free(scratch_read(eight, &small));
    assert_in_range(small, large / 4, large / 3);
    assert_int_equal(remove(real), 0);
    assert_int_equal(remove(eight), 0);
    loci_network_free(network);
}

/* Logits stay near the network's own. */
static void test_near(void **state) {
    (void)state;
    static const char *const options[] = {
        RELU,
        "neuron=relu hidden=20,9 activation=tanh dendrite-sites=3,2 axon-sites=1,2 gap=0.3",
        "neuron=relu hidden=20,9 activation=sine wiring=dense",
        "neuron=relu hidden=20 activation=gelu wiring=dense logit-scale=0.5",
        "neuron=relu maps=3,4 window=3 hidden=0 dim=5 dendrite-sites=5 gap=0.3",
        "neuron=relu maps=3 window=3 activation=gelu hidden=5 wiring=dense",
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        quantised x;
        loci_network *network = make(options[i], 5);
        loci_error error = {0};
        float *outputs, *raw = draw(network, &outputs), out[COUNT * CLASSES];
        double off = 0, all = 0;
        quantised_open(&x, network, raw, COUNT, outputs);
        if (loci_export_create(&x.export, network, &x.options, &error) != LOCI_OK)
            fail_msg("%s: %s: %s", options[i], error.where, error.message);
        quantised_run(&x, loci_network_spec(network), out);
        for (size_t k = 0; k < (size_t)COUNT * CLASSES; k++) {
            off += pow((double)out[k] - (double)outputs[k], 2);
            all += pow((double)outputs[k], 2);
        }
        if (!(off > 0 && off < 4e-4 * all))
            fail_msg("%s: off by %g of what there is", options[i], sqrt(off / all));
        quantised_close(&x);
        free(raw);
        free(outputs);
        loci_network_free(network);
    }
}

/* ---- what cannot be ---- */

static void four_bits(loci_export_options *options) {
    options->bits = 4;
}

static void no_mode(loci_export_options *options) {
    options->mode = LOCI_EXPORT_POSITIONS;
}

static void counts(loci_export_options *options) {
    options->input_type = LOCI_EXPORT_UINT8;
}

static void for_c(loci_export_options *options) {
    options->linear = 0;
}

static void check_refused(const char *options, void (*change)(loci_export_options *options),
                          int status, const char *words) {
    loci_network *network = make(options, 3);
    loci_error error = {0};
    assert_int_equal(export_changed(network, scratch_path(folder, "refused"), change, &error),
                     status);
    if (strstr(error.message, words) == NULL)
        fail_msg("refused because: %s; expected '%s'", error.message, words);
    assert_int_equal(scratch_each(folder, NULL), 0);
    loci_network_free(network);
}

static void test_refused(void **state) {
    (void)state;
    check_refused("hidden=9 time-steps=4", NULL, LOCI_E_UNSUPPORTED, "a spike is one bit already");
    check_refused("hidden=9 time-steps=4 coding=poisson", NULL, LOCI_E_UNSUPPORTED, "one bit");
    check_refused("hidden=9 time-steps=5 delay=distance recurrent=yes", NULL, LOCI_E_UNSUPPORTED,
                  "one bit");
    check_refused(RELU, four_bits, LOCI_E_UNSUPPORTED, "no numbers of 4 bits");
    check_refused(RELU, no_mode, LOCI_E_ARGUMENT, "mode weights");
    check_refused(RELU, counts, LOCI_E_ARGUMENT, "inputs that are floats");
    check_refused(RELU, for_c, LOCI_E_ARGUMENT, "is for C");
}

static void test_not_finite(void **state) {
    (void)state;
    loci_network *network = make("neuron=relu hidden=9", 4);
    loci_error error = {0};
    const char *path = scratch_path(folder, "refused");
    network->parameters[network->layer[1].bias + 1] = NAN;
    assert_int_equal(export_changed(network, path, NULL, &error), LOCI_E_DIVERGED);
    network->parameters[network->layer[1].bias + 1] = 0;
    network->parameters[network->projection[0].log_scale] = 200; /* finite, its weights are not */
    assert_int_equal(export_changed(network, path, NULL, &error), LOCI_E_DIVERGED);
    assert_non_null(strstr(error.message, "a weight of layer pair 0"));
    assert_int_equal(scratch_each(folder, NULL), 0);
    loci_network_free(network);
}

static void test_full_disk(void **state) {
    (void)state;
    loci_network *network = make("neuron=relu hidden=100 wiring=dense", 5);
    scratch_disk_limit(2000);
    int status = export_changed(network, scratch_path(folder, "full"), NULL, NULL);
    size_t left = scratch_each(folder, NULL);
    scratch_disk_limit(RLIM_INFINITY);
    assert_int_equal(status, LOCI_E_IO);
    assert_int_equal(left, 0);
    assert_int_equal(export_changed(network, "/nonexistent/file", NULL, NULL), LOCI_E_IO);
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scales),     cmocka_unit_test(test_choice),
        cmocka_unit_test(test_repeats),    cmocka_unit_test(test_size),
        cmocka_unit_test(test_near),       cmocka_unit_test(test_refused),
        cmocka_unit_test(test_not_finite), cmocka_unit_test(test_full_disk),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
