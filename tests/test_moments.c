/* Frames hold all that a network follows from, so that a page can run the network of any moment;
 * those of older runs hold positions alone and stay readable. */
#include "payload_reader.h"

#include <math.h>

#include "data/npz.h"
#include "network/contents.h"
#include "run_fixture.h"
#include "train/frames.h"
#include "variants.h"

enum { FRAMES = 2 };

static const char *const charges[] = {"axon_charge", "dendrite_charge"};
static const char *const scalars[] = {"base", "scale", "length", "inverse_range", "cutoff"};
static const char *const lists[] = {"bias", "beta", "threshold"};
enum { SCALARS = sizeof scalars / sizeof *scalars };

static void change(loci_network *network, float by) {
    for (size_t i = 0; i < network->parameter_count; i++)
        network->parameters[i] += by * (float)(1 + i % 7);
}

/* Two moments of a run as its frames.npz, and the payload of each moment's own network. */
static void record(loci_network *network, json_t *moments[FRAMES]) {
    loci_frames *frames;
    assert_int_equal(loci_frames_create(&frames, network, FRAMES - 1, NULL), LOCI_OK);
    for (uint32_t f = 0; f < FRAMES; f++) {
        change(network, f == 0 ? -0.02f : 0.05f);
        loci_frames_take(frames, network, f);
        moments[f] = payload_of(network, NULL);
    }
    assert_int_equal(loci_frames_write(frames, scratch_path(folder, "frames.npz"), NULL), LOCI_OK);
    loci_frames_free(frames);
}

static json_t *payload_with_frames(const loci_network *network) {
    loci_view_options options;
    loci_view_options_defaults(&options);
    options.run = folder;
    return payload_of(network, &options);
}

static const json_t *track_in(const json_t *json, uint32_t l, const char *key) {
    const json_t *tensors = json_object_get(json_object_get(json, "frames"), "tensors");
    char name[64];
    snprintf(name, sizeof name, "pair%u.%s", l, key);
    for (size_t i = 0; i < json_array_size(tensors); i++)
        if (strcmp(text_in(json_array_get(tensors, i), "name"), name) == 0)
            return json_array_get(tensors, i);
    return NULL;
}

static const json_t *part_in(const json_t *json, uint32_t l, const char *key) {
    return json_object_get(json_array_get(json_object_get(json, "pairs"), l), key);
}

/* The numbers of a moment's pair; free() them. */
static float *numbers_in(const json_t *moment, uint32_t l, const char *key, size_t count,
                         bool matrix) {
    const json_t *pair = json_array_get(json_object_get(moment, "pairs"), l);
    size_t n = (size_t)number_in(pair, strcmp(key, "axon_charge") == 0 ? "n" : "m");
    const size_t shape[] = {matrix ? n : count, matrix ? count / n : 0};
    return array_in(pair, key, "f32", matrix ? 2 : 1, shape);
}

/* What is not followed has not changed, or it would be missed. */
static void check_same(json_t *const moments[FRAMES], uint32_t l, const char *key) {
    assert_true(json_equal(part_in(moments[0], l, key), part_in(moments[1], l, key)));
}

static void check_scalar(const json_t *track, json_t *const moments[FRAMES], uint32_t l,
                         const char *key) {
    float *values = array_in(track, "data", "f32", 2, (size_t[]){FRAMES, 1});
    for (size_t f = 0; f < FRAMES; f++)
        assert_true((double)values[f] == json_number_value(part_in(moments[f], l, key)));
    free(values);
}

static void check_list(const json_t *track, json_t *const moments[FRAMES], uint32_t l,
                       const char *key, size_t m) {
    float *values = array_in(track, "data", "f32", 2, (size_t[]){FRAMES, m});
    for (size_t f = 0; f < FRAMES; f++) {
        float *wanted = numbers_in(moments[f], l, key, m, false);
        assert_memory_equal(values + f * m, wanted, m * sizeof *wanted);
        free(wanted);
    }
    free(values);
}

/* Charges as they act, within half a step. */
static void check_charges(const json_t *track, json_t *const moments[FRAMES], uint32_t l,
                          const char *key) {
    const json_t *given = json_object_get(track, "shape");
    size_t n = (size_t)json_integer_value(json_array_get(given, 0)),
           sites = (size_t)json_integer_value(json_array_get(given, 1));
    uint16_t *levels = array_in(track, "data", "u16", 3, (size_t[]){FRAMES, n, sites});
    double low = json_number_value(json_array_get(json_object_get(track, "low"), 0)),
           high = json_number_value(json_array_get(json_object_get(track, "high"), 0));
    for (size_t f = 0; f < FRAMES; f++) {
        float *wanted = numbers_in(moments[f], l, key, n * sites, true);
        for (size_t i = 0; i < n * sites; i++)
            assert_true(fabs(low + (high - low) * levels[f * n * sites + i] / 65535 -
                             (double)wanted[i]) <= 0.5001 * (high - low) / 65535 + 1e-9);
        free(wanted);
    }
    free(levels);
}

static void check_pair(const json_t *json, json_t *const moments[FRAMES], uint32_t l) {
    size_t m = (size_t)json_number_value(part_in(json, l, "m"));
    const json_t *track;
    for (size_t k = 0; k < 2; k++)
        if ((track = track_in(json, l, charges[k])) != NULL)
            check_charges(track, moments, l, charges[k]);
        else
            check_same(moments, l, charges[k]);
    for (size_t k = 0; k < SCALARS; k++)
        if ((track = track_in(json, l, scalars[k])) != NULL)
            check_scalar(track, moments, l, scalars[k]);
        else
            check_same(moments, l, scalars[k]);
    for (size_t k = 0; k < 3; k++)
        if ((track = track_in(json, l, lists[k])) != NULL)
            check_list(track, moments, l, lists[k], m);
        else
            check_same(moments, l, lists[k]);
}

/* The last frame of a track, rounded where it has a span, is what a part of the moment holds. */
static void check_part(const json_t *track, const float *values, size_t count) {
    const json_t *kept = json_object_get(track, "data"), *low = json_object_get(track, "low");
    const json_t *shape = json_object_get(kept, "shape"), *high = json_object_get(track, "high");
    size_t dimensions[8] = {0}, rank = json_array_size(shape), all = 1;
    for (size_t d = 0; d < rank; d++)
        all *= dimensions[d] = (size_t)json_integer_value(json_array_get(shape, d));
    assert_int_equal(all, FRAMES * count);
    void *numbers = array_in(track, "data", low != NULL ? "u16" : "f32", rank, dimensions);
    if (low == NULL)
        assert_memory_equal((float *)numbers + (FRAMES - 1) * count, values,
                            count * sizeof *values);
    for (size_t i = 0; low != NULL && i < count; i++) {
        size_t c = i % json_array_size(low);
        double from = json_number_value(json_array_get(low, c)),
               span = json_number_value(json_array_get(high, c)) - from;
        double level = ((uint16_t *)numbers)[(FRAMES - 1) * count + i];
        assert_true(fabs(from + span * level / 65535 - (double)values[i]) <=
                    0.5001 * span / 65535 + 1e-9);
    }
    free(numbers);
}

/* A moment has what the frames of a page have, in the same order, and is of the parameters that are
 * given, not of the network's. */
static void check_moment(loci_network *network, const json_t *json) {
    const json_t *tracks = json_object_get(json_object_get(json, "frames"), "tensors");
    loci_moment *moment;
    size_t count, at = 0, bytes = network->parameter_count * sizeof(float);
    float *given = malloc(bytes);
    assert_non_null(given);
    memcpy(given, network->parameters, bytes);
    change(network, 0.3f);
    assert_int_equal(loci_moment_create(&moment, network, NULL), LOCI_OK);
    float *values = calloc(loci_moment_count(moment), sizeof *values);
    assert_non_null(values);
    loci_moment_take(moment, given, values);
    for (size_t i = 0; i < json_array_size(tracks); i++) {
        const json_t *track = json_array_get(tracks, i);
        assert_string_equal(loci_moment_part(moment, i, &count), text_in(track, "name"));
        check_part(track, values + at, count);
        at += count;
    }
    assert_null(loci_moment_part(moment, json_array_size(tracks), NULL));
    assert_int_equal(at, loci_moment_count(moment));
    loci_moment_free(moment);
    free(values);
    free(given);
}

/* The weights of a conventional net are sent as they are. */
static void test_conventional_moment(void **state) {
    (void)state;
    loci_config config = small_config(3);
    loci_network *network;
    loci_moment *moment;
    size_t count;
    config.spec.height = config.spec.width = 3;
    config.spec.wiring = LOCI_WIRING_DENSE;
    assert_int_equal(loci_network_create(&network, &config.spec, 1, NULL), LOCI_OK);
    assert_int_equal(loci_moment_create(&moment, network, NULL), LOCI_OK);
    assert_int_equal(loci_moment_count(moment), network->parameter_count);
    float *values = calloc(network->parameter_count, sizeof *values);
    loci_moment_take(moment, network->parameters, values);
    assert_string_equal(loci_moment_part(moment, 0, &count), "pair0.weight");
    assert_int_equal(network->tensors[0].kind, LOCI_TENSOR_WEIGHT);
    assert_memory_equal(values, network->parameters + network->tensors[0].offset,
                        count * sizeof *values);
    free(values);
    loci_moment_free(moment);
    loci_network_free(network);
}

static void check_network(const loci_spec *spec, uint64_t seed) {
    loci_network *network;
    json_t *moments[FRAMES];
    assert_int_equal(loci_network_create(&network, spec, seed, NULL), LOCI_OK);
    record(network, moments);
    json_t *json = payload_with_frames(network);
    assert_true(json_is_true(json_object_get(json_object_get(json, "frames"), "whole")));
    for (uint32_t l = 0; l <= spec->hidden_count; l++)
        check_pair(json, moments, l);
    check_moment(network, json);
    json_decref(json);
    for (size_t f = 0; f < FRAMES; f++)
        json_decref(moments[f]);
    loci_network_free(network);
}

static void test_every_wiring(void **state) {
    (void)state;
    size_t seen = 0;
    for (size_t i = 0; i < VARIANTS; i += 7) {
        loci_spec spec;
        if (!variant(&spec, i) || spec.wiring == LOCI_WIRING_DENSE)
            continue;
        check_network(&spec, i);
        seen++;
    }
    assert_true(seen > 100);
}

/* A trained length, with no range, a fixed one, a trained one. */
static void test_lengths(void **state) {
    (void)state;
    size_t lengths = 0, cutoffs = 0;
    for (size_t i = 0; i < VARIANTS; i += 11) {
        loci_spec spec;
        if (!variant(&spec, i) || spec.wiring == LOCI_WIRING_DENSE)
            continue;
        spec.law = i % 2 == 0 ? LOCI_LAW_GAUSSIAN : LOCI_LAW_EXPONENTIAL;
        spec.train_length = LOCI_TRAINED_LAYER;
        if (loci_spec_resolve(&spec, NULL) != LOCI_OK)
            continue;
        lengths++;
        cutoffs += variant_is_ranged(&spec) && spec.train_range == LOCI_TRAINED_NO;
        check_network(&spec, i);
    }
    assert_true(lengths > 50 && cutoffs > 0);
}

static void test_spiking(void **state) {
    (void)state;
    loci_config config = small_spiking_config(1);
    config.spec.height = config.spec.width = 3;
    config.spec.wiring = LOCI_WIRING_SPATIAL;
    for (int readout = LOCI_READOUT_COUNT; readout <= LOCI_READOUT_MEMBRANE_MEAN; readout++) {
        config.spec.readout = readout;
        check_network(&config.spec, 1);
    }
}

/* A file of positions alone, as 0.1 wrote it. */
static void write_old(const loci_network *network) {
    static const int32_t epochs[] = {0, 3};
    loci_npz_array arrays[1 + LOCI_MAX_TENSORS] = {{"epochs", "<i4", 1, {2}, epochs}};
    float *values = calloc(2 * network->parameter_count, sizeof *values);
    size_t count = 1;
    assert_non_null(values);
    for (size_t i = 0; i < network->tensor_count; i++) {
        const loci_tensor *t = &network->tensors[i];
        if (t->kind == LOCI_TENSOR_POSITION)
            arrays[count++] = (loci_npz_array){
                t->name, "<f4", t->rank + 1, {2, t->shape[0], t->shape[1], t->shape[2]}, values};
    }
    assert_int_equal(loci_npz_write(scratch_path(folder, "frames.npz"), arrays, count, NULL),
                     LOCI_OK);
    free(values);
}

static void test_old_files(void **state) {
    (void)state;
    loci_config config = small_config(3);
    loci_network *network;
    loci_frames *frames;
    config.spec.height = config.spec.width = 3;
    assert_int_equal(loci_network_create(&network, &config.spec, 1, NULL), LOCI_OK);
    write_old(network);
    assert_int_equal(loci_frames_read(&frames, network, folder, NULL), LOCI_OK);
    assert_int_equal(loci_frames_count(frames), 2);
    assert_false(loci_frames_whole(frames));
    loci_frames_free(frames);
    json_t *json = payload_with_frames(network);
    const json_t *movement = json_object_get(json, "frames");
    assert_int_equal(json_array_size(json_object_get(movement, "epochs")), 2);
    assert_true(json_is_false(json_object_get(movement, "whole")));
    assert_null(track_in(json, 0, "bias"));
    json_decref(json);

    /* a run that goes on keeps the old frames, and goes on as it began */
    assert_int_equal(loci_frames_create(&frames, network, 3, NULL), LOCI_OK);
    assert_int_equal(loci_frames_reload(frames, scratch_path(folder, "frames.npz"), 2, NULL),
                     LOCI_OK);
    assert_int_equal(loci_frames_count(frames), 1);
    loci_frames_take(frames, network, 3);
    assert_int_equal(loci_frames_write(frames, scratch_path(folder, "frames.npz"), NULL), LOCI_OK);
    loci_frames_free(frames);
    assert_int_equal(loci_frames_read(&frames, network, folder, NULL), LOCI_OK);
    assert_int_equal(loci_frames_count(frames), 2);
    assert_false(loci_frames_whole(frames));
    loci_frames_free(frames);
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_wiring), cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_spiking),      cmocka_unit_test(test_conventional_moment),
        cmocka_unit_test(test_old_files),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
