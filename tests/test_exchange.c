/* Networks as arrays for NumPy, and back: byte for byte where nothing was edited, and what is made
 * of edits. */
#include "no_sync.h"
#include "npz_edits.h"
#include "prune_fixture.h"

#include "npz_round.h"

#include <loci/run.h>

#define NET "neuron=relu hidden=20,12 axon-sites=1,2 dendrite-sites=4,2 gap=0.2"

static void test_round(void **state) {
    (void)state;
    for (size_t i = 0; i < PRUNE_NETS; i++) {
        loci_network *network = prune_make(prune_nets[i], i);
        check_round(network);
        loci_network_free(network);
        for (int by = 0; by < PRUNE_WAYS; by++) {
            loci_network *small;
            network = prune_made(prune_nets[i], i, 0.6, by);
            check_round(network);
            if (loci_network_shrink(&small, network, NULL) == LOCI_OK) {
                check_round(small);
                loci_network_free(small);
            }
            if (by != LOCI_PRUNE_BY_RANGE) {
                assert_int_equal(loci_network_freeze(network, NULL), LOCI_OK);
                check_round(network);
            }
            loci_network_free(network);
        }
    }
}

static void test_round_of_everything_else(void **state) {
    (void)state;
    float low[PIXELS], span[PIXELS];
    loci_network *network = prune_make("hidden=5 train-beta=neuron train-threshold=layer", 1);
    for (size_t i = 0; i < PIXELS; i++) {
        low[i] = (float)i;
        span[i] = 0.1f + (float)i;
    }
    assert_int_equal(loci_network_set_input_scaling(network, low, span, NULL), LOCI_OK);
    assert_int_equal(
        loci_network_set_note(network, "classes", "[\"\\\"\",\"dré\",\"数\",\"🙂\"]", NULL),
        LOCI_OK);
    for (size_t i = 0; loci_note_keys[i] != NULL; i++)
        if (strcmp(loci_note_keys[i], "classes") != 0)
            assert_int_equal(loci_network_set_note(network, loci_note_keys[i], "{}", NULL),
                             LOCI_OK);
    check_round(network);
    loci_network_free(network);
    static const char *const nets[] = {
        "neuron=relu hidden=9 range=0.9,0.7 train-range=layer",
        "neuron=relu hidden=9,8 law=gaussian length=0.6,0.8 train-length=layer range=2,-1",
        "neuron=relu hidden=9 law=exponential length=0.7 activation=tanh",
        "hidden=9 law=inverse-square",
        "hidden=9,8 delay=distance train-speed=layer recurrent=yes planes=learned",
        "hidden=9 neuron=adlif train-adaptation=neuron recurrent=yes wiring=dense",
        "hidden=9 coding=latency latency-span=0.5 readout=softmax-sum tied=yes recurrent=yes",
    };
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        network = prune_make(nets[i], 1);
        check_round(network);
        loci_network_free(network);
        network = prune_made(nets[i], 1, 0.5, LOCI_PRUNE_BY_WEIGHT);
        check_round(network);
        loci_network_free(network);
    }
}

/* What stands in the file beside the parameters is what the library says. */
static void test_what_follows(void **state) {
    (void)state;
    loci_network *network = prune_made(NET, 2, 0.6, LOCI_PRUNE_BY_WEIGHT);
    edits e;
    edits_open(&e, network);
    for (uint32_t l = 0; l <= network->spec.hidden_count; l++) {
        size_t n = loci_spec_layer_size(&network->spec, l), count;
        size_t m = loci_spec_layer_size(&network->spec, l + 1);
        float *weights = loci_alloc(n * m, sizeof *weights);
        uint8_t *kept = loci_alloc(n * m, 1);
        char name[32];
        assert_int_equal(loci_network_weights(network, l, weights, NULL), LOCI_OK);
        assert_int_equal(loci_network_kept(network, l, kept, &count, NULL), LOCI_OK);
        snprintf(name, sizeof name, "pair%u.weight", l);
        size_t i = edits_find(&e, name);
        assert_int_equal(e.arrays[i].rank, 2);
        assert_int_equal(e.arrays[i].shape[0], n);
        assert_int_equal(e.arrays[i].shape[1], m);
        assert_memory_equal(e.data[i], weights, n * m * sizeof *weights);
        snprintf(name, sizeof name, "pair%u.kept", l);
        i = edits_find(&e, name);
        assert_string_equal(e.dtype[i], "|b1");
        assert_memory_equal(e.data[i], kept, n * m);
        free(weights);
        free(kept);
    }
    edits_close(&e);
    loci_network_free(network);
}

/* ---- edits ---- */

static void test_wide_numbers(void **state) {
    (void)state;
    loci_network *network = prune_make(NET, 3), *back;
    loci_import_report report;
    edits e;
    edits_open(&e, network);
    for (size_t i = 0; i < e.count; i++)
        if (strcmp(e.dtype[i], "<f4") == 0)
            edits_widen(&e, i);
    back = edits_accepted(&e, &report);
    assert_memory_equal(back->parameters, network->parameters,
                        network->parameter_count * sizeof(float));
    loci_network_free(back);
    ((double *)e.data[edits_find(&e, "layer1.bias")])[2] = 1e39; /* no float32 */
    edits_refused(&e, "'layer1.bias' holds a number that is not finite");
    edits_close(&e);
    loci_network_free(network);
}

static void test_changed_positions(void **state) {
    (void)state;
    loci_network *network = prune_make(NET, 3), *back;
    loci_import_report report;
    edits e;
    edits_open(&e, network);
    edits_floats(&e, "pair0.axon.position")[7] += 0.25f;
    back = edits_accepted(&e, &report);
    assert_int_equal(report.stale_weights, 1);
    assert_int_equal(report.fixed_set + report.new_count, 0);
    network->parameters[network->projection[0].axon_position + 7] += 0.25f;
    assert_memory_equal(back->parameters, network->parameters,
                        network->parameter_count * sizeof(float));
    loci_network_free(back);
    for (uint32_t l = 0; l <= network->spec.hidden_count; l++) {
        char name[32];
        snprintf(name, sizeof name, "pair%u.weight", l);
        edits_remove(&e, name);
    }
    back = edits_accepted(&e, &report); /* nothing is stale where there is nothing */
    assert_int_equal(report.stale_weights, 0);
    loci_network_free(back);
    edits_close(&e);
    loci_network_free(network);
}

static void test_changed_weights(void **state) {
    (void)state;
    loci_network *network = prune_make(NET, 3), *back;
    loci_import_report report;
    edits e;
    edits_open(&e, network);
    edits_floats(&e, "pair1.weight")[5] *= 1.01f;
    edits_refused(&e, "'pair1.weight' was changed, but it follows from positions");
    edits_remove(&e, "checksum"); /* then nobody knows what was changed */
    back = edits_accepted(&e, &report);
    assert_int_equal(report.stale_weights, 1);
    loci_network_free(back);
    edits_close(&e);
    loci_network_free(network);

    /* the last digits differ from one CPU to another */
    network = prune_make(NET, 3);
    edits_open(&e, network);
    for (size_t i = 0; i < 36 * 20; i++)
        edits_floats(&e, "pair0.weight")[i] *= 1 + 1e-6f;
    back = edits_accepted(&e, &report);
    assert_int_equal(report.stale_weights, 0);
    loci_network_free(back);
    edits_close(&e);
    loci_network_free(network);

    network = prune_make("hidden=9 dendrite-sites=2 recurrent=yes", 3); /* of loops, too */
    edits_open(&e, network);
    assert_true(edits_floats(&e, "recurrent1.weight")[0] == 0); /* no neuron to itself */
    edits_floats(&e, "recurrent1.weight")[1] *= 1.01f;
    edits_refused(&e, "'recurrent1.weight' was changed, but it follows from positions");
    edits_floats(&e, "recurrent1.dendrite.position")[2] += 0.25f;
    back = edits_accepted(&e, &report);
    assert_int_equal(report.stale_weights, 1);
    loci_network_free(back);
    edits_close(&e);
    loci_network_free(network);

    network = prune_make("neuron=relu hidden=5 wiring=dense", 3); /* here they are what counts */
    edits_open(&e, network);
    edits_floats(&e, "pair1.weight")[5] = 0.75f;
    back = edits_accepted(&e, &report);
    assert_true(back->parameters[back->projection[1].weight + 5] == 0.75f);
    loci_network_free(back);
    edits_close(&e);
    loci_network_free(network);
}

/* A length moves weights as positions do. */
static void test_changed_length(void **state) {
    (void)state;
    loci_network *network = prune_make("neuron=relu hidden=9 law=gaussian train-length=layer", 3);
    loci_network *back;
    loci_import_report report;
    float weights[PIXELS * 9], moved[PIXELS * 9];
    edits e;
    edits_open(&e, network);
    assert_int_equal(loci_network_weights(network, 0, weights, NULL), LOCI_OK);
    edits_floats(&e, "pair0.log_length")[0] += 0.25f;
    back = edits_accepted(&e, &report);
    assert_int_equal(report.stale_weights, 1);
    assert_int_equal(loci_network_weights(back, 0, moved, NULL), LOCI_OK);
    assert_true(fabsf(moved[0]) > fabsf(weights[0])); /* all reach further */
    loci_network_free(back);
    edits_remove(&e, "pair0.log_length");
    edits_refused(&e, "'pair0.log_length' is missing");
    edits_close(&e);
    loci_network_free(network);
}

/* Cuts or grants three connections of the first pair; the network then keeps this set. */
static void check_changed_kept(loci_network *network, bool pruned) {
    loci_network *back;
    loci_import_report report;
    edits e;
    size_t before, after, all = loci_network_connections(network);
    assert_int_equal(loci_network_count_kept(network, &before, NULL), LOCI_OK);
    edits_open(&e, network);
    for (uint32_t l = 0; !pruned && l <= network->spec.hidden_count; l++) {
        size_t n = loci_spec_layer_size(&network->spec, l), i = e.count++;
        size_t m = loci_spec_layer_size(&network->spec, l + 1);
        snprintf(e.name[i], sizeof e.name[i], "pair%u.kept", l);
        strcpy(e.dtype[i], "|u1"); /* as good as truth values */
        e.data[i] = memset(loci_alloc(n * m, 1), 1, n * m);
        e.arrays[i] = (loci_npz_array){e.name[i], e.dtype[i], 2, {n, m}, e.data[i]};
    }
    if (!pruned) { /* all are kept: that is no pruning */
        back = edits_accepted(&e, &report);
        assert_int_equal(back->pruned_by, LOCI_UNPRUNED);
        assert_int_equal(report.fixed_set, 0);
        loci_network_free(back);
    }
    uint8_t *keep = e.data[edits_find(&e, "pair0.kept")];
    size_t wanted = before;
    for (size_t i = 0; i < 3; i++) {
        wanted = keep[i] != 0 ? wanted - 1 : wanted + 1;
        keep[i] ^= 1;
    }
    back = edits_accepted(&e, &report);
    assert_int_equal(back->pruned_by, LOCI_PRUNE_BY_SET);
    assert_int_equal(loci_network_count_kept(back, &after, NULL), LOCI_OK);
    assert_int_equal(after, wanted);
    assert_int_equal(loci_network_connections(back), all);
    for (size_t i = 0; i < 3; i++)
        if (back->projection[0].weight != LOCI_NONE && keep[i] == 0)
            assert_true(back->parameters[back->projection[0].weight + i] == 0);
    check_round(back);
    loci_network_free(back);
    edits_remove(&e, "pair1.kept");
    edits_refused(&e, "'pair1.kept' is missing");
    edits_close(&e);
    loci_network_free(network);
}

static void test_changed_kept(void **state) {
    (void)state;
    check_changed_kept(prune_make(NET, 4), false);
    check_changed_kept(prune_make("neuron=relu hidden=6 wiring=dense", 4), false);
    check_changed_kept(prune_made(NET, 4, 0.5, LOCI_PRUNE_BY_DISTANCE), true);
    check_changed_kept(prune_made(NET, 4, 0.5, LOCI_PRUNE_BY_WEIGHT), true);
    check_changed_kept(
        prune_made("neuron=relu hidden=6 wiring=dense", 4, 0.5, LOCI_PRUNE_BY_WEIGHT), true);
    loci_network *network = prune_made(NET, 4, 0.5, LOCI_PRUNE_BY_RANGE);
    edits e;
    edits_open(&e, network);
    ((uint8_t *)e.data[edits_find(&e, "pair0.kept")])[3] ^= 1;
    edits_refused(&e, "pruned by range it follows from positions");
    edits_close(&e);
    loci_network_free(network);
}

/* Positions move under a cut: the set in the file holds; without it, the cut is applied anew. */
static void test_moved_under_a_cut(void **state) {
    (void)state;
    for (int by = 0; by < PRUNE_WAYS; by++) {
        loci_network *network = prune_made(NET, 5, 0.5, by), *back;
        loci_import_report report;
        edits e;
        size_t count, before;
        bool range = by == LOCI_PRUNE_BY_RANGE;
        assert_int_equal(loci_network_count_kept(network, &before, NULL), LOCI_OK);
        edits_open(&e, network);
        for (size_t i = 0; i < 72; i++)
            edits_floats(&e, "pair0.axon.position")[i] *= 3;
        back = edits_accepted(&e, &report);
        assert_int_equal(report.fixed_set, !range);
        assert_int_equal(report.new_count, range);
        assert_int_equal(back->pruned_by, range ? by : LOCI_PRUNE_BY_SET);
        assert_int_equal(loci_network_count_kept(back, &count, NULL), LOCI_OK);
        assert_true(range ? count < before : count == before);
        loci_network_free(back);
        for (uint32_t l = 0; l <= network->spec.hidden_count; l++) {
            char name[32];
            snprintf(name, sizeof name, "pair%u.kept", l);
            edits_remove(&e, name);
        }
        back = edits_accepted(&e, &report);
        assert_int_equal(report.fixed_set, 0);
        assert_int_equal(report.new_count, 1);
        assert_int_equal(back->pruned_by, by);
        assert_int_equal(loci_network_count_kept(back, &count, NULL), LOCI_OK);
        assert_true(count < before); /* further away, and weaker */
        check_round(back);
        loci_network_free(back);
        edits_close(&e);
        loci_network_free(network);
    }
}

static void test_changed_specification(void **state) {
    (void)state;
    loci_network *network = prune_make(NET " logit-scale=0.25", 6), *back;
    loci_import_report report;
    edits e;
    char *spec = NULL;
    loci_npz_file file;
    edits_open(&e, network);
    assert_int_equal(loci_npz_open(&file, scratch_path(folder, "honest.npz"), NULL), LOCI_OK);
    assert_int_equal(loci_npz_take_text(&file, "spec", &spec, NULL), LOCI_OK);
    loci_npz_close(&file);
    char *scale = strstr(spec, "\"logit_scale\":0.25");
    assert_non_null(scale);
    scale[strlen("\"logit_scale\":0.")] = '7';
    edits_text(&e, edits_find(&e, "spec"), spec);
    back = edits_accepted(&e, &report);
    assert_true(back->spec.logit_scale == 0.75);
    loci_network_free(back);
    char *hidden = strstr(spec, "\"hidden\":[20,12]");
    hidden[strlen("\"hidden\":[2")] = '1';
    edits_text(&e, edits_find(&e, "spec"), spec);
    edits_refused(&e, "the specification gives it [21, 4, 2]");
    edits_text(
        &e, edits_find(&e, "spec"),
        "{\"height\":6,\"width\":6,\"classes\":4,\"hidden\":[30000,30000],\"wiring\":\"dense\"}");
    edits_refused(&e, "more than the file can hold");
    edits_text(&e, edits_find(&e, "spec"),
               "{\"height\":6,\"width\":6,\"classes\":4,\"hidde\":[20]}");
    edits_refused(&e, "options this version does not know");
    free(spec);
    edits_close(&e);
    loci_network_free(network);
}

static void test_refused(void **state) {
    (void)state;
    loci_network *network = prune_make(NET, 7);
    edits e;
    edits_open(&e, network);
    size_t bias = edits_find(&e, "layer1.bias"), position = edits_find(&e, "pair0.axon.position");
    strcpy(e.dtype[bias], "<i4");
    edits_refused(&e, "'layer1.bias' is of type i4; it must be float32 or float64");
    strcpy(e.dtype[bias], "<f4");
    e.arrays[position].shape[0] = 18;
    edits_refused(&e, "'pair0.axon.position' has the shape [18, 1, 2]; the specification gives it "
                      "[36, 1, 2]");
    e.arrays[position].shape[0] = 36;
    ((float *)e.data[position])[3] = NAN;
    edits_refused(&e, "'pair0.axon.position' holds a number that is not finite");
    ((float *)e.data[position])[3] = 0;
    e.name[position][5] = 'X';
    edits_refused(&e, "is no part of this network; did you mean 'pair0.axon.position'?");
    e.name[position][5] = '.';
    edits_remove(&e, "layer2.bias");
    edits_refused(&e, "'layer2.bias' is missing");
    edits_text(&e, edits_find(&e, "version"), "3");
    edits_refused(&e, "format version 3 is newer");
    edits_text(&e, edits_find(&e, "version"), "1");
    edits_text(&e, edits_find(&e, "format"), "other");
    edits_refused(&e, "not a network that 'loci export' wrote");
    edits_text(&e, edits_find(&e, "format"), "loci");
    edits_remove(&e, "spec");
    edits_refused(&e, "'spec' is missing");
    edits_close(&e);
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round),
        cmocka_unit_test(test_round_of_everything_else),
        cmocka_unit_test(test_what_follows),
        cmocka_unit_test(test_wide_numbers),
        cmocka_unit_test(test_changed_positions),
        cmocka_unit_test(test_changed_weights),
        cmocka_unit_test(test_changed_length),
        cmocka_unit_test(test_changed_kept),
        cmocka_unit_test(test_moved_under_a_cut),
        cmocka_unit_test(test_changed_specification),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
