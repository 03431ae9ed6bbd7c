/* What is of one task and not of the other: models that teach or are started from, options; and
 * what a regressor learns from another. */
#include "scratch_folder.h"

#include <math.h>

#include "pair_data.h"
#include "train/checkpoint.h"
#include "train/run_prepare.h"
#include "train/trainer.h"

static pair_data of;

static loci_config config_of(int task) {
    loci_config config;
    loci_config_defaults(&config);
    config.spec.task = task;
    config.spec.hidden[0] = 5;
    config.train.batch = 8;
    config.train.epochs = 2;
    config.seed = 5;
    return config;
}

/* As far as a run goes before its first step. */
static int prepare_run(const loci_config *given, loci_error *error) {
    const loci_dataset *data = of.data[given->spec.task];
    loci_config config;
    loci_network *network = NULL;
    loci_trainer *trainer = NULL;
    char note[LOCI_RUN_NOTE];
    int status = loci_run_configure(&config, given, data, error);
    if (status == LOCI_OK)
        status = loci_run_network(&network, &config, data, error);
    if (status == LOCI_OK)
        status = loci_run_trainer(&trainer, &config, network, data, NULL, error);
    if (status == LOCI_OK && config.init[0] != '\0')
        status = loci_run_init(network, &config, note, error);
    loci_trainer_free(trainer);
    loci_network_free(network);
    return status;
}

/* A model of another task can neither teach nor be started from, and says so in one line. */
static void models_of_another_task_are_refused(void **state) {
    (void)state;
    for (int task = 0; task < 2; task++)
        for (int teaches = 0; teaches < 2; teaches++) {
            loci_config config = config_of(task);
            char *path = teaches ? config.teacher : config.init;
            loci_error error = {0};
            strcpy(path, of.model[task]);
            assert_int_equal(prepare_run(&config, &error), LOCI_OK);
            strcpy(path, of.model[!task]);
            assert_int_equal(prepare_run(&config, &error), LOCI_E_MISMATCH);
            assert_string_equal(error.where, path);
            assert_null(strchr(error.message, '\n'));
            assert_non_null(strstr(error.message, teaches ? "cannot teach: it predicts"
                                                          : "cannot start from this model"));
        }
}

static const struct {
    const char *option, *value;
    int task;
    bool early; /* refused before there are data, where the task is given */
} wrong[] = {
    {"class-weight", "balanced", LOCI_TASK_REGRESS, true},
    {"temperature", "3", LOCI_TASK_REGRESS, true},
    {"loss", "cross-entropy", LOCI_TASK_REGRESS, false},
    {"loss", "squared", LOCI_TASK_CLASSIFY, false},
    {"loss", "huber", LOCI_TASK_CLASSIFY, false},
};

/* The data have the last word, as often only they tell the task. */
static void options_of_another_task_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        for (int task = 0; task < 2; task++) {
            loci_config config = config_of(task);
            loci_error error = {0};
            assert_int_equal(loci_train_set(&config.train, wrong[i].option, wrong[i].value, NULL),
                             LOCI_OK);
            strcpy(config.teacher, of.model[task]);
            bool refused = task == wrong[i].task;
            assert_int_equal(prepare_run(&config, &error), refused ? LOCI_E_ARGUMENT : LOCI_OK);
            if (refused) {
                assert_string_equal(error.where, wrong[i].option);
                assert_null(strchr(error.message, '\n'));
            }
            bool early = refused && wrong[i].early;
            int status = loci_config_use(&config, wrong[i].option, &error);
            assert_int_equal(status, early ? LOCI_E_ARGUMENT : LOCI_OK);
        }
}

/* Spikes cannot be counted to a number below 0. */
static void counts_are_no_numbers(void **state) {
    (void)state;
    for (int task = 0; task < 2; task++) {
        loci_config config = config_of(task);
        loci_error error = {0};
        config.spec.neuron = LOCI_NEURON_LIF;
        config.spec.readout = LOCI_READOUT_COUNT;
        assert_int_equal(prepare_run(&config, &error), task == 0 ? LOCI_OK : LOCI_E_ARGUMENT);
        if (task == LOCI_TASK_REGRESS)
            assert_string_equal(error.where, "readout");
    }
}

/* ---- a teacher's values ---- */

/* One step on these targets [TRAIN, NUMBERS], in the units of the pair's data; other: a second
 * teacher, or NULL. */
static loci_network *step(const float *targets, double distillation, int loss, const char *other) {
    const float *mean, *deviation;
    const loci_arrays part = {
        .count = TRAIN, .samples = of.pixels, .targets = targets, .outputs = NUMBERS};
    loci_config config = config_of(LOCI_TASK_REGRESS);
    loci_dataset *data;
    loci_network *network;
    loci_trainer *trainer;
    config.train.distillation = distillation;
    config.train.loss = loss;
    assert_int_equal(loci_dataset_borrow(&data, "values", SIDE, SIDE, &part, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_network_create_for(&network, &config.spec, data, 3, NULL), LOCI_OK);
    loci_dataset_target_scaling(of.data[LOCI_TASK_REGRESS], &mean, &deviation);
    assert_int_equal(loci_network_set_target_scaling(network, mean, deviation, NULL), LOCI_OK);
    assert_int_equal(loci_trainer_create(&trainer, network, data, &config.train, 3, NULL, NULL),
                     LOCI_OK);
    if (distillation > 0)
        assert_int_equal(loci_trainer_teach(trainer, of.model[LOCI_TASK_REGRESS], NULL), LOCI_OK);
    if (other != NULL)
        assert_int_equal(loci_trainer_teach(trainer, other, NULL), LOCI_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(loci_trainer_step(trainer, NULL), LOCI_OK);
    loci_trainer_free(trainer);
    loci_dataset_free(data);
    return network;
}

static float apart(const loci_network *a, const loci_network *b) {
    float most = 0;
    for (size_t i = 0; i < a->parameter_count; i++)
        most = fmaxf(most, fabsf(a->parameters[i] - b->parameters[i]));
    return most;
}

/* With a share a of the loss it is as if targets were (1 - a) t + a v, where the loss is squared;
 * with all of it for any loss. */
static void a_teachers_values_pull_as_targets_do(void **state) {
    (void)state;
    static const double shares[] = {1, 0.25, 1};
    static const int losses[] = {LOCI_LOSS_SQUARED, LOCI_LOSS_SQUARED, LOCI_LOSS_HUBER};
    loci_network *teacher;
    float said[TRAIN * NUMBERS], mixed[TRAIN * NUMBERS];
    assert_int_equal(loci_network_load(&teacher, of.model[LOCI_TASK_REGRESS], NULL), LOCI_OK);
    assert_int_equal(loci_network_run(teacher, NULL, of.pixels, TRAIN, said, NULL), LOCI_OK);
    for (size_t i = 0; i < 3; i++) {
        float a = (float)shares[i];
        for (size_t k = 0; k < TRAIN * NUMBERS; k++)
            mixed[k] = (1 - a) * of.targets[k] + a * said[k];
        loci_network *taught = step(of.targets, shares[i], losses[i], NULL),
                     *alone = step(mixed, 0, losses[i], NULL),
                     *other = step(of.targets, 0, losses[i], NULL);
        float near = apart(taught, alone), far = apart(taught, other);
        if (!(near < 1e-5f && far > 1e-4f))
            fail_msg("share %g: %g from what it should be, %g without a teacher", shares[i],
                     (double)near, (double)far);
        loci_network_free(taught);
        loci_network_free(alone);
        loci_network_free(other);
    }
    loci_network_free(teacher);
}

/* It is as if targets were the mean of what two say. */
static void the_mean_of_teachers_values_pulls(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "second.safetensors");
    static const int losses[] = {LOCI_LOSS_SQUARED, LOCI_LOSS_HUBER};
    float said[TRAIN * NUMBERS], second[TRAIN * NUMBERS], mean[TRAIN * NUMBERS];
    loci_network *network;
    assert_int_equal(loci_network_load(&network, of.model[LOCI_TASK_REGRESS], NULL), LOCI_OK);
    assert_int_equal(loci_network_run(network, NULL, of.pixels, TRAIN, said, NULL), LOCI_OK);
    for (size_t i = 0; i < network->parameter_count; i += 2)
        network->parameters[i] *= 1.5f;
    assert_int_equal(loci_network_run(network, NULL, of.pixels, TRAIN, second, NULL), LOCI_OK);
    assert_int_equal(loci_network_save(network, path, NULL), LOCI_OK);
    for (size_t k = 0; k < TRAIN * NUMBERS; k++)
        mean[k] = (said[k] + second[k]) / 2;
    for (size_t i = 0; i < 2; i++) {
        loci_network *taught = step(of.targets, 1, losses[i], path),
                     *alone = step(mean, 0, losses[i], NULL),
                     *first = step(of.targets, 1, losses[i], NULL);
        float near = apart(taught, alone), far = apart(taught, first);
        if (!(near < 1e-5f && far > 1e-4f))
            fail_msg("%g from what it should be, %g from one teacher's", (double)near, (double)far);
        loci_network_free(taught);
        loci_network_free(alone);
        loci_network_free(first);
    }
    loci_network_free(network);
}

/* ---- what is kept of a run ---- */

/* Data that teach something else are other data. */
static void fingerprints_tell_targets_and_weights(void **state) {
    (void)state;
    static float other[TRAIN * NUMBERS], weights[TRAIN];
    loci_arrays part = {.count = TRAIN, .samples = of.pixels, .outputs = NUMBERS};
    char seen[5][LOCI_FINGERPRINT];
    memcpy(other, of.targets, sizeof other);
    other[7] += 1;
    for (size_t i = 0; i < TRAIN; i++)
        weights[i] = (float)i;
    for (size_t i = 0; i < 5; i++) {
        loci_dataset *data;
        part.labels = i == 0 || i == 1 ? of.labels : NULL;
        part.targets = i == 2 || i == 3 ? of.targets : i == 4 ? other : NULL;
        part.weights = i == 1 || i == 3 ? weights : NULL;
        assert_int_equal(loci_dataset_borrow(&data, "numbers", SIDE, SIDE, &part, NULL, NULL),
                         LOCI_OK);
        loci_dataset_fingerprint(data, LOCI_TRAIN, seen[i]);
        loci_dataset_free(data);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(seen[k], seen[i]);
    }
}

/* A regressor's last measures come back, those that were not made as NaN; a classifier has none. */
static void checkpoints_keep_measures(void **state) {
    (void)state;
    for (int task = 0; task < 2; task++) {
        const loci_config config = config_of(task);
        const char *path = scratch_path(folder, "checkpoint.safetensors");
        const loci_run_state written = {.last = {.task = task,
                                                 .train_loss = 1,
                                                 .validation_accuracy = 0.5,
                                                 .test_accuracy = 0.25,
                                                 .validation = {0.5, 2, 3},
                                                 .test = {NAN, 5, 6}}};
        loci_run_state read;
        loci_network *network;
        loci_trainer *trainer;
        assert_int_equal(loci_run_network(&network, &config, of.data[task], NULL), LOCI_OK);
        assert_int_equal(loci_run_trainer(&trainer, &config, network, of.data[task], NULL, NULL),
                         LOCI_OK);
        assert_int_equal(loci_checkpoint_write(trainer, &written, path, NULL), LOCI_OK);
        memset(&read, 0xff, sizeof read);
        assert_int_equal(loci_checkpoint_read(trainer, &read, path, NULL), LOCI_OK);
        assert_int_equal(read.last.task, task);
        assert_true(read.last.test_accuracy == 0.25);
        const loci_regression *v = &read.last.validation, *t = &read.last.test;
        if (task == LOCI_TASK_REGRESS)
            assert_true(v->r2 == 0.5 && v->mae == 2 && v->rmse == 3 && isnan(t->r2) &&
                        t->mae == 5 && t->rmse == 6);
        else
            assert_true(isnan(v->r2) && isnan(v->mae) && isnan(t->rmse));
        loci_trainer_free(trainer);
        loci_network_free(network);
    }
}

static int prepare(void **state) {
    const loci_config config = config_of(LOCI_TASK_CLASSIFY);
    make_folder(state);
    return pair_data_open(&of, &config.spec, folder);
}

static int clean(void **state) {
    pair_data_close(&of);
    return remove_folder(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_of_another_task_are_refused),
        cmocka_unit_test(options_of_another_task_are_refused),
        cmocka_unit_test(counts_are_no_numbers),
        cmocka_unit_test(a_teachers_values_pull_as_targets_do),
        cmocka_unit_test(the_mean_of_teachers_values_pulls),
        cmocka_unit_test(fingerprints_tell_targets_and_weights),
        cmocka_unit_test(checkpoints_keep_measures),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
