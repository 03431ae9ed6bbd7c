/* Shrunk networks: smaller, and their outputs are the same. */
#include "forgery.h"
#include "no_sync.h"
#include "prune_fixture.h"

#include <loci/run.h>

enum { COUNT = 40 };

static loci_network *shrunk(const loci_network *network) {
    loci_network *small = NULL;
    loci_error error = {0};
    if (loci_network_shrink(&small, network, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return small;
}

/* Which neurons of layer l matter: something is kept on both sides of them, as far as one can see
 * from there. */
static size_t count_busy(const loci_network *network, uint32_t l) {
    size_t n = loci_spec_layer_size(&network->spec, l), busy = 0, count;
    size_t before = l > 0 ? loci_spec_layer_size(&network->spec, l - 1) : 0;
    size_t after = loci_spec_layer_size(&network->spec, l + 1);
    uint8_t *in = loci_alloc(before * n, 1), *out = loci_alloc(n * after, 1);
    if (l > 0)
        assert_int_equal(loci_network_kept(network, l - 1, in, &count, NULL), LOCI_OK);
    assert_int_equal(loci_network_kept(network, l, out, &count, NULL), LOCI_OK);
    for (size_t i = 0; i < n; i++) {
        bool receives = l == 0, sends = false;
        for (size_t k = 0; k < before; k++)
            receives |= in[k * n + i] != 0;
        for (size_t k = 0; k < after; k++)
            sends |= out[i * after + k] != 0;
        busy += receives && sends;
    }
    free(in);
    free(out);
    return busy;
}

/* No neuron is left that could go, none is gone that mattered, and the kept counts are those of
 * what is there. */
static void check_sizes(const char *name, const loci_network *network, const loci_network *small,
                        bool all_go) {
    const loci_spec *was = &network->spec, *is = &small->spec;
    assert_int_equal(is->hidden_count, was->hidden_count);
    assert_int_equal(is->classes, was->classes);
    assert_int_equal(loci_spec_pixels(is), loci_spec_pixels(was));
    assert_int_equal(loci_network_connections(small), loci_network_connections(network));
    for (uint32_t l = 0; l <= is->hidden_count; l++) {
        size_t left = loci_spec_layer_size(is, l), ones = 0, count;
        size_t all = left * loci_spec_layer_size(is, l + 1);
        uint8_t *keep = loci_alloc(all, 1);
        if (left > (all_go ? count_busy(network, l) : loci_spec_layer_size(was, l)))
            fail_msg("%s: layer %u still has %zu neurons", name, l, left);
        if (all_go)
            assert_int_equal(left, count_busy(small, l));
        assert_int_equal(loci_network_kept(small, l, keep, &count, NULL), LOCI_OK);
        for (size_t i = 0; i < all; i++)
            ones += keep[i];
        assert_int_equal(ones, count);
        free(keep);
    }
    assert_true(prune_count(small) <= prune_count(network));
}

/* Nothing is left to remove: shrunk again it is the same file. */
static void check_again(const loci_network *small) {
    const char *first = scratch_path(folder, "first"), *second = scratch_path(folder, "second");
    loci_network *again = shrunk(small);
    assert_int_equal(loci_network_save(small, first, NULL), LOCI_OK);
    assert_int_equal(loci_network_save(again, second, NULL), LOCI_OK);
    scratch_assert_same(first, second);
    loci_network_free(again);
}

static void check_save_load_save(const loci_network *small, const float *x, const float *logits) {
    const char *first = scratch_path(folder, "first"), *second = scratch_path(folder, "second");
    loci_network *loaded = NULL;
    loci_error error = {0};
    float own[COUNT * CLASSES];
    assert_int_equal(loci_network_save(small, first, NULL), LOCI_OK);
    if (loci_network_load(&loaded, first, &error) != LOCI_OK)
        fail_msg("%s", error.message);
    assert_int_equal(loci_network_save(loaded, second, NULL), LOCI_OK);
    scratch_assert_same(first, second);
    prune_run(loaded, x, COUNT, own);
    assert_memory_equal(own, logits, sizeof own);
    assert_int_equal(loci_network_connections(loaded), loci_network_connections(small));
    loci_network_free(loaded);
}

/* All ways to run it. */
static void check_outputs(const char *name, const loci_network *network, const loci_network *small,
                          double share) {
    float *x = prune_inputs(COUNT, 5), before[COUNT * CLASSES], after[COUNT * CLASSES];
    float other[COUNT * CLASSES];
    loci_prepared *prepared;
    prune_run(network, x, COUNT, before);
    prune_run(small, x, COUNT, after);
    prune_assert_near(name, after, before, COUNT * CLASSES, share);
    assert_int_equal(loci_prepared_create(&prepared, small, NULL), LOCI_OK);
    assert_int_equal(loci_prepared_run_batch(prepared, NULL, x, COUNT, other, NULL), LOCI_OK);
    prune_assert_near(name, other, before, COUNT * CLASSES, share);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(loci_prepared_run(prepared, x + i * PIXELS, (uint32_t)i,
                                           other + i * CLASSES, NULL, NULL),
                         LOCI_OK);
    prune_assert_near(name, other, before, COUNT * CLASSES, share);
    check_save_load_save(small, x, after);
    loci_prepared_free(prepared);
    free(x);
}

static const char *const nets[] = {
    "neuron=relu hidden=60,40 input=grid axon-sites=1,2 dendrite-sites=4,2 gap=0.2",
    "neuron=relu hidden=50,30 sign=mask scale=one planes=learned logit-scale=0.1",
    "neuron=relu hidden=60 input=sheet dendrite-sites=3,2 gap=0.3",
    "channels=2 neuron=relu hidden=60 input=sheet dendrite-sites=3,2 gap=0.3",
    "neuron=relu hidden=60,20 planes=relaxed dim=4 axon-sites=2 dendrite-sites=2",
    "neuron=relu hidden=0 dim=5",
    "neuron=relu hidden=40,30 wiring=dense",
};
enum { NETS = sizeof nets / sizeof *nets };

/* At most how many neurons were removed over all cases. */
static size_t check_plain(const char *options, size_t seed, double sparsity, int by, int scope,
                          bool freeze) {
    char name[256];
    loci_network *network = prune_make(options, seed);
    size_t gone = 0;
    snprintf(name, sizeof name, "%s, %g by %s", options, sparsity, prune_names[by]);
    if (loci_network_prune(network, sparsity, by, scope, NULL, NULL) == LOCI_OK) {
        if (freeze)
            assert_int_equal(loci_network_freeze(network, NULL), LOCI_OK);
        loci_network *small = shrunk(network);
        check_sizes(name, network, small, true);
        check_outputs(name, network, small, 1e-5);
        check_again(small);
        for (uint32_t l = 0; l <= network->spec.hidden_count; l++)
            gone += loci_spec_layer_size(&network->spec, l) - loci_spec_layer_size(&small->spec, l);
        loci_network_free(small);
    }
    loci_network_free(network);
    return gone;
}

static void test_plain(void **state) {
    (void)state;
    for (size_t i = 0; i < NETS; i++)
        for (int by = 0; by < PRUNE_WAYS; by++) {
            size_t gone = check_plain(nets[i], i, 0.95, by, LOCI_PRUNE_SCOPE_LAYER, false);
            gone += check_plain(nets[i], i, 0.98, by, LOCI_PRUNE_SCOPE_NET,
                                by != LOCI_PRUNE_BY_RANGE && i % 2);
            assert_true(gone > 0);
        }
}

/* ---- by hand ---- */

/* 4 pixels, 4 hidden neurons, 2 outputs. Pixel 1 leads nowhere, neuron 0 neither; nothing reaches
 * neuron 2, which is awake, and neuron 3, which is not. */
static loci_network *by_hand(const char *options) {
    static const float weights[2][16] = {{0, 2, 0, 0, 3, 0, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0},
                                         {0, 0, 1, 2, 3, 0, 0, 7}};
    static const float biases[4] = {0.5f, 0.25f, 0.75f, -1}, last[2] = {1, 2};
    loci_spec spec = fixture_spec(2, 2, 2, options);
    loci_network *network;
    assert_int_equal(loci_network_create(&network, &spec, 1, NULL), LOCI_OK);
    memcpy(network->parameters + network->projection[0].weight, weights[0], 16 * sizeof(float));
    memcpy(network->parameters + network->projection[1].weight, weights[1], 8 * sizeof(float));
    memcpy(network->parameters + network->layer[1].bias, biases, sizeof biases);
    memcpy(network->parameters + network->layer[2].bias, last, sizeof last);
    /* all that is not 0 is kept */
    assert_int_equal(loci_network_prune(network, 16.0 / 24, LOCI_PRUNE_BY_WEIGHT,
                                        LOCI_PRUNE_SCOPE_NET, NULL, NULL),
                     LOCI_OK);
    return network;
}

static void test_by_hand(void **state) {
    (void)state;
    loci_network *network = by_hand("neuron=relu hidden=4 wiring=dense"), *small;
    assert_int_equal(prune_count(network), 8);
    small = shrunk(network);
    const float *p = small->parameters;
    assert_int_equal(small->spec.inputs, 3);
    assert_int_equal(small->pixels[0], 0);
    assert_int_equal(small->pixels[1], 2);
    assert_int_equal(small->pixels[2], 3);
    assert_int_equal(small->spec.hidden[0], 1);
    assert_true(p[small->projection[0].weight] == 2 && p[small->projection[0].weight + 1] == 4 &&
                p[small->projection[0].weight + 2] == 5);
    assert_true(p[small->layer[1].bias] == 0.25f);
    assert_true(p[small->projection[1].weight] == 1 && p[small->projection[1].weight + 1] == 2);
    assert_true(p[small->layer[2].bias] == 1 + 0.75f * 3); /* what neuron 2 always said */
    assert_true(p[small->layer[2].bias + 1] == 2);
    loci_network_free(network);
    loci_network_free(small);
}

/* Of a spiking net, what a neuron says in time is no bias: it goes only if it is silent. */
static void test_spiking_by_hand(void **state) {
    (void)state;
    static const struct {
        const char *options;
        size_t left;
    } cases[] = {
        {"hidden=4 wiring=dense time-steps=5 threshold=10", 1},  /* 2 is silent too */
        {"hidden=4 wiring=dense time-steps=5 threshold=0.5", 2}, /* it fires */
        {"hidden=4 wiring=dense time-steps=5 threshold=1 beta=0", 1},
        {"hidden=4 wiring=dense time-steps=5 threshold=1 beta=1", 2},    /* in the second step */
        {"hidden=4 wiring=dense time-steps=1 threshold=1 beta=1", 1},    /* there is none */
        {"hidden=4 wiring=dense time-steps=5 threshold=0.75 beta=0", 1}, /* it must be above */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loci_network *network = by_hand(cases[i].options), *small = shrunk(network);
        float x[20 * 4], a[20 * 2], b[20 * 2];
        for (size_t k = 0; k < 80; k++)
            x[k] = (float)(k * k % 17) / 16;
        if (small->spec.hidden[0] != cases[i].left)
            fail_msg("%s: %u are left", cases[i].options, small->spec.hidden[0]);
        prune_run(network, x, 20, a);
        prune_run(small, x, 20, b);
        assert_memory_equal(a, b, sizeof a);
        loci_network_free(network);
        loci_network_free(small);
    }
}

/* Conventional ones are exact; of spatial ones a membrane could fall to the other side of the
 * threshold, but here none does. */
static void test_spiking(void **state) {
    (void)state;
    static const char *const spiking[] = {
        "hidden=60,30 time-steps=6 threshold=0.4 wiring=dense train-beta=neuron "
        "train-threshold=neuron",
        "hidden=60,30 time-steps=6 threshold=0.4 readout=count wiring=dense coding=latency "
        "train-threshold=layer",
        "hidden=60,30 time-steps=6 threshold=0.4 axon-sites=1,2 dendrite-sites=3,2 gap=0.2 "
        "train-beta=neuron",
        "hidden=60 input=sheet time-steps=6 threshold=0.4 dendrite-sites=3,2 coding=latency",
    };
    for (size_t i = 0; i < 4; i++)
        for (int by = 0; by < PRUNE_WAYS; by++) {
            size_t all = 0, left = 0;
            loci_network *network = prune_made(spiking[i], i, 0.94, by), *small = shrunk(network);
            check_sizes(spiking[i], network, small, false);
            check_outputs(spiking[i], network, small, 1e-5);
            check_again(small);
            for (uint32_t l = 0; l <= network->spec.hidden_count; l++) {
                all += loci_spec_layer_size(&network->spec, l);
                left += loci_spec_layer_size(&small->spec, l);
            }
            assert_true(left < all);
            loci_network_free(network);
            loci_network_free(small);
        }
}

/* ---- what is refused, and what stays out of it ---- */

static void test_unpruned_is_copied(void **state) {
    (void)state;
    for (size_t i = 0; i < PRUNE_NETS; i++) {
        loci_network *network = prune_make(prune_nets[i], i), *copy = shrunk(network);
        const char *first = scratch_path(folder, "first"), *second = scratch_path(folder, "second");
        assert_int_equal(loci_network_save(network, first, NULL), LOCI_OK);
        assert_int_equal(loci_network_save(copy, second, NULL), LOCI_OK);
        scratch_assert_same(first, second);
        loci_network_free(network);
        loci_network_free(copy);
    }
}

/* Whatever is trained stays as it became, which is not how it started. */
static void test_trained_is_copied(void **state) {
    (void)state;
    static const char *const trained[] = {
        "neuron=relu hidden=12,8 planes=learned law=exponential train-length=layer range=3 "
        "train-range=layer axon-sites=2 dendrite-sites=3",
        "channels=2 neuron=relu hidden=12 input=sheet dendrite-sites=3 law=gaussian "
        "train-length=layer",
        "neuron=lif hidden=12,8 time-steps=6 delay=distance train-speed=layer train-beta=neuron "
        "train-threshold=layer",
        "neuron=lif hidden=12 time-steps=6 delay=distance train-speed=layer planes=learned "
        "readout=count train-threshold=neuron",
    };
    for (size_t i = 0; i < sizeof trained / sizeof *trained; i++) {
        loci_network *network = prune_make(trained[i], i);
        float *numbers = loci_network_parameters(network);
        for (size_t k = 0; k < loci_network_parameter_count(network); k++)
            numbers[k] += (float)(k % 5 + 1) / 64;
        loci_network *copy = shrunk(network);
        size_t count = loci_network_parameter_count(copy);
        assert_int_equal(count, loci_network_parameter_count(network));
        for (size_t k = 0; k < count; k++)
            if (loci_network_parameters(copy)[k] != numbers[k])
                fail_msg("%s: number %zu was %g and is %g", trained[i], k, (double)numbers[k],
                         (double)loci_network_parameters(copy)[k]);
        loci_network_free(network);
        loci_network_free(copy);
    }
}

static void test_nothing_left(void **state) {
    (void)state;
    loci_network *network = prune_make("neuron=relu hidden=4,3 range=0.001 gap=0.5", 1);
    loci_network *small = NULL;
    loci_error error = {0};
    assert_int_equal(prune_count(network), 0);
    assert_int_equal(loci_network_shrink(&small, network, &error), LOCI_E_ARGUMENT);
    assert_null(small);
    assert_string_equal(error.where, "shrink");
    assert_non_null(strstr(error.message, "nothing would be left of layer 0"));
    loci_network_free(network);
}

static void test_shrunk_is_not_pruned_again(void **state) {
    (void)state;
    loci_network *network = prune_made(nets[0], 1, 0.95, LOCI_PRUNE_BY_WEIGHT);
    loci_network *small = shrunk(network);
    loci_error error = {0};
    assert_int_equal(loci_network_prune(small, 0.5, LOCI_PRUNE_BY_WEIGHT, 0, NULL, &error),
                     LOCI_E_UNSUPPORTED);
    assert_non_null(strstr(error.message, "was shrunk"));
    loci_network_free(network);
    loci_network_free(small);
}

/* Notes and the range of raw inputs, which is per pixel, come along. */
static void test_rest(void **state) {
    (void)state;
    loci_network *network = prune_made(nets[2], 1, 0.95, LOCI_PRUNE_BY_DISTANCE), *small;
    float low[PIXELS], span[PIXELS];
    const float *got_low, *got_span;
    for (size_t i = 0; i < PIXELS; i++) {
        low[i] = (float)i;
        span[i] = 1 + (float)i;
    }
    assert_int_equal(loci_network_set_input_scaling(network, low, span, NULL), LOCI_OK);
    assert_int_equal(loci_network_set_note(network, "preset", "one of mine", NULL), LOCI_OK);
    small = shrunk(network);
    assert_string_equal(loci_network_note(small, "preset"), "one of mine");
    loci_network_input_scaling(small, &got_low, &got_span);
    assert_memory_equal(got_low, low, sizeof low);
    assert_memory_equal(got_span, span, sizeof span);
    check_outputs("with a range of raw inputs", network, small, 1e-5);
    loci_network_free(network);
    loci_network_free(small);
}

/* Evaluated on data whose images are whole. */
static void test_evaluate(void **state) {
    (void)state;
    for (size_t i = 0; i < NETS; i++) {
        loci_network *network = prune_made(nets[i], i, 0.95, LOCI_PRUNE_BY_DISTANCE);
        loci_network *small = shrunk(network);
        float *x = prune_inputs(COUNT, 6);
        int32_t labels[COUNT];
        loci_dataset *data;
        loci_evaluation a, b;
        for (int32_t k = 0; k < COUNT; k++)
            labels[k] = k % CLASSES;
        const loci_spec *spec = loci_network_spec(network);
        const loci_arrays part = {
            .count = COUNT, .samples = x, .labels = labels, .channels = spec->channels};
        assert_int_equal(
            loci_dataset_borrow(&data, "few", spec->height, spec->width, &part, &part, NULL),
            LOCI_OK);
        assert_int_equal(loci_evaluate(network, data, LOCI_TEST, NULL, 0, &a, NULL), LOCI_OK);
        assert_int_equal(loci_evaluate(small, data, LOCI_TEST, NULL, 0, &b, NULL), LOCI_OK);
        assert_int_equal(a.correct, b.correct);
        assert_true(fabs(a.loss - b.loss) <= 1e-5 * a.loss);
        loci_dataset_free(data);
        loci_network_free(network);
        loci_network_free(small);
        free(x);
    }
}

/* ---- files that lie about pixels ---- */

static void test_wrong_pixels(void **state) {
    (void)state;
    for (int lie = 0; lie < 6; lie++) {
        loci_network *network = prune_made(nets[2], 1, 0.95, LOCI_PRUNE_BY_DISTANCE);
        loci_network *small = shrunk(network);
        forgery f;
        forgery_open(&f, small);
        size_t at = forgery_find(&f, "input.pixels");
        uint8_t *bits = f.data[at];
        assert_int_equal(f.arrays[at].shape[0], 5);
        if (lie == 0)
            forgery_drop(&f, "input.pixels");
        else if (lie == 1)
            f.arrays[at].shape[0] = 6;
        else if (lie == 2)
            bits[4] |= 0x10; /* a 37th pixel */
        else if (lie == 3)
            bits[0] ^= 1; /* one more, or one fewer */
        else if (lie == 4)
            memset(bits, 0, 5);
        else
            f.arrays[at].dtype = LOCI_F32;
        assert_int_equal(forgery_load(&f, ""), LOCI_E_FORMAT);
        forgery_close(&f);
        loci_network_free(network);
        loci_network_free(small);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_spiking_by_hand),
        cmocka_unit_test(test_spiking),
        cmocka_unit_test(test_unpruned_is_copied),
        cmocka_unit_test(test_trained_is_copied),
        cmocka_unit_test(test_nothing_left),
        cmocka_unit_test(test_shrunk_is_not_pruned_again),
        cmocka_unit_test(test_rest),
        cmocka_unit_test(test_evaluate),
        cmocka_unit_test(test_wrong_pixels),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
