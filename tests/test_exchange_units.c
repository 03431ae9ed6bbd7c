/* Regressors as arrays for NumPy, and back: their task, and the units of what they predict. */
#include "no_sync.h"
#include "npz_edits.h"
#include "prune_fixture.h"

#include "network/spec_json.h"

#include "npz_round.h"

/* A network that predicts numbers, and in which units. */
static loci_network *make_regressor(const char *options, uint32_t outputs) {
    static const float mean[] = {3, -200, 0.125f}, deviation[] = {0.5f, 1e4f, 1e-3f};
    loci_spec spec = fixture_spec(SIDE, SIDE, outputs, options);
    loci_network *network;
    loci_error error = {0};
    if (loci_network_create(&network, &spec, 1, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", options, error.where, error.message);
    fixture_move(network, 1);
    assert_int_equal(loci_network_set_target_scaling(network, mean, deviation, NULL), LOCI_OK);
    assert_int_equal(loci_network_set_note(network, "classes", "[\"kW\"]", NULL), LOCI_OK);
    return network;
}

static void test_round_of_regressors(void **state) {
    (void)state;
    for (uint32_t outputs = 1; outputs <= 3; outputs += 2) {
        loci_network *network = make_regressor("task=regress neuron=relu hidden=5", outputs), *back;
        check_round(network);
        must_import(&back, scratch_path(folder, "first.npz"), NULL);
        const float *mean, *deviation, *same_mean, *same_deviation;
        loci_network_target_scaling(network, &mean, &deviation);
        loci_network_target_scaling(back, &same_mean, &same_deviation);
        assert_memory_equal(mean, same_mean, outputs * sizeof *mean);
        assert_memory_equal(deviation, same_deviation, outputs * sizeof *mean);
        assert_int_equal(loci_network_spec(back)->task, LOCI_TASK_REGRESS);
        loci_network_free(back);
        assert_int_equal(loci_network_set_target_scaling(network, NULL, NULL, NULL), LOCI_OK);
        check_round(network);
        loci_network_free(network);
    }
    loci_network *spiking =
        make_regressor("task=regress hidden=5 time-steps=3 readout=membrane-last", 2);
    check_round(spiking);
    loci_network_free(spiking);
}

/* Units are checked as ranges of inputs are, and have no place in a network that classifies. */
static void test_changed_units(void **state) {
    (void)state;
    loci_network *network = make_regressor("task=regress neuron=relu hidden=5", 2), *back;
    loci_import_report report;
    const float *mean, *deviation;
    edits e;
    edits_open(&e, network);
    float *means = edits_floats(&e, "target.mean"), *pitch = edits_floats(&e, "target.deviation");
    means[1] = 7;
    pitch[0] = 0.25f;
    back = edits_accepted(&e, &report);
    loci_network_target_scaling(back, &mean, &deviation);
    assert_true(mean[1] == 7 && deviation[0] == 0.25f);
    assert_int_equal(report.stale_weights, 0);
    loci_network_free(back);
    edits_floats(&e, "pair0.weight")[0] += 1; /* let be, where either was changed too */
    for (int round = 0; round < 2; round++) {
        means[1] = round == 0 ? 7 : network->target_mean[1];
        pitch[0] = round == 1 ? 0.25f : network->target_deviation[0];
        back = edits_accepted(&e, &report);
        assert_int_equal(report.stale_weights, 1);
        loci_network_free(back);
    }
    edits_floats(&e, "target.deviation")[0] = 0;
    edits_refused(&e, "'target.deviation' holds a number that is not positive");
    edits_floats(&e, "target.deviation")[0] = INFINITY;
    edits_refused(&e, "'target.deviation' holds a number that is not finite");
    edits_floats(&e, "target.deviation")[0] = 1;
    size_t i = edits_find(&e, "target.mean");
    e.arrays[i].shape[0] = 1;
    edits_refused(&e, "'target.mean' has the shape [1]; the specification gives it [2]");
    e.arrays[i].shape[0] = 2;
    edits_remove(&e, "target.deviation");
    edits_refused(&e, "'target.deviation' is missing");
    edits_close(&e);
    edits_open(&e, network);
    char *spec = loci_spec_to_text(&network->spec), *task = strstr(spec, "\"regress\"");
    assert_non_null(task);
    memmove(strstr(spec, "\"task\":"), task + strlen("\"regress\","),
            strlen(task + strlen("\"regress\",")) + 1);
    edits_text(&e, edits_find(&e, "spec"), spec);
    edits_refused(&e, "'target.mean' is no part of this network");
    free(spec);
    edits_close(&e);
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_of_regressors),
        cmocka_unit_test(test_changed_units),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
