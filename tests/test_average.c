/* The mean of the parameters over the last epochs: it is what arithmetic says, measuring it leaves
 * training alone, and a run that is stopped amid it ends with the same bytes. */
#include "run_fixture.h"

#include <math.h>
#include <stdlib.h>

#include "network/contents.h"
#include "train/checkpoint.h"
#include "train/trainer.h"

enum { AVERAGED = 2, VARIANTS = 6 };

static loci_config variant(size_t i) {
    loci_config config = i == 1   ? small_spiking_config(EPOCHS)
                         : i == 2 ? small_pruned_config(EPOCHS)
                                  : small_config(EPOCHS);
    config.train.patience = 0;
    config.train.average = AVERAGED;
    if (i >= 3)
        config.spec.hidden[0] = 16;
    if (i == 3)
        config.train.prune = (loci_prune_plan){.sparsity = 0.6, .when = LOCI_PRUNE_DURING};
    if (i == 4)
        config.train.prune = (loci_prune_plan){.sparsity = 0.6, .when = LOCI_PRUNE_AFTER};
    if (i == 5) {
        config.spec.wiring = LOCI_WIRING_DENSE;
        config.spec.planes = LOCI_PLANES_FIXED;
        config.train.shards = 3;
        config.train.prune = (loci_prune_plan){
            .sparsity = 0.6, .when = LOCI_PRUNE_GRADUAL, .by = LOCI_PRUNE_BY_WEIGHT};
    }
    return config;
}

/* ---- the mean ---- */

typedef struct side {
    loci_network *network;
    loci_trainer *trainer;
} side;

static side make(const loci_config *config, uint32_t average) {
    side s;
    loci_error error = {0};
    loci_train_options options = config->train;
    options.average = average;
    assert_int_equal(loci_network_create_for(&s.network, &config->spec, data, config->seed, NULL),
                     LOCI_OK);
    if (loci_trainer_create(&s.trainer, s.network, data, &options, config->seed, NULL, &error) !=
        LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return s;
}

static void drop(side *s) {
    loci_trainer_free(s->trainer);
    loci_network_free(s->network);
}

/* A trainer that averages takes the very steps of one that does not. */
static void step_both(side *averaged, side *plain, loci_metrics *metrics) {
    size_t bytes = plain->network->parameter_count * sizeof(float);
    assert_int_equal(loci_trainer_step(averaged->trainer, NULL), LOCI_OK);
    assert_int_equal(loci_trainer_step(plain->trainer, NULL), LOCI_OK);
    assert_memory_equal(averaged->network->parameters, plain->network->parameters, bytes);
    if (!loci_trainer_epoch_done(plain->trainer))
        return;
    loci_metrics of_plain;
    assert_int_equal(loci_trainer_end_epoch(averaged->trainer, metrics, NULL), LOCI_OK);
    assert_int_equal(loci_trainer_end_epoch(plain->trainer, &of_plain, NULL), LOCI_OK);
    assert_memory_equal(averaged->network->parameters, plain->network->parameters, bytes);
    assert_true(metrics->train_loss == of_plain.train_loss);
}

static void test_it_is_the_mean(void **state) {
    (void)state;
    for (size_t i = 0; i < VARIANTS; i++) {
        const loci_config config = variant(i);
        side averaged = make(&config, AVERAGED), plain = make(&config, 0);
        size_t count = plain.network->parameter_count, steps = 0;
        double *sum = calloc(count, sizeof *sum);
        loci_metrics metrics;
        while (!loci_trainer_finished(plain.trainer)) {
            bool last = loci_trainer_epochs(plain.trainer) >= EPOCHS - AVERAGED;
            step_both(&averaged, &plain, &metrics);
            for (size_t k = 0; last && k < count; k++)
                sum[k] += (double)plain.network->parameters[k];
            steps += last;
        }
        assert_int_equal(steps, AVERAGED * BATCHES);
        assert_int_equal(loci_trainer_finish(averaged.trainer, NULL), LOCI_OK);
        for (size_t k = 0; k < count && i != 5; k++) /* of a conventional net cut weights are 0 */
            assert_true(averaged.network->parameters[k] == (float)(sum[k] / (double)steps));
        for (size_t k = 0; k < count && i == 5; k++)
            assert_true(averaged.network->parameters[k] == 0 ||
                        averaged.network->parameters[k] == (float)(sum[k] / (double)steps));
        loci_metrics now = {.validation_accuracy = -1};
        assert_int_equal(loci_trainer_measure(averaged.trainer, true, &now, NULL), LOCI_OK);
        assert_true(i == 4 || now.validation_accuracy == metrics.validation_accuracy);
        assert_true(i == 4 || now.test_accuracy == metrics.test_accuracy);
        free(sum);
        drop(&averaged);
        drop(&plain);
    }
}

/* Ended before its time it is of what there is. */
static void test_it_may_end_early(void **state) {
    (void)state;
    const loci_config config = variant(0);
    side averaged = make(&config, AVERAGED), plain = make(&config, 0);
    size_t count = plain.network->parameter_count;
    loci_metrics metrics;
    for (int i = 0; i < (EPOCHS - AVERAGED) * BATCHES + 1; i++)
        step_both(&averaged, &plain, &metrics);
    assert_int_equal(loci_trainer_finish(averaged.trainer, NULL), LOCI_OK);
    assert_memory_equal(averaged.network->parameters, plain.network->parameters,
                        count * sizeof(float));
    drop(&averaged);
    drop(&plain);
}

/* ---- runs ---- */

static void test_a_stopped_run_goes_on(void **state) {
    (void)state;
    const volatile sig_atomic_t stop = 1;
    for (size_t i = 0; i < VARIANTS; i++) {
        const loci_config config = variant(i);
        loci_run_options options = resuming(), anew;
        loci_summary summary, again;
        int status, calls = 0;
        loci_run_options_defaults(&anew);
        anew.force = 1;
        assert_int_equal(train(&config, calm, &anew, &summary, NULL), LOCI_OK);
        options.stop = &stop;
        while ((status = train(&config, run, &options, &again, NULL)) == LOCI_E_INTERRUPTED)
            calls++;
        assert_int_equal(status, LOCI_OK);
        assert_int_equal(calls, EPOCHS * BATCHES - 1);
        scratch_assert_same(scratch_path(calm, "model.safetensors"),
                            scratch_path(run, "model.safetensors"));
        if (config.spec.wiring != LOCI_WIRING_DENSE) /* which has no frames */
            assert_like_calm();
        assert_true(summary.test_accuracy == again.test_accuracy);
        assert_true(summary.validation_accuracy == again.validation_accuracy);
        scratch_remove(run);
    }
}

/* A damaged sum is no state to go on from. */
static void test_checkpoints(void **state) {
    (void)state;
    const loci_config config = variant(0);
    const char *path = scratch_path(folder, "checkpoint.safetensors");
    side a = make(&config, AVERAGED), b = make(&config, AVERAGED), plain = make(&config, 0);
    loci_error error = {0};
    a.trainer->sum[1] = 3;
    assert_int_equal(loci_trainer_save(a.trainer, path, NULL), LOCI_OK);
    assert_int_equal(loci_trainer_load(b.trainer, path, NULL), LOCI_OK);
    assert_true(b.trainer->sum[1] == 3);
    assert_int_equal(loci_trainer_load(plain.trainer, path, NULL), LOCI_E_FORMAT);
    a.trainer->sum[1] = INFINITY;
    assert_int_equal(loci_trainer_save(a.trainer, path, NULL), LOCI_OK);
    assert_int_equal(loci_trainer_load(b.trainer, path, &error), LOCI_E_FORMAT);
    assert_message(&error, "'average.sum' holds a number that is not finite");
    assert_true(b.trainer->sum[1] == 3);
    drop(&a);
    drop(&b);
    drop(&plain);
}

/* ---- what cannot be ---- */

static void test_what_is_refused(void **state) {
    (void)state;
    loci_config config = variant(0);
    loci_error error = {0};
    config.train.average = EPOCHS + 1;
    assert_no_run(&config, LOCI_E_ARGUMENT, "average", "7 epochs of 6");
    config.train.average = EPOCHS;
    config.train.patience = 2;
    assert_no_run(&config, LOCI_E_ARGUMENT, "average", "--patience");
    assert_int_equal(loci_config_use(&config, "average", &error), LOCI_E_ARGUMENT);
    assert_message(&error, "--patience");
    assert_int_equal(loci_config_use(&config, "patience", &error), LOCI_E_ARGUMENT);
    assert_message(&error, "--average");
    config = variant(2);
    config.train.average = 4;
    assert_no_run(&config, LOCI_E_ARGUMENT, "average", "--prune-ramp");
    config.train.prune_ramp = 0.2;
    assert_int_equal(train(&config, run, NULL, NULL, NULL), LOCI_OK);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, no_run, no_run)
    const struct CMUnitTest tests[] = {
        TEST(test_it_is_the_mean), TEST(test_it_may_end_early), TEST(test_a_stopped_run_goes_on),
        TEST(test_checkpoints),    TEST(test_what_is_refused),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
