/* Inference one input at a time, event by event, against whole batches step by step: the same
 * logits on dyadic numbers, the same classes on a trained network, and the same counts of what
 * fired. */
#include "spiking_fixture.h"

#include <math.h>
#include <stdbool.h>

#include <loci/prepared.h>
#include <loci/run.h>

#include "infer/prepared_contents.h"
#include "train/trainer.h"

enum { SAMPLES = 9, CLASSES = 40 }; /* wider than the narrowest layer: buffers are shared */

/* What fired in a run of the twin, counted again. */
static loci_activity recount(const fixture *f) {
    const loci_spec *spec = &f->network->spec;
    loci_activity a = {0};
    loci_spiking_reference_result twin = {0};
    double steps = spec->time_steps, neurons = 0, count = (double)f->count, inputs = 0;
    size_t rows = spec->coding == LOCI_CODING_CONSTANT ? f->count : f->count * spec->time_steps;
    for (uint32_t l = 0; l <= spec->hidden_count; l++)
        twin.spikes[l] = loci_alloc(spec->time_steps * f->count * loci_spec_layer_size(spec, l + 1),
                                    sizeof(double));
    fixture_sync(f);
    fixture_twin(f, false, NULL, &twin);
    for (uint32_t l = 0; l <= spec->hidden_count; l++) {
        size_t m = loci_spec_layer_size(spec, l + 1), all = spec->time_steps * f->count * m;
        double spikes = 0;
        for (size_t i = 0; i < all; i++)
            spikes += twin.spikes[l][i] / count;
        free(twin.spikes[l]);
        a.dense_operations += steps * (double)(loci_spec_layer_size(spec, l) * m);
        if (l == spec->hidden_count && spec->readout != LOCI_READOUT_COUNT)
            continue;
        a.layers++;
        a.layer_rate[l] = spikes / ((double)m * steps);
        a.spikes += spikes;
        neurons += (double)m;
        if (l < spec->hidden_count)
            a.synaptic_operations += spikes * (double)loci_spec_layer_size(spec, l + 2);
    }
    a.spike_rate = neurons > 0 ? a.spikes / (neurons * steps) : 0;
    for (size_t i = 0; i < rows * loci_spec_layer_size(spec, 0); i++)
        inputs += f->inputs[i] != 0;
    inputs *= (double)loci_spec_layer_size(spec, 1) / count;
    if (spec->coding == LOCI_CODING_CONSTANT)
        a.input_operations = inputs;
    else
        a.synaptic_operations += inputs;
    return a;
}

static void assert_near(const char *name, const char *what, double a, double b) {
    if (!(fabs(a - b) <= 1e-9 * fmax(1, fabs(b))))
        fail_msg("%s: %s is %.12g instead of %.12g", name, what, a, b);
}

static void compare_activity(const char *name, const loci_activity *a, const loci_activity *b) {
    assert_int_equal(a->layers, b->layers);
    assert_near(name, "spike rate", a->spike_rate, b->spike_rate);
    for (uint32_t l = 0; l < LOCI_MAX_PAIRS; l++)
        assert_near(name, "a layer's rate", a->layer_rate[l], b->layer_rate[l]);
    assert_near(name, "spikes", a->spikes, b->spikes);
    assert_near(name, "synaptic operations", a->synaptic_operations, b->synaptic_operations);
    assert_near(name, "input operations", a->input_operations, b->input_operations);
    assert_near(name, "dense operations", a->dense_operations, b->dense_operations);
}

static void add_activity(loci_activity *sum, const loci_activity *a, double share) {
    sum->layers = a->layers;
    sum->spike_rate += share * a->spike_rate;
    for (uint32_t l = 0; l < LOCI_MAX_PAIRS; l++)
        sum->layer_rate[l] += share * a->layer_rate[l];
    sum->spikes += share * a->spikes;
    sum->synaptic_operations += share * a->synaptic_operations;
    sum->input_operations += share * a->input_operations;
    sum->dense_operations += share * a->dense_operations;
}

/* Every sample by itself against a batch of all: logits bit for bit. */
static void check_exact(const char *name, const fixture *f, bool spiking) {
    loci_prepared *prepared;
    loci_dataset *data;
    loci_evaluation evaluation;
    loci_activity mean = {0};
    float together[SAMPLES * CLASSES], alone[CLASSES];
    const loci_spec *spec = &f->network->spec;
    size_t inputs = loci_spec_layer_size(spec, 0);
    assert_int_equal(loci_network_run(f->network, NULL, f->x, SAMPLES, together, NULL), LOCI_OK);
    assert_int_equal(loci_prepared_create(&prepared, f->network, NULL), LOCI_OK);
    for (size_t k = 0; k < SAMPLES; k++) {
        loci_activity activity;
        size_t i = (k * 5) % SAMPLES; /* in another order: nothing may be left of the one before */
        assert_int_equal(
            loci_prepared_run(prepared, f->x + i * inputs, (uint32_t)i, alone, &activity, NULL),
            LOCI_OK);
        for (size_t c = 0; c < CLASSES; c++)
            if (!(alone[c] == together[i * CLASSES + c]))
                fail_msg("%s: logit %zu of input %zu is %.9g, in a batch %.9g", name, c, i,
                         (double)alone[c], (double)together[i * CLASSES + c]);
        add_activity(&mean, &activity, 1.0 / SAMPLES);
    }
    assert_int_equal(loci_dataset_from_arrays(&data, "few", spec->height, spec->width, f->x,
                                              f->batch->labels, SAMPLES, f->x, f->batch->labels,
                                              SAMPLES, NULL),
                     LOCI_OK);
    assert_int_equal(loci_evaluate(f->network, data, LOCI_TEST, NULL, 0, &evaluation, NULL),
                     LOCI_OK);
    compare_activity(name, &mean, &evaluation.activity);
    if (spiking) {
        const loci_activity right = recount(f);
        compare_activity(name, &mean, &right);
    }
    loci_dataset_free(data);
    loci_prepared_free(prepared);
}

static void test_spiking(void **state) {
    (void)state;
    static const char *const hiddens[] = {"0", "1", "5,70,3", "130,4", "64"};
    for (size_t i = 0; i < 5 * 36; i++) {
        char name[512];
        snprintf(name, sizeof name,
                 "wiring=dense hidden=%s time-steps=4 beta=0.9375 logit-scale=0.5 reset=%s "
                 "readout=%s coding=%s train-beta=%s",
                 hiddens[i / 36], fixture_resets[i % 3], fixture_readouts[i / 3 % 4],
                 fixture_codings[i / 12 % 3], i % 5 == 0 ? "neuron" : "no");
        loci_spec spec = fixture_spec(3, 4, CLASSES, name);
        fixture f;
        fixture_open(&f, &spec, SAMPLES, i % 2 ? 0.9 : 0.3, i);
        fixture_dyadic(f.network, i);
        /* evaluations code with a seed of their own */
        f.batch->coding.seed = 1;
        assert_int_equal(loci_batch_fill_rows(f.batch, f.x, SAMPLES, 0, NULL), LOCI_OK);
        const loci_sparse *rows = &f.batch->by_sample;
        memset(f.inputs, 0, rows->rows * 12 * sizeof *f.inputs);
        for (size_t row = 0; row < rows->rows; row++)
            for (uint32_t k = rows->start[row]; k < rows->end[row]; k++)
                f.inputs[row * 12 + rows->index[k]] = rows->value[k];
        check_exact(name, &f, true);
        fixture_close(&f);
    }
}

static void test_mlp(void **state) {
    (void)state;
    static const char *const nets[] = {"hidden=0", "hidden=70", "hidden=20,130,3"};
    for (size_t i = 0; i < 3; i++) {
        loci_spec spec = fixture_spec(3, 4, CLASSES, nets[i]);
        spec.neuron = LOCI_NEURON_RELU;
        spec.wiring = LOCI_WIRING_DENSE;
        spec.logit_scale = 0.25;
        fixture f;
        fixture_open(&f, &spec, SAMPLES, i == 1 ? 0.9 : 0.3, i);
        fixture_dyadic(f.network, i);
        check_exact(nets[i], &f, false);
        fixture_close(&f);
    }
}

/* What is prepared stays as it was, whatever becomes of the network's parameters. */
static void test_changes_are_not_seen(void **state) {
    (void)state;
    for (int neuron = LOCI_NEURON_RELU; neuron <= LOCI_NEURON_LIF; neuron++) {
        loci_spec spec = fixture_spec(3, 4, CLASSES, "hidden=20 wiring=dense time-steps=4");
        spec.neuron = neuron;
        fixture f;
        loci_prepared *prepared;
        float before[CLASSES], after[CLASSES];
        fixture_open(&f, &spec, SAMPLES, 0.5, 1);
        fixture_dyadic(f.network, 1);
        assert_int_equal(loci_prepared_create(&prepared, f.network, NULL), LOCI_OK);
        assert_int_equal(loci_prepared_run(prepared, f.x, 0, before, NULL, NULL), LOCI_OK);
        for (size_t i = 0; i < f.network->parameter_count; i++)
            f.network->parameters[i] += 1;
        assert_int_equal(loci_prepared_run(prepared, f.x, 0, after, NULL, NULL), LOCI_OK);
        assert_memory_equal(before, after, sizeof before);
        f.x[3] = NAN;
        loci_error error = {0};
        assert_int_equal(loci_prepared_run(prepared, f.x, 0, after, NULL, &error), LOCI_E_ARGUMENT);
        assert_string_equal(error.where, "input");
        loci_prepared_free(prepared);
        fixture_close(&f);
    }
}

/* Where memory is short for many inputs at once, one at a time still runs. */
static void test_shortage(void **state) {
    (void)state;
    for (int neuron = LOCI_NEURON_RELU; neuron <= LOCI_NEURON_LIF; neuron++) {
        loci_spec spec = fixture_spec(3, 4, CLASSES, "hidden=20 wiring=dense time-steps=4");
        spec.neuron = neuron;
        fixture f;
        loci_pool *pool;
        loci_prepared *prepared;
        float before[CLASSES], after[CLASSES], many[SAMPLES * CLASSES];
        fixture_open(&f, &spec, SAMPLES, 0.5, 1);
        fixture_dyadic(f.network, 1);
        assert_int_equal(loci_pool_create(&pool, 2, NULL), LOCI_OK);
        assert_int_equal(loci_prepared_create(&prepared, f.network, NULL), LOCI_OK);
        assert_int_equal(loci_prepared_run(prepared, f.x, 0, before, NULL, NULL), LOCI_OK);
        size_t widest = prepared->widest;
        prepared->widest = SIZE_MAX / 32; /* more than a size can be: refused without asking */
        assert_int_equal(loci_prepared_run_batch(prepared, pool, f.x, SAMPLES, many, NULL),
                         LOCI_E_MEMORY);
        prepared->widest = widest;
        assert_int_equal(loci_prepared_run(prepared, f.x, 0, after, NULL, NULL), LOCI_OK);
        assert_memory_equal(before, after, sizeof before);
        loci_prepared_free(prepared);
        loci_pool_free(pool);
        fixture_close(&f);
    }
}

/* A position that is no number reaches nobody, and nothing past the taps of what travels. */
static void test_no_number(void **state) {
    (void)state;
    enum { PIXELS = 12 };
    static const float white[PIXELS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    static const float odd[] = {NAN, INFINITY, -1e30f};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        loci_network *network = fixture_network(
            3, 4, CLASSES, "hidden=20 time-steps=5 delay=distance recurrent=yes", 1);
        float *numbers = loci_network_parameters(network), logits[CLASSES];
        loci_prepared *prepared;
        for (size_t p = 0; p < network->projection_count; p++)
            numbers[network->projection[p].dendrite_position] = odd[i];
        assert_int_equal(loci_network_run(network, NULL, white, 1, logits, NULL), LOCI_OK);
        assert_int_equal(loci_prepared_create(&prepared, network, NULL), LOCI_OK);
        assert_int_equal(loci_prepared_run(prepared, white, 0, logits, NULL, NULL), LOCI_OK);
        loci_prepared_free(prepared);
        loci_network_free(network);
    }
}

/* Many threads at once say what one says, whatever the readout has to work in. */
static void test_threads(void **state) {
    (void)state;
    enum { MANY = 4096, PIXELS = 12, THREADS = 8 };
    static const char *const readouts[] = {"count", "membrane-mean", "membrane-max",
                                           "membrane-last", "softmax-sum"};
    loci_pool *pool;
    assert_int_equal(loci_pool_create(&pool, THREADS, NULL), LOCI_OK);
    float *x = loci_alloc(MANY, PIXELS * sizeof *x);
    float *alone = loci_alloc(MANY, CLASSES * sizeof *alone);
    float *together = loci_alloc(MANY, CLASSES * sizeof *together);
    assert_true(x != NULL && alone != NULL && together != NULL);
    for (size_t i = 0; i < MANY * PIXELS; i++)
        x[i] = (float)(i * i % 101) / 100;
    for (size_t r = 0; r < sizeof readouts / sizeof *readouts; r++) {
        char options[96];
        snprintf(options, sizeof options, "hidden=20 time-steps=9 threshold=0.2 readout=%s",
                 readouts[r]);
        loci_network *network = fixture_network(3, 4, CLASSES, options, 1);
        loci_prepared *prepared;
        assert_int_equal(loci_prepared_create(&prepared, network, NULL), LOCI_OK);
        assert_int_equal(loci_prepared_run_batch(prepared, NULL, x, MANY, alone, NULL), LOCI_OK);
        assert_int_equal(loci_prepared_run_batch(prepared, pool, x, MANY, together, NULL), LOCI_OK);
        for (size_t i = 0; i < MANY * CLASSES; i++)
            if (alone[i] != together[i])
                fail_msg("%s: input %zu, class %zu: %g, and %g with threads", readouts[r],
                         i / CLASSES, i % CLASSES, (double)alone[i], (double)together[i]);
        loci_prepared_free(prepared);
        loci_network_free(network);
    }
    free(x);
    free(alone);
    free(together);
    loci_pool_free(pool);
}

/* A network trained for a few batches on glyphs: at least 99.5% of the classes are the same. */
static void check_trained(const loci_dataset *data, const char *options) {
    enum { TEST = 1000, BATCHES = 40 };
    loci_spec spec = fixture_spec(28, 28, 10, options);
    loci_network *network;
    loci_train_options train;
    loci_trainer *trainer;
    loci_prepared *prepared;
    loci_train_options_defaults(&train);
    train.batch = 64;
    train.lr = 0.02;
    assert_int_equal(loci_network_create(&network, &spec, 1, NULL), LOCI_OK);
    assert_int_equal(loci_trainer_create(&trainer, network, data, &train, 1, NULL, NULL), LOCI_OK);
    for (int i = 0; i < BATCHES; i++)
        assert_int_equal(loci_trainer_step(trainer, NULL), LOCI_OK);
    loci_trainer_free(trainer);
    float *x = loci_alloc(TEST * 784, sizeof *x), *together = loci_alloc(TEST, 10 * sizeof *x);
    float alone[10];
    size_t same = 0, right = 0;
    for (size_t i = 0; i < TEST; i++)
        assert_int_equal(loci_dataset_sample(data, LOCI_TEST, i, x + i * 784), LOCI_OK);
    assert_int_equal(loci_network_run(network, NULL, x, TEST, together, NULL), LOCI_OK);
    assert_int_equal(loci_prepared_create(&prepared, network, NULL), LOCI_OK);
    for (size_t i = 0; i < TEST; i++) {
        assert_int_equal(loci_prepared_run(prepared, x + i * 784, (uint32_t)i, alone, NULL, NULL),
                         LOCI_OK);
        size_t predicted = loci_argmax(alone, 10);
        same += predicted == loci_argmax(together + i * 10, 10);
        right += predicted == (size_t)loci_dataset_label(data, LOCI_TEST, i);
    }
    if (same < TEST * 995 / 1000 || right < TEST * 3 / 10) /* a net that knows nothing may agree */
        fail_msg("%s: %zu of %d classes the same, %zu right", options, same, TEST, right);
    free(x);
    free(together);
    loci_prepared_free(prepared);
    loci_network_free(network);
}

static void test_trained(void **state) {
    (void)state;
    loci_dataset *data;
    loci_data_options options;
    loci_data_options_defaults(&options);
    assert_int_equal(loci_dataset_open(&data, "glyphs", &options, NULL), LOCI_OK);
    for (size_t i = 0; i < 4; i++) {
        char name[256];
        snprintf(name, sizeof name,
                 "hidden=64 input=grid axon-sites=1,2 dendrite-sites=6,2 time-steps=8 gap=0.2 "
                 "readout=%s coding=%s",
                 fixture_readouts[i], fixture_codings[i % 3]);
        check_trained(data, name);
    }
    loci_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spiking),
        cmocka_unit_test(test_mlp),
        cmocka_unit_test(test_changes_are_not_seen),
        cmocka_unit_test(test_shortage),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_no_number),
        cmocka_unit_test(test_trained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
