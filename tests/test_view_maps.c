/* A page's payload of networks whose neurons stand in maps: grids and stencils, what maps share
 * once each, and the same of the moments of a training. */
#include "payload_reader.h"
#include "scratch_folder.h"
#include "spiking_fixture.h"

#include <loci/network.h>

#include "network/acting.h"
#include "train/frames.h"
#include "view/payload.h"

/* 9 x 8 places of one value, then 5 maps of 5 x 4 and 4 of 2 x 2 */
static const char shared[] = "hidden=6 maps=5,4 window=5,3 pool=1,2 stride=2,1 dim=5 "
                             "dendrite-sites=3,2 neuron=adlif train-beta=neuron "
                             "train-threshold=neuron train-adaptation=neuron threshold=0.1";
enum { HEIGHT = 9, WIDTH = 8, ACROSS = 2 };

static loci_network *create(const char *options) {
    const loci_spec spec = fixture_spec(HEIGHT, WIDTH, 3, options);
    loci_network *network;
    loci_error error = {0};
    if (loci_network_create(&network, &spec, 5, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", options, error.where, error.message);
    return network;
}

static const json_t *item(const json_t *json, const char *list, size_t i) {
    const json_t *one = json_array_get(json_object_get(json, list), i);
    assert_non_null(one);
    return one;
}

static void check_whole(const json_t *json, const char *const *keys, const int *wanted,
                        size_t count) {
    for (size_t k = 0; k < count; k++)
        assert_true(number_in(json, keys[k]) == wanted[k]);
}

static void test_shapes(void **state) {
    (void)state;
    static const char *const of_layer[] = {"size", "maps", "height", "width"};
    static const int layers[3][4] = {{72, 1, 9, 8}, {100, 5, 5, 4}, {16, 4, 2, 2}};
    static const char *const of_stencil[] = {"height", "width",  "in",  "out",
                                             "window", "stride", "pool"};
    static const int stencils[2][7] = {{9, 8, 1, 5, 5, 2, 1}, {5, 4, 5, 4, 3, 1, 2}};
    loci_network *network = create(shared);
    json_t *json = payload_of(network, NULL);
    for (size_t l = 0; l < 3; l++)
        check_whole(item(json, "layers", l), of_layer, layers[l], 4);
    assert_null(json_object_get(item(json, "layers", 3), "maps"));
    for (size_t l = 0; l < 2; l++)
        check_whole(json_object_get(item(json, "pairs", l), "stencil"), of_stencil, stencils[l], 7);
    assert_null(json_object_get(item(json, "pairs", 2), "stencil"));
    assert_string_equal(text_in(json, "title"), "72-5x5x4-4x2x2-6-3");
    assert_true(number_in(json, "connections") == 25 * 5 + 45 * 4 + 16 * 6 + 6 * 3);
    json_decref(json);
    loci_network_free(network);
}

/* The sites of all senders, made anew from what maps share as the page does it. */
static void check_sites(const loci_acting *acting, const json_t *pair, size_t p, size_t maps) {
    const loci_wiring *w = &acting->wiring[p];
    const json_t *grid = json_object_get(pair, "grid");
    size_t rows = (size_t)number_in(grid, "rows"), columns = (size_t)number_in(grid, "columns");
    assert_true(number_in(grid, "maps") == (double)maps && rows * columns * maps == w->n);
    float *across = array_in(pair, "axon_position", "f32", 3, (size_t[]){maps, 1, ACROSS});
    float *charge = array_in(pair, "axon_charge", "f32", 2, (size_t[]){maps, 1});
    assert_true((across == NULL) == (p == 0) && (charge == NULL) == (p == 0));
    for (size_t i = 0; i < w->n; i++) {
        const float *at = w->p + i * w->coordinates;
        size_t place = i / maps;
        assert_true(at[0] == (float)((double)(place % columns) - (double)(columns - 1) / 2));
        assert_true(at[1] == (float)((double)(place / columns) - (double)(rows - 1) / 2));
        for (size_t x = 0; across != NULL && x < ACROSS; x++)
            assert_true(at[2 + x] == across[i % maps * ACROSS + x]);
        assert_true(charge == NULL || w->c[i] == charge[i % maps]);
    }
    free(across);
    free(charge);
}

static void test_sites(void **state) {
    (void)state;
    static const size_t maps[] = {1, 5, 4}, entries[] = {25, 45, 16}, columns[] = {5, 4, 6};
    loci_network *network = create(shared);
    loci_acting acting;
    assert_int_equal(loci_acting_open(&acting, network, NULL), LOCI_OK);
    loci_acting_update(&acting);
    json_t *json = payload_of(network, NULL);
    for (size_t p = 0; p < 3; p++) {
        const json_t *pair = item(json, "pairs", p);
        assert_true(number_in(pair, "n") == (double)entries[p]);
        assert_true(number_in(pair, "m") == (double)columns[p]);
        check_sites(&acting, pair, p, maps[p]);
    }
    assert_null(json_object_get(item(json, "pairs", 3), "grid"));
    json_decref(json);
    loci_acting_close(&acting);
    loci_network_free(network);
}

static void test_conventional(void **state) {
    (void)state;
    loci_network *network = create("hidden=0 maps=3 window=3 wiring=dense neuron=relu");
    json_t *json = payload_of(network, NULL);
    const json_t *pair = item(json, "pairs", 0);
    free(array_in(pair, "weight", "f32", 2, (size_t[]){9, 3}));
    assert_true(number_in(json_object_get(pair, "stencil"), "pool") == 2);
    assert_null(json_object_get(pair, "grid"));
    json_decref(json);
    loci_network_free(network);
}

/* ---- moments ---- */

static const json_t *track_in(const json_t *json, size_t p, const char *key) {
    const json_t *tensors = json_object_get(json_object_get(json, "frames"), "tensors"), *one;
    char name[64];
    size_t i;
    snprintf(name, sizeof name, "pair%zu.%s", p, key);
    json_array_foreach(tensors, i, one) {
        if (strcmp(text_in(one, "name"), name) == 0)
            return one;
    }
    fail_msg("%s", name);
    return NULL;
}

static void record(loci_network *network, json_t *moments[2]) {
    loci_frames *frames;
    assert_int_equal(loci_frames_create(&frames, network, 1, NULL), LOCI_OK);
    for (uint32_t f = 0; f < 2; f++) {
        for (size_t i = 0; i < network->parameter_count; i++)
            network->parameters[i] -= 0.01f * (float)(1 + i % 7);
        loci_frames_take(frames, network, f);
        moments[f] = payload_of(network, NULL);
    }
    assert_int_equal(loci_frames_write(frames, scratch_path(folder, "frames.npz"), NULL), LOCI_OK);
    loci_frames_free(frames);
}

/* What neurons of maps have in common is there once a map, at each moment as at the end. */
static void check_constants(const json_t *json, json_t *const moments[2], size_t p, size_t units) {
    static const char *const keys[] = {"bias", "beta", "threshold", "adaptation_decay",
                                       "adaptation_spike"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        const json_t *track = track_in(json, p, keys[k]);
        float *values = array_in(track, "data", "f32", 2, (size_t[]){2, units});
        for (size_t f = 0; f < 2; f++) {
            float *wanted = array_in(item(moments[f], "pairs", p), keys[k], "f32", 1, &units);
            assert_memory_equal(values + f * units, wanted, units * sizeof *wanted);
            free(wanted);
        }
        free(values);
    }
}

static void test_moments(void **state) {
    (void)state;
    static const size_t units[] = {5, 4, 6};
    loci_network *network = create(shared);
    loci_view_options options;
    json_t *moments[2];
    record(network, moments);
    loci_view_options_defaults(&options);
    options.run = folder;
    json_t *json = payload_of(network, &options);
    for (size_t p = 0; p < 3; p++)
        check_constants(json, moments, p, units[p]);
    for (size_t p = 1; p < 3; p++) {
        size_t maps = units[p - 1];
        free(array_in(track_in(json, p, "axon_charge"), "data", "u16", 3, (size_t[]){2, maps, 1}));
        free(array_in(track_in(json, p, "axon.position"), "data", "u16", 4,
                      (size_t[]){2, maps, 1, ACROSS}));
    }
    json_decref(json);
    for (size_t f = 0; f < 2; f++)
        json_decref(moments[f]);
    remove(scratch_path(folder, "frames.npz"));
    loci_network_free(network);
}

/* A moment that is sent has all that the page follows it by. */
static void test_sent(void **state) {
    (void)state;
    loci_network *network = create(shared);
    loci_moment *moment;
    assert_int_equal(loci_moment_create(&moment, network, NULL), LOCI_OK);
    size_t all = loci_moment_count(moment), sum = 0, count, betas = 0;
    const char *name;
    for (size_t i = 0; (name = loci_moment_part(moment, i, &count)) != NULL; i++) {
        sum += count;
        betas += strcmp(name, "pair0.beta") == 0 ? count : 0;
    }
    assert_true(sum == all && betas == 5);
    float *values = malloc(all * sizeof *values);
    assert_non_null(values);
    loci_moment_take(moment, network->parameters, values);
    free(values);
    loci_moment_free(moment);
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),       cmocka_unit_test(test_sites),
        cmocka_unit_test(test_conventional), cmocka_unit_test(test_moments),
        cmocka_unit_test(test_sent),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
