/* A page's payload: that it holds the network as it acts, its run and what it does with test
 * images. */
#include "payload_reader.h"

#include <loci/prune.h>
#include <math.h>

#include "network/contents.h"
#include "network/spec_json.h"
#include "run_fixture.h"
#include "train/frames.h"
#include "variants.h"

/* ---- the network ---- */

static double law_of(const json_t *pair, double square) {
    const char *law = text_in(pair, "law");
    if (strcmp(law, "inverse") == 0)
        return 1 / sqrt(square);
    if (strcmp(law, "inverse-square") == 0)
        return 1 / square;
    double over = number_in(pair, "length");
    if (strcmp(law, "exponential") == 0)
        return exp(-sqrt(square) / over);
    assert_string_equal(law, "gaussian");
    return exp(-square / (2 * over * over));
}

/* The page's own rule, in float64:
 * w_ij = scale sum_ab c_ia e_jb max(f(sqrt(|p - q|^2 + base)) - cutoff, 0). */
static double weight_of(const json_t *pair, const float *p, const float *c, const float *q,
                        const float *e, size_t i, size_t j) {
    size_t A = (size_t)number_in(pair, "axons"), D = (size_t)number_in(pair, "dendrites"),
           C = (size_t)number_in(pair, "coordinates");
    double sum = 0;
    for (size_t a = 0; a < A; a++)
        for (size_t b = 0; b < D; b++) {
            double square = number_in(pair, "base");
            for (size_t k = 0; k < C; k++) {
                double d = (double)p[(i * A + a) * C + k] - (double)q[(j * D + b) * C + k];
                square += d * d;
            }
            double k = fmax(law_of(pair, square) - number_in(pair, "cutoff"), 0);
            sum +=
                (c != NULL ? (double)c[i * A + a] : 1) * (e != NULL ? (double)e[j * D + b] : 1) * k;
        }
    return number_in(pair, "scale") * sum;
}

static void check_weights(const json_t *pair, const float *wanted, size_t n, size_t m) {
    size_t A = (size_t)number_in(pair, "axons"), D = (size_t)number_in(pair, "dendrites"),
           C = (size_t)number_in(pair, "coordinates");
    float *p = array_in(pair, "axon_position", "f32", 3, (size_t[]){n, A, C});
    float *c = array_in(pair, "axon_charge", "f32", 2, (size_t[]){n, A});
    float *q = array_in(pair, "dendrite_position", "f32", 3, (size_t[]){m, D, C});
    float *e = array_in(pair, "dendrite_charge", "f32", 2, (size_t[]){m, D});
    float *stored = array_in(pair, "weight", "f32", 2, (size_t[]){n, m});
    assert_true((stored == NULL) == (p != NULL) && (p == NULL) == (q == NULL));
    size_t bits = (n * m + 7) / 8;
    uint8_t *kept = array_in(pair, "kept", "u8", 1, &bits);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) {
            double w = (double)wanted[i * m + j];
            double found =
                stored != NULL ? (double)stored[i * m + j] : weight_of(pair, p, c, q, e, i, j);
            if (kept != NULL && (kept[(i * m + j) / 8] >> (i * m + j) % 8 & 1) == 0)
                found = 0;
            assert_true(fabs(found - w) <= 3e-5 * fmax(1, fabs(w))); /* 1/r^2 is large where near */
        }
    free(kept);
    free(p);
    free(c);
    free(q);
    free(e);
    free(stored);
}

static void check_pair(const json_t *pair, const loci_network *network, uint32_t l) {
    const loci_spec *spec = loci_network_spec(network);
    size_t n = loci_spec_layer_size(spec, l), m = loci_spec_layer_size(spec, l + 1);
    float weights[64];
    assert_true(n * m <= 64);
    assert_true(number_in(pair, "n") == (double)n && number_in(pair, "m") == (double)m);
    assert_int_equal(loci_network_weights(network, l, weights, NULL), LOCI_OK);
    check_weights(pair, weights, n, m);
    float *bias = array_in(pair, "bias", "f32", 1, &m);
    assert_memory_equal(bias, network->parameters + network->layer[l + 1].bias, m * sizeof *bias);
    free(bias);
    bool planes = spec->wiring == LOCI_WIRING_SPATIAL && spec->planes != LOCI_PLANES_RELAXED;
    assert_true(json_is_number(json_object_get(pair, "gap")) == planes);
    if (spec->wiring == LOCI_WIRING_DENSE)
        return;
    double end = number_in(pair, "inverse_range"), cutoff = number_in(pair, "cutoff");
    assert_true((end > 0) == (spec->range[l] > 0 || network->pruned_by == LOCI_PRUNE_BY_RANGE));
    assert_true(end == 0 ? cutoff == 0
                         : fabs(cutoff - law_of(pair, 1 / (end * end))) <= 1e-5 * cutoff);
}

/* Numbers that are not those a network starts with: a bias is no 0, a learned gap may be negative.
 */
static void disturb(loci_network *network) {
    for (size_t i = 0; i < network->parameter_count; i++)
        network->parameters[i] += 0.01f * (float)(i % 7);
    for (uint32_t l = 0; l <= network->spec.hidden_count; l++)
        if (network->projection[l].gap != LOCI_NONE)
            network->parameters[network->projection[l].gap] *= -1;
}

static void check_variant(const loci_spec *spec, size_t i) {
    loci_network *network;
    assert_int_equal(loci_network_create(&network, spec, i, NULL), LOCI_OK);
    disturb(network);
    json_t *json = payload_of(network, NULL);
    assert_true(json_is_null(json_object_get(json, "pruned_by")));
    const json_t *pairs = json_object_get(json, "pairs"), *layers = json_object_get(json, "layers");
    assert_int_equal(json_array_size(pairs), spec->hidden_count + 1);
    assert_int_equal(json_array_size(layers), spec->hidden_count + 2);
    for (uint32_t l = 0; l <= spec->hidden_count; l++)
        check_pair(json_array_get(pairs, l), network, l);
    assert_true(number_in(json, "format") == loci_spec_version(spec));
    assert_true(number_in(json, "logit_scale") == spec->logit_scale);
    assert_true(number_in(json, "parameters") == (double)network->parameter_count);
    json_decref(json);
    loci_network_free(network);
}

/* Of every law, with a trained length where it has one. */
static void test_every_wiring(void **state) {
    (void)state;
    size_t seen[LOCI_LAWS] = {0};
    for (size_t i = 0; i < VARIANTS; i++) {
        loci_spec spec;
        if (!variant(&spec, i))
            continue;
        spec.law = spec.wiring == LOCI_WIRING_DENSE ? LOCI_LAW_INVERSE
                                                    : (int)(i / 3 % (LOCI_LAWS + 1) % LOCI_LAWS);
        spec.train_length = loci_law_has_length(spec.law) ? LOCI_TRAINED_LAYER : LOCI_TRAINED_NO;
        if (loci_spec_resolve(&spec, NULL) == LOCI_OK) {
            check_variant(&spec, i);
            seen[spec.law]++;
        }
    }
    for (int law = 0; law < LOCI_LAWS; law++)
        assert_true(seen[law] > 100);
}

/* by: what it was pruned by, as the payload has it. */
static void check_network(const loci_network *network, const char *by) {
    const loci_spec *spec = loci_network_spec(network);
    json_t *json = payload_of(network, NULL);
    size_t kept;
    assert_string_equal(text_in(json, "pruned_by"), by);
    assert_int_equal(loci_network_count_kept(network, &kept, NULL), LOCI_OK);
    assert_true(number_in(json, "connections_kept") == (double)kept);
    assert_true(number_in(json, "connections") == (double)loci_network_connections(network));
    for (uint32_t l = 0; l <= spec->hidden_count; l++)
        check_pair(json_array_get(json_object_get(json, "pairs"), l), network, l);
    json_decref(json);
}

/* Every way to prune, of spatial nets and of a conventional one. */
static void test_pruned(void **state) {
    (void)state;
    static const int ways[] = {LOCI_PRUNE_BY_DISTANCE, LOCI_PRUNE_BY_WEIGHT, LOCI_PRUNE_BY_RANGE,
                               LOCI_PRUNE_BY_SET};
    /* of those without a range of their own, which cannot be pruned by range */
    for (size_t i = 0; i < VARIANT_WHOLE; i += i < VARIANT_SPATIAL - 80 ? 37 : 1) {
        loci_spec spec;
        loci_network *network;
        if (!variant(&spec, i))
            continue;
        for (size_t w = 0; w < 4; w++) {
            static const char *const names[] = {"distance", "weight", "range", "set"};
            bool set = ways[w] == LOCI_PRUNE_BY_SET;
            assert_int_equal(loci_network_create(&network, &spec, i, NULL), LOCI_OK);
            disturb(network);
            assert_int_equal(loci_network_prune(network, 0.4,
                                                set ? LOCI_PRUNE_BY_DISTANCE : ways[w],
                                                LOCI_PRUNE_SCOPE_LAYER, NULL, NULL),
                             LOCI_OK);
            if (set && spec.wiring == LOCI_WIRING_SPATIAL)
                assert_int_equal(loci_network_freeze(network, NULL), LOCI_OK);
            check_network(network, names[loci_network_pruned_by(network)]);
            loci_network_free(network);
        }
    }
}

/* A shrunk net: its inputs are some of the pixels. */
static void test_shrunk(void **state) {
    (void)state;
    loci_network *network, *small;
    loci_view_options options;
    loci_view_options_defaults(&options);
    options.data = data;
    options.samples = 5;
    assert_int_equal(loci_network_load(&network, calm, NULL), LOCI_OK);
    assert_int_equal(
        loci_network_prune(network, 0.9, LOCI_PRUNE_BY_WEIGHT, LOCI_PRUNE_SCOPE_LAYER, NULL, NULL),
        LOCI_OK);
    assert_int_equal(loci_network_shrink(&small, network, NULL), LOCI_OK);
    json_t *json = payload_of(small, &options);
    size_t inputs = loci_spec_layer_size(loci_network_spec(small), 0);
    assert_in_range(inputs, 1, SMALL_SIDE * SMALL_SIDE - 1);
    uint16_t *pixels = array_in(json, "inputs", "u16", 1, &inputs);
    for (size_t i = 0; i < inputs; i++) {
        assert_int_equal(pixels[i], loci_network_pixel(small, i));
        assert_true(pixels[i] < SMALL_SIDE * SMALL_SIDE && (i == 0 || pixels[i] > pixels[i - 1]));
    }
    free(pixels);
    uint8_t *images = array_in(json_object_get(json, "samples"), "images", "u8", 2,
                               (size_t[]){5, SMALL_SIDE * SMALL_SIDE});
    free(images);
    json_decref(json);
    assert_int_equal(loci_network_pixel(network, 7), 7);
    loci_network_free(small);
    loci_network_free(network);
}

static void test_spiking(void **state) {
    (void)state;
    loci_network *network;
    loci_config config = small_spiking_config(1);
    config.spec.height = config.spec.width = 3;
    for (int readout = LOCI_READOUT_COUNT; readout <= LOCI_READOUT_MEMBRANE_MEAN; readout++) {
        config.spec.readout = readout;
        assert_int_equal(loci_network_create(&network, &config.spec, 1, NULL), LOCI_OK);
        network->parameters[network->layer[2].beta + 2] = 1.5f;
        network->parameters[network->layer[2].threshold] = 0.25f;
        json_t *json = payload_of(network, NULL);
        const json_t *spiking = json_object_get(json, "spiking");
        assert_true(number_in(spiking, "time_steps") == 5);
        assert_string_equal(text_in(spiking, "coding"), "poisson");
        assert_string_equal(text_in(spiking, "reset"), "subtract");
        const json_t *pair = json_array_get(json_object_get(json, "pairs"), 1);
        size_t m = 12, classes = config.spec.classes;
        float *beta = array_in(pair, "beta", "f32", 1, &m),
              *theta = array_in(pair, "threshold", "f32", 1, &m);
        assert_true(beta[1] == 0.95f && beta[2] == 1); /* as it acts: clamped */
        assert_true(theta[0] == 0.25f && theta[11] == 0.25f);
        free(beta);
        free(theta);
        /* a leaky integrator has no threshold */
        float *last = array_in(json_array_get(json_object_get(json, "pairs"), 2), "threshold",
                               "f32", 1, &classes);
        assert_true((last != NULL) == (readout == LOCI_READOUT_COUNT));
        free(last);
        json_decref(json);
        loci_network_free(network);
    }
}

/* ---- the run ---- */

static loci_network *calm_network(void) {
    loci_network *network;
    assert_int_equal(loci_network_load(&network, calm, NULL), LOCI_OK);
    return network;
}

static void test_run(void **state) {
    (void)state;
    loci_network *network = calm_network();
    loci_view_options options;
    loci_view_options_defaults(&options);
    options.run = calm;
    json_t *json = payload_of(network, &options);
    assert_true(number_in(json, "format") == 1);
    assert_string_equal(text_in(json, "title"), "small on small");
    assert_string_equal(text_in(json_object_get(json, "spec"), "dendrite_sites"), "2,2");
    assert_string_equal(text_in(json_object_get(json, "spec"), "planes"), "learned");
    const json_t *metrics = json_object_get(json, "metrics");
    assert_int_equal(json_array_size(metrics), EPOCHS);
    for (size_t i = 0; i < EPOCHS; i++) {
        const json_t *line = json_array_get(metrics, i);
        assert_true(number_in(line, "epoch") == (double)i + 1);
        assert_true(number_in(line, "train_loss") > 0);
        assert_true(number_in(line, "test_accuracy") > 0);
    }
    loci_summary summary;
    assert_int_equal(loci_summary_read(&summary, calm, NULL), LOCI_OK);
    const json_t *copy = json_object_get(json, "summary");
    assert_true(number_in(copy, "test_accuracy") == summary.test_accuracy);
    assert_true(number_in(copy, "parameters") == (double)network->parameter_count);
    assert_true(json_is_null(json_object_get(json, "sparsity_curve")));
    json_decref(json);
    loci_network_free(network);
}

/* Each position is within half a step of where it was. */
static void check_track(const json_t *track, const loci_tensor *tensor, const float *values,
                        size_t frames) {
    size_t coordinates = tensor->shape[tensor->rank - 1];
    const size_t shape[] = {frames, tensor->shape[0], tensor->shape[1], tensor->shape[2]};
    uint16_t *levels = array_in(track, "data", "u16", tensor->rank + 1, shape);
    assert_string_equal(text_in(track, "name"), tensor->name);
    assert_int_equal(json_array_size(json_object_get(track, "low")), coordinates);
    for (size_t i = 0; i < frames * tensor->count; i++) {
        double low =
            json_number_value(json_array_get(json_object_get(track, "low"), i % coordinates));
        double high =
            json_number_value(json_array_get(json_object_get(track, "high"), i % coordinates));
        double found = low + (high - low) * levels[i] / 65535;
        assert_true(fabs(found - (double)values[i]) <= 0.5001 * (high - low) / 65535);
    }
    free(levels);
}

static void test_movement(void **state) {
    (void)state;
    loci_network *network = calm_network();
    loci_view_options options;
    loci_view_options_defaults(&options);
    options.run = calm;
    loci_frames *frames;
    assert_int_equal(loci_frames_read(&frames, network, calm, NULL), LOCI_OK);
    assert_int_equal(loci_frames_count(frames), EPOCHS + 1);
    json_t *json = payload_of(network, &options);
    const json_t *movement = json_object_get(json, "frames"),
                 *tensors = json_object_get(movement, "tensors");
    assert_int_equal(json_array_size(json_object_get(movement, "epochs")), EPOCHS + 1);
    const loci_tensor *tensor;
    const float *values;
    size_t count = 0;
    for (; (values = loci_frames_positions(frames, count, &tensor)) != NULL; count++)
        check_track(json_array_get(tensors, count), tensor, values, EPOCHS + 1);
    assert_true(count > 0);
    /* behind the positions, what else the network followed from (test_moments.c) */
    assert_true(json_array_size(tensors) > count);
    json_decref(json);

    /* fewer: the first, the last, and what lies between */
    options.frames = 3;
    json = payload_of(network, &options);
    const json_t *epochs = json_object_get(json_object_get(json, "frames"), "epochs");
    assert_int_equal(json_array_size(epochs), 3);
    assert_int_equal(json_integer_value(json_array_get(epochs, 0)), 0);
    assert_int_equal(json_integer_value(json_array_get(epochs, 1)), 3);
    assert_int_equal(json_integer_value(json_array_get(epochs, 2)), EPOCHS);
    assert_int_equal(json_array_size(json_object_get(json, "left_out")), 1); /* the images */
    json_decref(json);
    loci_frames_free(frames);
    loci_network_free(network);
}

/* ---- test images ---- */

static void test_samples(void **state) {
    (void)state;
    enum { PIXELS = SMALL_SIDE * SMALL_SIDE };
    loci_network *network = calm_network();
    loci_view_options options;
    loci_view_options_defaults(&options);
    options.data = data;
    options.samples = 25;
    json_t *json = payload_of(network, &options);
    const json_t *samples = json_object_get(json, "samples");
    uint8_t *images = array_in(samples, "images", "u8", 2, (size_t[]){25, PIXELS});
    float *logits = array_in(samples, "logits", "f32", 2, (size_t[]){25, SMALL_CLASSES});
    float inputs[25 * PIXELS], wanted[25 * SMALL_CLASSES], image[PIXELS];
    for (size_t i = 0; i < 25; i++) {
        loci_dataset_sample(data, LOCI_TEST, i, image);
        assert_int_equal(json_integer_value(json_array_get(json_object_get(samples, "labels"), i)),
                         loci_dataset_label(data, LOCI_TEST, i));
        for (size_t p = 0; p < PIXELS; p++) {
            inputs[i * PIXELS + p] = (float)images[i * PIXELS + p] / 255.0f;
            assert_true(fabsf(inputs[i * PIXELS + p] - image[p]) <= 0.5f / 255);
        }
    }
    /* of the very pixels that are in the page */
    assert_int_equal(loci_network_run(network, NULL, inputs, 25, wanted, NULL), LOCI_OK);
    assert_memory_equal(logits, wanted, sizeof wanted);
    free(images);
    free(logits);

    loci_evaluation result;
    assert_int_equal(loci_evaluate(network, data, LOCI_TEST, NULL, 1, &result, NULL), LOCI_OK);
    assert_true(number_in(json, "test_accuracy") == result.accuracy);
    for (size_t i = 0; i < SMALL_CLASSES * SMALL_CLASSES; i++)
        assert_int_equal(json_integer_value(json_array_get(
                             json_array_get(json_object_get(json, "confusion"), i / SMALL_CLASSES),
                             i % SMALL_CLASSES)),
                         result.confusion[i]);
    loci_evaluation_clear(&result);
    assert_int_equal(json_array_size(json_object_get(json, "left_out")), 0);

    /* while it learns the test part is not run as a whole; the samples are the same */
    options.unmeasured = 1;
    json_t *learning = payload_of(network, &options);
    assert_true(json_is_null(json_object_get(learning, "confusion")));
    assert_true(json_is_null(json_object_get(learning, "test_accuracy")));
    assert_true(json_equal(json_object_get(learning, "samples"), samples));
    json_decref(learning);
    json_decref(json);
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_wiring), cmocka_unit_test(test_pruned),
        cmocka_unit_test(test_shrunk),       cmocka_unit_test(test_spiking),
        cmocka_unit_test(test_run),          cmocka_unit_test(test_movement),
        cmocka_unit_test(test_samples),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
