/* Runs: what the folder holds, what --resume and --force do, and what goes wrong without harm. */
#include "scratch.h"
#include "small_run.h"

#include <fcntl.h>
#include <math.h>
#include <sys/file.h>

#include "data/npz.h"
#include "network/network.h"
#include "train/checkpoint.h"
#include "train/frames.h"
#include "train/run_prepare.h"

enum { EPOCHS = 6, SAMPLES = 116, BATCHES = 6 }; /* 96 to train on, 16 a batch */

static char folder[256], calm[512], run[512];
static loci_dataset *data;
static const char *const results[] = {"model.safetensors", "frames.npz", "config.json"};

static int train(const loci_config *config, const char *path, const loci_run_options *options,
                 loci_summary *summary, loci_error *error) {
    return loci_run_train(config, data, path, NULL, options, summary, error);
}

static loci_run_options resuming(void) {
    loci_run_options options;
    loci_run_options_defaults(&options);
    options.resume = 1;
    return options;
}

/* One undisturbed run that others are compared with. */
static int prepare(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    scratch_make(folder);
    snprintf(calm, sizeof calm, "%s/calm", folder);
    snprintf(run, sizeof run, "%s/runs/deep/er", folder);
    data = small_data(SAMPLES);
    return data == NULL || train(&config, calm, NULL, NULL, NULL) != LOCI_OK;
}

static int clean(void **state) {
    (void)state;
    loci_dataset_free(data);
    scratch_remove(folder);
    return 0;
}

/* Each test begins and ends without a run. */
static int no_run(void **state) {
    (void)state;
    if (access(run, F_OK) == 0)
        scratch_remove(run);
    return 0;
}

static void assert_like_calm(void) {
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        scratch_assert_same(scratch_path(calm, results[i]), scratch_path(run, results[i]));
}

static bool has(const char *name) {
    return access(scratch_path(run, name), F_OK) == 0;
}

static void assert_message(const loci_error *error, const char *part) {
    if (strstr(error->message, part) == NULL)
        fail_msg("'%s' does not contain '%s'", error->message, part);
}

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
    int lock = open(calm, O_RDONLY | O_DIRECTORY);
    assert_int_equal(flock(lock, LOCK_EX), 0);
    assert_int_equal(train(&config, calm, &options, NULL, &error), LOCI_E_IO);
    assert_message(&error, "another process");
    close(lock);
    assert_int_equal(train(&config, calm, &options, NULL, NULL), LOCI_OK);
}

/* ---- interruption ---- */

/* Stopped after every single batch: each one is a place where a run can be taken up again. */
static void test_stop_at_every_batch(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const volatile sig_atomic_t stop = 1;
    loci_run_options options = resuming();
    loci_error error = {0};
    options.stop = &stop;
    int status, calls = 0;
    while ((status = train(&config, run, &options, NULL, &error)) == LOCI_E_INTERRUPTED) {
        assert_int_equal(error.code, LOCI_E_INTERRUPTED);
        assert_false(has("summary.json"));
        assert_true(has("model.safetensors"));
        calls++;
    }
    assert_int_equal(status, LOCI_OK);
    assert_int_equal(calls, EPOCHS * BATCHES - 1);
    assert_like_calm();
}

/* A run that was stopped after so many epochs. */
static volatile sig_atomic_t stop_now;
static uint32_t stop_after;
static void stop_at_epoch(void *user, const loci_progress *progress) {
    (void)user;
    if (progress->finished != NULL && progress->finished->epoch == stop_after)
        stop_now = 1;
}

static void interrupt(const loci_config *config, uint32_t epochs) {
    loci_run_options options = resuming();
    stop_now = 0;
    stop_after = epochs;
    options.stop = &stop_now;
    options.progress = stop_at_epoch;
    assert_int_equal(train(config, run, &options, NULL, NULL), LOCI_E_INTERRUPTED);
}

static void flip(const char *path, size_t at) {
    size_t size;
    unsigned char *bytes = scratch_read(path, &size);
    bytes[at % size] ^= 0x10;
    scratch_write(path, bytes, size);
    free(bytes);
}

/* Two generations: whatever happens to one of them, the other one serves. */
static void test_damaged_checkpoint(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    static const size_t places[] = {0, 3, 20, 300, 700, 1000, 1500, 2001, 3002, 4003, SIZE_MAX / 2};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        interrupt(&config, 2);
        interrupt(&config, 3);
        const char *newest = scratch_path(run, "checkpoint.safetensors");
        assert_true(has("checkpoint.previous.safetensors"));
        if (i == 0)
            assert_int_equal(truncate(newest, 1000), 0);
        else if (i == 1)
            assert_int_equal(truncate(newest, 0), 0);
        else if (i == 2)
            remove(newest);
        else
            flip(newest, places[i]);
        assert_int_equal(train(&config, run, &options, NULL, NULL), LOCI_OK);
        assert_like_calm();
        scratch_remove(run);
    }
}

static void test_both_checkpoints_damaged(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    loci_error error = {0};
    interrupt(&config, 2);
    interrupt(&config, 3);
    flip(scratch_path(run, "checkpoint.safetensors"), 2000);
    flip(scratch_path(run, "checkpoint.previous.safetensors"), 2000);
    assert_int_equal(train(&config, run, &options, NULL, &error), LOCI_E_FORMAT);
    assert_string_equal(error.where, scratch_path(run, "checkpoint.safetensors"));
    assert_message(&error, "the other checkpoint");
    remove(scratch_path(run, "checkpoint.previous.safetensors"));
    assert_int_equal(train(&config, run, &options, NULL, &error), LOCI_E_FORMAT);
    assert_message(&error, "no other");
}

static void test_foreign_checkpoint(void **state) {
    (void)state;
    loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    loci_error error = {0};
    size_t size;
    config.spec.softening = 0.5; /* the same tensors, but not the same network */
    interrupt(&config, 2);
    remove(scratch_path(run, "checkpoint.previous.safetensors"));
    unsigned char *bytes = scratch_read(scratch_path(calm, "checkpoint.safetensors"), &size);
    scratch_write(scratch_path(run, "checkpoint.safetensors"), bytes, size);
    free(bytes);
    assert_int_equal(train(&config, run, &options, NULL, &error), LOCI_E_MISMATCH);
    assert_message(&error, "another network");
}

static void test_other_data(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    loci_error error = {0};
    loci_dataset *other = small_data(SAMPLES + 1);
    interrupt(&config, 2);
    assert_int_equal(loci_run_train(&config, other, run, NULL, &options, NULL, &error),
                     LOCI_E_MISMATCH);
    assert_message(&error, "training samples");
    loci_dataset_free(other);
}

static void test_lost_config(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    loci_error error = {0};
    interrupt(&config, 2);
    remove(scratch_path(run, "config.json"));
    assert_int_equal(train(&config, run, &options, NULL, &error), LOCI_E_FORMAT);
    assert_message(&error, "config.json");
}

/* Frames only show what happened: without them the run goes on. */
static void test_lost_frames(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    interrupt(&config, 3);
    scratch_write(scratch_path(run, "frames.npz"), "rubbish", 7);
    assert_int_equal(train(&config, run, &options, NULL, NULL), LOCI_OK);
    scratch_assert_same(scratch_path(calm, results[0]), scratch_path(run, results[0]));
}

/* ---- what goes wrong ---- */

/* Numbers so large that the next batch cannot be computed, in a checkpoint that is otherwise fine.
 */
static void poison(const loci_config *config) {
    loci_config full;
    loci_network *network;
    loci_trainer *trainer;
    loci_run_folder place;
    loci_run_state state;
    bool found;
    assert_int_equal(loci_run_configure(&full, config, data, NULL), LOCI_OK);
    assert_int_equal(loci_run_network(&network, &full, data, NULL), LOCI_OK);
    assert_int_equal(
        loci_trainer_create(&trainer, network, data, &full.train, full.seed, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_run_folder_open(&place, run, NULL), LOCI_OK);
    assert_int_equal(loci_checkpoint_load(trainer, &state, &place, &found, NULL), LOCI_OK);
    assert_true(found);
    for (size_t i = 0; i < network->parameter_count; i++)
        network->parameters[i] = 1e38f;
    assert_int_equal(loci_checkpoint_save(trainer, &state, &place, NULL), LOCI_OK);
    loci_run_folder_close(&place);
    loci_trainer_free(trainer);
    loci_network_free(network);
}

static void test_divergence_keeps_the_checkpoint(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    loci_error error = {0};
    struct stat model, checkpoint, after;
    interrupt(&config, 2);
    poison(&config);
    assert_int_equal(stat(scratch_path(run, "model.safetensors"), &model), 0);
    assert_int_equal(stat(scratch_path(run, "checkpoint.safetensors"), &checkpoint), 0);
    assert_int_equal(train(&config, run, &options, NULL, &error), LOCI_E_DIVERGED);
    assert_int_equal(error.code, LOCI_E_DIVERGED);
    assert_message(&error, "finite");
    assert_message(&error, "last good checkpoint");
    assert_int_equal(stat(scratch_path(run, "model.safetensors"), &after), 0);
    assert_int_equal(model.st_ino, after.st_ino);
    assert_int_equal(stat(scratch_path(run, "checkpoint.safetensors"), &after), 0);
    assert_int_equal(checkpoint.st_ino, after.st_ino);
    assert_false(has("summary.json"));
}

static void test_disk_full(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    loci_error error = {0};
    static const rlim_t limits[] = {0, 1000, 3000}; /* config.json, the model, the checkpoint */
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        scratch_disk_limit(limits[i]);
        int status = train(&config, run, &options, NULL, &error);
        scratch_disk_limit(RLIM_INFINITY);
        assert_int_equal(status, LOCI_E_IO);
        assert_int_not_equal(*error.where, '\0');
        assert_false(has("checkpoint.safetensors"));
        assert_false(has("summary.json"));
    }
    assert_int_equal(train(&config, run, &options, NULL, NULL), LOCI_OK);
    assert_like_calm();
    assert_int_equal(scratch_each(run, NULL), 7);
}

static void test_bad_folder(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    char below[600];
    snprintf(below, sizeof below, "%s/config.json/run", calm);
    assert_int_equal(train(&config, below, NULL, NULL, NULL), LOCI_E_IO);
    assert_int_equal(train(&config, "", NULL, NULL, NULL), LOCI_E_ARGUMENT);
}

static void test_bad_configuration(void **state) {
    (void)state;
    loci_error error = {0};
#define REFUSED(change, option)                                                                    \
    do {                                                                                           \
        loci_config config = small_config(EPOCHS);                                                 \
        change;                                                                                    \
        assert_int_equal(train(&config, run, NULL, NULL, &error), LOCI_E_ARGUMENT);                \
        assert_string_equal(error.where, option);                                                  \
        assert_int_not_equal(access(run, F_OK), 0);                                                \
    } while (0)
    REFUSED(config.train.epochs = 0, "epochs");
    REFUSED(config.train.batch = 0, "batch");
    REFUSED(config.train.lr = NAN, "lr");
    REFUSED(config.train.lr = -1, "lr");
    REFUSED(config.train.schedule = 2, "schedule");
    REFUSED(config.train.shift = 3, "shift");
    REFUSED(config.train.validation = SAMPLES, "validation");
    REFUSED(config.spec.dim = 1, "dim");
    REFUSED(config.seed = UINT64_MAX, "seed");
    REFUSED(config.no_test = 1, "no-test");
#undef REFUSED
}

/* ---- starting from a model ---- */

static void test_init(void **state) {
    (void)state;
    loci_config config = small_config(1);
    loci_network *model, *after;
    char path[600];
    snprintf(config.init, sizeof config.init, "%s", calm);
    config.train.lr = 1e-12; /* so small that nothing moves by much */
    config.train.patience = 0;
    assert_int_equal(train(&config, run, NULL, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_network_load(&model, calm, NULL), LOCI_OK);
    assert_int_equal(loci_network_load(&after, run, NULL), LOCI_OK);
    for (size_t i = 0; i < model->parameter_count; i++)
        assert_true(fabsf(model->parameters[i] - after->parameters[i]) < 1e-6f);
    loci_network_free(model);
    loci_network_free(after);

    /* a model that does not fit, or is not there, leaves no folder behind */
    loci_error error = {0};
    scratch_remove(run);
    config.spec.hidden[0] = 9;
    assert_int_equal(train(&config, run, NULL, NULL, &error), LOCI_E_MISMATCH);
    assert_message(&error, "pair0.dendrite.position");
    assert_int_not_equal(access(run, F_OK), 0);
    snprintf(path, sizeof path, "%s/nowhere", folder);
    strcpy(config.init, path);
    assert_int_equal(train(&config, run, NULL, NULL, &error), LOCI_E_NOT_FOUND);
    assert_string_equal(error.where, path);
    assert_int_not_equal(access(run, F_OK), 0);
}

/* ---- estimate and frames ---- */

static void test_estimate(void **state) {
    (void)state;
    loci_config config = small_config(EPOCHS);
    loci_estimate one, two;
    loci_error error = {0};
    assert_int_equal(loci_run_estimate(&config, data, NULL, &one, &error), LOCI_OK);
    assert_true(one.seconds > 0 && one.bytes > 0);
    /* two products of the first pair, three of the second: nothing is counted less */
    assert_true(one.operations >= EPOCHS * 96.0 * (2 * 36 * 8 + 3 * 8 * 3));
    config.train.epochs *= 2;
    assert_int_equal(loci_run_estimate(&config, data, NULL, &two, &error), LOCI_OK);
    assert_true(two.operations == 2 * one.operations);
    assert_true(two.bytes == one.bytes);
    config.spec.hidden[0] = 800;
    assert_int_equal(loci_run_estimate(&config, data, NULL, &two, &error), LOCI_OK);
    assert_true(two.bytes > one.bytes && two.operations > 50 * one.operations);
    config.train.batch = 0;
    assert_int_equal(loci_run_estimate(&config, data, NULL, &two, &error), LOCI_E_ARGUMENT);
}

/* However long the run, there are at most 40 frames, the first at the start and the last at the
 * end. */
static void test_frames_are_spread(void **state) {
    (void)state;
    loci_config config = small_config(1), full;
    loci_network *network;
    const char *path = scratch_path(folder, "frames.npz");
    assert_int_equal(loci_run_configure(&full, &config, data, NULL), LOCI_OK);
    assert_int_equal(loci_run_network(&network, &full, data, NULL), LOCI_OK);
    static const uint32_t lengths[] = {1, 2, 38, 39, 40, 41, 77, 78, 79, 300, 99999, 100000};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        uint32_t epochs = lengths[i],
                 expected = epochs < LOCI_MOST_FRAMES ? epochs + 1 : LOCI_MOST_FRAMES;
        loci_frames *frames;
        loci_npz_loaded loaded;
        assert_int_equal(loci_frames_create(&frames, network, epochs, NULL), LOCI_OK);
        for (uint32_t epoch = 0; epoch <= epochs; epoch++)
            loci_frames_take(frames, network, epoch);
        assert_int_equal(loci_frames_write(frames, path, NULL), LOCI_OK);
        assert_int_equal(loci_npz_read(path, "epochs", "i4", &loaded, NULL), LOCI_OK);
        const int32_t *at = loaded.data;
        assert_int_equal(loaded.count, expected);
        assert_int_equal(at[0], 0);
        assert_int_equal(at[expected - 1], epochs);
        free(loaded.data);
        loci_frames_free(frames);
    }
    loci_network_free(network);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, no_run, no_run)
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
        TEST(test_stop_at_every_batch),
        TEST(test_damaged_checkpoint),
        TEST(test_both_checkpoints_damaged),
        TEST(test_foreign_checkpoint),
        TEST(test_other_data),
        TEST(test_lost_config),
        TEST(test_lost_frames),
        TEST(test_divergence_keeps_the_checkpoint),
        TEST(test_disk_full),
        TEST(test_bad_folder),
        TEST(test_bad_configuration),
        TEST(test_init),
        TEST(test_estimate),
        TEST(test_frames_are_spread),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
