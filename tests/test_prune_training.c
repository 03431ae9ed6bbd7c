/* Pruning as training goes on: what a run ends with, when it cuts how much, and what a fixed set
 * and a trained range do. */
#include "no_sync.h"
#include "run_fixture.h"

#include <math.h>

#include "network/contents.h"
#include "train/pruning.h"
#include "train/trainer.h"

/* Images whose upper, middle or lower rows are bright: even a network of which little is left can
 * learn them. */
enum { EASY = 200, EASY_TEST = 60 };
static loci_dataset *easy;

static int prepare_easy(void **state) {
    enum { PIXELS = SMALL_SIDE * SMALL_SIDE };
    static float images[EASY + EASY_TEST][PIXELS];
    static int32_t labels[EASY + EASY_TEST];
    const loci_random stream = {4, LOCI_RANDOM_TEST, 0};
    for (uint32_t i = 0; i < EASY + EASY_TEST; i++) {
        labels[i] = (int32_t)loci_random_below(&stream, i, SMALL_CLASSES);
        for (uint32_t p = 0; p < PIXELS; p++) {
            bool bright = p / (PIXELS / SMALL_CLASSES) == (uint32_t)labels[i];
            double x = loci_random_uniform(&stream, 1000 + i * PIXELS + p);
            images[i][p] = (float)(bright ? 0.3 + 0.7 * x : 0.6 * x);
        }
    }
    int status = loci_dataset_from_arrays(&easy, "easy", SMALL_SIDE, SMALL_SIDE, images[0], labels,
                                          EASY, images[EASY], labels + EASY, EASY_TEST, NULL);
    return status != LOCI_OK || prepare(state) != 0;
}

static int clean_easy(void **state) {
    loci_dataset_free(easy);
    return clean(state);
}

/* More neurons than in the fixture, so that there is something to cut. */
static loci_config pruned_config(double sparsity, int when, int by) {
    loci_config config = small_config(EPOCHS);
    config.spec.hidden_count = 2;
    config.spec.hidden[0] = 16;
    config.spec.hidden[1] = 10;
    config.spec.planes = LOCI_PLANES_FIXED;
    config.train.lr = 0.03;
    config.train.shift = 0;
    config.train.prune = (loci_prune_plan){.sparsity = sparsity, .when = when, .by = by};
    return config;
}

static void train_well(const loci_config *config, loci_summary *summary) {
    loci_error error = {0};
    loci_run_options options;
    loci_run_options_defaults(&options);
    options.force = 1;
    if (loci_run_train(config, easy, run, NULL, &options, summary, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
}

static loci_network *load(const char *path) {
    loci_network *network;
    loci_error error = {0};
    if (loci_network_load(&network, path, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return network;
}

/* Of all connections, those that a sparsity leaves. */
static size_t left_of(size_t all, double sparsity) {
    return all - (size_t)llround(sparsity * (double)all);
}

/* ---- what a run ends with ---- */

static void check_end(const loci_config *config) {
    loci_summary summary;
    loci_evaluation result;
    const loci_prune_plan *plan = &config->train.prune;
    train_well(config, &summary);
    loci_network *network = load(run);
    size_t all = loci_spec_connections(&network->spec), kept, layers = 0;
    assert_int_equal(loci_network_count_kept(network, &kept, NULL), LOCI_OK);
    for (uint32_t l = 0; l <= network->spec.hidden_count; l++) {
        size_t pair = loci_spec_layer_size(&network->spec, l) *
                      loci_spec_layer_size(&network->spec, l + 1),
               count;
        assert_int_equal(loci_network_kept(network, l, NULL, &count, NULL), LOCI_OK);
        if (config->train.prune_scope == LOCI_PRUNE_SCOPE_LAYER)
            assert_int_equal(count, left_of(pair, plan->sparsity));
        layers += count;
    }
    assert_int_equal(layers, kept);
    if (config->train.prune_scope == LOCI_PRUNE_SCOPE_NET)
        assert_int_equal(kept, left_of(all, plan->sparsity));
    assert_int_equal(summary.connections, all);
    assert_int_equal(summary.connections_kept, kept);
    assert_true(fabs(summary.sparsity - (1 - (double)kept / (double)all)) < 1e-12);
    bool set = config->spec.wiring == LOCI_WIRING_DENSE || config->train.freeze_mask;
    assert_int_equal(loci_network_pruned_by(network), set ? (int)LOCI_PRUNE_BY_SET : plan->by);
    assert_int_equal(loci_evaluate(network, easy, LOCI_TEST, NULL, 0, &result, NULL), LOCI_OK);
    assert_true(result.accuracy == summary.test_accuracy);
    assert_in_range(result.correct, EASY_TEST / 2, EASY_TEST); /* a third is chance */
    loci_network_free(network);
}

static void test_every_plan(void **state) {
    (void)state;
    for (int when = LOCI_PRUNE_AFTER; when <= LOCI_PRUNE_GRADUAL; when++)
        for (int by = LOCI_PRUNE_BY_DISTANCE; by <= LOCI_PRUNE_BY_RANGE; by++)
            for (int scope = 0; scope < 2; scope++) {
                loci_config config = pruned_config(0.6, when, by);
                config.train.prune_scope = scope;
                check_end(&config);
            }
}

static void test_frozen_plans(void **state) {
    (void)state;
    for (int when = LOCI_PRUNE_DURING; when <= LOCI_PRUNE_GRADUAL; when++)
        for (int by = LOCI_PRUNE_BY_DISTANCE; by <= LOCI_PRUNE_BY_WEIGHT; by++) {
            loci_config config = pruned_config(0.8, when, by);
            config.train.freeze_mask = 1;
            check_end(&config);
        }
}

static void test_conventional_plans(void **state) {
    (void)state;
    for (int when = LOCI_PRUNE_AFTER; when <= LOCI_PRUNE_GRADUAL; when++)
        for (int freeze = 0; freeze < 2; freeze++) {
            loci_config config = pruned_config(0.7, when, LOCI_PRUNE_BY_DISTANCE);
            config.spec.wiring = LOCI_WIRING_DENSE;
            config.train.freeze_mask = freeze;
            if (when != LOCI_PRUNE_AFTER || !freeze)
                check_end(&config);
        }
}

static void test_spiking_plans(void **state) {
    (void)state;
    for (int when = LOCI_PRUNE_AFTER; when <= LOCI_PRUNE_GRADUAL; when++) {
        loci_config config = small_spiking_config(2 * EPOCHS);
        config.spec.coding = LOCI_CODING_CONSTANT;
        config.train.shift = 0;
        config.train.lr = 0.05;
        config.train.prune = (loci_prune_plan){.sparsity = 0.2, .when = when, .by = when - 1};
        check_end(&config);
    }
}

/* A run without epochs prunes what it starts from. */
static void test_no_epochs(void **state) {
    (void)state;
    loci_config config = pruned_config(0, LOCI_PRUNE_NEVER, 0);
    loci_summary before, after;
    train_well(&config, &before);
    const char *path = scratch_path(folder, "whole.safetensors");
    loci_network *network = load(run);
    assert_int_equal(loci_network_save(network, path, NULL), LOCI_OK);
    snprintf(config.init, sizeof config.init, "%s", path);
    config.train.epochs = 0;
    config.train.prune = (loci_prune_plan){.sparsity = 0.7, .when = LOCI_PRUNE_AFTER};
    train_well(&config, &after);
    assert_int_equal(loci_network_prune(network, 0.7, LOCI_PRUNE_BY_DISTANCE,
                                        LOCI_PRUNE_SCOPE_LAYER, NULL, NULL),
                     LOCI_OK);
    loci_network *pruned = load(run);
    size_t kept, expected;
    assert_memory_equal(pruned->parameters, network->parameters,
                        network->parameter_count * sizeof(float));
    assert_int_equal(loci_network_count_kept(network, &expected, NULL), LOCI_OK);
    assert_int_equal(loci_network_count_kept(pruned, &kept, NULL), LOCI_OK);
    assert_int_equal(kept, expected);
    assert_int_equal(after.connections_kept, kept);
    assert_int_equal(before.connections_kept, before.connections);
    loci_network_free(network);
    loci_network_free(pruned);
}

/* Patience does not run out before the sparsity is reached. */
static void test_patience(void **state) {
    (void)state;
    loci_config config = pruned_config(0.8, LOCI_PRUNE_GRADUAL, LOCI_PRUNE_BY_DISTANCE);
    loci_summary summary;
    config.train.patience = 1;
    config.train.prune_ramp = 0.6;
    train_well(&config, &summary);
    assert_in_range(summary.epochs, 4, EPOCHS); /* reached at the end of epoch 4 */
    assert_int_equal(summary.connections_kept,
                     left_of(576, 0.8) + left_of(160, 0.8) + left_of(30, 0.8));
}

/* ---- how much, when ---- */

static void test_sparsity_at(void **state) {
    (void)state;
    loci_train_options options;
    loci_train_options_defaults(&options);
    assert_true(loci_sparsity_at(&options, 5, 10) == 0);
    options.prune = (loci_prune_plan){.sparsity = 0.8, .when = LOCI_PRUNE_AFTER};
    assert_true(loci_sparsity_at(&options, 10, 10) == 0);
    options.prune.when = LOCI_PRUNE_DURING;
    assert_true(loci_sparsity_at(&options, 0, 10) == 0.8);
    options.prune.when = LOCI_PRUNE_GRADUAL;
    options.prune_ramp = 0.25;
    assert_true(loci_sparsity_at(&options, 0, 400) == 0);
    for (uint64_t step = 1; step < 400; step++) {
        double left = 1 - fmin((double)step / 100, 1), expected = 0.8 - 0.8 * left * left * left;
        assert_true(fabs(loci_sparsity_at(&options, step, 400) - expected) < 1e-12);
    }
    assert_true(loci_sparsity_at(&options, 100, 400) == 0.8);
    options.prune_ramp = 0;
    assert_true(loci_sparsity_at(&options, 0, 400) == 0.8);
    assert_true(loci_sparsity_at(&options, 0, 0) == 0.8);
    options.prune_ramp = 1;
    assert_true(loci_sparsity_at(&options, 400, 400) == 0.8);
    assert_true(loci_sparsity_at(&options, 399, 400) < 0.8);
}

/* ---- step by step ---- */

typedef struct training {
    loci_network *network;
    loci_trainer *trainer;
} training;

static training begin(const loci_config *config) {
    training t;
    loci_spec spec = config->spec;
    spec.height = spec.width = SMALL_SIDE;
    spec.classes = SMALL_CLASSES;
    assert_int_equal(loci_network_create(&t.network, &spec, 1, NULL), LOCI_OK);
    assert_int_equal(
        loci_trainer_create(&t.trainer, t.network, data, &config->train, 1, NULL, NULL), LOCI_OK);
    return t;
}

static void end(training *t) {
    loci_trainer_free(t->trainer);
    loci_network_free(t->network);
}

static void step(training *t) {
    loci_error error = {0};
    if (loci_trainer_step(t->trainer, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    if (loci_trainer_epoch_done(t->trainer)) {
        loci_metrics metrics;
        assert_int_equal(loci_trainer_end_epoch(t->trainer, &metrics, NULL), LOCI_OK);
    }
    assert_int_equal(loci_trainer_cut(t->trainer, NULL), LOCI_OK);
}

/* Pair 0 as it is kept now. */
static size_t kept_now(const training *t, uint8_t *kept) {
    size_t count;
    assert_int_equal(loci_network_kept(t->network, 0, kept, &count, NULL), LOCI_OK);
    return count;
}

enum { FIRST = SMALL_SIDE * SMALL_SIDE * 16 };

/* The sparsity follows the ramp; once it is reached the set changes with the positions, or, frozen,
 * never again, while the parameters go on changing. */
static void check_steps(int wiring, int freeze) {
    loci_config config = pruned_config(0.8, LOCI_PRUNE_GRADUAL, LOCI_PRUNE_BY_WEIGHT);
    config.spec.wiring = wiring;
    config.train.freeze_mask = freeze;
    training t = begin(&config);
    uint64_t steps = (uint64_t)EPOCHS * BATCHES;
    uint8_t reached[FIRST] = {0}, now[FIRST];
    size_t changed = 0;
    for (uint64_t s = 1; s <= steps; s++) {
        float before = t.network->parameters[0];
        step(&t);
        double sparsity = loci_sparsity_at(&config.train, s, steps);
        assert_int_equal(kept_now(&t, now), left_of(FIRST, sparsity));
        if (s == steps / 2)
            memcpy(reached, now, sizeof now);
        if (s > steps / 2) {
            changed += memcmp(reached, now, sizeof now) != 0;
            assert_int_equal(loci_network_pruned_by(t.network),
                             freeze ? LOCI_PRUNE_BY_SET : LOCI_PRUNE_BY_WEIGHT);
        }
        if (now[0] && wiring == LOCI_WIRING_DENSE)
            assert_true(t.network->parameters[0] != before || s > 1);
    }
    assert_true(freeze ? changed == 0 : changed > 0);
    end(&t);
}

static void test_steps(void **state) {
    (void)state;
    for (int wiring = 0; wiring < 2; wiring++)
        for (int freeze = 0; freeze < 2; freeze++)
            check_steps(wiring, freeze);
}

/* A frozen network learns on its kept connections alone; learning on all with the others at 0 is
 * the same up to rounding. */
static void test_frozen_steps_are_the_same(void **state) {
    (void)state;
    for (int wiring = 0; wiring < 2; wiring++) {
        loci_config config = pruned_config(0.8, LOCI_PRUNE_DURING, LOCI_PRUNE_BY_WEIGHT);
        config.spec.wiring = wiring;
        training moving = begin(&config);
        config.train.freeze_mask = 1;
        training fixed = begin(&config);
        step(&moving); /* the first step works on the same set */
        step(&fixed);
        size_t cut = 0;
        for (size_t i = 0; i < moving.network->parameter_count; i++)
            if (wiring == LOCI_WIRING_DENSE && fixed.network->parameters[i] == 0)
                cut++; /* what a fixed set leaves out is not stored */
            else if (!(fabsf(moving.network->parameters[i] - fixed.network->parameters[i]) <=
                       1e-4f))
                fail_msg("parameter %zu: %.9g and %.9g", i, (double)moving.network->parameters[i],
                         (double)fixed.network->parameters[i]);
        assert_in_range(cut, 0, moving.network->connections * 8 / 10 + 40); /* and biases */
        end(&moving);
        end(&fixed);
    }
}

/* ---- trained ranges ---- */

static void test_trained_range(void **state) {
    (void)state;
    loci_config config = small_config(EPOCHS);
    loci_summary summary;
    config.spec.hidden[0] = 16;
    config.spec.range[0] = 1.5;
    config.spec.train_range = LOCI_TRAINED_LAYER;
    train_well(&config, &summary);
    loci_network *network = load(run);
    size_t kept, reached = 0;
    assert_int_equal(loci_network_count_kept(network, &kept, NULL), LOCI_OK);
    for (uint32_t l = 0; l < 2; l++) {
        float range = network->parameters[network->projection[l].range];
        size_t all =
            loci_spec_layer_size(&network->spec, l) * loci_spec_layer_size(&network->spec, l + 1);
        float *lengths = calloc(all, sizeof *lengths);
        assert_true(range > 0.1f && range < 10 && fabsf(range - 1.5f) > 1e-3f);
        assert_int_equal(loci_network_lengths(network, l, lengths, NULL), LOCI_OK);
        for (size_t i = 0; i < all; i++)
            reached += lengths[i] < range;
        free(lengths);
    }
    assert_int_equal(reached, kept);
    assert_int_equal(summary.connections_kept, kept);
    assert_in_range(kept, 1, summary.connections - 1);
    assert_true(summary.sparsity == 1 - (double)kept / (double)summary.connections);
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_every_plan),
        TEST(test_frozen_plans),
        TEST(test_conventional_plans),
        TEST(test_spiking_plans),
        TEST(test_no_epochs),
        TEST(test_patience),
        cmocka_unit_test(test_sparsity_at),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_frozen_steps_are_the_same),
        TEST(test_trained_range),
    };
    return cmocka_run_group_tests(tests, prepare_easy, clean_easy);
}
