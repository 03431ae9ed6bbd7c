/* The training loop: that it learns, that it goes on where it was stopped, that it says when it
 * fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "loss/loss.h"
#include "network/contents.h"
#include "train/adam.h"
#include "train/schedule.h"
#include "train/trainer.h"

enum { SIDE = 6, PIXELS = SIDE * SIDE, CLASSES = 3, TRAIN = 310, TEST = 90 };

/* Bars: class 0 stands, class 1 lies, class 2 is on the diagonal; anywhere, in noise, most pixels
 * 0. */
static void draw_bars(float *images, int32_t *labels, size_t count, uint32_t round) {
    const loci_random stream = {1, LOCI_RANDOM_TEST, round};
    memset(images, 0, count * PIXELS * sizeof *images);
    for (size_t s = 0; s < count; s++) {
        float *image = images + s * PIXELS;
        int32_t class = labels[s] = (int32_t)(s % CLASSES);
        uint32_t at = loci_random_below(&stream, 100 * s, SIDE);
        for (uint32_t i = 0; i < SIDE; i++) {
            uint32_t row = class == 1 ? at : i, column = class == 0   ? at
                                                         : class == 1 ? i
                                                                      : (i + at) % SIDE;
            image[row * SIDE + column] = 1;
        }
        for (uint32_t i = 0; i < 4; i++)
            image[loci_random_below(&stream, 100 * s + 1 + i, PIXELS)] = 0.5f;
    }
}

static loci_dataset *bars;

static int make_data(void **state) {
    (void)state;
    static float train[TRAIN * PIXELS], test[TEST * PIXELS];
    static int32_t train_labels[TRAIN], test_labels[TEST];
    draw_bars(train, train_labels, TRAIN, 30);
    draw_bars(test, test_labels, TEST, 31);
    return loci_dataset_from_arrays(&bars, "bars", SIDE, SIDE, train, train_labels, TRAIN, test,
                                    test_labels, TEST, NULL);
}

static int free_data(void **state) {
    (void)state;
    loci_dataset_free(bars);
    return 0;
}

static loci_network *make_network(const char *hidden, uint64_t seed) {
    loci_spec spec;
    loci_network *network;
    loci_spec_defaults(&spec);
    spec.height = spec.width = SIDE;
    spec.classes = CLASSES;
    assert_int_equal(loci_spec_set(&spec, "hidden", hidden, NULL), LOCI_OK);
    assert_int_equal(loci_spec_set(&spec, "dendrite-sites", "6", NULL), LOCI_OK);
    assert_int_equal(loci_network_create(&network, &spec, seed, NULL), LOCI_OK);
    return network;
}

static loci_train_options options_for(uint32_t epochs) {
    loci_train_options options;
    loci_train_options_defaults(&options);
    options.epochs = epochs;
    options.batch = 32;
    options.lr = 0.02;
    return options;
}

static loci_trainer *make_trainer(loci_network *network, const loci_train_options *options,
                                  uint64_t seed) {
    loci_trainer *trainer;
    loci_error error = {0};
    if (loci_trainer_create(&trainer, network, bars, options, seed, NULL, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return trainer;
}

static loci_metrics run_epoch(loci_trainer *trainer) {
    loci_metrics metrics;
    while (!loci_trainer_epoch_done(trainer))
        assert_int_equal(loci_trainer_step(trainer, NULL), LOCI_OK);
    assert_int_equal(loci_trainer_end_epoch(trainer, &metrics, NULL), LOCI_OK);
    return metrics;
}

static void it_learns(void **state) {
    (void)state;
    loci_network *network = make_network("24", 3);
    loci_train_options options = options_for(20);
    loci_trainer *trainer = make_trainer(network, &options, 3);
    loci_metrics first = run_epoch(trainer), last = first;
    while (!loci_trainer_finished(trainer))
        last = run_epoch(trainer);
    assert_int_equal(last.epoch, 20);
    assert_true(first.train_loss > 0.7);
    assert_true(last.train_loss < 0.2 * first.train_loss);
    assert_true(last.test_accuracy > 0.9);
    assert_true(last.validation_accuracy == -1);
    /* what it reports is what anyone measures */
    loci_evaluation evaluation;
    assert_int_equal(loci_evaluate(network, bars, LOCI_TEST, NULL, 1, &evaluation, NULL), LOCI_OK);
    assert_true(evaluation.accuracy == last.test_accuracy);
    size_t diagonal = 0;
    for (size_t c = 0; c < CLASSES; c++)
        diagonal += evaluation.confusion[c * CLASSES + c];
    assert_int_equal(diagonal, evaluation.correct);
    loci_evaluation_clear(&evaluation);
    loci_trainer_free(trainer);
    loci_network_free(network);
}

/* Stopped after `steps` batches and gone on with by another trainer that has only what a checkpoint
 * holds. */
static void check_resume(uint32_t steps) {
    loci_train_options options = options_for(2);
    options.shift = 1;
    options.warmup = 5;
    options.validation = 50;
    options.patience = 9;
    loci_network *whole = make_network("9", 5), *half = make_network("9", 5),
                 *rest = make_network("9", 999);
    loci_trainer *one = make_trainer(whole, &options, 5);
    while (!loci_trainer_finished(one))
        run_epoch(one);

    loci_metrics metrics;
    loci_trainer *two = make_trainer(half, &options, 5);
    for (uint32_t i = 0; i < steps; i++) {
        assert_int_equal(loci_trainer_step(two, NULL), LOCI_OK);
        if (loci_trainer_epoch_done(two))
            assert_int_equal(loci_trainer_end_epoch(two, &metrics, NULL), LOCI_OK);
    }
    loci_trainer *three = make_trainer(rest, &options, 5);
    size_t bytes = two->count * sizeof(float);
    memcpy(rest->parameters, half->parameters, bytes);
    memcpy(three->moment1, two->moment1, bytes);
    memcpy(three->moment2, two->moment2, bytes);
    memcpy(three->best, two->best, bytes);
    three->state = two->state;
    loci_trainer_free(two);
    while (!loci_trainer_finished(three))
        run_epoch(three);

    assert_memory_equal(rest->parameters, whole->parameters, bytes);
    assert_memory_equal(three->moment1, one->moment1, bytes);
    assert_memory_equal(three->moment2, one->moment2, bytes);
    assert_memory_equal(three->best, one->best, bytes);
    assert_int_equal(three->state.step, one->state.step);
    assert_true(three->state.best == one->state.best);
    assert_int_equal(three->state.best_epoch, one->state.best_epoch);
    loci_trainer_free(one);
    loci_trainer_free(three);
    loci_network_free(whole);
    loci_network_free(half);
    loci_network_free(rest);
}

static void it_goes_on_where_it_stopped(void **state) {
    (void)state;
    check_resume(0);
    check_resume(1);
    check_resume(5); /* within the first epoch of 9 batches */
    check_resume(9); /* between epochs */
    check_resume(14);
}

static void divergence_is_noticed_and_leaves_the_parameters(void **state) {
    (void)state;
    const float wrong[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 3; i++) {
        loci_network *network = make_network("7", 1);
        loci_train_options options = options_for(3);
        loci_trainer *trainer = make_trainer(network, &options, 1);
        assert_int_equal(loci_trainer_step(trainer, NULL), LOCI_OK);
        network->parameters[network->projection[0].dendrite_charge] = wrong[i];
        size_t bytes = trainer->count * sizeof(float);
        float *before = malloc(bytes);
        memcpy(before, network->parameters, bytes);
        loci_training_state at = trainer->state;
        loci_error error = {0};
        assert_int_equal(loci_trainer_step(trainer, &error), LOCI_E_DIVERGED);
        assert_non_null(strstr(error.message, "epoch 1, batch 2 of 10"));
        assert_memory_equal(network->parameters, before, bytes);
        assert_int_equal(trainer->state.step, at.step);
        assert_int_equal(trainer->state.batch, at.batch);
        for (size_t k = 0; k < trainer->count; k++)
            assert_true(isfinite(trainer->moment1[k]) && isfinite(trainer->moment2[k]));
        free(before);
        loci_trainer_free(trainer);
        loci_network_free(network);
    }
}

/* Held-out samples are the same for every seed, and never trained on: two networks with the same
 * parameters measure the same whatever the trainer's seed, and training on the rest only ever
 * counts the rest. */
static void the_validation_split_is_the_same_for_all_seeds(void **state) {
    (void)state;
    loci_train_options options = options_for(1);
    options.validation = 60;
    options.lr = 1e-12; /* parameters stay, so that accuracies can be compared */
    double accuracy = -1;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        loci_network *network = make_network("7", 1);
        for (size_t k = 0; k < CLASSES;
             k++) /* no two logits are equal where no hidden neuron fires */
            network->parameters[network->layer[2].bias + k] = 0.01f * (float)k;
        loci_trainer *trainer = make_trainer(network, &options, seed);
        assert_int_equal(trainer->samples, TRAIN - 60);
        assert_int_equal(trainer->batches, 8); /* 250 samples, the last batch of 26 */
        loci_metrics metrics = run_epoch(trainer);
        if (seed == 1)
            accuracy = metrics.validation_accuracy;
        assert_true(metrics.validation_accuracy == accuracy);
        /* together with what was trained on it is all there is */
        loci_evaluation all;
        assert_int_equal(loci_evaluate(network, bars, LOCI_TRAIN, NULL, 0, &all, NULL), LOCI_OK);
        double counted = metrics.train_accuracy * (TRAIN - 60) + metrics.validation_accuracy * 60;
        assert_true(fabs(counted - (double)all.correct) < 1e-6);
        loci_trainer_free(trainer);
        loci_network_free(network);
    }
    assert_true(accuracy > 0);
}

static void patience_keeps_the_best(void **state) {
    (void)state;
    loci_network *network = make_network("12", 2);
    loci_train_options options = options_for(100);
    options.validation = 60;
    options.patience = 3;
    options.lr = 0.3; /* jumps about: the last epoch is not the best */
    loci_trainer *trainer = make_trainer(network, &options, 2);
    size_t bytes = trainer->count * sizeof(float);
    float *best = malloc(bytes);
    double highest = -1;
    uint32_t best_epoch = 0;
    while (!loci_trainer_finished(trainer)) {
        loci_metrics metrics = run_epoch(trainer);
        if (metrics.validation_accuracy > highest) {
            highest = metrics.validation_accuracy;
            best_epoch = metrics.epoch;
            memcpy(best, network->parameters, bytes);
        }
    }
    assert_int_equal(trainer->state.epoch, best_epoch + 3);
    assert_true(memcmp(best, network->parameters, bytes) != 0);
    loci_trainer_finish(trainer, NULL);
    assert_memory_equal(best, network->parameters, bytes);
    assert_int_equal(trainer->state.best_epoch, best_epoch);
    assert_true(trainer->state.best == highest);
    free(best);
    loci_trainer_free(trainer);
    loci_network_free(network);
}

static void an_epoch_takes_each_sample_once(void **state) {
    (void)state;
    static const uint32_t sizes[] = {1, 32, 100, 155, 309, 310, 311, 65536};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        loci_network *network = make_network("0", 1);
        loci_train_options options = options_for(1);
        options.batch = sizes[i];
        options.lr = 1e-12;
        loci_trainer *trainer = make_trainer(network, &options, 1);
        assert_int_equal(trainer->batches, (TRAIN + sizes[i] - 1) / sizes[i]);
        loci_metrics metrics = run_epoch(trainer);
        loci_evaluation all;
        assert_int_equal(loci_evaluate(network, bars, LOCI_TRAIN, NULL, 0, &all, NULL), LOCI_OK);
        assert_true(fabs(metrics.train_loss - all.loss) < 1e-6);
        assert_true(fabs(metrics.train_accuracy - all.accuracy) < 1e-12);
        loci_trainer_free(trainer);
        loci_network_free(network);
    }
}

static void the_rate_follows_its_schedule(void **state) {
    (void)state;
    loci_train_options options = options_for(1);
    options.lr = 0.5;
    options.schedule = LOCI_SCHEDULE_CONSTANT;
    assert_true(loci_learning_rate(&options, 0, 100) == 0.5);
    assert_true(loci_learning_rate(&options, 99, 100) == 0.5);
    options.schedule = LOCI_SCHEDULE_COSINE;
    assert_true(loci_learning_rate(&options, 0, 100) == 0.5);
    assert_true(fabs(loci_learning_rate(&options, 25, 100) - 0.25 * (1 + sqrt(0.5))) < 1e-12);
    assert_true(fabs(loci_learning_rate(&options, 50, 100) - 0.25) < 1e-12);
    assert_true(loci_learning_rate(&options, 99, 100) > 0);
    assert_true(loci_learning_rate(&options, 99, 100) < 0.5 * 0.001);
    options.schedule = LOCI_SCHEDULE_LINEAR;
    assert_true(loci_learning_rate(&options, 0, 100) == 0.5);
    assert_true(fabs(loci_learning_rate(&options, 25, 100) - 0.375) < 1e-12);
    assert_true(fabs(loci_learning_rate(&options, 99, 100) - 0.005) < 1e-12);
    options.schedule = LOCI_SCHEDULE_FLAT_COSINE;
    assert_true(loci_learning_rate(&options, 0, 100) == 0.5);
    assert_true(loci_learning_rate(&options, 75, 100) == 0.5);
    assert_true(fabs(loci_learning_rate(&options, 80, 100) -
                     0.25 * (1 + cos(0.2 * 3.14159265358979))) < 1e-12);
    assert_true(loci_learning_rate(&options, 99, 100) > 0);
    assert_true(loci_learning_rate(&options, 99, 100) < 0.5 * 0.005);
    options.schedule = LOCI_SCHEDULE_CONSTANT;
    options.warmup = 10;
    assert_true(fabs(loci_learning_rate(&options, 0, 100) - 0.05) < 1e-12);
    assert_true(fabs(loci_learning_rate(&options, 4, 100) - 0.25) < 1e-12);
    assert_true(loci_learning_rate(&options, 9, 100) == 0.5);
    assert_true(loci_learning_rate(&options, 10, 100) == 0.5);
}

/* Against the rule as it is printed, in double. */
static void adam_is_adam(void **state) {
    (void)state;
    enum { COUNT = 40000 }; /* more than one task's share */
    float *x = calloc(COUNT, 4), *g = calloc(COUNT, 4), *m = calloc(COUNT, 4),
          *v = calloc(COUNT, 4);
    float *factor = calloc(COUNT, 4);
    for (size_t i = 0; i < COUNT; i++)
        factor[i] = (float)(i % 3);
    double *twin = calloc(COUNT, 8), *m64 = calloc(COUNT, 8), *v64 = calloc(COUNT, 8);
    for (uint64_t step = 1; step <= 5; step++) {
        const loci_random stream = {step, LOCI_RANDOM_TEST, 40};
        for (size_t i = 0; i < COUNT; i++) {
            double gradient = g[i] = (float)loci_random_normal(&stream, i);
            m64[i] = 0.9 * m64[i] + 0.1 * gradient;
            v64[i] = 0.999 * v64[i] + 0.001 * gradient * gradient;
            double m_hat = m64[i] / (1 - pow(0.9, (double)step)),
                   v_hat = v64[i] / (1 - pow(0.999, (double)step));
            twin[i] -= (double)factor[i] * 0.01 * m_hat / (sqrt(v_hat) + 1e-8);
        }
        loci_adam(x, g, m, v, factor, COUNT, step, 0.01, NULL);
        for (size_t i = 0; i < COUNT; i++)
            assert_true(fabs(x[i] - twin[i]) < 2e-6 * 0.01 * (double)step + 1e-8);
    }
    void *const all[] = {x, g, m, v, twin, m64, v64, factor};
    for (size_t i = 0; i < 8; i++)
        free(all[i]);
}

/* Positions at rest, charges at another rate, the rest as always: Adam's first step is the rate,
 * whatever the gradient. */
static void kinds_have_rates_of_their_own(void **state) {
    (void)state;
    loci_network *network = make_network("12", 1);
    loci_train_options options = options_for(1);
    options.schedule = LOCI_SCHEDULE_CONSTANT;
    options.lr_positions = 0;
    options.lr_charges = 0.5;
    loci_trainer *trainer = make_trainer(network, &options, 1);
    size_t count = loci_network_parameter_count(network), moved[2] = {0};
    float *before = malloc(count * sizeof *before), *x = loci_network_parameters(network);
    memcpy(before, x, count * sizeof *before);
    assert_int_equal(loci_trainer_step(trainer, NULL), LOCI_OK);
    const loci_tensor *tensor;
    for (size_t i = 0; (tensor = loci_network_tensor(network, i)) != NULL; i++) {
        bool charge = tensor->kind == LOCI_TENSOR_CHARGE;
        double rate = tensor->kind == LOCI_TENSOR_POSITION ? 0 : charge ? 0.01 : 0.02;
        for (size_t k = tensor->offset; k < tensor->offset + tensor->count; k++) {
            double change = fabs((double)x[k] - (double)before[k]);
            assert_true(change < rate * 1.001 + 1e-9);
            moved[charge] += rate > 0 && change > rate * 0.99;
        }
    }
    assert_true(moved[0] > 0 && moved[1] > 0);
    free(before);
    loci_trainer_free(trainer);
    loci_network_free(network);
}

static void cross_entropy_stands_large_logits(void **state) {
    (void)state;
    const float logits[2][16] = {{1000, 0, -1000}, {-80, -80, -80}};
    const int32_t labels[2] = {1, 2};
    float delta[2][16];
    memset(delta, 0, sizeof delta);
    loci_loss loss = loci_cross_entropy(&logits[0][0], labels, 2, 3, 16, 0.5, &delta[0][0], NULL);
    assert_true(fabs(loss.sum - (1000 + log(3))) < 1e-9);
    assert_int_equal(loss.correct, 0);
    assert_true(delta[0][0] == 0.5f && delta[0][1] == -0.5f && delta[0][2] == 0);
    assert_true(fabs(delta[1][2] + 1.0 / 3) < 1e-7);
    assert_true(
        isnan(loci_cross_entropy((const float[3]){1, NAN, 0}, labels, 1, 3, 3, 1, NULL, NULL).sum));
}

static void what_does_not_fit_is_refused(void **state) {
    (void)state;
    loci_network *network = make_network("7", 1);
    loci_trainer *trainer = NULL;
    loci_error error = {0};
    loci_train_options options = options_for(1);
    options.validation = TRAIN;
    assert_int_equal(loci_trainer_create(&trainer, network, bars, &options, 1, NULL, &error),
                     LOCI_E_ARGUMENT);
    assert_string_equal(error.where, "validation");
    options.validation = 0;
    options.patience = 2;
    assert_int_equal(loci_trainer_create(&trainer, network, bars, &options, 1, NULL, &error),
                     LOCI_E_ARGUMENT);
    assert_string_equal(error.where, "patience");
    options.patience = 0;
    options.shift = 3;
    assert_int_equal(loci_trainer_create(&trainer, network, bars, &options, 1, NULL, &error),
                     LOCI_E_ARGUMENT);
    assert_string_equal(error.where, "shift");
    options.shift = 0;
    network->spec.width = SIDE + 1;
    assert_int_equal(loci_trainer_create(&trainer, network, bars, &options, 1, NULL, &error),
                     LOCI_E_MISMATCH);
    assert_null(trainer);
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_learns),
        cmocka_unit_test(it_goes_on_where_it_stopped),
        cmocka_unit_test(divergence_is_noticed_and_leaves_the_parameters),
        cmocka_unit_test(the_validation_split_is_the_same_for_all_seeds),
        cmocka_unit_test(patience_keeps_the_best),
        cmocka_unit_test(an_epoch_takes_each_sample_once),
        cmocka_unit_test(the_rate_follows_its_schedule),
        cmocka_unit_test(adam_is_adam),
        cmocka_unit_test(kinds_have_rates_of_their_own),
        cmocka_unit_test(cross_entropy_stands_large_logits),
        cmocka_unit_test(what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, make_data, free_data);
}
