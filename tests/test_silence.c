/* Networks that nothing goes through, and that a run says so, once. */
#include "run_fixture.h"

static int listen_to(const loci_config *config, const volatile sig_atomic_t *stop) {
    loci_run_options options = resuming();
    options.note = keep_note;
    options.stop = stop;
    return train(config, run, &options, NULL, NULL);
}

/* The one note of a run is `expected`; NULL: there is none. */
static void assert_note(const loci_config *config, const char *expected) {
    note_count = 0;
    assert_int_equal(listen_to(config, NULL), LOCI_OK);
    assert_int_equal(note_count, expected != NULL);
    if (expected != NULL)
        assert_string_equal(notes[0], expected);
    scratch_remove(run);
}

static void test_spiking(void **state) {
    (void)state;
    loci_config config = small_spiking_config(3);
    assert_note(&config, NULL);
    config.spec.train_threshold = LOCI_TRAINED_NO;
    config.spec.threshold = 1e5;
    assert_note(&config,
                "no neuron of hidden layer 1 fired in epoch 1; lower --threshold, or raise "
                "--beta or --time-steps");
    /* a surrogate that ends: then nothing learns at all */
    config.spec.readout = LOCI_READOUT_COUNT;
    config.spec.surrogate = LOCI_SURROGATE_TRIANGULAR;
    assert_note(&config, "no neuron of hidden layer 1 fired in epoch 1 and no gradient reached any "
                         "parameter; lower --threshold, or raise --beta or --time-steps");
    config.spec.hidden_count = 0;
    config.spec.hidden[1] = 0;
    assert_note(&config, "no output neuron fired in epoch 1 and no gradient reached any parameter; "
                         "lower --threshold, or raise --beta or --time-steps");
}

/* Out of every other neuron's range nothing arrives, and a neuron at 0 has no slope. */
static void test_rectified(void **state) {
    (void)state;
    loci_config config = small_config(3);
    config.spec.hidden_count = 2;
    config.spec.hidden[1] = 5;
    assert_note(&config, NULL);
    config.spec.planes = LOCI_PLANES_FIXED;
    config.spec.gap[0] = 0.1;
    config.spec.gap[1] = 1;
    config.spec.range[0] = 0.5;
    assert_note(&config,
                "no neuron of hidden layer 2 was active in epoch 1; raise --range, or lower --lr");
    config.spec.range[0] = 0.05;
    assert_note(&config,
                "no neuron of hidden layer 1 was active in epoch 1; raise --range, or lower --lr");
}

/* Stopped after every batch: no process has seen an epoch from its first batch on but the first. */
static void test_parts_of_an_epoch_are_not_judged(void **state) {
    (void)state;
    loci_config config = small_spiking_config(2);
    const volatile sig_atomic_t stop = 1;
    config.spec.threshold = 1e5;
    note_count = 0;
    while (listen_to(&config, &stop) == LOCI_E_INTERRUPTED)
        ;
    assert_int_equal(note_count, 0);
}

/* A run that has learnt nothing says so at its end, whatever it was that it predicts. */
static void test_nothing_is_learnt(void **state) {
    (void)state;
    loci_config config = small_config(5);
    config.train.lr = 1e-9;
    assert_note(&config, "the training samples are told apart no better than by guessing; there "
                         "were 30 steps only; give more --epochs or a smaller --batch");
    config.train.batch = 2;
    assert_note(&config, "the training samples are told apart no better than by guessing; try "
                         "another --lr, or more --epochs");
    config.train.epochs = 4; /* a trial */
    assert_note(&config, NULL);
    config.train.epochs = 60; /* one that learns */
    config.train.batch = 16;
    config.train.lr = 0.03;
    config.train.shift = 0;
    config.spec.dendrite_sites[0] = 6;
    assert_note(&config, NULL);
    config.train.epochs = 5;
    config.train.lr = 40;
    note_count = 0;
    assert_int_equal(listen_to(&config, NULL), LOCI_OK);
    assert_int_equal(note_count, 1);
    scratch_remove(run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_spiking),
        TEST(test_rectified),
        TEST(test_parts_of_an_epoch_are_not_judged),
        TEST(test_nothing_is_learnt),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
