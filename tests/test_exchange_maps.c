/* Networks of maps as arrays for NumPy, and back; what has no place for them refuses in a line. */
#include "no_sync.h"
#include "npz_edits.h"
#include "prune_fixture.h"

#include "npz_round.h"

#include <loci/data.h>

#define MAPS "neuron=relu maps=3,4 window=3 pool=2,1 hidden=7 dim=5 dendrite-sites=4 gap=0.3"
enum { TABLE = 9 * 3 }; /* entries of the first stencil: rows, and columns */

static const char *const nets[] = {
    MAPS,
    "channels=3 neuron=relu maps=3,4 window=3 pool=1 hidden=0 dim=4 dendrite-sites=4 sign=mask",
    "neuron=relu maps=4 window=5 stride=2 hidden=0 wiring=dense",
    "maps=3,2 window=3 pool=2,1 hidden=0 dim=5 dendrite-sites=4 train-beta=neuron time-steps=4",
    "neuron=relu maps=4 window=3 hidden=0 dim=5 dendrite-sites=4 law=gaussian train-length=layer",
};

static void test_round(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        loci_network *network = prune_make(nets[i], i);
        check_round(network);
        loci_network_free(network);
        for (int by = 0; by < PRUNE_WAYS; by++) {
            network = prune_made(nets[i], i, 0.6, by);
            check_round(network);
            if (by != LOCI_PRUNE_BY_RANGE) {
                assert_int_equal(loci_network_freeze(network, NULL), LOCI_OK);
                check_round(network);
            }
            loci_network_free(network);
        }
    }
}

/* Weights and what is kept have the stencil's rows and columns, and come to the same outputs. */
static void test_what_follows(void **state) {
    (void)state;
    loci_network *network = prune_made(MAPS, 2, 0.6, LOCI_PRUNE_BY_WEIGHT), *back;
    loci_import_report report;
    float before[8 * CLASSES], after[8 * CLASSES], *x = prune_inputs(8, 3);
    edits e;
    edits_open(&e, network);
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&network->spec); l++) {
        size_t n, m;
        char name[32];
        loci_spec_pair_shape(&network->spec, l, &n, &m);
        float *weights = loci_alloc(n * m, sizeof *weights);
        assert_int_equal(loci_network_weights(network, l, weights, NULL), LOCI_OK);
        snprintf(name, sizeof name, "pair%u.weight", l);
        size_t i = edits_find(&e, name);
        assert_int_equal(e.arrays[i].shape[0], n);
        assert_int_equal(e.arrays[i].shape[1], m);
        assert_memory_equal(e.data[i], weights, n * m * sizeof *weights);
        snprintf(name, sizeof name, "pair%u.kept", l);
        const uint8_t *kept = e.data[edits_find(&e, name)];
        for (i = 0; i < n * m; i++)
            assert_int_equal(kept[i], weights[i] != 0);
        free(weights);
    }
    back = edits_accepted(&e, &report);
    prune_run(network, x, 8, before);
    prune_run(back, x, 8, after);
    assert_memory_equal(before, after, sizeof before);
    loci_network_free(back);
    edits_close(&e);
    loci_network_free(network);
    free(x);
}

static void test_edits(void **state) {
    (void)state;
    loci_network *network = prune_make(MAPS, 3), *back;
    loci_import_report report;
    edits e;
    edits_open(&e, network);
    edits_floats(&e, "pair0.weight")[TABLE - 1] *= 1.01f;
    edits_refused(&e, "'pair0.weight' was changed, but it follows from positions");
    edits_floats(&e, "pair1.axon.position")[1] += 0.25f; /* of a map, which all its senders share */
    back = edits_accepted(&e, &report);
    assert_int_equal(report.stale_weights, 1);
    assert_true(back->parameters[back->projection[1].axon_position + 1] ==
                network->parameters[network->projection[1].axon_position + 1] + 0.25f);
    loci_network_free(back);
    e.arrays[edits_find(&e, "pair0.weight")].shape[0] = 3;
    edits_refused(&e, "'pair0.weight' has the shape [3, 3]; the specification gives it [9, 3]");
    edits_close(&e);
    loci_network_free(network);
}

/* A set of one's own. */
static void test_kept(void **state) {
    (void)state;
    loci_network *network = prune_made(MAPS, 4, 0.5, LOCI_PRUNE_BY_DISTANCE), *back;
    loci_import_report report;
    size_t before = prune_count(network);
    edits e;
    edits_open(&e, network);
    uint8_t *keep = e.data[edits_find(&e, "pair0.kept")];
    size_t wanted = keep[TABLE - 1] != 0 ? before - 1 : before + 1;
    keep[TABLE - 1] ^= 1;
    back = edits_accepted(&e, &report);
    assert_int_equal(back->pruned_by, LOCI_PRUNE_BY_SET);
    assert_int_equal(prune_count(back), wanted);
    check_round(back);
    loci_network_free(back);
    edits_close(&e);
    loci_network_free(network);
}

static void test_refused(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "refused.nir");
    loci_network *network = prune_make(nets[3], 5);
    loci_error error = {0};
    assert_int_equal(loci_exchange_nir(network, LOCI_NIR_DT, path, &error), LOCI_E_UNSUPPORTED);
    assert_int_equal(access(path, F_OK), -1);
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round),   cmocka_unit_test(test_what_follows),
        cmocka_unit_test(test_edits),   cmocka_unit_test(test_kept),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
