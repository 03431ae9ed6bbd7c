/* Pruning a network once: what goes, what stays, what is refused. */
#include "no_sync.h"
#include "prune_fixture.h"

#include "scratch_folder.h"

static void assert_saved_same(const loci_network *a, const char *saved_b) {
    const char *path = scratch_path(folder, "now");
    assert_int_equal(loci_network_save(a, path, NULL), LOCI_OK);
    scratch_assert_same(path, saved_b);
}

static void test_zero_changes_nothing(void **state) {
    (void)state;
    for (size_t i = 0; i < PRUNE_NETS; i++) {
        loci_network *network = prune_make(prune_nets[i], i);
        const char *before = scratch_path(folder, "before");
        assert_int_equal(loci_network_save(network, before, NULL), LOCI_OK);
        for (int by = 0; by < PRUNE_WAYS; by++)
            for (int scope = 0; scope < 2; scope++) {
                prune_cut(network, 0, by, scope);
                assert_int_equal(loci_network_pruned_by(network), LOCI_UNPRUNED);
                assert_int_equal(prune_count(network), loci_network_connections(network));
                assert_saved_same(network, before);
            }
        loci_network_free(network);
    }
}

static void assert_refused(loci_network *network, double sparsity, int by, int status,
                           const char *where, const char *part) {
    loci_error error = {0};
    const char *before = scratch_path(folder, "before");
    assert_int_equal(loci_network_save(network, before, NULL), LOCI_OK);
    for (int scope = 0; scope < 2; scope++) {
        int kind = loci_network_pruned_by(network);
        assert_int_equal(loci_network_prune(network, sparsity, by, scope, NULL, &error), status);
        assert_string_equal(error.where, where);
        if (strstr(error.message, part) == NULL)
            fail_msg("'%s' does not contain '%s'", error.message, part);
        assert_int_equal(loci_network_pruned_by(network), kind);
        assert_saved_same(network, before);
    }
    assert_int_equal(loci_network_prune(network, sparsity, by, 0, NULL, NULL), status);
}

static void test_wrong_sparsities(void **state) {
    (void)state;
    static const double wrong[] = {1, -0.1, 1.5, NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < PRUNE_NETS; i++)
        for (int pruned = 0; pruned < 2; pruned++) { /* a network that is cut stays as it is cut */
            loci_network *network = prune_make(prune_nets[i], i);
            if (pruned)
                prune_cut(network, 0.5, LOCI_PRUNE_BY_DISTANCE, LOCI_PRUNE_SCOPE_LAYER);
            for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
                assert_refused(network, wrong[k], LOCI_PRUNE_BY_WEIGHT, LOCI_E_ARGUMENT, "sparsity",
                               "share from 0 to below 1");
            for (int by = 0; by < PRUNE_WAYS; by++)
                assert_refused(network, 0.9999, by, LOCI_E_ARGUMENT, "sparsity",
                               "no way from an input to an output");
            assert_refused(network, 0.5, LOCI_PRUNE_BY_SET, LOCI_E_ARGUMENT, "prune-by", "3");
            assert_refused(network, 0.5, LOCI_UNPRUNED, LOCI_E_ARGUMENT, "prune-by", "-1");
            loci_network_free(network);
        }
}

/* A net whose every layer keeps something may still be disconnected: here the only hidden neuron
 * that is near the inputs is far from the outputs. */
static void test_disconnected_in_the_middle(void **state) {
    (void)state;
    loci_network *network = prune_make("neuron=relu hidden=2 tied=no axon-sites=1,1 gap=0.1", 1);
    const loci_projection *v = network->projection;
    float *parameters = network->parameters;
    for (size_t i = 0; i < PIXELS * 2; i++)
        parameters[v[0].axon_position + i] = 0;
    const float dendrites[4] = {0, 0, 9, 9}, axons[4] = {9, 9, 0, 0};
    memcpy(parameters + v[0].dendrite_position, dendrites, sizeof dendrites);
    memcpy(parameters + v[1].axon_position, axons, sizeof axons);
    for (size_t i = 0; i < CLASSES * 2; i++)
        parameters[v[1].dendrite_position + i] = 0;
    assert_refused(network, 0.5, LOCI_PRUNE_BY_DISTANCE, LOCI_E_ARGUMENT, "sparsity",
                   "0.5 leaves no way from an input to an output");
    prune_cut(network, 0.4, LOCI_PRUNE_BY_DISTANCE, LOCI_PRUNE_SCOPE_LAYER);
    loci_network_free(network);
}

/* ---- what is kept ---- */

/* How weak a connection is, larger is weaker; of |w|, in units of the layer's root mean square. */
static double *weakness(const loci_network *network, uint32_t l, int by, bool relative) {
    size_t all =
        loci_spec_layer_size(&network->spec, l) * loci_spec_layer_size(&network->spec, l + 1);
    float *values = loci_alloc(all, sizeof *values);
    double *out = loci_alloc(all, sizeof *out), sum = 0;
    assert_true(values != NULL && out != NULL);
    bool weight = by == LOCI_PRUNE_BY_WEIGHT || prune_stored(network);
    assert_int_equal(weight ? loci_network_weights(network, l, values, NULL)
                            : loci_network_lengths(network, l, values, NULL),
                     LOCI_OK);
    for (size_t i = 0; i < all; i++)
        sum += (double)values[i] * values[i];
    for (size_t i = 0; i < all; i++)
        out[i] = weight ? -fabs(values[i]) / (relative ? sqrt(sum / (double)all) : 1) : values[i];
    free(values);
    return out;
}

/* Of the weaknesses: the strongest that went must not be stronger than the weakest that stayed. */
static void find_border(const loci_network *network, uint32_t l, const double *weak, double *kept,
                        double *gone, size_t *count) {
    size_t all =
        loci_spec_layer_size(&network->spec, l) * loci_spec_layer_size(&network->spec, l + 1);
    uint8_t *keep = loci_alloc(all, 1);
    size_t ones = 0;
    assert_non_null(keep);
    assert_int_equal(loci_network_kept(network, l, keep, count, NULL), LOCI_OK);
    for (size_t i = 0; i < all; i++) {
        double *to = keep[i] ? kept : gone;
        assert_true(keep[i] <= 1);
        *to = keep[i] ? fmax(*to, weak[i]) : fmin(*to, weak[i]);
        ones += keep[i];
    }
    assert_int_equal(ones, *count);
    free(keep);
}

static void check_kept(const char *options, size_t seed, double sparsity, int by, int scope) {
    loci_network *network = prune_make(options, seed);
    uint32_t pairs = network->spec.hidden_count + 1;
    double *weak[LOCI_MAX_PAIRS], kept = -INFINITY, gone = INFINITY;
    size_t total = 0, connections = loci_spec_connections(&network->spec);
    for (uint32_t l = 0; l < pairs; l++)
        weak[l] = weakness(network, l, by, scope == LOCI_PRUNE_SCOPE_NET);
    loci_error error = {0};
    int status = loci_network_prune(network, sparsity, by, scope, NULL, &error);
    if (status != LOCI_OK && scope == LOCI_PRUNE_SCOPE_NET) /* a layer may lose everything */
        assert_non_null(strstr(error.message, "no way"));
    else
        assert_int_equal(status, LOCI_OK);
    for (uint32_t l = 0; l < pairs; l++) {
        size_t count, n = loci_spec_layer_size(&network->spec, l),
                      all = n * loci_spec_layer_size(&network->spec, l + 1);
        if (status == LOCI_OK) {
            find_border(network, l, weak[l], &kept, &gone, &count);
            total += count;
            if (scope == LOCI_PRUNE_SCOPE_LAYER) {
                assert_int_equal(count, all - (size_t)llround(sparsity * (double)all));
                if (!(kept <= gone + 1e-5 * fabs(gone)))
                    fail_msg("%s, %g by %s: %.9g stayed, %.9g went", options, sparsity,
                             prune_names[by], kept, gone);
                kept = -INFINITY;
                gone = INFINITY;
            }
        }
        free(weak[l]);
    }
    if (status == LOCI_OK) {
        assert_int_equal(total, prune_count(network));
        assert_int_equal(loci_network_connections(network), connections);
        assert_true(kept <= gone + 1e-5 * fabs(gone));
        if (scope == LOCI_PRUNE_SCOPE_NET)
            assert_int_equal(total, connections - (size_t)llround(sparsity * (double)connections));
    }
    loci_network_free(network);
}

static void test_the_strongest_are_kept(void **state) {
    (void)state;
    for (size_t i = 0; i < PRUNE_NETS; i++)
        for (int by = 0; by < PRUNE_WAYS; by++)
            for (size_t k = 0; k < PRUNE_SHARES; k++)
                for (int scope = 0; scope < 2; scope++)
                    check_kept(prune_nets[i], i, prune_shares[k], by, scope);
}

/* Weights that are cut are 0, others what they were; by range all shrink by the same k. */
static void test_weights(void **state) {
    (void)state;
    for (size_t i = 0; i < PRUNE_NETS; i++)
        for (int by = 0; by < PRUNE_WAYS; by++) {
            loci_network *network = prune_make(prune_nets[i], i);
            size_t n = loci_spec_layer_size(&network->spec, 0), count, zero = 0,
                   all = n * loci_spec_layer_size(&network->spec, 1);
            float *before = loci_alloc(all, sizeof *before),
                  *after = loci_alloc(all, sizeof *after);
            uint8_t *keep = loci_alloc(all, 1);
            assert_int_equal(loci_network_weights(network, 0, before, NULL), LOCI_OK);
            prune_cut(network, 0.7, by, LOCI_PRUNE_SCOPE_LAYER);
            assert_int_equal(loci_network_weights(network, 0, after, NULL), LOCI_OK);
            assert_int_equal(loci_network_kept(network, 0, keep, &count, NULL), LOCI_OK);
            for (size_t w = 0; w < all; w++) {
                if (!keep[w] && after[w] != 0)
                    fail_msg("%s, %s: a weight that is cut is %g", prune_nets[i], prune_names[by],
                             (double)after[w]);
                if (keep[w] && (by != LOCI_PRUNE_BY_RANGE || prune_stored(network)))
                    assert_true(after[w] == before[w]);
                zero += after[w] == 0;
            }
            assert_in_range(zero, all - count, all - count + count / 20);
            if (prune_stored(network)) /* stored ones are gone for good */
                assert_memory_equal(after, network->parameters + network->projection[0].weight,
                                    all * sizeof *after);
            free(before);
            free(after);
            free(keep);
            loci_network_free(network);
        }
}

/* Pruned again, a spatial network is ranked as if nothing had been cut. */
static void test_again(void **state) {
    (void)state;
    for (size_t i = 0; i < PRUNE_NETS; i++)
        for (int by = 0; by < PRUNE_WAYS; by++) {
            loci_network *once = prune_made(prune_nets[i], i, 0.4, by);
            loci_network *twice = prune_made(prune_nets[i], i, 0.8, LOCI_PRUNE_BY_DISTANCE);
            if (prune_stored(once)) { /* of what is left */
                prune_cut(once, 0.8, by, LOCI_PRUNE_SCOPE_LAYER);
            } else {
                prune_cut(twice, 0.4, by, LOCI_PRUNE_SCOPE_LAYER);
            }
            const char *path = scratch_path(folder, "once");
            assert_int_equal(loci_network_save(once, path, NULL), LOCI_OK);
            assert_saved_same(twice, path);
            loci_network_free(once);
            loci_network_free(twice);
        }
}

/* Parameters that were changed since make a cut meaningless: that is said, not guessed. */
static void test_moved_parameters(void **state) {
    (void)state;
    for (size_t i = 0; i < PRUNE_STORED; i++) {
        loci_network *network = prune_made(prune_nets[i], i, 0.8, LOCI_PRUNE_BY_DISTANCE);
        loci_error error = {0};
        size_t count;
        float x[PIXELS] = {0}, logits[CLASSES];
        loci_prepared *prepared = NULL;
        for (size_t k = 0; k < network->parameter_count; k++)
            network->parameters[k] *= 3;
        assert_int_equal(loci_network_kept(network, 0, NULL, &count, &error), LOCI_E_MISMATCH);
        assert_int_equal(loci_network_count_kept(network, &count, NULL), LOCI_E_MISMATCH);
        assert_int_equal(loci_network_run(network, NULL, x, 1, logits, NULL), LOCI_E_MISMATCH);
        assert_int_equal(loci_prepared_create(&prepared, network, NULL), LOCI_E_MISMATCH);
        assert_null(prepared);
        assert_non_null(strstr(error.message, "layer pair 0"));
        loci_network_free(network);
    }
}

static void test_wrong_pairs(void **state) {
    (void)state;
    loci_network *network = prune_make(prune_nets[PRUNE_STORED], 1);
    loci_error error = {0};
    size_t count;
    float length;
    assert_int_equal(loci_network_kept(network, 3, NULL, &count, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_network_lengths(network, 3, &length, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_network_lengths(network, 0, &length, &error), LOCI_E_UNSUPPORTED);
    assert_non_null(strstr(error.message, "no length"));
    loci_network_free(network);
}

/* A network with a range of its own: what it reaches is what it keeps. */
static void test_own_range(void **state) {
    (void)state;
    loci_network *network =
        prune_make("neuron=relu hidden=20,12 range=1.2,0.9,0.8 train-range=layer gap=0.2", 1);
    loci_error error = {0};
    for (uint32_t l = 0; l < 3; l++) {
        size_t n = loci_spec_layer_size(&network->spec, l), count, near = 0,
               all = n * loci_spec_layer_size(&network->spec, l + 1);
        float *lengths = loci_alloc(all, sizeof *lengths), range, *weights = loci_alloc(all, 4);
        uint8_t *keep = loci_alloc(all, 1);
        network->parameters[network->projection[l].range] = l == 1 ? -0.9f : 0.8f;
        range = l == 1 ? 0.9f : 0.8f;
        assert_int_equal(loci_network_lengths(network, l, lengths, NULL), LOCI_OK);
        assert_int_equal(loci_network_weights(network, l, weights, NULL), LOCI_OK);
        assert_int_equal(loci_network_kept(network, l, keep, &count, NULL), LOCI_OK);
        for (size_t i = 0; i < all; i++) {
            if (fabsf(lengths[i] - range) > 1e-5f)
                assert_int_equal(keep[i], lengths[i] < range);
            if (lengths[i] > range + 1e-5f)
                assert_true(weights[i] == 0);
            near += lengths[i] < range;
        }
        assert_in_range(near, 1, all - 1);
        assert_int_equal(near, count);
        free(lengths);
        free(weights);
        free(keep);
    }
    assert_int_equal(loci_network_pruned_by(network), LOCI_UNPRUNED);
    assert_int_equal(loci_network_prune(network, 0.5, LOCI_PRUNE_BY_RANGE, 0, NULL, &error),
                     LOCI_E_UNSUPPORTED);
    assert_non_null(strstr(error.message, "range of its own"));
    prune_cut(network, 0.5, LOCI_PRUNE_BY_WEIGHT, LOCI_PRUNE_SCOPE_LAYER);
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zero_changes_nothing),
        cmocka_unit_test(test_wrong_sparsities),
        cmocka_unit_test(test_disconnected_in_the_middle),
        cmocka_unit_test(test_the_strongest_are_kept),
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_again),
        cmocka_unit_test(test_moved_parameters),
        cmocka_unit_test(test_wrong_pairs),
        cmocka_unit_test(test_own_range),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
