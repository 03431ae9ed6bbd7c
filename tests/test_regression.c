/* Numbers to predict, from arrays in memory to what a network says of them: borrowed data, how
 * targets are scaled, errors counted by hand, the model file, prepared inference. */
#include <loci/prepared.h>
#include <loci/prune.h>
#include <loci/trainer.h>
#include <math.h>

#include "base/random.h"
#include "data/dataset.h"
#include "forgery.h"
#include "network/contents.h"

enum { PIXELS = 6, COUNT = 5 };

static const float samples[COUNT * PIXELS] = {0.5f,  1, 0, 0.25f, 1,     0.75f, 0,     0.5f,  1, 1,
                                              0.25f, 0, 1, 0.75f, 0.5f,  0,     0.25f, 0.25f, 1, 1,
                                              1,     0, 0, 0.5f,  0.25f, 0.5f,  0.75f, 1,     0, 1};
static const float targets[COUNT * 2] = {10, -1, 12, 1, 11, -2, 15, 2, 12, 0};

static loci_arrays arrays(void) {
    return (loci_arrays){.count = COUNT, .samples = samples, .targets = targets, .outputs = 2};
}

static loci_dataset *borrow(const loci_arrays *train, const loci_arrays *test) {
    loci_dataset *data;
    loci_error error = {0};
    if (loci_dataset_borrow(&data, "numbers", 2, 3, train, test, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return data;
}

/* ---- borrowed data ---- */

static void nothing_is_copied(void **state) {
    (void)state;
    static const float weights[COUNT] = {1, 2, 0, 4, 5};
    static const uint8_t bytes[COUNT * PIXELS] = {255, 0, 51};
    static const int32_t labels[COUNT] = {0, 1, 2, 1, 0};
    loci_arrays train = arrays();
    train.weights = weights;
    loci_dataset *data = borrow(&train, &train);
    for (int part = 0; part < 2; part++) {
        assert_ptr_equal(data->part[part].values, samples);
        assert_ptr_equal(data->part[part].weights, weights);
        assert_ptr_equal(loci_dataset_target(data, (enum loci_split)part, 3), targets + 6);
        assert_true(loci_dataset_weight(data, (enum loci_split)part, 4) == 5);
    }
    assert_string_equal(loci_dataset_output_name(data, 1), "1");
    loci_dataset_free(data);
    train = (loci_arrays){.count = COUNT, .bytes = bytes, .labels = labels};
    data = borrow(&train, NULL);
    float sample[PIXELS];
    assert_int_equal(loci_dataset_task(data), LOCI_TASK_CLASSIFY);
    assert_int_equal(loci_dataset_classes(data), 3);
    assert_int_equal(loci_dataset_count(data, LOCI_TEST), 0);
    assert_ptr_equal(data->part[0].bytes, bytes);
    assert_ptr_equal(data->part[0].labels, labels);
    assert_int_equal(loci_dataset_sample(data, LOCI_TRAIN, 0, sample), LOCI_OK);
    assert_true(sample[0] == 1 && sample[1] == 0 && fabsf(sample[2] - 0.2f) < 1e-6f);
    loci_dataset_free(data);
}

static void refuse(const loci_arrays *train, const loci_arrays *test, const char *part) {
    loci_dataset *data = NULL;
    loci_error error = {0};
    assert_int_equal(loci_dataset_borrow(&data, "numbers", 2, 3, train, test, &error),
                     LOCI_E_ARGUMENT);
    assert_null(data);
    assert_int_equal(error.code, LOCI_E_ARGUMENT);
    if (strstr(error.message, part) == NULL)
        fail_msg("'%s' does not say '%s'", error.message, part);
}

static void wrong_arrays_are_refused(void **state) {
    (void)state;
    static const uint8_t bytes[COUNT * PIXELS] = {1};
    static const int32_t labels[COUNT] = {0, 1, 2, 1, 0}, beyond[COUNT] = {0, 1, 3, 1, 0},
                         negative[COUNT] = {0, -1, 2, 1, 0};
    static const float none[COUNT] = {0}, minus[COUNT] = {1, 1, -1, 1, 1};
    static float bad[COUNT * PIXELS];
    const loci_arrays good = arrays(),
                      classes = {.count = COUNT, .samples = samples, .labels = labels};
    loci_arrays x = {0};
    refuse(&x, NULL, "no training samples");
    x = good;
    x.bytes = bytes;
    refuse(&x, NULL, "either as numbers or as bytes");
    x.bytes = NULL, x.samples = NULL;
    refuse(&x, NULL, "either as numbers or as bytes");
    x = good;
    x.labels = labels;
    refuse(&x, NULL, "either labels or targets");
    x.labels = NULL, x.targets = NULL;
    refuse(&x, NULL, "either labels or targets");
    refuse(&good, &classes, "one part has labels, the other targets");
    refuse(&classes, &good, "one part has labels, the other targets");
    x = good;
    x.outputs = 0;
    refuse(&x, NULL, "0 numbers a sample");
    x.outputs = LOCI_MAX_CLASSES + 1;
    refuse(&x, NULL, "65537 numbers a sample");
    x.outputs = 1;
    refuse(&good, &x, "1 numbers a sample");
    x = good;
    x.weights = none;
    refuse(&x, NULL, "all training samples have the weight 0");
    x.weights = minus;
    refuse(&x, NULL, "training sample 3 has the weight -1");
    refuse(&good, &x, "test sample 3 has the weight -1");
    x = classes;
    x.labels = beyond;
    refuse(&classes, &x, "test sample 3 has label 3");
    x.labels = negative;
    refuse(&x, NULL, "training sample 2 has label -1");
    x = classes;
    x.samples = NULL, x.bytes = bytes;
    refuse(&classes, &x, "one part holds bytes");
    memcpy(bad, targets, sizeof targets);
    bad[7] = NAN;
    x = good;
    x.targets = bad;
    refuse(&x, NULL, "training sample 4 has a target that is no finite number");
    refuse(&good, &x, "test sample 4 has a target that is no finite number");
    x = good;
    memcpy(bad, samples, sizeof samples);
    bad[PIXELS] = INFINITY;
    x.samples = bad;
    refuse(&x, NULL, "training sample 2 holds");
}

/* ---- how targets are scaled ---- */

static void check_scale(const float *of, double mean, double deviation) {
    const float *means, *deviations;
    const loci_arrays train = {.count = COUNT, .samples = samples, .targets = of, .outputs = 1};
    loci_dataset *data = borrow(&train, NULL);
    loci_dataset_target_scaling(data, &means, &deviations);
    assert_true(fabs((double)means[0] - mean) <= 1e-6 * fabs(mean) + 1e-44);
    if (!(fabs((double)deviations[0] - deviation) <= 1e-6 * deviation))
        fail_msg("deviation %.9g in place of %.9g", (double)deviations[0], deviation);
    loci_dataset_free(data);
}

/* Names, and classes without a sample, are the caller's to know. */
static void outputs_have_names(void **state) {
    (void)state;
    static const int32_t labels[COUNT] = {0, 1, 2, 1, 0};
    static const char *const names[] = {"cat", "dog", "eel", "fox"}, *const two[] = {"up", "down"};
    loci_arrays train = {.count = COUNT, .samples = samples, .labels = labels, .classes = 4};
    loci_dataset *data = borrow(&train, NULL);
    assert_int_equal(loci_dataset_classes(data), 4);
    assert_string_equal(loci_dataset_class_name(data, 3), "3");
    loci_dataset_free(data);
    train.names = names;
    data = borrow(&train, NULL);
    assert_string_equal(loci_dataset_class_name(data, 3), "fox");
    loci_dataset_free(data);
    train.classes = 2;
    refuse(&train, NULL, "labels go from 0 to 1");
    train.classes = 1;
    refuse(&train, NULL, "there are 2 to");
    train.classes = 0;
    refuse(&train, NULL, "there are 2 to");
    train.classes = 1 << 17;
    refuse(&train, NULL, "there are 2 to");
    loci_arrays numbers = arrays();
    numbers.names = two;
    data = borrow(&numbers, NULL);
    assert_string_equal(loci_dataset_output_name(data, 1), "down");
    loci_dataset_free(data);
}

static void targets_are_standardised(void **state) {
    (void)state;
    static const float plain[COUNT] = {1, 2, 3, 4, 5},
                       far[COUNT] = {4e6f, 4000001, 4000002, 4000003, 4000004}, zero[COUNT] = {0},
                       third[COUNT] = {0.1f, 0.1f, 0.1f, 0.1f, 0.1f},
                       tiny[COUNT] = {0, 1e-42f, 0, 0, 0},
                       vast[COUNT] = {-1e38f, 1e38f, -1e38f, 1e38f, 0};
    check_scale(plain, 3, sqrt(2));
    check_scale(far, 4000002, sqrt(2)); /* the difference of squares would lose it */
    check_scale(zero, 0, 1);
    check_scale(third, (double)0.1f, 1); /* whose mean is no float */
    check_scale(tiny, (double)1e-42f / 5, 1);
    check_scale(vast, 0, 1e38 * sqrt(0.8));
    /* by the training part alone; what is not to be told in its units is refused */
    static const float near[COUNT] = {0, 1e-30f, 0, 1e-30f, 0};
    const loci_arrays narrow = {.count = COUNT, .samples = samples, .targets = near, .outputs = 1},
                      wide = {.count = COUNT, .samples = samples, .targets = vast, .outputs = 1};
    refuse(&narrow, &wide, "test sample 1 has a target too far outside");
}

/* ---- what a network says ---- */

static loci_network *make_network(const loci_dataset *data, const char *options, uint64_t seed) {
    char text[256], *rest = NULL;
    loci_spec spec;
    loci_network *network;
    loci_error error = {0};
    loci_spec_defaults(&spec);
    snprintf(text, sizeof text, "%s", options);
    for (char *at = strtok_r(text, " ", &rest); at != NULL; at = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(at, '=');
        *value++ = '\0';
        assert_int_equal(loci_spec_set(&spec, at, value, NULL), LOCI_OK);
    }
    if (loci_network_create_for(&network, &spec, data, seed, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", options, error.where, error.message);
    return network;
}

/* Without hidden neurons and weights a network says its biases: in units of the data 12 + 1.673 b
 * and 1.414 c. */
static void errors_are_those_counted_by_hand(void **state) {
    (void)state;
    loci_evaluation result;
    const loci_arrays train = arrays();
    loci_dataset *data = borrow(&train, &train);
    loci_network *network = make_network(data, "hidden=0 wiring=dense", 1);
    float *parameters = loci_network_parameters(network);
    memset(parameters, 0, network->parameter_count * sizeof *parameters);
    assert_int_equal(loci_evaluate(network, data, LOCI_TEST, NULL, 1, &result, NULL), LOCI_OK);
    /* it says the means: 12 and 0; off by 2 0 1 3 0, and by 1 1 2 2 0 */
    assert_int_equal(result.count, COUNT);
    assert_int_equal(result.correct, 0);
    assert_true(result.accuracy == -1);
    assert_null(result.confusion);
    assert_null(result.prediction);
    assert_null(result.confidence);
    assert_true(result.values[0] == 12 && result.values[9] == 0);
    assert_true(fabs(result.outputs[0].r2) < 1e-12 && fabs(result.outputs[1].r2) < 1e-12);
    assert_true(fabs(result.outputs[0].mae - 6. / 5) < 1e-12);
    assert_true(fabs(result.outputs[1].mae - 6. / 5) < 1e-12);
    assert_true(fabs(result.outputs[0].rmse - sqrt(14. / 5)) < 1e-12);
    assert_true(fabs(result.outputs[1].rmse - sqrt(2)) < 1e-12);
    assert_true(fabs(result.regression.rmse - (sqrt(14. / 5) + sqrt(2)) / 2) < 1e-12);
    assert_true(fabs(result.loss - 1) < 1e-6); /* in units of the variance */
    loci_evaluation_clear(&result);
    /* 12 + s and 0: R2 = 1 - (14 + 5 s^2) / 14 */
    parameters[network->layer[1].bias] = 1;
    assert_int_equal(loci_evaluate(network, data, LOCI_TRAIN, NULL, 1, &result, NULL), LOCI_OK);
    double s = sqrt(14. / 5);
    assert_true(fabs((double)result.values[0] - (12 + s)) < 1e-5);
    assert_true(fabs(result.outputs[0].r2 + 1) < 1e-5);
    assert_true(fabs(result.outputs[0].mae - (2 + s + s + 1 + s + 3 - s + s) / 5) < 1e-5);
    assert_true(fabs(result.outputs[0].rmse - sqrt(28. / 5)) < 1e-5);
    assert_true(fabs(result.regression.r2 + 0.5) < 1e-5);
    assert_true(fabs(result.loss - 1.5) < 1e-5);
    loci_evaluation_clear(&result);
    loci_network_free(network);
    loci_dataset_free(data);
}

/* Where all targets are the same there is no spread to explain. */
static void constants_have_an_r2(void **state) {
    (void)state;
    static const float same[COUNT] = {7, 7, 7, 7, 7};
    loci_evaluation result;
    const loci_arrays train = {.count = COUNT, .samples = samples, .targets = same, .outputs = 1};
    loci_dataset *data = borrow(&train, NULL);
    loci_network *network = make_network(data, "hidden=0 wiring=dense", 1);
    memset(network->parameters, 0, network->parameter_count * sizeof(float));
    assert_int_equal(loci_evaluate(network, data, LOCI_TRAIN, NULL, 0, &result, NULL), LOCI_OK);
    assert_true(result.regression.r2 == 1 && result.regression.mae == 0);
    assert_null(result.values);
    network->parameters[network->layer[1].bias] = 0.5f;
    assert_int_equal(loci_evaluate(network, data, LOCI_TRAIN, NULL, 0, &result, NULL), LOCI_OK);
    assert_true(result.regression.r2 == 0 && result.regression.mae == 0.5);
    network->parameters[network->layer[1].bias] = NAN;
    assert_int_equal(loci_evaluate(network, data, LOCI_TRAIN, NULL, 0, &result, NULL),
                     LOCI_E_DIVERGED);
    loci_network_free(network);
    loci_dataset_free(data);
}

/* ---- prepared ---- */

static const char *const nets[] = {
    "hidden=7,5 dendrite-sites=2",
    "hidden=9 wiring=dense activation=tanh",
    "hidden=0",
    "hidden=6 neuron=lif threshold=0.1 time-steps=5 readout=membrane-mean",
    "hidden=6,4 neuron=lif threshold=0.1 time-steps=5 readout=membrane-max wiring=dense",
    "hidden=6 neuron=lif threshold=0.1 time-steps=5 readout=membrane-last coding=latency"};

static void prepared_says_the_same(void **state) {
    (void)state;
    const loci_arrays train = arrays();
    loci_dataset *data = borrow(&train, NULL);
    for (size_t i = 0; i < 2 * sizeof nets / sizeof *nets; i++) {
        loci_network *network = make_network(data, nets[i / 2], 3);
        loci_prepared *prepared;
        float plain[COUNT * 2], batch[COUNT * 2], one[2];
        bool pruned = i % 2, spread = false;
        for (size_t k = 0; k < network->parameter_count; k++)
            network->parameters[k] += 0.01f * (float)(k % 5);
        if (pruned)
            assert_int_equal(loci_network_prune(network, 0.7, LOCI_PRUNE_BY_WEIGHT,
                                                LOCI_PRUNE_SCOPE_LAYER, NULL, NULL),
                             LOCI_OK);
        assert_int_equal(loci_network_run(network, NULL, samples, COUNT, plain, NULL), LOCI_OK);
        assert_int_equal(loci_prepared_create(&prepared, network, NULL), LOCI_OK);
        assert_int_equal(loci_prepared_run_batch(prepared, NULL, samples, COUNT, batch, NULL),
                         LOCI_OK);
        for (size_t b = 0; b < COUNT; b++) {
            assert_int_equal(
                loci_prepared_run(prepared, samples + b * PIXELS, (uint32_t)b, one, NULL, NULL),
                LOCI_OK);
            for (size_t k = 0; k < 2; k++) {
                float expected = plain[2 * b + k];
                if (!(fabsf(one[k] - expected) <= 1e-4f * (1 + fabsf(expected))) ||
                    !(fabsf(batch[2 * b + k] - expected) <= 1e-4f * (1 + fabsf(expected))))
                    fail_msg("%s%s: %g, %g in place of %g", nets[i / 2], pruned ? ", pruned" : "",
                             (double)one[k], (double)batch[2 * b + k], (double)expected);
                spread |= fabsf(expected - plain[k]) > 1e-3f;
            }
            /* in units of the data, whose mean is 12 */
            assert_true(fabsf(plain[2 * b] - 12) < 1.7f * 6);
        }
        assert_true(spread || pruned);
        loci_prepared_free(prepared);
        loci_network_free(network);
    }
    loci_dataset_free(data);
}

/* ---- the model file ---- */

static void models_keep_their_units(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "regressor.safetensors");
    const loci_arrays train = arrays();
    const float *mean, *deviation, *means, *deviations;
    loci_dataset *data = borrow(&train, NULL);
    loci_network *network = make_network(data, "hidden=4", 2), *back;
    float said[COUNT * 2], again[COUNT * 2];
    assert_int_equal(loci_network_save(network, path, NULL), LOCI_OK);
    assert_int_equal(loci_network_load(&back, path, NULL), LOCI_OK);
    assert_int_equal(back->spec.task, LOCI_TASK_REGRESS);
    assert_int_equal(back->spec.classes, 2);
    loci_dataset_target_scaling(data, &mean, &deviation);
    loci_network_target_scaling(back, &means, &deviations);
    assert_memory_equal(means, mean, 2 * sizeof *mean);
    assert_memory_equal(deviations, deviation, 2 * sizeof *mean);
    assert_int_equal(loci_network_run(network, NULL, samples, COUNT, said, NULL), LOCI_OK);
    assert_int_equal(loci_network_run(back, NULL, samples, COUNT, again, NULL), LOCI_OK);
    assert_memory_equal(said, again, sizeof said);
    loci_network_free(back);
    loci_network_free(network);
    loci_dataset_free(data);
}

static void damaged_models_are_refused(void **state) {
    (void)state;
    static const float wrong[] = {0, -1, NAN, INFINITY};
    const loci_arrays train = arrays();
    loci_dataset *data = borrow(&train, NULL);
    loci_network *network = make_network(data, "hidden=4", 2);
    forgery f;
    forgery_open(&f, network);
    assert_string_equal(loci_safetensors_note(f.file, "version"), "2");
    assert_int_equal(forgery_load(&f, ""), LOCI_OK);
    float *mean = f.data[forgery_find(&f, "target.mean")],
          *deviation = f.data[forgery_find(&f, "target.deviation")];
    for (size_t i = 0; i < 4; i++) {
        float kept = deviation[1];
        deviation[1] = wrong[i];
        assert_int_equal(forgery_load(&f, "target.deviation"), LOCI_E_FORMAT);
        deviation[1] = kept;
        kept = mean[0];
        mean[0] = wrong[i];
        assert_int_equal(forgery_load(&f, "target.mean"), i < 2 ? LOCI_OK : LOCI_E_FORMAT);
        mean[0] = kept;
    }
    f.arrays[forgery_find(&f, "target.mean")].shape[0] = 1;
    assert_int_not_equal(forgery_load(&f, ""), LOCI_OK);
    f.arrays[forgery_find(&f, "target.mean")].shape[0] = 2;
    forgery_drop(&f, "target.deviation");
    assert_int_equal(forgery_load(&f, ""), LOCI_E_FORMAT);
    forgery_drop(&f, "target.mean");
    assert_int_equal(forgery_load(&f, ""), LOCI_OK); /* its numbers are in no units */
    forgery_close(&f);
    loci_network_free(network);
    loci_dataset_free(data);
}

static void classifiers_have_no_targets(void **state) {
    (void)state;
    static const int32_t labels[COUNT] = {0, 1, 1, 1, 0};
    const loci_arrays train = {.count = COUNT, .samples = samples, .labels = labels};
    loci_dataset *data = borrow(&train, NULL);
    loci_network *network = make_network(data, "hidden=4", 2);
    const float scale[2] = {1, 1};
    loci_error error = {0};
    forgery f;
    assert_int_equal(loci_network_set_target_scaling(network, scale, scale, &error),
                     LOCI_E_ARGUMENT);
    forgery_open(&f, network);
    assert_string_equal(loci_safetensors_note(f.file, "version"), "1");
    static const char *const names[] = {"target.mean", "target.deviation"};
    for (size_t i = 0; i < 2; i++) {
        forgery_add(&f, names[i], 8);
        memcpy(f.data[f.count - 1], scale, sizeof scale);
        f.arrays[f.count - 1].dtype = LOCI_F32;
        f.arrays[f.count - 1].shape[0] = 2;
    }
    assert_int_equal(forgery_load(&f, ""), LOCI_E_FORMAT);
    forgery_close(&f);
    loci_network_free(network);
    loci_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_copied),
        cmocka_unit_test(wrong_arrays_are_refused),
        cmocka_unit_test(outputs_have_names),
        cmocka_unit_test(targets_are_standardised),
        cmocka_unit_test(errors_are_those_counted_by_hand),
        cmocka_unit_test(constants_have_an_r2),
        cmocka_unit_test(prepared_says_the_same),
        cmocka_unit_test(models_keep_their_units),
        cmocka_unit_test(damaged_models_are_refused),
        cmocka_unit_test(classifiers_have_no_targets),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
