/* How networks of delays, loops and adaptive neurons start and are kept: draws of what was there
 * before do not move when loops are added, new numbers are what the options say, and a model file
 * gives all of it back, with nothing in it of options that are not used. */
#include "scratch.h"
#include "spiking_fixture.h"

#include <math.h>

static loci_network *create(const char *options) {
    const loci_spec spec = fixture_spec(4, 4, 3, options);
    loci_network *network;
    loci_error error = {0};
    if (loci_network_create(&network, &spec, 5, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", options, error.where, error.message);
    return network;
}

static const loci_tensor *find(const loci_network *network, const char *name) {
    const loci_tensor *t;
    for (size_t n = 0; (t = loci_network_tensor(network, n)) != NULL; n++)
        if (strcmp(t->name, name) == 0)
            return t;
    fail_msg("there is no %s", name);
    return NULL;
}

static float value(const loci_network *network, const char *name) {
    const loci_tensor *t = find(network, name);
    assert_int_equal(t->count, 1);
    return network->parameters[t->offset];
}

/* ---- loops are added ---- */

static const char *const without[] = {
    "hidden=9,7 tied=no",
    "hidden=9,7 tied=yes input=grid",
    "hidden=9,7 tied=yes sign=mask planes=learned",
    "hidden=6 axon-sites=2 dendrite-sites=3,4 input=grid law=exponential length=0.7",
    "hidden=6 planes=relaxed delay=distance train-speed=layer",
    "hidden=6,5 wiring=dense",
    "hidden=6 neuron=adlif train-adaptation=layer readout=count"};

static void check_added(const char *options) {
    char text[512];
    snprintf(text, sizeof text, "%s recurrent=yes", options);
    loci_network *plain = create(options), *looped = create(text);
    size_t n = 0;
    const loci_tensor *t;
    for (; (t = loci_network_tensor(plain, n)) != NULL; n++) {
        const loci_tensor *other = loci_network_tensor(looped, n);
        assert_string_equal(other->name, t->name);
        assert_int_equal(other->offset, t->offset);
    }
    assert_memory_equal(plain->parameters, looped->parameters,
                        plain->parameter_count * sizeof(float));
    assert_true(looped->parameter_count > plain->parameter_count);
    for (; (t = loci_network_tensor(looped, n)) != NULL; n++)
        assert_true(strncmp(t->name, "recurrent", 9) == 0);
    loci_network_free(plain);
    loci_network_free(looped);
}

static void test_draws_stay(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof without / sizeof *without; i++)
        check_added(without[i]);
}

/* ---- what they start as ---- */

static void test_numbers_start_as_told(void **state) {
    (void)state;
    loci_network *network =
        create("hidden=9,7 delay=distance speed=0.5,2,4 train-speed=layer recurrent=yes "
               "planes=learned gap=0.2 recurrent-gap=0.7 law=gaussian length=0.5,0.6,0.7 "
               "train-length=layer neuron=adlif adaptation-decay=0.75 adaptation-membrane=-0.25 "
               "adaptation-spike=1.5 train-adaptation=neuron dendrite-sites=2,3,1 "
               "axon-sites=1,2,4");
    const struct {
        const char *name;
        double value;
    } told[] = {{"pair0.log_speed", log(0.5)},
                {"pair1.log_speed", log(2)},
                {"pair2.log_speed", log(4)},
                {"recurrent1.log_speed", log(0.5)},
                {"recurrent2.log_speed", log(2)},
                {"recurrent1.gap", 0.7},
                {"pair1.gap", 0.2},
                {"recurrent1.log_length", log(0.5)},
                {"recurrent2.log_length", log(0.6)},
                {"recurrent2.gap", 0.7}};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        assert_true(value(network, told[i].name) == (float)told[i].value);
    const char *const adaptation[] = {"layer2.adaptation.decay", "layer2.adaptation.membrane",
                                      "layer2.adaptation.spike"};
    const float constant[] = {0.75f, -0.25f, 1.5f};
    for (size_t k = 0; k < 3; k++) {
        const loci_tensor *t = find(network, adaptation[k]);
        assert_int_equal(t->count, 7);
        for (size_t j = 0; j < 7; j++)
            assert_true(network->parameters[t->offset + j] == constant[k]);
    }
    /* sites of a layer to itself are as many as it has for others */
    assert_int_equal(find(network, "recurrent1.axon.position")->shape[1], 2);
    assert_int_equal(find(network, "recurrent1.dendrite.position")->shape[1], 2);
    assert_int_equal(find(network, "recurrent2.axon.position")->shape[1], 4);
    assert_int_equal(find(network, "recurrent2.dendrite.position")->shape[1], 3);
    loci_network_free(network);
}

/* Sites of a loop are drawn as others are, each tensor by its own: none repeats another. */
static void test_sites_are_drawn(void **state) {
    (void)state;
    loci_network *network = create("hidden=400,400 tied=no spread=0.5 recurrent=yes");
    const char *const names[] = {"recurrent1.axon.position", "recurrent1.dendrite.position",
                                 "recurrent2.axon.position", "recurrent2.dendrite.position",
                                 "pair1.axon.position"};
    for (size_t i = 0; i < 5; i++) {
        const loci_tensor *t = find(network, names[i]);
        const float *x = network->parameters + t->offset;
        double sum = 0, squares = 0;
        for (size_t k = 0; k < t->count; k++) {
            sum += x[k];
            squares += (double)x[k] * x[k];
        }
        assert_true(fabs(sum / (double)t->count) < 0.06);
        assert_true(fabs(sqrt(squares / (double)t->count) - 0.5) < 0.04);
        for (size_t other = 0; other < i; other++)
            assert_true(network->parameters[find(network, names[other])->offset] != x[0]);
    }
    loci_network_free(network);
}

/* Currents that a layer sends itself are of the size of those that a layer sends another: by
 * weights as they act. */
static void test_loops_start_of_usual_size(void **state) {
    (void)state;
    static const char *const laws[] = {"inverse", "inverse-square", "exponential", "gaussian"};
    for (size_t i = 0; i < 4; i++) {
        char text[256];
        snprintf(text, sizeof text, "hidden=300,300 tied=no gap=0.1 recurrent=yes law=%s", laws[i]);
        loci_network *network = create(text);
        double of_pair = value(network, "pair1.log_scale"),
               of_loop = value(network, "recurrent1.log_scale");
        assert_true(fabs(of_pair - of_loop) < 0.35);
        loci_network_free(network);
    }
}

/* ---- the model file ---- */

static char folder[256];

static void check_file(const char *options) {
    char path[512], again[512];
    size_t size, other_size;
    loci_network *network = create(options), *loaded;
    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    snprintf(again, sizeof again, "%s/again.safetensors", folder);
    fixture_move(network, 3);
    assert_int_equal(loci_network_save(network, path, NULL), LOCI_OK);
    assert_int_equal(loci_network_load(&loaded, path, NULL), LOCI_OK);
    assert_memory_equal(&loaded->spec, &network->spec, sizeof network->spec);
    assert_memory_equal(loaded->parameters, network->parameters,
                        network->parameter_count * sizeof(float));
    assert_int_equal(loci_network_save(loaded, again, NULL), LOCI_OK);
    unsigned char *bytes = scratch_read(path, &size), *others = scratch_read(again, &other_size);
    assert_int_equal(size, other_size);
    assert_memory_equal(bytes, others, size);
    free(bytes);
    free(others);
    loci_network_free(network);
    loci_network_free(loaded);
}

static bool file_has(const char *options, const char *word) {
    size_t size;
    check_file(options);
    char path[512];
    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    unsigned char *bytes = scratch_read(path, &size);
    bool has = false;
    for (size_t at = 0; at + strlen(word) <= size && !has; at++)
        has = memcmp(bytes + at, word, strlen(word)) == 0;
    free(bytes);
    return has;
}

static void test_files(void **state) {
    (void)state;
    static const char *const words[] = {"recurrent", "delay",        "speed",      "adaptation",
                                        "longest",   "latency_span", "softmax-sum"};
    scratch_make(folder);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_false(file_has("hidden=4 coding=latency train-beta=layer", words[i]));
    assert_true(file_has("hidden=4 recurrent=yes recurrent-gap=0.3", "recurrent_gap"));
    assert_true(file_has("hidden=4 delay=distance longest-delay=9 speed=2", "longest_delay"));
    assert_true(file_has("hidden=4 delay=distance train-speed=layer", "pair1.log_speed"));
    assert_true(file_has("hidden=4 coding=latency latency-span=0.5", "latency_span"));
    assert_true(file_has("hidden=4 readout=softmax-sum", "softmax-sum"));
    assert_true(file_has("hidden=4 neuron=adlif adaptation-decay=0.5", "adaptation_decay"));
    assert_true(file_has("hidden=4,3 neuron=adlif train-adaptation=neuron recurrent=yes "
                         "delay=distance train-speed=layer planes=learned",
                         "recurrent2.log_speed"));
    scratch_remove(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_draws_stay),      cmocka_unit_test(test_numbers_start_as_told),
        cmocka_unit_test(test_sites_are_drawn), cmocka_unit_test(test_loops_start_of_usual_size),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
