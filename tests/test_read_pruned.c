/* docs/format.md is enough to read pruned models, too: the reader in examples/ finds the same kept
 * connections, bit for bit, and computes the library's logits.
 *
 *     test_read_pruned PYTHON examples/read_model.py */
#include "no_sync.h"
#include "prune_fixture.h"
#include "scratch_folder.h"

#include "data/npz.h"

enum { COUNT = 4 };

static const char *python, *reader;

static FILE *start_reader(const char *model, const char *inputs) {
    char command[4096];
    snprintf(command, sizeof command, "'%s' '%s' --kept '%s' '%s'", python, reader, model, inputs);
    FILE *output = popen(command, "r");
    assert_non_null(output);
    return output;
}

/* One line of hexadecimal digits: the bitmap of pair l. */
static void check_bitmap(const char *name, const loci_network *network, uint32_t l, FILE *output) {
    size_t n, m, count;
    loci_spec_pair_shape(&network->spec, l, &n, &m);
    size_t bytes = (n * m + 7) / 8;
    uint8_t *keep = loci_alloc(bytes * 8, 1);
    assert_non_null(keep);
    assert_int_equal(loci_network_kept(network, l, keep, &count, NULL), LOCI_OK);
    for (size_t i = 0; i < bytes; i++) {
        unsigned byte, expected = 0;
        assert_int_equal(fscanf(output, i == 0 ? " %2x" : "%2x", &byte), 1);
        for (size_t bit = 0; bit < 8; bit++)
            expected |= (unsigned)keep[8 * i + bit] << bit;
        if (byte != expected)
            fail_msg("%s: pair %u, connections from %zu on: the reader keeps %02x, not %02x", name,
                     l, 8 * i, byte, expected);
    }
    free(keep);
}

static void check(const char *name, const loci_network *network) {
    const char *model = scratch_path(folder, "model"), *inputs = scratch_path(folder, "inputs.npz");
    float *x = prune_inputs(COUNT, 2), own[COUNT * CLASSES], other[COUNT * CLASSES];
    assert_int_equal(loci_network_save(network, model, NULL), LOCI_OK);
    prune_run(network, x, COUNT, own);
    const loci_npz_array array = {"inputs", "<f4", 2, {COUNT, PIXELS}, x};
    assert_int_equal(loci_npz_write(inputs, &array, 1, NULL), LOCI_OK);
    FILE *output = start_reader(model, inputs);
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&network->spec); l++)
        check_bitmap(name, network, l, output);
    for (size_t i = 0; i < COUNT * CLASSES; i++)
        assert_int_equal(fscanf(output, "%f", &other[i]), 1);
    assert_int_equal(pclose(output), 0);
    prune_assert_near(name, own, other, COUNT * CLASSES, 1e-4);
    free(x);
}

static void test_cuts(void **state) {
    (void)state;
    for (size_t i = 0; i < PRUNE_NETS; i++) {
        loci_network *network = prune_made(prune_nets[i], i, 0.8, (int)(i + 1) % PRUNE_WAYS);
        check(prune_nets[i], network);
        loci_network_free(network);
    }
}

/* Of many connections, where the order of float operations shows. */
static void test_many_connections(void **state) {
    (void)state;
    static const char *const nets[] = {
        "neuron=relu hidden=400 dim=5 axon-sites=2 dendrite-sites=3 sign=mask planes=learned",
        "neuron=relu hidden=400 dim=6 axon-sites=2 dendrite-sites=3 range=3 gap=0.3"};
    for (int by = 0; by < 2; by++) {
        loci_network *network = prune_made(nets[by], 3, 0.5, by);
        check(nets[by], network);
        loci_network_free(network);
    }
}

/* Ranked by what another law makes of distances, and cut by a range under one. */
static void test_laws(void **state) {
    (void)state;
    static const char *const nets[] = {
        "neuron=relu hidden=400 law=inverse-square dim=5 axon-sites=2 dendrite-sites=3",
        "neuron=relu hidden=400 law=exponential length=0.7 range=2.5 axon-sites=2 "
        "dendrite-sites=3",
        "neuron=relu hidden=400 law=gaussian dim=6 train-length=layer range=4,3 axon-sites=2 "
        "dendrite-sites=3",
        "neuron=relu hidden=40 law=gaussian length=0.3 train-length=layer dendrite-sites=3"};
    for (size_t i = 0; i < 4; i++) {
        loci_network *network = prune_make(nets[i], i);
        check(nets[i], network);
        prune_cut(network, 0.5, i < 3 ? LOCI_PRUNE_BY_WEIGHT : LOCI_PRUNE_BY_RANGE,
                  LOCI_PRUNE_SCOPE_LAYER);
        check(nets[i], network);
        loci_network_free(network);
    }
}

/* Equals are kept by index. */
static void test_ties(void **state) {
    (void)state;
    loci_network *network = prune_make("neuron=relu hidden=12 tied=no", 1);
    for (size_t i = 0; i < PIXELS * 2; i++) /* on few places */
        network->parameters[network->projection[0].axon_position + i] = (float)(i % 3);
    for (size_t i = 0; i < 12 * 2; i++)
        network->parameters[network->projection[0].dendrite_position + i] = (float)(i % 2);
    prune_cut(network, 0.37, LOCI_PRUNE_BY_DISTANCE, LOCI_PRUNE_SCOPE_LAYER);
    check("ties", network);
    loci_network_free(network);
}

static void test_sets(void **state) {
    (void)state;
    for (size_t i = 0; i < PRUNE_NETS; i += PRUNE_SPIKING / 2) {
        loci_network *network = prune_made(prune_nets[i], i, 0.8, LOCI_PRUNE_BY_DISTANCE);
        assert_int_equal(loci_network_freeze(network, NULL), LOCI_OK);
        check(prune_nets[i], network);
        loci_network_free(network);
    }
}

/* Entries of stencils, and what leads on from the last grid. */
static void test_maps(void **state) {
    (void)state;
    static const char *const nets[] = {
        "neuron=relu maps=5,4 window=3 pool=1,2 hidden=0 dim=5 dendrite-sites=4 gap=0.2 range=2",
        "channels=3 neuron=relu maps=5 window=3 pool=1 hidden=6 dim=5 dendrite-sites=4 sign=mask",
        "neuron=relu maps=5,3 window=3 pool=1,2 hidden=0 wiring=dense"};
    for (size_t i = 0; i < 3; i++)
        for (int by = i == 0 ? LOCI_PRUNE_BY_DISTANCE : LOCI_PRUNE_BY_WEIGHT;
             by <= LOCI_PRUNE_BY_WEIGHT; by++) {
            loci_network *network = prune_made(nets[i], i, 0.6, by);
            check(nets[i], network);
            if (i == 0 && by == LOCI_PRUNE_BY_WEIGHT) {
                assert_int_equal(loci_network_freeze(network, NULL), LOCI_OK);
                check(nets[i], network);
            }
            loci_network_free(network);
        }
}

static void test_ranges(void **state) {
    (void)state;
    static const char *const nets[] = {"neuron=relu hidden=20 range=1.5 gap=0.2",
                                       "neuron=relu hidden=20,9 range=-1,0.9 train-range=layer"};
    for (size_t i = 0; i < 2; i++) {
        loci_network *network = prune_make(nets[i], i);
        check(nets[i], network);
        loci_network_free(network);
    }
}

static void test_shrunk(void **state) {
    (void)state;
    static const size_t nets[] = {0, 2, PRUNE_STORED, PRUNE_SPIKING};
    for (size_t i = 0; i < 4; i++) {
        loci_network *small, *network = prune_made(prune_nets[nets[i]], 1, 0.93, (int)i % 3);
        float low[PIXELS], span[PIXELS];
        for (size_t p = 0; p < PIXELS; p++) {
            low[p] = 0;
            span[p] = 1;
        }
        assert_int_equal(loci_network_set_input_scaling(network, low, span, NULL), LOCI_OK);
        assert_int_equal(loci_network_shrink(&small, network, NULL), LOCI_OK);
        assert_in_range(small->spec.inputs, 1, PIXELS - 1);
        check(prune_nets[nets[i]], small);
        loci_network_free(network);
        loci_network_free(small);
    }
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fputs("needs a Python with numpy: skipped\n", stderr);
        return 77;
    }
    python = argv[1];
    reader = argv[2];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cuts),   cmocka_unit_test(test_many_connections),
        cmocka_unit_test(test_ties),   cmocka_unit_test(test_sets),
        cmocka_unit_test(test_maps),   cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_shrunk), cmocka_unit_test(test_laws),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
