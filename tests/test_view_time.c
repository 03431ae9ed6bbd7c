/* A page's payload of networks in time: what only these have, at the end of the training and at
 * each moment of it, and temporal samples, of which there are no more than a page can hold. */
#include "payload_reader.h"
#include "scratch_folder.h"
#include "spiking_fixture.h"

#include <math.h>

#include "data/npz.h"
#include "train/frames.h"
#include "view/payload.h"

enum { STEPS = 5, CHANNELS = 4, SAMPLES = 6 };

static const char everything[] =
    "hidden=9,7 coding=events time-steps=5 delay=distance speed=4,2,8 train-speed=layer "
    "longest-delay=6 recurrent=yes planes=learned recurrent-gap=0.7 neuron=adlif "
    "train-adaptation=neuron dendrite-sites=2,3,1 readout=softmax-sum threshold=0.1";

static loci_network *create(uint32_t width, const char *options) {
    const loci_spec spec = fixture_spec(1, width, 3, options);
    loci_network *network;
    loci_error error = {0};
    if (loci_network_create(&network, &spec, 5, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", options, error.where, error.message);
    return network;
}

/* ---- the network ---- */

static const json_t *part_in(const json_t *json, const char *list, size_t p) {
    const json_t *part = json_array_get(json_object_get(json, list), p);
    assert_non_null(part);
    return part;
}

static void check_delay(const json_t *part, double speed, double first, double longest) {
    assert_true(fabs(number_in(part, "speed") - speed) <= 1e-6 * speed);
    assert_true(number_in(part, "first_delay") == first);
    assert_true(number_in(part, "longest_delay") == longest);
}

static void test_delays(void **state) {
    (void)state;
    static const double speeds[] = {4, 2, 8};
    loci_network *network = create(CHANNELS, everything);
    json_t *json = payload_of(network, NULL);
    assert_true(number_in(json, "format") == 2);
    for (size_t l = 0; l < 3; l++)
        check_delay(part_in(json, "pairs", l), speeds[l], 0, 6);
    assert_int_equal(json_array_size(json_object_get(json, "recurrent")), 2);
    for (size_t l = 0; l < 2; l++) {
        const json_t *loop = part_in(json, "recurrent", l);
        double size = l == 0 ? 9 : 7;
        check_delay(loop, speeds[l], 1, 6);
        assert_true(number_in(loop, "n") == size && number_in(loop, "m") == size);
        assert_true(fabs(number_in(loop, "gap") - 0.7) < 1e-6);
        assert_true(number_in(loop, "dendrites") == (l == 0 ? 2 : 3));
        assert_null(json_object_get(loop, "bias")); /* its neurons are those of the pair */
    }
    json_decref(json);
    loci_network_free(network);
}

/* Loops without delays take a step. */
static void test_loops_alone(void **state) {
    (void)state;
    loci_network *network = create(CHANNELS, "hidden=6 wiring=dense recurrent=yes");
    json_t *json = payload_of(network, NULL);
    const json_t *loop = part_in(json, "recurrent", 0);
    assert_true(json_is_null(json_object_get(loop, "speed")));
    assert_true(number_in(loop, "first_delay") == 1 && number_in(loop, "longest_delay") == 1);
    free(array_in(loop, "weight", "f32", 2, (size_t[]){6, 6}));
    assert_null(json_object_get(part_in(json, "pairs", 0), "speed"));
    json_decref(json);
    loci_network_free(network);
}

static void test_adaptation(void **state) {
    (void)state;
    static const char *const keys[] = {"adaptation_decay", "adaptation_membrane",
                                       "adaptation_spike"};
    loci_network *network =
        create(CHANNELS, "hidden=6 neuron=adlif adaptation-decay=0.75 adaptation-membrane=-0.25 "
                         "adaptation-spike=1.5 train-adaptation=neuron");
    network->parameters[network->layer[1].adaptation[0] + 2] = 1.5f;
    json_t *json = payload_of(network, NULL);
    for (size_t k = 0; k < 3; k++) {
        static const float wanted[] = {0.75f, -0.25f, 1.5f};
        size_t m = 6;
        float *numbers = array_in(part_in(json, "pairs", 0), keys[k], "f32", 1, &m);
        assert_true(numbers[0] == wanted[k] && numbers[5] == wanted[k]);
        assert_true(k > 0 || numbers[2] == 1); /* as it acts: clamped */
        free(numbers);
        assert_null(json_object_get(part_in(json, "pairs", 1), keys[k])); /* an integrator */
    }
    json_decref(json);
    loci_network_free(network);
}

/* Other networks have no key of it. */
static void test_without(void **state) {
    (void)state;
    static const char *const keys[] = {"speed", "first_delay", "longest_delay", "adaptation_decay"};
    loci_network *network = create(CHANNELS, "hidden=6 coding=latency");
    json_t *json = payload_of(network, NULL);
    assert_true(number_in(json, "format") == 1);
    assert_null(json_object_get(json, "recurrent"));
    assert_null(json_object_get(json_object_get(json, "spiking"), "latency_span"));
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        assert_null(json_object_get(part_in(json, "pairs", 0), keys[k]));
    json_decref(json);
    loci_network_free(network);
    network = create(CHANNELS, "hidden=6 coding=latency latency-span=0.5");
    json = payload_of(network, NULL);
    assert_true(number_in(json_object_get(json, "spiking"), "latency_span") == 0.5);
    json_decref(json);
    loci_network_free(network);
}

/* ---- moments of its training ---- */

static const json_t *track_in(const json_t *json, const char *owner, size_t number,
                              const char *key) {
    const json_t *tensors = json_object_get(json_object_get(json, "frames"), "tensors");
    char name[64];
    snprintf(name, sizeof name, "%s%zu.%s", owner, number, key);
    for (size_t i = 0; i < json_array_size(tensors); i++)
        if (strcmp(text_in(json_array_get(tensors, i), "name"), name) == 0)
            return json_array_get(tensors, i);
    return NULL;
}

/* One number of a projection, in both moments. */
static void check_number(const json_t *track, json_t *const moments[2], const char *list, size_t p,
                         const char *key) {
    assert_non_null(track);
    float *values = array_in(track, "data", "f32", 2, (size_t[]){2, 1});
    for (size_t f = 0; f < 2; f++) {
        double wanted = number_in(part_in(moments[f], list, p), key);
        assert_true(fabs((double)values[f] - wanted) <= 1e-6 * wanted);
    }
    assert_true(values[0] != values[1]);
    free(values);
}

static void check_adaptation(const json_t *json, json_t *const moments[2], size_t l, size_t m) {
    static const char *const keys[] = {"adaptation_decay", "adaptation_membrane",
                                       "adaptation_spike"};
    for (size_t k = 0; k < 3; k++) {
        float *values =
            array_in(track_in(json, "pair", l, keys[k]), "data", "f32", 2, (size_t[]){2, m});
        for (size_t f = 0; f < 2; f++) {
            float *wanted = array_in(part_in(moments[f], "pairs", l), keys[k], "f32", 1, &m);
            assert_memory_equal(values + f * m, wanted, m * sizeof *wanted);
            free(wanted);
        }
        free(values);
    }
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

static void test_moments(void **state) {
    (void)state;
    loci_network *network = create(CHANNELS, everything);
    loci_view_options options;
    json_t *moments[2];
    record(network, moments);
    loci_view_options_defaults(&options);
    options.run = folder;
    json_t *json = payload_of(network, &options);
    assert_true(json_is_true(json_object_get(json_object_get(json, "frames"), "whole")));
    for (size_t l = 0; l < 3; l++)
        check_number(track_in(json, "pair", l, "speed"), moments, "pairs", l, "speed");
    for (size_t l = 0; l < 2; l++) {
        static const char *const keys[] = {"speed", "scale", "base"};
        for (size_t k = 0; k < 3; k++)
            check_number(track_in(json, "recurrent", l + 1, keys[k]), moments, "recurrent", l,
                         keys[k]);
        check_adaptation(json, moments, l, l == 0 ? 9 : 7);
        assert_non_null(track_in(json, "recurrent", l + 1, "axon.position"));
        assert_non_null(track_in(json, "recurrent", l + 1, "dendrite_charge"));
        assert_null(track_in(json, "recurrent", l + 1, "bias"));
    }
    json_decref(json);
    for (size_t f = 0; f < 2; f++)
        json_decref(moments[f]);
    remove(scratch_path(folder, "frames.npz"));
    loci_network_free(network);
}

/* ---- temporal samples ---- */

/* A file whose samples have these counts [samples, steps, channels], for training and test. */
static loci_dataset *write_and_open(const uint8_t *counts, size_t samples, size_t steps,
                                    size_t channels) {
    static const uint8_t labels[SAMPLES] = {0, 1, 2, 1, 0, 2};
    const char *path = scratch_path(folder, "events.npz");
    const loci_npz_array arrays[] = {
        {"events_train", "|u1", 3, {samples, steps, channels}, counts},
        {"y_train", "|u1", 1, {samples}, labels},
        {"events_test", "|u1", 3, {samples, steps, channels}, counts},
        {"y_test", "|u1", 1, {samples}, labels},
    };
    loci_dataset *data = NULL;
    loci_error error = {0};
    assert_int_equal(loci_npz_write(path, arrays, 4, NULL), LOCI_OK);
    if (loci_dataset_open(&data, path, NULL, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return data;
}

/* From a list back to counts [steps, channels] of each sample. */
static void gather(const json_t *events, float *dense, size_t count) {
    const json_t *each = json_object_get(events, "each");
    assert_int_equal(json_array_size(each), count);
    size_t all = 0, e = 0;
    for (size_t i = 0; i < count; i++)
        all += (size_t)json_integer_value(json_array_get(each, i));
    uint16_t *channel = array_in(events, "channel", "u16", 1, &all),
             *step = array_in(events, "step", "u16", 1, &all);
    uint8_t *many = array_in(events, "count", "u8", 1, &all);
    memset(dense, 0, count * STEPS * CHANNELS * sizeof *dense);
    for (size_t i = 0; i < count; i++)
        for (json_int_t k = json_integer_value(json_array_get(each, i)); k > 0; k--, e++) {
            assert_true(step[e] < STEPS && channel[e] < CHANNELS && many[e] > 0);
            dense[(i * STEPS + step[e]) * CHANNELS + channel[e]] += many[e];
        }
    free(channel);
    free(step);
    free(many);
}

static void test_events(void **state) {
    (void)state;
    enum { SIZE = STEPS * CHANNELS };
    uint8_t counts[SAMPLES * SIZE];
    for (size_t i = 0; i < sizeof counts; i++)
        counts[i] = (uint8_t)((7 * i + i / SIZE) % 4 == 0 ? 1 + i % 3 : 0);
    loci_dataset *data = write_and_open(counts, SAMPLES, STEPS, CHANNELS);
    loci_network *network = create(CHANNELS, everything);
    loci_view_options options;
    loci_view_options_defaults(&options);
    options.data = data;
    json_t *json = payload_of(network, &options);
    const json_t *samples = json_object_get(json, "samples");
    assert_null(json_object_get(samples, "images"));
    float dense[SAMPLES * SIZE], wanted[SAMPLES * 3];
    gather(json_object_get(samples, "events"), dense, SAMPLES);
    for (size_t i = 0; i < sizeof counts; i++)
        assert_true(dense[i] == counts[i]);
    float *logits = array_in(samples, "logits", "f32", 2, (size_t[]){SAMPLES, 3});
    assert_int_equal(loci_network_run(network, NULL, dense, SAMPLES, wanted, NULL), LOCI_OK);
    assert_memory_equal(logits, wanted, sizeof wanted);
    assert_true(wanted[0] != wanted[3]);
    free(logits);
    assert_int_equal(json_array_size(json_object_get(json, "left_out")), 0);
    json_decref(json);
    loci_network_free(network);
    loci_dataset_free(data);
}

/* More at once than a byte holds. */
static void test_large_counts(void **state) {
    (void)state;
    static const float samples[2 * STEPS * CHANNELS] = {[3] = 300, [STEPS * CHANNELS + 6] = 2};
    json_t *json = loci_view_events(samples, 2, STEPS, CHANNELS);
    size_t all = 2;
    float *many = array_in(json, "count", "f32", 1, &all);
    uint16_t *channel = array_in(json, "channel", "u16", 1, &all),
             *step = array_in(json, "step", "u16", 1, &all);
    assert_true(many[0] == 300 && many[1] == 2);
    assert_true(step[0] == 0 && channel[0] == 3 && step[1] == 1 && channel[1] == 2);
    free(many);
    free(channel);
    free(step);
    json_decref(json);
}

/* 300,000 events a sample: of a million there is room for three. */
static void test_many_events(void **state) {
    (void)state;
    enum { LONG = 1000, WIDE = 300 };
    static uint8_t counts[SAMPLES * LONG * WIDE];
    memset(counts, 1, sizeof counts);
    loci_dataset *data = write_and_open(counts, SAMPLES, LONG, WIDE);
    loci_network *network =
        create(WIDE, "hidden=2 coding=events time-steps=1000 delay=distance longest-delay=2");
    loci_view_options options;
    loci_view_options_defaults(&options);
    options.data = data;
    json_t *json = payload_of(network, &options);
    const json_t *samples = json_object_get(json, "samples");
    assert_int_equal(json_array_size(json_object_get(samples, "labels")), 3);
    assert_int_equal(json_array_size(json_object_get(json_object_get(samples, "events"), "each")),
                     3);
    const json_t *left = json_array_get(json_object_get(json, "left_out"), 0);
    assert_string_equal(json_string_value(left),
                        "3 of 6 test samples: they have many events, in 1000 steps on 300 "
                        "channels");
    json_decref(json);
    loci_network_free(network);
    loci_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delays),       cmocka_unit_test(test_loops_alone),
        cmocka_unit_test(test_adaptation),   cmocka_unit_test(test_without),
        cmocka_unit_test(test_moments),      cmocka_unit_test(test_events),
        cmocka_unit_test(test_large_counts), cmocka_unit_test(test_many_events),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
