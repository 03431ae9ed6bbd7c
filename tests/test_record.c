/* Reading what a run left, and asking a network for its activations. */
#include "run_fixture.h"

#include <math.h>

#include <loci/prepared.h>
#include <loci/record.h>

static void write_file(const char *name, const char *text) {
    scratch_write(scratch_path(folder, name), text, strlen(text));
}

/* ---- metrics and summary ---- */

#define LINE(epoch, test)                                                                          \
    "{\"epoch\":" #epoch ",\"learning_rate\":0.01,\"train_loss\":1.5,\"train_accuracy\":0.25,"     \
    "\"validation_accuracy\":null,\"test_accuracy\":" #test ",\"seconds\":2}\n"

static void test_metrics(void **state) {
    (void)state;
    loci_metrics *metrics = NULL;
    size_t count = 77;
    loci_error error = {0};
    assert_int_equal(loci_metrics_read(&metrics, &count, folder, &error), LOCI_E_NOT_FOUND);
    assert_true(metrics == NULL && count == 77);
    /* a killed process left half a line */
    write_file("metrics.jsonl", LINE(1, null) LINE(3, 0.5) "{\"epoch\":4,\"lear");
    assert_int_equal(loci_metrics_read(&metrics, &count, folder, &error), LOCI_OK);
    assert_int_equal(count, 2);
    assert_true(metrics[0].epoch == 1 && metrics[0].test_accuracy == -1);
    assert_true(metrics[1].epoch == 3 && metrics[1].test_accuracy == 0.5);
    assert_true(metrics[1].learning_rate == 0.01 && metrics[1].train_loss == 1.5 &&
                metrics[1].train_accuracy == 0.25 && metrics[1].validation_accuracy == -1 &&
                metrics[1].seconds == 2);
    free(metrics);
    metrics = NULL;
    write_file("metrics.jsonl", LINE(1, null) LINE(2, "0.5"));
    assert_int_equal(loci_metrics_read(&metrics, &count, folder, &error), LOCI_E_FORMAT);
    assert_message(&error, "line 2");
    assert_null(metrics);
    write_file("metrics.jsonl", "");
    assert_int_equal(loci_metrics_read(&metrics, &count, folder, &error), LOCI_OK);
    assert_int_equal(count, 0);
    free(metrics);
    remove(scratch_path(folder, "metrics.jsonl"));
}

static void test_a_run(void **state) {
    (void)state;
    loci_metrics *metrics;
    loci_summary summary;
    size_t count;
    assert_int_equal(loci_metrics_read(&metrics, &count, calm, NULL), LOCI_OK);
    assert_int_equal(loci_summary_read(&summary, calm, NULL), LOCI_OK);
    assert_int_equal(count, EPOCHS);
    assert_true(fabs(metrics[EPOCHS - 1].train_loss - summary.train_loss) < 1e-6);
    assert_int_equal(summary.epochs, EPOCHS);
    free(metrics);
    assert_int_equal(loci_summary_read(&summary, folder, NULL), LOCI_E_NOT_FOUND);
}

static void test_frames(void **state) {
    (void)state;
    loci_network *network;
    loci_frames *frames = NULL;
    const loci_tensor *tensor;
    loci_error error = {0};
    assert_int_equal(loci_network_load(&network, calm, NULL), LOCI_OK);
    assert_int_equal(loci_frames_read(&frames, network, folder, &error), LOCI_E_NOT_FOUND);
    assert_null(frames);
    assert_int_equal(loci_frames_read(&frames, network, calm, &error), LOCI_OK);
    assert_int_equal(loci_frames_count(frames), EPOCHS + 1);
    for (uint32_t f = 0; f <= EPOCHS; f++)
        assert_int_equal(loci_frames_epoch(frames, f), f);
    assert_int_equal(loci_frames_epoch(frames, EPOCHS + 1), 0);
    const float *values = loci_frames_positions(frames, 0, &tensor);
    assert_string_equal(tensor->name, "pair0.axon.position");
    /* patience took the best epoch's parameters: one of the frames shows the model's */
    const float *model = loci_network_parameters(network) + tensor->offset;
    bool found = false;
    for (uint32_t f = 0; f <= EPOCHS; f++)
        found |= memcmp(values + f * tensor->count, model, tensor->count * sizeof *model) == 0;
    assert_true(found);
    assert_null(loci_frames_positions(frames, 4, NULL));
    loci_frames_free(frames);
    loci_network_free(network);
}

/* ---- the curve ---- */

#define CURVE(points)                                                                              \
    "{\"model\": \"m\", \"dataset\": \"d\", \"when\": \"after\", \"by\": \"distance\", "           \
    "\"scope\": \"layer\", \"points\": [" points "]}"
#define POINT(sparsity, accuracy)                                                                  \
    "{\"sparsity\": " #sparsity ", \"connections_kept\": 100, \"test_accuracy\": " #accuracy "}"

static void refuse_curve(const char *text) {
    loci_curve curve;
    loci_error error = {0};
    write_file("sparsity_curve.json", text);
    assert_int_equal(loci_curve_read(&curve, folder, &error), LOCI_E_FORMAT);
    assert_string_equal(error.where, scratch_path(folder, "sparsity_curve.json"));
}

static void test_curve(void **state) {
    (void)state;
    loci_curve curve;
    assert_int_equal(loci_curve_read(&curve, folder, NULL), LOCI_E_NOT_FOUND);
    write_file("sparsity_curve.json", CURVE(POINT(0.5, 0.75) "," POINT(0, null)));
    assert_int_equal(loci_curve_read(&curve, folder, NULL), LOCI_OK);
    assert_int_equal(curve.count, 2);
    assert_string_equal(curve.when, "after");
    assert_string_equal(curve.by, "distance");
    assert_string_equal(curve.scope, "layer");
    assert_true(curve.points[1].sparsity == 0.5 && curve.points[1].test_accuracy == 0.75 &&
                curve.points[1].connections_kept == 100);
    assert_true(curve.points[0].sparsity == 0 && curve.points[0].test_accuracy == -1 &&
                curve.points[0].validation_accuracy == -1);
    loci_curve_clear(&curve);
    assert_true(curve.points == NULL && curve.count == 0);

    refuse_curve("");
    refuse_curve("null");
    refuse_curve("{}");
    refuse_curve(CURVE(""));
    refuse_curve(CURVE("3"));
    refuse_curve(CURVE(POINT(null, 1)));
    refuse_curve(CURVE(POINT(1.5, 1)));
    refuse_curve(CURVE(POINT(0.5, -0.5)));
    refuse_curve(CURVE(POINT(0.5, "much")));
    refuse_curve(CURVE("{\"sparsity\": 0, \"connections_kept\": -1, \"test_accuracy\": 1}"));
    refuse_curve("{\"when\": \"after\", \"points\": [" POINT(0, 1) "]}");
    refuse_curve(CURVE(POINT(0, 1)) "x");
    remove(scratch_path(folder, "sparsity_curve.json"));
}

#define SCORES(part, r2, rmse)                                                                     \
    ", \"" part "_r2\": " r2 ", \"" part "_mae\": 2, \"" part "_rmse\": " rmse
#define POINT_OF(sparsity, scores)                                                                 \
    "{\"sparsity\": " sparsity ", \"connections_kept\": 100" scores "}"

static void test_curve_of_a_regressor(void **state) {
    (void)state;
    loci_curve curve;
    write_file("sparsity_curve.json",
               CURVE(POINT_OF("0.5", SCORES("test", "-3.5", "4e5")) "," POINT_OF(
                   "0.25", SCORES("test", "null", "null") SCORES("validation", "1", "0"))));
    assert_int_equal(loci_curve_read(&curve, folder, NULL), LOCI_OK);
    assert_int_equal(curve.task, LOCI_TASK_REGRESS);
    const loci_curve_point *first = &curve.points[0], *second = &curve.points[1];
    assert_true(isnan(first->test.r2) && isnan(first->test.rmse) && first->validation.r2 == 1 &&
                first->validation.rmse == 0 && first->test_accuracy == -1);
    assert_true(second->test.r2 == -3.5 && second->test.mae == 2 && second->test.rmse == 4e5 &&
                isnan(second->validation.r2));
    loci_curve_clear(&curve);
    refuse_curve(CURVE(POINT_OF("0.5", SCORES("test", "1.5", "1"))));
    refuse_curve(CURVE(POINT_OF("0.5", SCORES("test", "0.5", "-1"))));
    refuse_curve(CURVE(POINT_OF("0.5", SCORES("test", "\"much\"", "1"))));
    refuse_curve(CURVE(POINT_OF("0.5", ", \"test_r2\": 1, \"test_mae\": 1")));
    refuse_curve(CURVE(POINT_OF("0.5", SCORES("test", "0.5", "1") SCORES("validation", "2", "1"))));
    refuse_curve(CURVE(POINT_OF("0.5", SCORES("test", "0.5", "1")) "," POINT(0, 1)));
    remove(scratch_path(folder, "sparsity_curve.json"));
}

/* A run that is started anew is not the one the curve belongs to. */
static void test_curve_of_an_old_run(void **state) {
    (void)state;
    const loci_config config = small_config(1);
    loci_run_options options;
    loci_run_options_defaults(&options);
    assert_int_equal(train(&config, run, NULL, NULL, NULL), LOCI_OK);
    scratch_write(scratch_path(run, "sparsity_curve.json"), "x", 1);
    options.force = 1;
    assert_int_equal(train(&config, run, &options, NULL, NULL), LOCI_OK);
    assert_false(has("sparsity_curve.json"));
}

/* ---- activations ---- */

/* ReLU layers by hand; the last is what loci_network_run() gives. */
static void test_activations(void **state) {
    (void)state;
    enum { PIXELS = SMALL_SIDE * SMALL_SIDE, HIDDEN = 8 };
    loci_network *network;
    float image[PIXELS], hidden[HIDDEN], logits[SMALL_CLASSES], wanted[SMALL_CLASSES],
        weights[PIXELS * HIDDEN];
    assert_int_equal(loci_network_load(&network, calm, NULL), LOCI_OK);
    assert_int_equal(loci_network_weights(network, 0, weights, NULL), LOCI_OK);
    loci_dataset_sample(data, LOCI_TEST, 2, image);
    assert_int_equal(loci_network_activations(network, image, 1, hidden, NULL), LOCI_OK);
    assert_int_equal(loci_network_activations(network, image, 2, logits, NULL), LOCI_OK);
    assert_int_equal(loci_network_run(network, NULL, image, 1, wanted, NULL), LOCI_OK);
    assert_memory_equal(logits, wanted, sizeof wanted);
    const loci_tensor *bias = NULL;
    for (size_t i = 0; bias == NULL || strcmp(bias->name, "layer1.bias") != 0; i++)
        assert_non_null(bias = loci_network_tensor(network, i));
    size_t active = 0;
    for (size_t j = 0; j < HIDDEN; j++) {
        double sum = (double)loci_network_parameters(network)[bias->offset + j];
        for (size_t i = 0; i < PIXELS; i++)
            sum += (double)image[i] * (double)weights[i * HIDDEN + j];
        assert_true(fabs((double)hidden[j] - fmax(sum, 0)) < 1e-4);
        active += hidden[j] > 0;
    }
    assert_true(active > 0);
    loci_error error = {0};
    assert_int_equal(loci_network_activations(network, image, 0, hidden, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_network_activations(network, image, 3, hidden, &error), LOCI_E_ARGUMENT);
    image[3] = NAN;
    assert_int_equal(loci_network_activations(network, image, 1, hidden, &error), LOCI_E_ARGUMENT);
    loci_network_free(network);
}

/* Mean spikes of the layers agree with what an evaluation of the same sample counts. */
static void test_spikes(void **state) {
    (void)state;
    enum { PIXELS = SMALL_SIDE * SMALL_SIDE };
    loci_config config = small_spiking_config(1);
    loci_network *network;
    loci_prepared *prepared;
    loci_activity activity;
    float image[PIXELS], layer[12], logits[SMALL_CLASSES], wanted[SMALL_CLASSES];
    config.spec.height = config.spec.width = SMALL_SIDE;
    config.spec.classes = SMALL_CLASSES;
    assert_int_equal(loci_network_create(&network, &config.spec, 3, NULL), LOCI_OK);
    assert_int_equal(loci_prepared_create(&prepared, network, NULL), LOCI_OK);
    loci_dataset_sample(data, LOCI_TEST, 4, image);
    assert_int_equal(loci_prepared_run(prepared, image, 0, wanted, &activity, NULL), LOCI_OK);
    assert_true(activity.spikes > 0);
    for (uint32_t l = 1; l <= 2; l++) {
        size_t size = l == 1 ? 8 : 12;
        double sum = 0;
        assert_int_equal(loci_network_activations(network, image, l, layer, NULL), LOCI_OK);
        for (size_t j = 0; j < size; j++) {
            assert_true(layer[j] >= 0 && layer[j] <= 1);
            sum += (double)layer[j];
        }
        assert_true(fabs(sum / (double)size - activity.layer_rate[l - 1]) < 1e-6);
    }
    assert_int_equal(loci_network_activations(network, image, 3, logits, NULL), LOCI_OK);
    for (size_t c = 0; c < SMALL_CLASSES; c++)
        assert_true(fabsf(logits[c] - wanted[c]) < 1e-4f);
    loci_prepared_free(prepared);
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_metrics),
        cmocka_unit_test(test_a_run),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_curve),
        cmocka_unit_test(test_curve_of_a_regressor),
        TEST(test_curve_of_an_old_run),
        cmocka_unit_test(test_activations),
        cmocka_unit_test(test_spikes),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
