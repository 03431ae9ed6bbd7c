/* Spiking networks of a usual size: any number of threads, batches in parts, and none. */
#include "spiking_fixture.h"

#include "network/spiking.h"
#include "spiking_compare.h"
#include "train/trainer.h"

static const char *const usual[] = {
    "hidden=150,70 axon-sites=1,2,2 dendrite-sites=8,4,4 train-beta=neuron",
    "hidden=130 readout=count coding=poisson train-threshold=layer reset=zero",
    "hidden=130 readout=membrane-last coding=latency",
    "hidden=70,70 wiring=dense readout=membrane-max coding=poisson reset=none",
    "hidden=0 readout=count train-beta=layer train-threshold=neuron",
    "hidden=130,70 delay=distance speed=2 train-speed=layer recurrent=yes axon-sites=2 "
    "dendrite-sites=2 train-beta=neuron",
    "hidden=70 neuron=adlif recurrent=yes wiring=dense coding=latency train-adaptation=neuron "
    "readout=softmax-sum",
    "hidden=70 neuron=adlif delay=distance speed=2 coding=poisson train-adaptation=layer "
    "readout=count",
};
enum { USUAL = sizeof usual / sizeof *usual, SAMPLES = 70 };

/* Bit for bit the same for 1, 2, 3 and 4 threads. */
static void test_threads(void **state) {
    (void)state;
    for (size_t i = 0; i < USUAL; i++) {
        fixture f;
        loci_spec spec = fixture_spec(9, 11, 7, usual[i]);
        spec.time_steps = 10;
        fixture_open(&f, &spec, SAMPLES, 0.3, i);
        fixture_move(f.network, i);
        size_t logits = SAMPLES * spec.classes, parameters = f.network->parameter_count;
        float *first = loci_alloc(logits + parameters, sizeof *first);
        float *other = loci_alloc(logits + parameters, sizeof *other);
        double spikes[LOCI_MAX_PAIRS];
        for (int threads = 1; threads <= 4; threads++) {
            loci_pool *pool;
            loci_pass *pass;
            float *to = threads == 1 ? first : other;
            assert_int_equal(loci_pool_create(&pool, threads, NULL), LOCI_OK);
            assert_int_equal(loci_pass_create(&pass, f.network, SAMPLES, true, pool, NULL),
                             LOCI_OK);
            fixture_pass(&f, pass, to, to + logits);
            if (threads == 1)
                assert_memory_not_equal(to, to + spec.classes, spec.classes * sizeof *to);
            if (threads == 1)
                memcpy(spikes, pass->spiking->spike_total, sizeof spikes);
            assert_memory_equal(first, to, (logits + parameters) * sizeof *to);
            assert_memory_equal(spikes, pass->spiking->spike_total, sizeof spikes);
            loci_pass_free(pass);
            loci_pool_free(pool);
        }
        free(first);
        free(other);
        fixture_close(&f);
    }
}

/* A batch in parts, the last of them smaller, through one pass of the parts' size: the same logits,
 * and the same gradient within rounding. */
static void test_parts(void **state) {
    (void)state;
    enum { PART = 32 };
    for (size_t i = 0; i < USUAL; i++) {
        fixture f;
        loci_pass *whole, *parts;
        loci_spec spec = fixture_spec(9, 11, 7, usual[i]);
        spec.time_steps = 10;
        fixture_open(&f, &spec, SAMPLES, 0.3, i);
        fixture_move(f.network, i);
        size_t classes = spec.classes, ld = loci_leading(classes), inputs = f.batch->features;
        size_t parameters = f.network->parameter_count;
        float *logits = loci_alloc(SAMPLES, classes * sizeof *logits);
        float *gradient = loci_alloc(2 * parameters, sizeof *gradient);
        double *right = loci_alloc(parameters, sizeof *right);
        int32_t labels[SAMPLES];
        assert_int_equal(loci_pass_create(&whole, f.network, SAMPLES, true, NULL, NULL), LOCI_OK);
        assert_int_equal(loci_pass_create(&parts, f.network, PART, true, NULL, NULL), LOCI_OK);
        fixture_pass(&f, whole, logits, gradient);
        for (size_t k = 0; k < parameters; k++)
            right[k] = gradient[k];
        memcpy(labels, f.batch->labels, sizeof labels);
        memset(gradient, 0, parameters * sizeof *gradient);
        for (size_t first = 0; first < SAMPLES; first += PART) {
            size_t count = SAMPLES - first < PART ? SAMPLES - first : PART;
            assert_int_equal(
                loci_batch_fill_rows(f.batch, f.x + first * inputs, count, first, NULL), LOCI_OK);
            assert_int_equal(loci_pass_forward(parts, &f.batch->in, NULL), LOCI_OK);
            const float *from = loci_pass_logits(parts);
            for (size_t b = 0; b < count; b++)
                assert_memory_equal(from + b * ld, logits + (first + b) * classes,
                                    classes * sizeof *from);
            loci_cross_entropy(from, labels + first, count, classes, ld, 1.0 / SAMPLES,
                               loci_pass_logit_delta(parts), NULL);
            loci_pass_backward(parts, &f.batch->in, gradient);
        }
        loci_acting_hold_bounds(f.network, gradient);
        compare_gradient(usual[i], &f, gradient, right, 3e-2);
        loci_pass_free(whole);
        loci_pass_free(parts);
        free(logits);
        free(gradient);
        free(right);
        fixture_close(&f);
    }
}

/* A net whose time steps leave room for two samples at a time: a training step of four learns from
 * all of them. Adam's first moment after one step is a tenth of the gradient. */
static void test_trainer_in_parts(void **state) {
    (void)state;
    enum { COUNT = 4 };
    loci_spec spec = fixture_spec(3, 3, 3,
                                  "hidden=2048 wiring=dense time-steps=1000 readout=count "
                                  "coding=poisson threshold=0.4");
    fixture f;
    loci_dataset *data;
    loci_trainer *trainer;
    loci_train_options options;
    loci_pass *pass;
    fixture_open(&f, &spec, COUNT, 0.8, 5);
    assert_in_range(loci_pass_most(&f.network->spec, COUNT), 1, COUNT - 1);
    assert_int_equal(loci_dataset_from_arrays(&data, "four", 3, 3, f.x, f.batch->labels, COUNT, f.x,
                                              f.batch->labels, COUNT, NULL),
                     LOCI_OK);
    loci_train_options_defaults(&options);
    options.batch = COUNT;
    options.shift = 0;
    size_t parameters = f.network->parameter_count;
    float *logits = loci_alloc(COUNT * 3, sizeof *logits);
    float *gradient = loci_alloc(parameters, sizeof *gradient);
    double *right = loci_alloc(parameters, sizeof *right);
    assert_int_equal(loci_pass_create(&pass, f.network, COUNT, true, NULL, NULL), LOCI_OK);
    fixture_pass(&f, pass, logits, gradient);
    for (size_t k = 0; k < parameters; k++)
        right[k] = gradient[k];
    assert_int_equal(loci_trainer_create(&trainer, f.network, data, &options, 5, NULL, NULL),
                     LOCI_OK);
    assert_int_equal(loci_trainer_step(trainer, NULL), LOCI_OK);
    assert_true(loci_trainer_epoch_done(trainer));
    for (size_t k = 0; k < parameters; k++)
        gradient[k] = 10 * trainer->moment1[k];
    compare_gradient("trainer", &f, gradient, right, 3e-2);
    loci_trainer_free(trainer);
    loci_dataset_free(data);
    loci_pass_free(pass);
    free(logits);
    free(gradient);
    free(right);
    fixture_close(&f);
}

/* An empty batch is no mistake. */
static void test_nothing(void **state) {
    (void)state;
    for (size_t i = 0; i < USUAL; i++) {
        fixture f;
        loci_spec spec = fixture_spec(2, 3, 3, usual[i]);
        float gradient[8192] = {0};
        loci_pass *pass;
        fixture_open(&f, &spec, 4, 0.5, i);
        assert_in_range(f.network->parameter_count, 1, 8192);
        assert_int_equal(loci_pass_create(&pass, f.network, 4, true, NULL, NULL), LOCI_OK);
        assert_int_equal(loci_batch_fill_rows(f.batch, f.x, 0, 0, NULL), LOCI_OK);
        assert_int_equal(loci_pass_forward(pass, &f.batch->in, NULL), LOCI_OK);
        loci_pass_backward(pass, &f.batch->in, gradient);
        for (size_t k = 0; k < 8192; k++)
            assert_true(gradient[k] == 0);
        loci_pass_free(pass);
        fixture_close(&f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_trainer_in_parts),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
