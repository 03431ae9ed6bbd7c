/* Runs: what the folder holds, and what --resume and --force do. */
#include "run_fixture.h"

#include <math.h>

/* ---- an ordinary run ---- */

static void test_folder(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    loci_summary summary;
    loci_network *network;
    loci_evaluation evaluation;
    size_t size, lines = 0;
    assert_int_equal(train(&config, run, NULL, &summary, NULL), LOCI_OK);
    assert_like_calm();
    assert_string_equal(summary.preset, "small");
    assert_string_equal(summary.dataset, "small");
    assert_int_equal(summary.seed, 5);
    assert_int_equal(summary.epochs, EPOCHS);
    assert_int_equal(summary.threads, 1);
    assert_int_equal(summary.connections, 36 * 8 + 8 * 3);
    assert_int_equal(summary.connections_kept, summary.connections);
    assert_true(summary.sparsity == 0);
    assert_true(summary.seconds_total > 0 && summary.seconds_per_epoch > 0);
    assert_int_equal(loci_network_load(&network, run, NULL), LOCI_OK);
    assert_int_equal(summary.parameters, loci_network_parameter_count(network));
    assert_string_equal(loci_network_note(network, "preset"), "small");
    assert_string_equal(loci_network_note(network, "dataset"), "small");
    assert_string_equal(loci_network_note(network, "classes"), "[\"0\",\"1\",\"2\"]");
    assert_int_equal(loci_evaluate(network, data, LOCI_TEST, NULL, 0, &evaluation, NULL), LOCI_OK);
    assert_true(summary.test_accuracy == evaluation.accuracy);
    loci_network_free(network);
    unsigned char *text = scratch_read(scratch_path(run, "metrics.jsonl"), &size);
    for (size_t i = 0; i < size; i++)
        lines += text[i] == '\n';
    free(text);
    assert_int_equal(lines, EPOCHS);
    assert_true(has("summary.json") && has("checkpoint.safetensors"));
    assert_int_equal(scratch_each(run, NULL),
                     7); /* the previous checkpoint too, and nothing else */
}

/* The training part of the data, without a test part. */
static loci_dataset *untested_data(void) {
    enum { PIXELS = SMALL_SIDE * SMALL_SIDE };
    static float images[SAMPLES][PIXELS];
    static int32_t labels[SAMPLES];
    loci_dataset *out = NULL;
    for (size_t i = 0; i < SAMPLES; i++) {
        loci_dataset_sample(data, LOCI_TRAIN, i, images[i]);
        labels[i] = loci_dataset_label(data, LOCI_TRAIN, i);
    }
    loci_dataset_from_arrays(&out, "untested", SMALL_SIDE, SMALL_SIDE, images[0], labels, SAMPLES,
                             NULL, NULL, 0, NULL);
    return out;
}

/* Trains a spiking net on `on`; what the model that is kept does on one of its parts. */
static loci_evaluation train_spiking(const loci_dataset *on, uint32_t validation,
                                     enum loci_split split, loci_summary *summary) {
    loci_config config = small_config(EPOCHS);
    loci_evaluation evaluation;
    loci_network *network;
    config.spec.neuron = LOCI_NEURON_LIF;
    config.spec.time_steps = 4;
    config.spec.threshold = 0.1; /* so that it fires from the start */
    config.train.validation = validation;
    config.train.patience = validation > 0 ? 1000 : 0;
    no_run(NULL);
    assert_int_equal(loci_run_train(&config, on, run, NULL, NULL, summary, NULL), LOCI_OK);
    assert_int_equal(loci_network_load(&network, run, NULL), LOCI_OK);
    assert_int_equal(loci_evaluate(network, on, split, NULL, 0, &evaluation, NULL), LOCI_OK);
    loci_energy energy;
    loci_activity_energy(loci_network_spec(network), &summary->activity, &energy);
    assert_true(energy.spiking > 0 && summary->energy.spiking == energy.spiking);
    assert_true(energy.dense > 0 && summary->energy.dense == energy.dense);
    loci_network_free(network);
    assert_int_equal(summary->time_steps, 4);
    assert_int_equal(summary->activity.layers, 1);
    assert_true(summary->activity.spikes > 0);
    return evaluation;
}

/* The summary tells what the kept parameters do on the test part; where there is none, on the
 * samples held out, else on those trained on. */
static void test_spiking_summary(void **state) {
    (void)state;
    loci_summary summary;
    loci_evaluation evaluation = train_spiking(data, 20, LOCI_TEST, &summary);
    assert_true(summary.test_accuracy == evaluation.accuracy);
    assert_memory_equal(&summary.activity, &evaluation.activity, sizeof evaluation.activity);
    loci_dataset *untested = untested_data();
    assert_non_null(untested);
    evaluation = train_spiking(untested, 0, LOCI_TRAIN, &summary);
    assert_true(summary.test_accuracy == -1);
    assert_memory_equal(&summary.activity, &evaluation.activity, sizeof evaluation.activity);
    evaluation = train_spiking(untested, 20, LOCI_TRAIN, &summary);
    assert_memory_not_equal(&summary.activity, &evaluation.activity, sizeof evaluation.activity);
    loci_dataset_free(untested);
}

static void test_threads_do_not_matter(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    loci_pool *pool;
    loci_summary summary;
    assert_int_equal(loci_pool_create(&pool, 3, NULL), LOCI_OK);
    assert_int_equal(loci_run_train(&config, data, run, pool, NULL, &summary, NULL), LOCI_OK);
    loci_pool_free(pool);
    assert_int_equal(summary.threads, 3);
    assert_like_calm();
}

/* A spiking net with random input: one thread and three, in peace and stopped after every batch. */
static void test_spiking(void **state) {
    (void)state;
    const loci_config config = small_spiking_config(EPOCHS);
    const volatile sig_atomic_t stop = 1;
    loci_run_options options = resuming();
    loci_summary one, three;
    loci_pool *pool;
    char alone[600];
    snprintf(alone, sizeof alone, "%s/spiking", folder);
    assert_int_equal(train(&config, alone, NULL, &one, NULL), LOCI_OK);
    for (int l = 0; l < 2; l++) /* neither silent nor deafening */
        assert_true(one.activity.layer_rate[l] > 0.05 && one.activity.layer_rate[l] < 0.95);
    assert_int_equal(loci_pool_create(&pool, 3, NULL), LOCI_OK);
    options.stop = &stop;
    int status, stops = 0;
    while ((status = loci_run_train(&config, data, run, pool, &options, &three, NULL)) ==
           LOCI_E_INTERRUPTED)
        stops++;
    loci_pool_free(pool);
    assert_int_equal(status, LOCI_OK);
    assert_int_equal(stops, EPOCHS * BATCHES - 1);
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        scratch_assert_same(scratch_path(alone, results[i]), scratch_path(run, results[i]));
    assert_true(one.test_accuracy == three.test_accuracy);
    scratch_remove(alone);
}

/* The test accuracy of a summary is that of the model beside it, whenever the test part was
 * measured and whichever epoch's parameters were kept. */
static void test_summary_is_of_the_model(void **state) {
    (void)state;
    for (int i = 0; i < 8; i++) {
        loci_config config = i & 4 ? small_spiking_config(12) : small_config(12);
        loci_summary summary;
        loci_network *network;
        loci_evaluation evaluation;
        config.train.patience = i & 1 ? 2 : 0;
        config.train.test_every = i & 2 ? 0 : 5;
        config.train.lr = 0.1;
        config.train.schedule = LOCI_SCHEDULE_CONSTANT;
        assert_int_equal(train(&config, run, NULL, &summary, NULL), LOCI_OK);
        assert_int_equal(loci_network_load(&network, run, NULL), LOCI_OK);
        assert_int_equal(loci_evaluate(network, data, LOCI_TEST, NULL, 0, &evaluation, NULL),
                         LOCI_OK);
        assert_true(summary.test_accuracy == evaluation.accuracy);
        loci_network_free(network);
        scratch_remove(run);
    }
}

static void test_seeds_matter(void **state) {
    (void)state;
    loci_config config = small_config(EPOCHS);
    size_t size_a, size_b;
    config.seed++;
    assert_int_equal(train(&config, run, NULL, NULL, NULL), LOCI_OK);
    unsigned char *a = scratch_read(scratch_path(calm, results[0]), &size_a);
    unsigned char *b = scratch_read(scratch_path(run, results[0]), &size_b);
    assert_int_equal(size_a, size_b);
    assert_memory_not_equal(a, b, size_a);
    free(a);
    free(b);
}

/* The epoch of the best validation accuracy in metrics.jsonl. */
static uint32_t best_epoch(void) {
    FILE *file = fopen(scratch_path(run, "metrics.jsonl"), "r");
    char line[1024];
    uint32_t epoch = 0, best = 0;
    double most = -1;
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        const char *accuracy = strstr(line, "\"validation_accuracy\":");
        assert_non_null(accuracy);
        epoch++;
        if (strtod(strchr(accuracy, ':') + 1, NULL) > most) {
            most = strtod(strchr(accuracy, ':') + 1, NULL);
            best = epoch;
        }
    }
    fclose(file);
    return best;
}

/* With patience a run ends early and keeps the model of its best epoch: the one that a run of so
 * many epochs has. */
static void test_patience_keeps_the_best(void **state) {
    (void)state;
    loci_config config = small_config(60);
    loci_summary patient, plain;
    config.train.patience = 2;
    config.train.lr = 0.1;
    config.train.schedule = LOCI_SCHEDULE_CONSTANT;
    assert_int_equal(train(&config, run, NULL, &patient, NULL), LOCI_OK);
    uint32_t best = best_epoch();
    assert_true(patient.epochs < 60);
    assert_int_equal(patient.epochs, best + 2);
    assert_int_equal(rename(scratch_path(run, "model.safetensors"), scratch_path(folder, "best")),
                     0);
    scratch_remove(run);
    config.train.patience = 0;
    config.train.epochs = best;
    assert_int_equal(train(&config, run, NULL, &plain, NULL), LOCI_OK);
    scratch_assert_same(scratch_path(run, "model.safetensors"), scratch_path(folder, "best"));
    assert_true(patient.test_accuracy == plain.test_accuracy);
    assert_true(patient.validation_accuracy == plain.validation_accuracy);
    scratch_remove(run);

    /* the same when the run is stopped again and again: patience goes on where it was */
    const volatile sig_atomic_t stop = 1;
    loci_run_options options = resuming();
    loci_summary stopped;
    int status;
    options.stop = &stop;
    config.train.patience = 2;
    config.train.epochs = 60;
    do
        status = train(&config, run, &options, &stopped, NULL);
    while (status == LOCI_E_INTERRUPTED);
    assert_int_equal(status, LOCI_OK);
    assert_int_equal(stopped.epochs, patient.epochs);
    scratch_assert_same(scratch_path(run, "model.safetensors"), scratch_path(folder, "best"));
}

/* ---- a folder that is in use ---- */

static void test_exists(void **state) {
    (void)state;
    loci_config config = small_config(EPOCHS);
    loci_error error = {0};
    struct stat before, after;
    config.seed++;
    assert_int_equal(stat(scratch_path(calm, results[0]), &before), 0);
    assert_int_equal(train(&config, calm, NULL, NULL, &error), LOCI_E_EXISTS);
    assert_string_equal(error.where, calm);
    assert_int_equal(stat(scratch_path(calm, results[0]), &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
}

static void test_force_replaces(void **state) {
    (void)state;
    loci_config config = small_config(2);
    loci_run_options options;
    loci_run_options_defaults(&options);
    options.force = 1;
    config.seed++;
    assert_int_equal(train(&config, run, NULL, NULL, NULL), LOCI_OK);
    config = small_config(EPOCHS);
    assert_int_equal(train(&config, run, &options, NULL, NULL), LOCI_OK);
    assert_like_calm();
}

static void test_complete_run_is_left_alone(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    loci_summary first, second;
    const char *const files[] = {"model.safetensors", "summary.json", "metrics.jsonl",
                                 "checkpoint.safetensors"};
    struct stat before[4], after;
    assert_int_equal(train(&config, run, &options, &first, NULL),
                     LOCI_OK); /* there was none: starts */
    for (int i = 0; i < 4; i++)
        assert_int_equal(stat(scratch_path(run, files[i]), &before[i]), 0);
    assert_int_equal(train(&config, run, &options, &second, NULL), LOCI_OK);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(stat(scratch_path(run, files[i]), &after), 0);
        assert_int_equal(before[i].st_ino, after.st_ino);
        assert_memory_equal(&before[i].st_mtim, &after.st_mtim, sizeof after.st_mtim);
    }
    assert_true(first.test_accuracy == second.test_accuracy);
    assert_true(fabs(first.seconds_total - second.seconds_total) < 1e-12);
    assert_int_equal(first.epochs, second.epochs);
}

static void test_lost_result_is_made_again(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    assert_int_equal(train(&config, run, NULL, NULL, NULL), LOCI_OK);
    remove(scratch_path(run, "model.safetensors"));
    assert_int_equal(train(&config, run, &options, NULL, NULL), LOCI_OK);
    assert_like_calm();
    scratch_write(scratch_path(run, "summary.json"), "{", 1);
    assert_int_equal(train(&config, run, &options, NULL, NULL), LOCI_OK);
    assert_like_calm();
}

static void test_resume_mismatch(void **state) {
    (void)state;
    loci_config config = small_config(EPOCHS + 1);
    const loci_run_options options = resuming();
    loci_error error = {0};
    assert_int_equal(train(&config, calm, &options, NULL, &error), LOCI_E_MISMATCH);
    assert_string_equal(error.where, "epochs");
    config = small_config(EPOCHS);
    config.spec.hidden[0] = 9;
    assert_int_equal(train(&config, calm, &options, NULL, &error), LOCI_E_MISMATCH);
    assert_string_equal(error.where, "hidden");
}

static void test_folder_is_locked(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    loci_error error = {0};
    loci_run_hold *hold;
    loci_summary summary;
    assert_int_equal(loci_run_hold_take(&hold, calm, NULL), LOCI_OK);
    assert_int_equal(loci_run_busy(calm, &error), LOCI_E_BUSY);
    assert_int_equal(train(&config, calm, &options, NULL, &error), LOCI_E_IO);
    assert_int_equal(error.code, LOCI_E_IO);
    assert_message(&error, "another process is training in this folder: ");
    assert_int_equal(loci_run_result(&summary, calm, &error), LOCI_E_IO);
    loci_run_hold_free(hold);
    assert_int_equal(loci_run_busy(calm, NULL), LOCI_OK);
    assert_int_equal(train(&config, calm, &options, NULL, NULL), LOCI_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_folder),
        TEST(test_spiking_summary),
        TEST(test_threads_do_not_matter),
        TEST(test_spiking),
        TEST(test_summary_is_of_the_model),
        TEST(test_seeds_matter),
        TEST(test_patience_keeps_the_best),
        TEST(test_exists),
        TEST(test_force_replaces),
        TEST(test_complete_run_is_left_alone),
        TEST(test_lost_result_is_made_again),
        TEST(test_resume_mismatch),
        TEST(test_folder_is_locked),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
