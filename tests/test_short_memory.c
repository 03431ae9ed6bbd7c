/* What is written while memory is short is whole, or is not written: each allocation that an export
 * or a text of JSON asks for fails once. */
#include "fuzz/short_memory.h"
#include "no_sync.h"
#include "pictures.h"
#include "prune_fixture.h"
#include "scratch_folder.h"

#include <jansson.h>
#include <loci/codegen.h>

#include "base/json.h"
#include "data/picture.h"
#include "train/metrics.h"

enum { SAMPLES = 12, MOST_ASKED = 100000 };

/* [SAMPLES, PIXELS] in both parts: what it holds does not matter. */
static loci_dataset *make_data(bool regress) {
    static float samples[SAMPLES][PIXELS], targets[SAMPLES][CLASSES];
    static int32_t labels[SAMPLES];
    const loci_random stream = {5, LOCI_RANDOM_TEST, 60};
    for (size_t i = 0; i < SAMPLES; i++) {
        labels[i] = (int32_t)(i % CLASSES);
        for (size_t p = 0; p < PIXELS; p++)
            samples[i][p] = (float)loci_random_uniform(&stream, i * PIXELS + p);
        for (size_t k = 0; k < CLASSES; k++)
            targets[i][k] = samples[i][k] * (float)k;
    }
    loci_dataset *data = NULL;
    loci_arrays part = {
        .count = SAMPLES, .samples = samples[0], .targets = targets[0], .outputs = CLASSES};
    int status = regress ? loci_dataset_borrow(&data, "spots", SIDE, SIDE, &part, &part, NULL)
                         : loci_dataset_from_arrays(&data, "spots", SIDE, SIDE, samples[0], labels,
                                                    SAMPLES, samples[0], labels, SAMPLES, NULL);
    assert_int_equal(status, LOCI_OK);
    return data;
}

static void begin(size_t fails) {
    short_memory.asked = 0;
    short_memory.fails = fails;
    short_memory.over = false;
}

static size_t end(void) {
    size_t asked = short_memory.asked;
    memory_is_enough();
    return asked;
}

static int export_once(const loci_network *network, const loci_export_options *options,
                       const char *to, loci_error *error) {
    loci_export *export = NULL;
    int status = loci_export_create(&export, network, options, error);
    if (status == LOCI_OK)
        status = loci_export_write(export, to, 0, error);
    loci_export_free(export);
    return status;
}

static const char *whole_folder;
static size_t files_seen;

static void compare(const char *path) {
    scratch_assert_same(path, scratch_path(whole_folder, strrchr(path, '/') + 1));
    files_seen++;
}

static void check_export(const char *options, int mode, uint32_t bits, bool regress) {
    loci_network *network = prune_make(options, 4);
    loci_dataset *data = make_data(regress);
    loci_export_options how;
    loci_error error = {0};
    char whole[300], other[300];
    snprintf(whole, sizeof whole, "%s/whole", folder);
    snprintf(other, sizeof other, "%s/other", folder);
    loci_export_options_defaults(&how);
    how.mode = mode;
    how.bits = bits;
    how.samples = SAMPLES;
    how.data = data;
    how.name = "net";
    begin(0);
    if (export_once(network, &how, whole, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", options, error.where, error.message);
    size_t asked = end();
    assert_in_range(asked, 20, MOST_ASKED);
    for (size_t fails = 1; fails <= asked; fails++) {
        begin(fails);
        int status = export_once(network, &how, other, &error);
        end();
        if (status == LOCI_OK) { /* it went on without */
            whole_folder = whole;
            files_seen = 0;
            scratch_each(other, compare);
            assert_int_equal(files_seen, scratch_each(whole, NULL));
            scratch_remove(other);
        } else {
            assert_int_equal(status, LOCI_E_MEMORY);
            assert_int_equal(scratch_each(folder, NULL), 1);
        }
    }
    scratch_remove(whole);
    loci_dataset_free(data);
    loci_network_free(network);
}

static void test_exports(void **state) {
    (void)state;
    check_export("neuron=relu maps=2,3 dim=4 hidden=4 dendrite-sites=2", LOCI_EXPORT_POSITIONS, 32,
                 false);
    check_export("neuron=relu hidden=5 dendrite-sites=2", LOCI_EXPORT_WEIGHTS, 8, false);
    check_export("neuron=relu hidden=5 dendrite-sites=2", LOCI_EXPORT_PRUNED, 32, false);
    check_export("task=regress neuron=relu hidden=5 dendrite-sites=2", LOCI_EXPORT_POSITIONS, 32,
                 true);
    check_export("hidden=5 time-steps=3 dendrite-sites=2 delay=distance longest-delay=2",
                 LOCI_EXPORT_POSITIONS, 8, false);
}

/* ---- texts ---- */

/* The text is whole or none. */
static void check_text(char *(*make)(const void *), const void *of) {
    begin(0);
    char *whole = make(of);
    size_t asked = end();
    assert_non_null(whole);
    assert_in_range(asked, 5, MOST_ASKED);
    for (size_t fails = 1; fails <= asked; fails++) {
        begin(fails);
        char *text = make(of);
        end();
        if (text != NULL)
            assert_string_equal(text, whole);
        free(text);
    }
    free(whole);
}

/* ---- pictures ---- */

static char *picture_text(const void *of) {
    const bytes *png = of;
    loci_picture picture;
    loci_error error = {0};
    int status = loci_picture_decode(&picture, png->data, png->size, "test", &error);
    if (status != LOCI_OK) {
        assert_int_equal(status, LOCI_E_MEMORY);
        assert_int_equal(error.code, LOCI_E_MEMORY);
        return NULL;
    }
    char *text = calloc(1, 4 * 4 * 2 + 1);
    for (size_t i = 0; text != NULL && i < 4 * 4; i++)
        sprintf(text + 2 * i, "%02x", ((const uint8_t *)picture.pixels)[i]);
    loci_picture_free(&picture);
    return text;
}

/* libpng would go on without the transparent colours, or call it damage. */
static void test_png(void **state) {
    (void)state;
    static bytes png;
    const unsigned char index[2] = {0x40, 0x80};
    picture_encode(&png, 2, 2, 1, PNG_COLOR_TYPE_PALETTE, 1, index, 1);
    check_text(picture_text, &png);
}

/* ---- JSON ---- */

static char *spec_text(const void *spec) {
    return loci_spec_json(spec);
}

static char *summary_text(const void *summary) {
    json_t *json = loci_summary_to_json(summary);
    char *text = json != NULL ? loci_json_print(json, JSON_COMPACT) : NULL;
    json_decref(json);
    return text;
}

static void test_json(void **state) {
    (void)state;
    loci_spec spec =
        fixture_spec(SIDE, SIDE, CLASSES, "neuron=relu hidden=5,6 gap=1,2,3 dendrite-sites=2,3,4");
    check_text(spec_text, &spec);
    loci_summary summary = {.preset = "own", .dataset = "spots", .time_steps = 3};
    summary.activity.layers = 3;
    check_text(summary_text, &summary);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_exports), cmocka_unit_test(test_png),
                                       cmocka_unit_test(test_json)};
    json_set_alloc_funcs(__wrap_malloc, free);
    memory_is_enough();
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
