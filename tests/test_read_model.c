/* docs/format.md is enough to write another reader: the one in examples/ computes the library's
 * outputs.
 *
 *     test_read_model PYTHON examples/read_model.py */
#include "no_sync.h"
#include "scratch_folder.h"

#include <math.h>
#include <stdbool.h>

#include <loci/network.h>

#include "base/random.h"
#include "data/npz.h"
#include "rounding_fixture.h"

enum { HEIGHT = 3, WIDTH = 4, INPUTS = HEIGHT * WIDTH, CLASSES = 3, COUNT = 8 };

static const char *python, *reader;
static const char *const variants[] = {
    "hidden=0",
    "hidden=5 wiring=dense logit-scale=0.5",
    "hidden=5 sign=mask scale=one",
    "hidden=5 sign=mask scale=one planes=learned gap=0.3,0.2",
    "hidden=5 sign=mask planes=relaxed dim=2",
    "hidden=5,4 dim=6 gap=0.3,0.2,0.7 softening=0.2",
    "hidden=5,4 axon-sites=2,1,3 dendrite-sites=1,3,2 planes=learned",
    "hidden=5,4 axon-sites=2 dendrite-sites=3 planes=relaxed sign=mask",
    "hidden=5 input=grid axon-sites=1,2 dendrite-sites=4,2",
    "hidden=5 input=sheet axon-sites=1,2 dendrite-sites=3,2 extent=1.5",
    "hidden=5 input=sheet dendrite-sites=3,1 planes=relaxed dim=4 sign=mask",
    "channels=2 hidden=5 input=sheet dendrite-sites=3,2",
    "channels=4 hidden=5 input=sheet dendrite-sites=3,2 planes=relaxed sign=mask law=gaussian",
    "channels=2 hidden=5 input=grid",
    "hidden=8,6 neuron=lif time-steps=9",
    "hidden=8,6 neuron=lif threshold=0.05 scale=one readout=count train-beta=layer reset=zero "
    "coding=latency",
    "hidden=8 neuron=lif time-steps=9 readout=membrane-max train-beta=neuron "
    "train-threshold=neuron",
    "hidden=8 neuron=lif wiring=dense readout=membrane-last train-threshold=layer reset=none",
    "hidden=0 neuron=lif beta=0.5 logit-scale=0.5",
    "hidden=5,4 law=inverse-square axon-sites=2 dendrite-sites=3",
    "hidden=5,4 law=exponential length=0.4,0.7 range=-1,1.1,0.9 train-range=layer",
    "hidden=5 law=gaussian spread=0.6 planes=relaxed sign=mask",
    "hidden=5,4 law=gaussian length=0.8 train-length=layer range=2,-1,3 axon-sites=2 "
    "dendrite-sites=3",
    "hidden=8,6 neuron=lif time-steps=9 law=exponential train-length=layer scale=one "
    "threshold=0.05 readout=count",
    "hidden=5,4 activation=leaky-relu",
    "hidden=5,4 activation=tanh",
    "hidden=5,4 activation=gelu",
    "hidden=5,4 activation=sine law=inverse-square",
    "task=regress hidden=5,4 logit-scale=0.5",
    "task=regress hidden=8 neuron=lif time-steps=9 readout=membrane-max",
    "hidden=8,6 neuron=lif readout=softmax-sum time-steps=12 threshold=0.3",
    "hidden=8 neuron=lif coding=latency latency-span=0.5 time-steps=12 threshold=0.3",
    "hidden=8,6 neuron=lif delay=distance speed=0.3 longest-delay=6 time-steps=14 threshold=0.3 "
    "dendrite-sites=3 coding=latency",
    "hidden=8,6 neuron=lif delay=distance train-speed=layer longest-delay=5 time-steps=14 "
    "threshold=0.3 planes=relaxed law=gaussian range=2 readout=count",
    "hidden=8,6 neuron=lif recurrent=yes recurrent-gap=0.3 time-steps=12 threshold=0.3 "
    "axon-sites=1,2 dendrite-sites=3 sign=mask",
    "hidden=8 neuron=lif recurrent=yes wiring=dense time-steps=12 readout=count",
    "hidden=8,6 neuron=lif recurrent=yes tied=yes planes=learned delay=distance speed=0.4 "
    "longest-delay=7 time-steps=14 threshold=0.3 train-beta=neuron law=exponential "
    "train-length=layer",
    "hidden=8 neuron=adlif time-steps=12 threshold=0.3 adaptation-membrane=0.1 reset=zero",
    "hidden=8,6 neuron=adlif train-adaptation=neuron time-steps=12 threshold=0.3 readout=count",
    "hidden=8,6 neuron=adlif train-adaptation=layer recurrent=yes delay=distance speed=0.3 "
    "longest-delay=6 time-steps=12 threshold=0.3 readout=softmax-sum reset=none",
    "hidden=8 neuron=adlif coding=events time-steps=4 threshold=0.3 delay=distance speed=0.5 "
    "longest-delay=3",
    "maps=3 window=3 pool=2 hidden=0 dim=5 dendrite-sites=4 gap=0.3,0.4",
    "maps=3,2 window=3,5 pool=1,2 stride=2,1 hidden=5 dim=4 dendrite-sites=4,2,3,1 planes=learned "
    "law=gaussian train-length=layer range=2,-1,1.5,3 train-range=layer activation=tanh",
    "channels=2 maps=3,4 window=3 pool=1 hidden=0 dim=5 dendrite-sites=3 sign=mask",
    "channels=2 maps=3,2 window=3 pool=1,2 hidden=4 wiring=dense",
    "maps=3,2 window=3 pool=1,2 hidden=0 dim=5 dendrite-sites=4 neuron=lif time-steps=9 "
    "threshold=0.3 train-beta=neuron train-threshold=neuron coding=latency readout=count",
    "channels=2 maps=3 window=3 pool=1 hidden=6 neuron=adlif train-adaptation=neuron "
    "time-steps=12 dim=5 dendrite-sites=4 threshold=0.3 law=exponential reset=zero",
    "maps=3 window=3 hidden=0 neuron=lif coding=events time-steps=4 threshold=0.3 dim=5 "
    "dendrite-sites=4",
    "rounded=4 hidden=5 input=sheet dendrite-sites=3,2 extent=1.5",
    "rounded=4 hidden=5,4 sign=mask tied=yes scale=one",
    "rounded=8 maps=3,2 window=3,5 pool=1,2 hidden=5 dim=4 dendrite-sites=4,2,3,1",
    "rounded=2 hidden=8 neuron=lif recurrent=yes time-steps=12 threshold=0.3 axon-sites=1,2",
    "weights=4 hidden=5,4 dendrite-sites=3,2 range=2",
    "weights=2 hidden=5 wiring=dense",
    "weights=2 maps=3,2 window=3,5 pool=1,2 hidden=5 dim=4 dendrite-sites=4,2,3,1",
};
enum { VARIANTS = sizeof variants / sizeof *variants };

/* Units of what a regressor predicts. */
static const float mean[CLASSES] = {20, -3, 0.5f}, deviation[CLASSES] = {2, 30, 0.25f};

static loci_network *make(const char *options, uint32_t outputs, const loci_random *stream) {
    loci_spec spec;
    loci_spec_defaults(&spec);
    spec.height = HEIGHT;
    spec.width = WIDTH;
    spec.classes = outputs;
    char text[512], *rest = NULL;
    uint32_t bits = 0, weight_bits = 0;
    snprintf(text, sizeof text, "%s", options);
    for (char *at = strtok_r(text, " ", &rest); at != NULL; at = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(at, '=');
        *value++ = '\0';
        if (strcmp(at, "rounded") == 0) {
            bits = (uint32_t)atoi(value);
            continue;
        }
        if (strcmp(at, "weights") == 0) {
            weight_bits = (uint32_t)atoi(value);
            continue;
        }
        if (strcmp(at, "channels") == 0) { /* of as many values as before */
            spec.channels = (uint32_t)atoi(value);
            spec.width /= spec.channels;
            continue;
        }
        assert_int_equal(loci_spec_set(&spec, at, value, NULL), LOCI_OK);
    }
    loci_network *network;
    assert_int_equal(loci_network_create(&network, &spec, 7, NULL), LOCI_OK);
    float *parameters =
        loci_network_parameters(network); /* biases start at 0: give all of them a say */
    for (size_t i = 0; i < loci_network_parameter_count(network); i++)
        parameters[i] += (float)(0.3 * loci_random_normal(stream, i));
    if (bits > 0)
        fixture_round(network, bits, 4, 0.7);
    if (weight_bits > 0)
        fixture_round_weights(network, weight_bits, 0.7);
    if (strstr(options, "task=regress") != NULL)
        assert_int_equal(loci_network_set_target_scaling(network, mean, deviation, NULL), LOCI_OK);
    return network;
}

/* What the reader prints for the raw inputs, `count` numbers. */
static void run_reader(const char *model, const char *inputs, int count, double *logits) {
    char command[4096];
    snprintf(command, sizeof command, "'%s' '%s' '%s' '%s'", python, reader, model, inputs);
    FILE *output = popen(command, "r");
    assert_non_null(output);
    for (int i = 0; i < count; i++)
        assert_int_equal(fscanf(output, "%lf", &logits[i]), 1);
    assert_int_equal(pclose(output), 0);
}

static void check(const char *options, int outputs, bool ranged) {
    const loci_random stream = {9, LOCI_RANDOM_TEST, ranged};
    const char *model = scratch_path(folder, "model"), *inputs = scratch_path(folder, "inputs.npz");
    float low[INPUTS], span[INPUTS], x[COUNT * INPUTS], raw[COUNT * INPUTS], own[COUNT * CLASSES];
    double other[COUNT * CLASSES], largest = 0;
    loci_network *network = make(options, (uint32_t)outputs, &stream);
    bool events = strstr(options, "coding=events") != NULL;
    size_t width = loci_spec_inputs(loci_network_spec(network));
    size_t count = COUNT * INPUTS / width;
    int numbers = (int)count * outputs;
    for (uint32_t i = 0; i < INPUTS; i++) {
        low[i] = (float)i - 3;
        span[i] = 0.5f + (float)i;
    }
    for (uint32_t i = 0; i < COUNT * INPUTS; i++) {
        x[i] = (float)loci_random_uniform(&stream, 100000 + i);
        if (events)
            x[i] = (float)(uint32_t)(3 * x[i]);
        raw[i] = ranged ? low[i % INPUTS] + x[i] * span[i % INPUTS] : x[i];
    }
    if (ranged)
        assert_int_equal(loci_network_set_input_scaling(network, low, span, NULL), LOCI_OK);
    assert_int_equal(loci_network_save(network, model, NULL), LOCI_OK);
    assert_int_equal(loci_network_run(network, NULL, x, count, own, NULL), LOCI_OK);
    const loci_npz_array array = {"inputs", "<f4", 2, {count, width}, raw};
    assert_int_equal(loci_npz_write(inputs, &array, 1, NULL), LOCI_OK);
    run_reader(model, inputs, numbers, other);
    for (int i = 0; i < numbers; i++)
        largest = fmax(largest, fabs(other[i]));
    if (!(largest > 0.01))
        fail_msg("%s: all zeros would agree with anything", options);
    for (int i = 0; i < numbers; i++)
        if (!(fabs(own[i] - other[i]) <= 1e-4 * largest))
            fail_msg("%s: logit %d is %.9g, the reader says %.9g", options, i, (double)own[i],
                     other[i]);
    loci_network_free(network);
}

static void test_every_variant(void **state) {
    (void)state;
    for (size_t i = 0; i < VARIANTS; i++)
        check(variants[i], CLASSES, false);
}

static void test_stored_range(void **state) {
    (void)state;
    check(variants[6], CLASSES, true);
}

/* A regressor may have one output. */
static void test_one_output(void **state) {
    (void)state;
    check("task=regress hidden=5", 1, true);
    check("task=regress hidden=0 neuron=lif readout=membrane-last", 1, false);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fputs("needs a Python with numpy: skipped\n", stderr);
        return 77;
    }
    python = argv[1];
    reader = argv[2];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_variant),
        cmocka_unit_test(test_stored_range),
        cmocka_unit_test(test_one_output),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
