/* A trainer that is stepped makes the bytes that a run makes: batch by batch, epoch by epoch,
 * interrupted and gone on with, in shards here or elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <loci/record.h>
#include <loci/trainer.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "run_fixture.h"

#include "train/trainer_work.h"

static loci_dataset *numbers; /* to predict, of the same images */

/* ---- configurations with something of everything that has state ---- */

static loci_config dense_config(uint32_t epochs) {
    loci_config config = small_config(epochs);
    config.spec.wiring = LOCI_WIRING_DENSE;
    config.train.prune =
        (loci_prune_plan){.sparsity = 0.5, .when = LOCI_PRUNE_AFTER, .by = LOCI_PRUNE_BY_WEIGHT};
    return config;
}

static loci_config balanced_config(uint32_t epochs) {
    loci_config config = small_config(epochs);
    config.train.class_weight = LOCI_CLASS_WEIGHT_BALANCED;
    return config;
}

static loci_config number_config(uint32_t epochs) {
    loci_config config = small_config(epochs);
    config.train.loss = LOCI_LOSS_HUBER;
    config.train.patience = 2;
    return config;
}

static const struct {
    loci_config (*make)(uint32_t epochs);
    bool regress;
} kinds[] = {{small_config, false},        {small_spiking_config, false},
             {small_pruned_config, false}, {dense_config, false},
             {balanced_config, false},     {number_config, true},
             {small_spiking_config, true}};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const loci_dataset *data_of(size_t kind) {
    return kinds[kind].regress ? numbers : data;
}

/* ---- stepping ---- */

struct stepping {
    loci_network *network;
    loci_trainer *trainer;
};

static struct stepping begin(const loci_config *config, const loci_dataset *of) {
    struct stepping s;
    loci_error error = {0};
    if (loci_network_create_for(&s.network, &config->spec, of, config->seed, &error) != LOCI_OK ||
        loci_trainer_create(&s.trainer, s.network, of, &config->train, config->seed, NULL,
                            &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    assert_int_equal(loci_network_set_note(s.network, "preset", config->preset, NULL), LOCI_OK);
    return s;
}

static void end(struct stepping *s) {
    loci_trainer_free(s->trainer);
    loci_network_free(s->network);
}

static void step_to_the_end(struct stepping *s) {
    loci_metrics metrics;
    while (!loci_trainer_finished(s->trainer)) {
        while (!loci_trainer_epoch_done(s->trainer))
            assert_int_equal(loci_trainer_step(s->trainer, NULL), LOCI_OK);
        assert_int_equal(loci_trainer_end_epoch(s->trainer, &metrics, NULL), LOCI_OK);
    }
    assert_int_equal(loci_trainer_finish(s->trainer, NULL), LOCI_OK);
}

/* The run that stepping is compared with: folder/kindK. */
static const char *run_of(size_t kind) {
    static char path[600];
    snprintf(path, sizeof path, "%s/kind%zu", folder, kind);
    return path;
}

static void assert_same_model(const loci_network *network, size_t kind) {
    char made[700], there[700];
    snprintf(made, sizeof made, "%s/stepped.safetensors", folder);
    snprintf(there, sizeof there, "%s/model.safetensors", run_of(kind));
    assert_int_equal(loci_network_save(network, made, NULL), LOCI_OK);
    scratch_assert_same(made, there);
}

static void assert_same_number(double a, double b) {
    assert_true(a == b || (isnan(a) && isnan(b)));
}

/* Every epoch's figures are those of the run, and so is the model; in between the network is free
 * to be looked at. */
static void test_epochs(void **state) {
    (void)state;
    for (size_t kind = 0; kind < KINDS; kind++) {
        const loci_config config = kinds[kind].make(EPOCHS);
        struct stepping s = begin(&config, data_of(kind));
        loci_metrics *lines, now;
        size_t count, epoch = 0;
        loci_evaluation looked_at;
        assert_int_equal(
            loci_run_train(&config, data_of(kind), run_of(kind), NULL, NULL, NULL, NULL), LOCI_OK);
        assert_int_equal(loci_metrics_read(&lines, &count, run_of(kind), NULL), LOCI_OK);
        for (; !loci_trainer_finished(s.trainer); epoch++) {
            assert_int_equal(loci_trainer_step(s.trainer, NULL), LOCI_OK);
            assert_int_equal(loci_trainer_batch(s.trainer), 1);
            assert_true(isfinite(loci_trainer_loss(s.trainer)));
            assert_int_equal(
                loci_evaluate(s.network, data_of(kind), LOCI_TEST, NULL, 0, &looked_at, NULL),
                LOCI_OK);
            assert_int_equal(loci_trainer_epoch(s.trainer, &now, NULL), LOCI_OK);
            assert_true(epoch < count && now.epoch == lines[epoch].epoch);
            assert_true(fabs(now.train_loss - lines[epoch].train_loss) < 1e-8);
            assert_same_number(
                now.test_accuracy < 0 ? -1 : round(now.test_accuracy * 1e6),
                lines[epoch].test_accuracy < 0 ? -1 : round(lines[epoch].test_accuracy * 1e6));
            assert_int_equal(loci_trainer_epochs(s.trainer), epoch + 1);
        }
        assert_int_equal(epoch, count);
        assert_int_equal(loci_trainer_finish(s.trainer, NULL), LOCI_OK);
        assert_same_model(s.network, kind);
        free(lines);
        end(&s);
    }
}

/* Saved after any number of batches, and gone on with by a trainer that was made anew. */
static void test_interrupted(void **state) {
    (void)state;
    static const uint32_t stops[] = {0, 1, 5, 6, 7, 20};
    char path[700];
    snprintf(path, sizeof path, "%s/stepping.checkpoint", folder);
    for (size_t kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
            const loci_config config = kinds[kind].make(EPOCHS);
            struct stepping s = begin(&config, data_of(kind));
            for (uint32_t step = 0; step < stops[i] && !loci_trainer_finished(s.trainer); step++) {
                loci_metrics metrics;
                assert_int_equal(loci_trainer_step(s.trainer, NULL), LOCI_OK);
                if (loci_trainer_epoch_done(s.trainer))
                    assert_int_equal(loci_trainer_end_epoch(s.trainer, &metrics, NULL), LOCI_OK);
            }
            assert_int_equal(loci_trainer_save(s.trainer, path, NULL), LOCI_OK);
            end(&s);
            s = begin(&config, data_of(kind));
            assert_int_equal(loci_trainer_load(s.trainer, path, NULL), LOCI_OK);
            step_to_the_end(&s);
            assert_same_model(s.network, kind);
            end(&s);
        }
}

/* ---- shards ---- */

enum { SHARDS = 3 };

static loci_network *sharded_here(size_t kind) {
    loci_config config = kinds[kind].make(2);
    config.train.shards = SHARDS;
    struct stepping s = begin(&config, data_of(kind));
    step_to_the_end(&s);
    loci_trainer_free(s.trainer);
    return s.network;
}

/* Two processes, as threads: one holds the first shard, one the others. */
struct process {
    size_t kind, first, held;
    loci_network *network;
};

static pthread_barrier_t meeting;
static float *all_gradients; /* [SHARDS, count] */
static loci_batch_sums all_sums[SHARDS];

static int meet(void *user, const float *gradients, const loci_batch_sums *sums, size_t held,
                size_t count, float *gradient, loci_batch_sums *total) {
    const struct process *p = user;
    memcpy(all_gradients + p->first * count, gradients, held * count * sizeof *gradients);
    memcpy(all_sums + p->first, sums, held * sizeof *sums);
    pthread_barrier_wait(&meeting);
    memcpy(gradient, all_gradients, count * sizeof *gradient);
    *total = all_sums[0];
    for (size_t k = 1; k < SHARDS; k++) {
        for (size_t i = 0; i < count; i++)
            gradient[i] += all_gradients[k * count + i];
        total->loss += all_sums[k].loss;
        total->correct += all_sums[k].correct;
    }
    pthread_barrier_wait(&meeting);
    return LOCI_OK;
}

static void *run_process(void *context) {
    struct process *p = context;
    const loci_config config = kinds[p->kind].make(2);
    struct stepping s = begin(&config, data_of(p->kind));
    loci_trainer_share(s.trainer, SHARDS, p->first, p->held, meet, p, NULL);
    step_to_the_end(&s);
    loci_trainer_free(s.trainer);
    p->network = s.network;
    return NULL;
}

static void assert_same_parameters(const loci_network *a, const loci_network *b) {
    assert_memory_equal(loci_network_parameters((loci_network *)(uintptr_t)a),
                        loci_network_parameters((loci_network *)(uintptr_t)b),
                        loci_network_parameter_count(a) * sizeof(float));
}

/* Who computes which shard changes no bit; that there are shards changes some. */
static void test_shards(void **state) {
    (void)state;
    size_t changed = 0;
    for (size_t kind = 0; kind < KINDS; kind++) {
        loci_network *here = sharded_here(kind);
        size_t count = loci_network_parameter_count(here);
        struct process processes[2] = {{.kind = kind, .first = 0, .held = 1},
                                       {.kind = kind, .first = 1, .held = 2}};
        pthread_t thread;
        all_gradients = malloc(SHARDS * count * sizeof *all_gradients);
        assert_int_equal(pthread_barrier_init(&meeting, NULL, 2), 0);
        assert_int_equal(pthread_create(&thread, NULL, run_process, &processes[0]), 0);
        run_process(&processes[1]);
        pthread_join(thread, NULL);
        pthread_barrier_destroy(&meeting);
        for (int p = 0; p < 2; p++) {
            assert_same_parameters(here, processes[p].network);
            loci_network_free(processes[p].network);
        }
        free(all_gradients);
        const loci_config config = kinds[kind].make(2);
        struct stepping whole = begin(&config, data_of(kind));
        step_to_the_end(&whole);
        changed += memcmp(loci_network_parameters(here), loci_network_parameters(whole.network),
                          count * sizeof(float)) != 0;
        end(&whole);
        loci_network_free(here);
    }
    assert_true(changed > 0);
}

/* ---- wrong use ---- */

static void test_misuse(void **state) {
    (void)state;
    const loci_config config = small_config(1);
    struct stepping s = begin(&config, data);
    loci_metrics metrics;
    loci_error error;
    char path[700];
    assert_true(isnan(loci_trainer_loss(s.trainer)));
    assert_int_equal(loci_trainer_batches(s.trainer), BATCHES);
    assert_int_equal(loci_trainer_end_epoch(s.trainer, &metrics, &error), LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.message, "6 of the epoch's 6 batches are left"));
    for (uint32_t b = 0; b < BATCHES; b++)
        assert_int_equal(loci_trainer_step(s.trainer, NULL), LOCI_OK);
    assert_int_equal(loci_trainer_step(s.trainer, &error), LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.message, "end it first"));
    assert_int_equal(loci_trainer_end_epoch(s.trainer, &metrics, NULL), LOCI_OK);
    assert_true(loci_trainer_finished(s.trainer));
    assert_int_equal(loci_trainer_step(s.trainer, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_trainer_share(s.trainer, 0, 0, 0, NULL, NULL, NULL), LOCI_E_ARGUMENT);
    assert_int_equal(loci_trainer_share(s.trainer, 3, 2, 2, meet, NULL, NULL), LOCI_E_ARGUMENT);
    assert_int_equal(loci_trainer_share(s.trainer, 3, 0, 2, NULL, NULL, &error), LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.message, "nothing gathers them"));
    loci_train_options wrong[] = {config.train, config.train, config.train};
    wrong[0].batch = 0;
    wrong[1].lr = NAN;
    wrong[2].schedule = 99;
    for (size_t i = 0; i < 3; i++) {
        loci_trainer *none = NULL;
        assert_int_equal(loci_trainer_create(&none, s.network, data, &wrong[i], 1, NULL, NULL),
                         LOCI_E_ARGUMENT);
        assert_null(none);
    }
    snprintf(path, sizeof path, "%s/none", folder);
    assert_int_equal(loci_trainer_load(s.trainer, path, NULL), LOCI_E_NOT_FOUND);
    snprintf(path, sizeof path, "%s/absent/checkpoint", folder);
    assert_int_equal(loci_trainer_save(s.trainer, path, NULL), LOCI_E_IO);
    end(&s);
}

static int fail_to_gather(void *user, const float *gradients, const loci_batch_sums *sums,
                          size_t held, size_t count, float *gradient, loci_batch_sums *total) {
    (void)user, (void)gradients, (void)sums, (void)held, (void)count, (void)gradient, (void)total;
    return LOCI_E_INTERRUPTED;
}

/* Nothing is learnt from a batch that did not come together, and the same one can be tried again.
 */
static void test_gathering_fails(void **state) {
    (void)state;
    const loci_config config = small_config(1);
    struct stepping s = begin(&config, data);
    size_t bytes = loci_network_parameter_count(s.network) * sizeof(float);
    float *before = malloc(bytes);
    loci_error error = {0};
    memcpy(before, loci_network_parameters(s.network), bytes);
    assert_int_equal(loci_trainer_share(s.trainer, 2, 0, 1, fail_to_gather, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_trainer_step(s.trainer, &error), LOCI_E_INTERRUPTED);
    assert_true(error.message[0] != '\0');
    assert_int_equal(loci_trainer_batch(s.trainer), 0);
    assert_memory_equal(before, loci_network_parameters(s.network), bytes);
    free(before);
    end(&s);
}

/* Where what a step works in was given up and there is no memory for another, there are no steps.
 */
static void test_shortage(void **state) {
    (void)state;
    const loci_config config = small_config(2);
    struct stepping s = begin(&config, data);
    char path[600];
    snprintf(path, sizeof path, "%s/short.safetensors", folder);
    assert_int_equal(loci_trainer_save(s.trainer, path, NULL), LOCI_OK);
    s.trainer->work->pass->most = SIZE_MAX / 64; /* refused without asking */
    assert_int_equal(loci_trainer_refresh(s.trainer, NULL), LOCI_E_MEMORY);
    assert_int_equal(loci_trainer_step(s.trainer, NULL), LOCI_E_MEMORY);
    assert_int_equal(loci_trainer_refresh(s.trainer, NULL), LOCI_E_MEMORY);
    end(&s);
}

/* ---- back ---- */

/* What begins on the way, as training goes on: connections that stay from then on, or go, and
 * rounding. */
static loci_config changing(size_t kind) {
    loci_config config = small_config(EPOCHS);
    if (kind < 2) {
        config.train.prune = (loci_prune_plan){.sparsity = 0.5, .when = LOCI_PRUNE_GRADUAL};
        config.train.freeze_mask = kind == 0;
        config.train.prune_ramp = 0.5;
    } else {
        config.train.quantise = LOCI_QUANTISE_8;
        config.train.quantise_start = 0.5;
    }
    return config;
}

/* A trainer that goes back to a checkpoint from before that goes on as one that never got there,
 * and says the same of an epoch that was done when it was saved. */
static void test_back(void **state) {
    (void)state;
    char path[600];
    snprintf(path, sizeof path, "%s/early.safetensors", folder);
    for (size_t kind = 0; kind < 3; kind++) {
        const loci_config config = changing(kind);
        struct stepping once = begin(&config, data), twice = begin(&config, data);
        loci_metrics first = {0}, again = {0};
        while (!loci_trainer_epoch_done(twice.trainer))
            assert_int_equal(loci_trainer_step(twice.trainer, NULL), LOCI_OK);
        assert_int_equal(loci_trainer_save(twice.trainer, path, NULL), LOCI_OK);
        assert_int_equal(loci_trainer_end_epoch(twice.trainer, &first, NULL), LOCI_OK);
        while (!loci_trainer_finished(twice.trainer))
            assert_int_equal(loci_trainer_epoch(twice.trainer, NULL, NULL), LOCI_OK);
        assert_int_equal(loci_trainer_load(twice.trainer, path, NULL), LOCI_OK);
        assert_int_equal(loci_trainer_end_epoch(twice.trainer, &again, NULL), LOCI_OK);
        assert_true(again.learning_rate == first.learning_rate);
        assert_true(again.test_accuracy == first.test_accuracy);
        step_to_the_end(&once);
        step_to_the_end(&twice);
        assert_same_parameters(once.network, twice.network);
        end(&once);
        end(&twice);
    }
    for (size_t kind = 0; kind < 3; kind++) { /* one that has not begun has no rate yet */
        const loci_config config = changing(kind);
        struct stepping once = begin(&config, data), fresh = begin(&config, data);
        loci_metrics first = {0}, again = {0};
        while (!loci_trainer_epoch_done(once.trainer))
            assert_int_equal(loci_trainer_step(once.trainer, NULL), LOCI_OK);
        assert_int_equal(loci_trainer_save(once.trainer, path, NULL), LOCI_OK);
        assert_int_equal(loci_trainer_load(fresh.trainer, path, NULL), LOCI_OK);
        assert_int_equal(loci_trainer_end_epoch(once.trainer, &first, NULL), LOCI_OK);
        assert_int_equal(loci_trainer_end_epoch(fresh.trainer, &again, NULL), LOCI_OK);
        assert_true(first.learning_rate > 0 && again.learning_rate == first.learning_rate);
        end(&once);
        end(&fresh);
    }
}

static int prepare_both(void **state) {
    enum { PIXELS = SMALL_SIDE * SMALL_SIDE };
    static float samples[SAMPLES + SMALL_TEST][PIXELS], targets[SAMPLES + SMALL_TEST][2],
        weights[SAMPLES + SMALL_TEST];
    if (prepare(state) != 0)
        return 1;
    for (size_t i = 0; i < SAMPLES + SMALL_TEST; i++) {
        enum loci_split split = i < SAMPLES ? LOCI_TRAIN : LOCI_TEST;
        loci_dataset_sample(data, split, i < SAMPLES ? i : i - SAMPLES, samples[i]);
        for (size_t p = 0; p < PIXELS; p++) {
            targets[i][0] += samples[i][p] * (float)(p / SMALL_SIDE);
            targets[i][1] += 1000 + samples[i][p];
        }
        weights[i] = (float)(i % 3);
    }
    const loci_arrays train_part = {.count = SAMPLES,
                                    .samples = samples[0],
                                    .targets = targets[0],
                                    .outputs = 2,
                                    .weights = weights},
                      test_part = {.count = SMALL_TEST,
                                   .samples = samples[SAMPLES],
                                   .targets = targets[SAMPLES],
                                   .outputs = 2};
    return loci_dataset_borrow(&numbers, "numbers", SMALL_SIDE, SMALL_SIDE, &train_part, &test_part,
                               NULL) != LOCI_OK;
}

static int clean_up(void **state) {
    (void)state;
    loci_dataset_free(data);
    loci_dataset_free(numbers);
    scratch_remove(folder);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_epochs),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_shards),
        cmocka_unit_test(test_misuse),
        cmocka_unit_test(test_gathering_fails),
        cmocka_unit_test(test_shortage),
        cmocka_unit_test(test_back),
    };
    return cmocka_run_group_tests(tests, prepare_both, clean_up);
}
