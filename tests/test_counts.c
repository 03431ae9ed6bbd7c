/* What is told of a network in several ways is one number: connections that are kept carry a weight
 * and all others none; what spiked is the same in batches and event by event. */
#include "prune_fixture.h"

#include <loci/run.h>

enum { COUNT = 40 };

/* ---- connections ---- */

static size_t count_weights(const loci_network *network) {
    const loci_spec *spec = loci_network_spec(network);
    size_t count = 0;
    for (uint32_t l = 0; l <= spec->hidden_count; l++) {
        size_t all = loci_spec_layer_size(spec, l) * loci_spec_layer_size(spec, l + 1), kept;
        float *weights = loci_alloc(all, sizeof *weights);
        uint8_t *keep = loci_alloc(all, 1);
        assert_int_equal(loci_network_weights(network, l, weights, NULL), LOCI_OK);
        assert_int_equal(loci_network_kept(network, l, keep, &kept, NULL), LOCI_OK);
        for (size_t i = 0; i < all; i++) {
            assert_int_equal(keep[i], weights[i] != 0);
            count += keep[i];
            kept -= keep[i];
        }
        assert_int_equal(kept, 0);
        free(weights);
        free(keep);
    }
    return count;
}

static const char *const nets[] = {
    "neuron=relu hidden=20,12 input=grid axon-sites=1,2 dendrite-sites=4,2 gap=0.2",
    "neuron=relu hidden=20,12 dendrite-sites=4,2 gap=0.2 range=0.6",
    "neuron=relu hidden=30 planes=relaxed dim=4 range=0.9 train-range=layer",
    "neuron=relu hidden=15,9 wiring=dense",
    "hidden=20,14 dendrite-sites=3,2 gap=0.2 range=0.7,-1,0.5",
};
enum { NETS = sizeof nets / sizeof *nets };

/* A share below what a range leaves out by itself counts nothing that it does not reach; so does a
 * file, and a set that has moved since it was fixed. */
static void test_connections(void **state) {
    (void)state;
    static const double shares[] = {0, 0.05, 0.5, 0.9};
    for (size_t i = 0; i < NETS; i++)
        for (size_t k = 0; k < 4 * 2; k++) {
            loci_network *network = prune_make(nets[i], i);
            size_t whole = prune_count(network);
            int by = prune_stored(network) ? LOCI_PRUNE_BY_WEIGHT : (int)(k % 2);
            assert_int_equal(count_weights(network), whole);
            prune_cut(network, shares[k / 2], by, LOCI_PRUNE_SCOPE_LAYER);
            size_t kept = prune_count(network);
            assert_int_equal(count_weights(network), kept);
            assert_in_range(kept, 1, whole);
            if (shares[k / 2] > 0) {
                assert_int_equal(loci_network_freeze(network, NULL), LOCI_OK);
                assert_int_equal(prune_count(network), kept);
                if (!prune_stored(network))
                    fixture_move(network, i + 100);
                assert_int_equal(count_weights(network), prune_count(network));
            }
            loci_network_free(network);
        }
}

/* ---- spikes ---- */

static void assert_same(const char *name, const char *what, double a, double b) {
    if (!(fabs(a - b) <= 1e-9 * fmax(1, fabs(b))))
        fail_msg("%s: %s are %.9g in batches, %.9g event by event", name, what, b, a);
}

/* The means of COUNT inputs, run one at a time. */
static loci_activity run_events(const loci_network *network, const float *x) {
    loci_prepared *prepared;
    loci_activity sum = {0};
    assert_int_equal(loci_prepared_create(&prepared, network, NULL), LOCI_OK);
    for (uint32_t i = 0; i < COUNT; i++) {
        float logits[CLASSES];
        loci_activity one;
        assert_int_equal(loci_prepared_run(prepared, x + (size_t)i * PIXELS, i, logits, &one, NULL),
                         LOCI_OK);
        sum.spikes += one.spikes / COUNT;
        sum.synaptic_operations += one.synaptic_operations / COUNT;
        sum.input_operations += one.input_operations / COUNT;
        for (uint32_t l = 0; l < one.layers; l++)
            sum.layer_rate[l] += one.layer_rate[l] / COUNT;
    }
    loci_prepared_free(prepared);
    return sum;
}

static void check_activity(const char *name, const loci_network *network, const float *x) {
    static const int32_t labels[COUNT] = {0, 1, 2, 3};
    loci_dataset *data;
    loci_evaluation all;
    assert_int_equal(loci_dataset_from_arrays(&data, "few", SIDE, SIDE, x, labels, COUNT, x, labels,
                                              COUNT, NULL),
                     LOCI_OK);
    assert_int_equal(loci_evaluate(network, data, LOCI_TEST, NULL, 0, &all, NULL), LOCI_OK);
    const loci_activity *a = &all.activity, one = run_events(network, x);
    assert_true(a->spikes > 0);
    assert_same(name, "spikes", one.spikes, a->spikes);
    assert_same(name, "synaptic operations", one.synaptic_operations, a->synaptic_operations);
    assert_same(name, "input operations", one.input_operations, a->input_operations);
    for (uint32_t l = 0; l < a->layers; l++)
        assert_same(name, "a layer's spikes", one.layer_rate[l], a->layer_rate[l]);
    loci_dataset_free(data);
}

/* Every number is dyadic, so that nothing is a matter of rounding. Cut so far that neurons are left
 * which nothing follows from: they spike all the same, until they are removed. */
static void test_spikes(void **state) {
    (void)state;
    for (size_t i = 0; i < 4 * 3 * 3; i++) {
        char name[256];
        snprintf(name, sizeof name,
                 "hidden=30,20 time-steps=4 beta=0.9375 wiring=dense readout=%s coding=%s reset=%s",
                 fixture_readouts[i % 4], fixture_codings[i / 4 % 3], fixture_resets[i / 12]);
        loci_network *network = prune_make(name, i), *small;
        float *x = prune_inputs(COUNT, i);
        fixture_dyadic(network, i);
        for (size_t k = 0; k < COUNT * PIXELS; k++)
            x[k] = roundf(8 * x[k]) / 8;
        check_activity(name, network, x);
        prune_cut(network, 0.95, LOCI_PRUNE_BY_WEIGHT, LOCI_PRUNE_SCOPE_LAYER);
        check_activity(name, network, x);
        assert_int_equal(loci_network_shrink(&small, network, NULL), LOCI_OK);
        check_activity(name, small, x);
        loci_network_free(small);
        loci_network_free(network);
        free(x);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connections),
        cmocka_unit_test(test_spikes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
