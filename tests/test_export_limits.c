/* What cannot be exported as C: a clear error, and nothing left behind. */
#include "no_sync.h"
#include "scratch_folder.h"
#include "small_run.h"
#include "spiking_fixture.h"

#include <math.h>
#include <unistd.h>

#include <loci/codegen.h>

#include "codegen/measure.h"
#include "wiring/wiring.h"

static loci_dataset *data;

static int open_data(void **state) {
    data = small_data(100);
    return data == NULL ? -1 : make_folder(state);
}

static int close_data(void **state) {
    loci_dataset_free(data);
    return remove_folder(state);
}

static loci_network *make_network(const char *options) {
    loci_spec spec = fixture_spec(SMALL_SIDE, SMALL_SIDE, SMALL_CLASSES, options);
    loci_network *network;
    loci_error error = {0};
    if (loci_network_create(&network, &spec, 1, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return network;
}

static loci_export_options defaults(void) {
    loci_export_options options;
    loci_export_options_defaults(&options);
    options.data = data;
    options.samples = 20;
    return options;
}

/* Expects a failure, with a message that has some word in it. */
static void refuse(const loci_network *network, const loci_export_options *options, int status,
                   const char *where, const char *word) {
    loci_export *export = NULL;
    loci_error error = {0};
    assert_int_equal(loci_export_create(&export, network, options, &error), status);
    assert_null(export);
    assert_string_equal(error.where, where);
    if (strstr(error.message, word) == NULL)
        fail_msg("no '%s' in: %s", word, error.message);
}

static loci_export *make_export(const loci_network *network, const loci_export_options *options) {
    loci_export *export = NULL;
    loci_error error = {0};
    if (loci_export_create(&export, network, options, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return export;
}

static void test_names(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",       "1net",       "a-b",
        "a b",    "n\xc3\xa9t", "_net",
        "switch", "int",        "class",
        "a.b",    "main",       "a/b",
        "stdint", "stddef",     "time",
        "../a",   "template",   "a234567890123456789012345678901234567890123456789"};
    loci_network *network = make_network("neuron=relu hidden=3");
    loci_export_options options = defaults();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        options.name = bad[i];
        refuse(network, &options, LOCI_E_ARGUMENT, "name", "");
    }
    static const char *const presets[][2] = {{"", "loci_net"},
                                             {"arbor-mlp-10k", "arbor_mlp_10k"},
                                             {"switch", "loci_net"},
                                             {"10k", "loci_net"},
                                             {"a b", "a_b"}};
    options.name = NULL;
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
        loci_network_set_note(network, "preset", presets[i][0], NULL);
        loci_export *export = make_export(network, &options);
        assert_string_equal(loci_export_report_of(export)->name, presets[i][1]);
        loci_export_free(export);
    }
    loci_network_free(network);
}

static void test_options(void **state) {
    (void)state;
    loci_network *network = make_network("neuron=relu hidden=3");
    loci_export_options options = defaults();
    options.mode = 3;
    refuse(network, &options, LOCI_E_ARGUMENT, "mode", "no mode");
    options = defaults();
    options.bits = 16;
    refuse(network, &options, LOCI_E_ARGUMENT, "bits", "16");
    options = defaults();
    options.samples = 0;
    refuse(network, &options, LOCI_E_ARGUMENT, "samples", "60000");
    options = defaults();
    options.data = NULL;
    refuse(network, &options, LOCI_E_ARGUMENT, "data", "needs data");
    assert_string_equal(loci_export_mode_name(2), "pruned");
    assert_null(loci_export_mode_name(3));
    loci_network_free(network);
}

static void test_networks(void **state) {
    (void)state;
    loci_error error = {0};
    loci_export_options options = defaults();
    loci_network *dense = make_network("neuron=relu hidden=3 wiring=dense");
    refuse(dense, &options, LOCI_E_UNSUPPORTED, "mode", "no positions");
    loci_network_free(dense);
    loci_network *poisson = make_network("hidden=3 coding=poisson");
    refuse(poisson, &options, LOCI_E_UNSUPPORTED, "export", "Poisson");
    loci_network_free(poisson);
    loci_network *frozen = make_network("neuron=relu hidden=9");
    assert_int_equal(
        loci_network_prune(frozen, 0.5, LOCI_PRUNE_BY_WEIGHT, LOCI_PRUNE_SCOPE_LAYER, NULL, &error),
        LOCI_OK);
    assert_int_equal(loci_network_freeze(frozen, &error), LOCI_OK);
    refuse(frozen, &options, LOCI_E_UNSUPPORTED, "mode", "fixed set");
    options.mode = LOCI_EXPORT_PRUNED;
    loci_export_free(make_export(frozen, &options));
    frozen->parameters[3] = NAN;
    refuse(frozen, &options, LOCI_E_DIVERGED, "export", "not finite");
    loci_network_free(frozen);
    loci_spec spec = fixture_spec(3, 3, SMALL_CLASSES, "neuron=relu hidden=3");
    loci_network *other;
    assert_int_equal(loci_network_create(&other, &spec, 1, &error), LOCI_OK);
    loci_export *export = NULL;
    assert_int_equal(loci_export_create(&export, other, &options, &error), LOCI_E_MISMATCH);
    loci_network_free(other);
}

/* Colours of as many pixels are more than a grey net takes. */
static void test_other_data(void **state) {
    (void)state;
    enum { COLOURS = 3, COUNT = 4, SAMPLE = COLOURS * SMALL_SIDE * SMALL_SIDE };
    static float samples[COUNT * SAMPLE];
    static const int32_t labels[COUNT] = {0, 1, 0, 1};
    const loci_arrays part = {
        .count = COUNT, .samples = samples, .labels = labels, .channels = COLOURS};
    loci_network *network = make_network("neuron=relu hidden=3");
    loci_export_options options = defaults();
    loci_export *export = make_export(network, &options);
    loci_dataset *colours;
    int32_t inputs[SAMPLE];
    assert_int_equal(
        loci_dataset_borrow(&colours, "colours", SMALL_SIDE, SMALL_SIDE, &part, &part, NULL),
        LOCI_OK);
    assert_int_equal(loci_export_inputs(export, colours, LOCI_TEST, 0, inputs), LOCI_E_MISMATCH);
    assert_int_equal(loci_export_inputs(export, data, LOCI_TEST, 0, inputs), LOCI_OK);
    loci_dataset_free(colours);
    loci_export_free(export);
    loci_network_free(network);
}

/* A sheet that is very wide beside the steps of its dendrites. */
static void test_wide_sheet(void **state) {
    (void)state;
    loci_network *network =
        make_network("neuron=relu hidden=3 input=sheet dendrite-sites=2 extent=1000000");
    loci_export_options options = defaults();
    float *numbers = loci_network_parameters(network);
    size_t at = network->projection[0].dendrite_position;
    for (size_t i = 0; i < 3 * 2 * 2; i++)
        numbers[at + i] = (float)i / 1024;
    refuse(network, &options, LOCI_E_UNSUPPORTED, "export", "the pixel grid of layer 1");
    loci_network_free(network);
}

/* Nets in time: what is cut has no positions, events are not scaled, and pixels are none. */
static void test_time(void **state) {
    (void)state;
    static const char *const cut[] = {"hidden=9 delay=distance time-steps=5",
                                      "hidden=9 recurrent=yes time-steps=5"};
    loci_error error = {0};
    loci_export_options options = defaults();
    for (size_t i = 0; i < 2; i++)
        for (int by = LOCI_PRUNE_BY_DISTANCE; by <= LOCI_PRUNE_BY_WEIGHT; by++) {
            loci_network *network = make_network(cut[i]);
            assert_int_equal(
                loci_network_prune(network, 0.5, by, LOCI_PRUNE_SCOPE_LAYER, NULL, &error),
                LOCI_OK);
            options.mode = LOCI_EXPORT_POSITIONS;
            refuse(network, &options, LOCI_E_UNSUPPORTED, "mode", "use --mode pruned");
            options.mode = LOCI_EXPORT_PRUNED;
            loci_export_free(make_export(network, &options));
            loci_network_free(network);
        }
    loci_network *slow = make_network("hidden=9 delay=distance speed=0.000001 time-steps=5");
    options = defaults();
    refuse(slow, &options, LOCI_E_UNSUPPORTED, "export", "so slow");
    options.bits = 32;
    loci_export_free(make_export(slow, &options));
    loci_network_free(slow);
    loci_network *events = make_network("hidden=9 coding=events time-steps=5");
    options = defaults();
    options.input_type = LOCI_EXPORT_INT8;
    refuse(events, &options, LOCI_E_ARGUMENT, "input-type", "events are given as they are");
    options = defaults();
    refuse(events, &options, LOCI_E_MISMATCH, "small", "");
    loci_network_free(events);
}

/* Numbers so far apart that 32-bit sums must give up precision still fit. */
static void test_extremes(void **state) {
    (void)state;
    loci_network *network = make_network("neuron=relu hidden=6 dendrite-sites=2");
    loci_export_options options = defaults();
    int32_t white[SMALL_SIDE * SMALL_SIDE];
    double logits[SMALL_CLASSES];
    for (size_t i = 0; i < (size_t)SMALL_SIDE * SMALL_SIDE; i++)
        white[i] = 255;
    for (size_t i = 0; i < 6; i++) /* biases of the hidden layer, far above the weights */
        network->parameters[network->layer[1].bias + i] = 1e4f;
    for (int mode = 0; mode < 3; mode++) {
        options.mode = mode;
        loci_export *export = make_export(network, &options);
        assert_int_equal(loci_export_run(export, white, 1, logits, NULL), LOCI_OK);
        loci_export_free(export);
    }
    for (size_t i = 0; i < 6; i++)
        network->parameters[network->layer[1].bias + i] = 1e25f;
    for (int mode = 0; mode < 3; mode++) {
        options.mode = mode;
        loci_export *export = NULL;
        loci_error error = {0};
        int status = loci_export_create(&export, network, &options, &error);
        if (status != LOCI_OK)
            assert_int_equal(status, LOCI_E_UNSUPPORTED);
        loci_export_free(export);
    }
    loci_network_free(network);
}

/* Sites too far apart for their law: all that is left are biases. */
static void test_far(void **state) {
    (void)state;
    static const char *const nets[] = {"law=gaussian length=0.01 gap=1",
                                       "law=exponential length=0.001",
                                       "law=gaussian length=0.05 range=0.2 gap=1"};
    loci_export_options options = defaults();
    int32_t white[SMALL_SIDE * SMALL_SIDE];
    for (size_t i = 0; i < (size_t)SMALL_SIDE * SMALL_SIDE; i++)
        white[i] = 255;
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        char text[128];
        snprintf(text, sizeof text, "neuron=relu hidden=6 scale=one dendrite-sites=2 %s", nets[i]);
        loci_network *network = make_network(text);
        for (size_t c = 0; c < SMALL_CLASSES; c++)
            network->parameters[network->layer[2].bias + c] = (float)c + 1;
        loci_export *export = make_export(network, &options);
        double logits[SMALL_CLASSES];
        assert_int_equal(loci_export_run(export, white, 1, logits, NULL), LOCI_OK);
        for (size_t c = 0; c < SMALL_CLASSES; c++)
            assert_true(fabs(logits[c] * loci_export_unit(export) - (double)c - 1) < 1e-3);
        loci_export_free(export);
        loci_network_free(network);
    }
}

static void test_limits(void **state) {
    (void)state;
    loci_network *network = make_network("neuron=relu hidden=9");
    loci_export_options options = defaults();
    loci_export *export = make_export(network, &options);
    loci_export_report report = *loci_export_report_of(export);
    loci_export_free(export);
    options.flash = report.flash;
    options.ram = report.scratch + report.stack;
    loci_export_free(make_export(network, &options));
    options.flash--;
    refuse(network, &options, LOCI_E_UNSUPPORTED, "flash", "allowed");
    options.flash = 0;
    options.ram--;
    refuse(network, &options, LOCI_E_UNSUPPORTED, "ram", "allowed");
    loci_network_free(network);
}

/* ---- the folder ---- */

static size_t entries(void) {
    return scratch_each(folder, NULL);
}

static void test_folder(void **state) {
    (void)state;
    static const char *const files[] = {
        "x.h", "x.c", "x_test.c", "Makefile", "CMakeLists.txt", "README.md", "report.json"};
    loci_network *network = make_network("neuron=relu hidden=3");
    loci_export_options options = defaults();
    loci_error error = {0};
    options.name = "x";
    loci_export *export = make_export(network, &options);
    char place[300];
    snprintf(place, sizeof place, "%s/deep/er", folder);
    assert_int_equal(loci_export_write(export, place, 0, &error), LOCI_OK);
    assert_int_equal(scratch_each(place, NULL), 7);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(access(scratch_path(place, files[i]), R_OK), 0);
    assert_int_equal(entries(), 1);
    assert_int_equal(loci_export_write(export, place, 0, &error), LOCI_E_EXISTS);
    scratch_write(scratch_path(place, "x_test"), "program", 7);
    scratch_write(scratch_path(place, "x.c"), "old", 3);
    assert_int_equal(loci_export_write(export, place, 1, &error), LOCI_OK);
    assert_int_equal(scratch_each(place, NULL), 8); /* what is not its own stays */
    size_t size;
    free(scratch_read(scratch_path(place, "x.c"), &size));
    assert_true(size > 1000);

    /* of another name only its own source stays */
    loci_export *other;
    options.name = "y";
    other = make_export(network, &options);
    assert_int_equal(loci_export_write(other, place, 1, &error), LOCI_OK);
    assert_int_equal(scratch_each(place, NULL), 8);
    assert_int_equal(access(scratch_path(place, "x.c"), F_OK), -1);
    assert_int_equal(access(scratch_path(place, "y.c"), R_OK), 0);
    loci_export_free(other);

    /* another report than that of an export */
    static const char *const reports[] = {"{}", "[1]", "no",
                                          "{\"name\":\"../x\",\"flash_bytes\":1}"};
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
        scratch_write(scratch_path(place, "report.json"), reports[i], strlen(reports[i]));
        assert_int_equal(loci_export_write(export, place, 1, &error), LOCI_E_EXISTS);
    }
    scratch_remove(scratch_path(folder, "deep"));

    /* neither a file nor a folder of something else is replaced */
    scratch_write(scratch_path(folder, "file"), "x", 1);
    assert_int_equal(loci_export_write(export, scratch_path(folder, "file"), 1, &error),
                     LOCI_E_EXISTS);
    mkdir(scratch_path(folder, "other"), 0700);
    assert_int_equal(loci_export_write(export, scratch_path(folder, "other"), 0, &error), LOCI_OK);
    unlink(scratch_path(folder, "other/report.json"));
    assert_int_equal(loci_export_write(export, scratch_path(folder, "other/"), 1, &error),
                     LOCI_E_EXISTS);
    assert_int_equal(scratch_each(scratch_path(folder, "other"), NULL), 6);
    assert_int_equal(entries(), 2);
    unlink(scratch_path(folder, "file"));
    scratch_remove(scratch_path(folder, "other"));
    loci_export_free(export);
    loci_network_free(network);
}

static void test_full_disk(void **state) {
    (void)state;
    loci_network *network = make_network("neuron=relu hidden=30 dendrite-sites=6");
    loci_export_options options = defaults();
    loci_error error = {0};
    loci_export *export = make_export(network, &options);
    scratch_disk_limit(2000);
    assert_int_equal(loci_export_write(export, scratch_path(folder, "new"), 0, &error), LOCI_E_IO);
    scratch_disk_limit(RLIM_INFINITY);
    assert_int_equal(entries(), 0);
    /* an old one stays as it was */
    char place[300];
    snprintf(place, sizeof place, "%s/old", folder);
    assert_int_equal(loci_export_write(export, place, 0, &error), LOCI_OK);
    scratch_write(scratch_path(place, "Makefile"), "mine", 4);
    scratch_disk_limit(2000);
    assert_int_equal(loci_export_write(export, place, 1, &error), LOCI_E_IO);
    scratch_disk_limit(RLIM_INFINITY);
    size_t size;
    free(scratch_read(scratch_path(place, "Makefile"), &size));
    assert_int_equal(size, 4);
    assert_int_equal(entries(), 1);
    scratch_remove(place);
    loci_export_free(export);
    loci_network_free(network);
}

/* RAM holds the rows of maps that others look at, and of positions the stencils. */
static void test_maps(void **state) {
    (void)state;
    loci_network *network = make_network("neuron=relu maps=2,3 window=3 pool=2,1 hidden=0 dim=5 "
                                         "dendrite-sites=3 gap=0.3");
    loci_export_options options = defaults();
    /* a place's best sums and those under way, of 3 maps, and logits */
    size_t places = 4 * (3 + 3 + SMALL_CLASSES);
    /* four rows of the image, three of the 3 x 3 places of two maps */
    size_t rows = 4 * SMALL_SIDE + 3 * 3 * 2, stencils = 9 * 2 + 9 * 2 * 3;
    for (uint32_t bits = 8; bits <= 32; bits += 24) {
        options.bits = bits;
        size_t held = bits == 8 ? 2 : 4;
        for (int mode = LOCI_EXPORT_POSITIONS; mode <= LOCI_EXPORT_PRUNED; mode++) {
            options.mode = mode;
            loci_export *export = make_export(network, &options);
            size_t made = mode == LOCI_EXPORT_POSITIONS ? stencils : 0;
            assert_int_equal(loci_export_report_of(export)->scratch, places + held * (rows + made));
            loci_export_free(export);
        }
    }
    options.ram = places + 4 * rows;
    refuse(network, &options, LOCI_E_UNSUPPORTED, "ram", "scratch");
    loci_network_free(network);
    network = make_network("maps=2 window=3 hidden=0 dim=5 dendrite-sites=3");
    options = defaults();
    refuse(network, &options, LOCI_E_UNSUPPORTED, "export", "maps that spike");
    loci_network_free(network);
}

/* What one neuron costs may pass 32 bits. */
static void test_cost(void **state) {
    (void)state;
    enum { M = 65536, AXONS = 64, DENDRITES = 64, C = 33 };
    loci_network *network = make_network("neuron=relu hidden=0 dendrite-sites=2");
    static loci_export export;
    uint64_t products, roots;
    export =
        (loci_export){.network = network, .spec = loci_network_spec(network), .projections = 1};
    export.options.mode = LOCI_EXPORT_POSITIONS;
    export.acting.wiring[0] =
        (loci_wiring){.n = 1, .m = M, .axons = AXONS, .dendrites = DENDRITES, .coordinates = C};
    export.pair[0] =
        (loci_codegen_pair){.n = 1, .m = M, .width = M, .products = &products, .roots = &roots};
    export.acting.pruned_by = LOCI_UNPRUNED;
    export.pair[0].real.w = loci_alloc(M, sizeof(float));
    loci_codegen_cost(&export);
    uint64_t all = (uint64_t)M * AXONS * DENDRITES;
    bool charged = network->projection[0].dendrite_charge != LOCI_NONE;
    assert_true(roots == all && products == all * (C + charged) + 2 * (uint64_t)M * AXONS);
    free(export.pair[0].real.w);
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),      cmocka_unit_test(test_options),
        cmocka_unit_test(test_networks),   cmocka_unit_test(test_time),
        cmocka_unit_test(test_extremes),   cmocka_unit_test(test_other_data),
        cmocka_unit_test(test_wide_sheet), cmocka_unit_test(test_far),
        cmocka_unit_test(test_limits),     cmocka_unit_test(test_folder),
        cmocka_unit_test(test_full_disk),  cmocka_unit_test(test_maps),
        cmocka_unit_test(test_cost),
    };
    return cmocka_run_group_tests(tests, open_data, close_data);
}
