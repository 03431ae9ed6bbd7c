/* Runs of regressors: what the folder says of them, and that a run that is stopped goes on as if
 * nothing had happened. */
#include "run_fixture.h"

#include <loci/record.h>
#include <math.h>

/* Images of which two numbers are to be told, in units far from 0 and 1; and weights. */
enum { ALL = SAMPLES + SMALL_TEST };
static float values[ALL * 2], weights[ALL];
static float images[ALL * SMALL_SIDE * SMALL_SIDE];

static int make(void **state) {
    (void)state;
    enum { PIXELS = SMALL_SIDE * SMALL_SIDE };
    const loci_random stream = {4, LOCI_RANDOM_TEST, 80};
    scratch_make(folder);
    snprintf(calm, sizeof calm, "%s/calm", folder);
    snprintf(run, sizeof run, "%s/run", folder);
    for (size_t i = 0; i < ALL * PIXELS; i++)
        images[i] = (float)loci_random_uniform(&stream, i);
    for (size_t i = 0; i < ALL; i++) {
        const float *x = images + i * PIXELS;
        values[2 * i] = 1000 + 50 * (x[0] + x[1] - x[35]);
        values[2 * i + 1] = -3 + 0.25f * x[14] * x[20];
        weights[i] = 0.5f + x[3];
    }
    const loci_arrays train_part = {.count = SAMPLES,
                                    .samples = images,
                                    .targets = values,
                                    .outputs = 2,
                                    .weights = weights},
                      test_part = {.count = SMALL_TEST,
                                   .samples = images + SAMPLES * PIXELS,
                                   .targets = values + SAMPLES * 2,
                                   .outputs = 2};
    return loci_dataset_borrow(&data, "numbers", SMALL_SIDE, SMALL_SIDE, &train_part, &test_part,
                               NULL);
}

static loci_config regressor(uint32_t epochs) {
    loci_config config = small_config(epochs);
    config.train.shift = 0;
    return config;
}

static bool near(double a, double b) {
    return fabs(a - b) <= 1e-8 * (1 + fabs(b));
}

static void the_folder_tells_r2(void **state) {
    (void)state;
    enum { LONG = 60 };
    loci_config config = regressor(LONG);
    loci_summary summary, read;
    loci_metrics *metrics;
    loci_network *network;
    loci_evaluation result;
    size_t count;
    config.train.patience = 0;
    assert_int_equal(train(&config, run, NULL, &summary, NULL), LOCI_OK);
    assert_int_equal(summary.task, LOCI_TASK_REGRESS);
    assert_true(summary.test_accuracy == -1 && summary.validation_accuracy == -1);
    assert_int_equal(loci_summary_read(&read, run, NULL), LOCI_OK);
    assert_true(near(read.test.r2, summary.test.r2) && near(read.test.mae, summary.test.mae));
    assert_true(near(read.validation.rmse, summary.validation.rmse));
    assert_int_equal(loci_metrics_read(&metrics, &count, run, NULL), LOCI_OK);
    assert_int_equal(count, LONG);
    assert_true(near(metrics[LONG - 1].test.r2, summary.test.r2));
    assert_true(metrics[LONG - 1].train_loss < metrics[0].train_loss);
    free(metrics);
    assert_int_equal(loci_network_load(&network, scratch_path(run, "model.safetensors"), NULL),
                     LOCI_OK);
    assert_int_equal(loci_evaluate(network, data, LOCI_TEST, NULL, 1, &result, NULL), LOCI_OK);
    assert_true(result.regression.r2 == summary.test.r2);
    assert_true(result.regression.rmse == summary.test.rmse);
    assert_true(result.regression.r2 > 0.2 && result.regression.r2 < 1);
    assert_true(result.outputs[0].rmse > 20 * result.outputs[1].rmse); /* each in its own units */
    loci_evaluation_clear(&result);
    loci_network_free(network);
}

/* The parameters kept are those of the best R2, also where all are below 0. */
static void patience_goes_by_r2(void **state) {
    (void)state;
    static const double rates[] = {0.03, 0.3};
    for (size_t i = 0; i < 2; i++) {
        loci_config config = regressor(30);
        loci_summary summary;
        loci_metrics *metrics;
        size_t count, best = 0;
        config.train.lr = rates[i];
        config.train.patience = 3;
        config.train.schedule = LOCI_SCHEDULE_CONSTANT;
        assert_int_equal(train(&config, run, NULL, &summary, NULL), LOCI_OK);
        assert_int_equal(loci_metrics_read(&metrics, &count, run, NULL), LOCI_OK);
        for (size_t e = 1; e < count; e++)
            if (metrics[e].validation.r2 > metrics[best].validation.r2)
                best = e;
        assert_true(count == 30 || count == best + 1 + 3);
        assert_true(near(summary.validation.r2, metrics[best].validation.r2));
        assert_true(near(summary.test.r2, metrics[best].test.r2));
        assert_true(i == 0 || count < 30);
        free(metrics);
        scratch_remove(run);
    }
}

static loci_config variant(size_t i) {
    loci_config config = i == 1 ? small_spiking_config(EPOCHS) : regressor(EPOCHS);
    config.train.shift = 0;
    if (i == 2)
        config.train.loss = LOCI_LOSS_HUBER;
    if (i == 3)
        config = small_pruned_config(EPOCHS);
    config.train.shift = i == 3;
    if (i == 4)
        snprintf(config.teacher, sizeof config.teacher, "%s/teacher/model.safetensors", folder);
    return config;
}
enum { VARIANTS = 5 };

static int stop_and_go(const loci_config *config, const volatile sig_atomic_t *stop) {
    loci_run_options options = resuming();
    options.stop = stop;
    return train(config, run, &options, NULL, NULL);
}

static void a_stopped_run_goes_on(void **state) {
    (void)state;
    const volatile sig_atomic_t stop = 1;
    const loci_config teacher = regressor(2);
    assert_int_equal(train(&teacher, scratch_path(folder, "teacher"), NULL, NULL, NULL), LOCI_OK);
    for (size_t i = 0; i < VARIANTS; i++) {
        const loci_config config = variant(i);
        loci_summary summary, again;
        int status, calls = 0;
        assert_int_equal(train(&config, calm, NULL, &summary, NULL), LOCI_OK);
        while ((status = stop_and_go(&config, &stop)) == LOCI_E_INTERRUPTED)
            calls++;
        assert_int_equal(status, LOCI_OK);
        assert_int_equal(calls, EPOCHS * BATCHES - 1);
        assert_like_calm();
        assert_int_equal(loci_summary_read(&again, run, NULL), LOCI_OK);
        assert_true(near(again.test.r2, summary.test.r2));
        assert_true(near(again.validation.mae, summary.validation.mae));
        assert_true(near(again.train_loss, summary.train_loss));
        scratch_remove(calm);
        scratch_remove(run);
    }
}

/* No variant is another one by mistake. */
static void variants_differ(void **state) {
    (void)state;
    double seen[VARIANTS];
    for (size_t i = 0; i < VARIANTS; i++) {
        const loci_config config = variant(i);
        loci_summary summary;
        assert_int_equal(train(&config, run, NULL, &summary, NULL), LOCI_OK);
        seen[i] = summary.test.r2;
        for (size_t k = 0; k < i; k++)
            assert_true(seen[k] != seen[i]);
        scratch_remove(run);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_folder_tells_r2),
        TEST(patience_goes_by_r2),
        TEST(a_stopped_run_goes_on),
        TEST(variants_differ),
    };
    return cmocka_run_group_tests(tests, make, clean);
}
