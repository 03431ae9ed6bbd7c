/* What a network takes from the model it starts from, and what of that would be another thing in
 * it: sets of kept connections, rounded weights. */
#include "prune_fixture.h"
#include "scratch_folder.h"

#include "rounding_fixture.h"
#include "train/run_prepare.h"

/* Maps, unless they say otherwise. */
static loci_network *make(const char *options, uint32_t height, uint32_t width) {
    char all[300];
    snprintf(all, sizeof all, "neuron=relu dendrite-sites=3 dim=5 %s", options);
    return fixture_network(height, width, CLASSES, all, 3);
}

static const char *save(const loci_network *network) {
    const char *path = scratch_path(folder, "model.safetensors");
    loci_error error = {0};
    if (loci_network_save(network, path, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return path;
}

static int start(loci_network *network, const char *path, bool anew, loci_error *error) {
    char note[LOCI_RUN_NOTE];
    loci_config config;
    loci_config_defaults(&config);
    snprintf(config.init, sizeof config.init, "%s", path);
    config.train.freeze_mask = !anew;
    if (anew)
        config.train.prune = (loci_prune_plan){.sparsity = 0.5, .when = LOCI_PRUNE_DURING};
    return loci_run_init(network, &config, note, error);
}

/* ---- sets ---- */

/* A model that is pruned, and shrunk where nothing else would make its set another one; *kept
 * connections. */
static const char *save_pruned(const char *options, uint32_t height, uint32_t width, bool shrink,
                               size_t *kept) {
    loci_network *model = make(options, height, width), *small = NULL;
    loci_error error = {0};
    prune_cut(model, shrink ? 0.9 : 0.5, LOCI_PRUNE_BY_WEIGHT, LOCI_PRUNE_SCOPE_LAYER);
    if (shrink && loci_network_shrink(&small, model, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    const char *path = save(shrink ? small : model);
    *kept = prune_count(shrink ? small : model);
    loci_network_free(model);
    loci_network_free(small);
    return path;
}

/* The tensors are the same, so the parameters are taken; bits of one set are not those of the
 * other. */
static void test_sets_are_of_one_shape(void **state) {
    (void)state;
    static const struct {
        const char *model, *network;
        uint32_t height, width, own_height, own_width;
        bool shrink;
        const char *told; /* NULL: the set is taken */
    } tried[] = {
        {"maps=3 window=3", "maps=3 window=3", 6, 6, 6, 6, false, NULL},
        {"hidden=8", "hidden=8 law=gaussian", 6, 6, 6, 6, false, NULL},
        {"maps=3 window=3", "maps=3 window=7", 6, 6, 6, 6, false,
         "its window is 3, this network's 7; give --window 3, or --prune to choose anew"},
        {"maps=3 window=7", "maps=3 window=3", 6, 6, 6, 6, false, "--window 7"},
        {"maps=3,4 window=3", "maps=3,4 window=3 pool=1", 6, 6, 6, 6, false, "--pool 2,2"},
        {"maps=3 stride=2 pool=1", "maps=3 stride=1 pool=1", 6, 6, 6, 6, false, "--stride 2"},
        {"maps=3 pool=1", "maps=3 pool=1", 6, 6, 8, 8, false,
         "it is for images of 6 x 6, this network for 8 x 8; give --prune to choose anew"},
        {"maps=3 pool=1", "maps=3 pool=1", 6, 6, 4, 9, false, "6 x 6, this network for 4 x 9"},
        {"hidden=8 input=sheet", "hidden=3 input=sheet", 6, 6, 6, 6, true,
         "of 36 inputs; give --prune to choose anew"},
    };
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        size_t kept;
        const char *path =
            save_pruned(tried[i].model, tried[i].height, tried[i].width, tried[i].shrink, &kept);
        for (int anew = 0; anew < 2; anew++) {
            loci_network *network = make(tried[i].network, tried[i].own_height, tried[i].own_width);
            loci_error error = {0};
            int status = start(network, path, anew, &error);
            bool taken = anew || tried[i].told == NULL;
            if (status != (taken ? LOCI_OK : LOCI_E_MISMATCH))
                fail_msg("%zu: %d: %s", i, status, error.message);
            if (!taken && strstr(error.message, tried[i].told) == NULL)
                fail_msg("%zu: '%s' does not contain '%s'", i, error.message, tried[i].told);
            assert_int_equal(network->pruned_by == LOCI_PRUNE_BY_SET, taken && !anew);
            if (taken && !anew)
                assert_int_equal(prune_count(network), kept);
            loci_network_free(network);
        }
    }
}

/* ---- rounded weights ---- */

static const char spiking[] = "neuron=lif hidden=5 time-steps=4 dim=3";

/* What takes time has no weight to round: such a model could be saved, and not be read. */
static void test_weights_that_take_time(void **state) {
    (void)state;
    char late[100];
    loci_network *model = make(spiking, 6, 6), *network = make(spiking, 6, 6);
    loci_error error = {0};
    fixture_round_weights(model, 4, 1);
    const char *path = save(model);
    assert_int_equal(start(network, path, true, NULL), LOCI_OK);
    assert_int_equal(loci_network_weight_bits(network), 4);
    loci_network_free(network);

    snprintf(late, sizeof late, "%s delay=distance", spiking);
    network = make(late, 6, 6);
    assert_int_equal(start(network, path, true, &error), LOCI_E_MISMATCH);
    assert_string_equal(error.where, path);
    assert_non_null(strstr(error.message, "give --delay none"));
    assert_null(network->rounding);

    void *bytes = NULL;
    size_t size;
    assert_int_equal(loci_rounding_copy(&network->rounding, model->rounding, NULL), LOCI_OK);
    assert_int_equal(loci_network_store(network, &bytes, &size, &error), LOCI_E_UNSUPPORTED);
    assert_null(bytes);
    loci_network_free(network);
    loci_network_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sets_are_of_one_shape),
        cmocka_unit_test(test_weights_that_take_time),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
