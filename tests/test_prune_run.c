/* Pruned networks at work: in batches, prepared, one input at a time and frozen they say what the
 * float64 twin says. */
#include "prune_fixture.h"

#include "reference/network_twin.h"

enum { COUNT = 70 };

static const double TOLERANCE = 1e-5;

/* The twin's logits, and what each was summed from (spiking: its own size). */
static void run_twin(const loci_network *network, const float *x, double *logits, double *terms) {
    double *parameters = loci_alloc(network->parameter_count, sizeof(double));
    double *inputs = loci_alloc(COUNT * PIXELS, sizeof(double));
    const int32_t labels[COUNT] = {0};
    for (size_t i = 0; i < network->parameter_count; i++)
        parameters[i] = network->parameters[i];
    for (size_t i = 0; i < COUNT * PIXELS; i++)
        inputs[i] = x[i];
    loci_reference_result result = {.logits = logits, .logit_terms = terms};
    assert_int_equal(loci_network_reference(network, parameters, inputs, labels, COUNT, &result),
                     LOCI_OK);
    free(parameters);
    free(inputs);
}

static void compare(const char *name, const char *how, const float *a, const double *b,
                    const double *terms, size_t first, size_t count) {
    for (size_t i = 0; i < count * CLASSES; i++) {
        double allowed = TOLERANCE * terms[first * CLASSES + i];
        if (!(fabs(a[i] - b[first * CLASSES + i]) <= allowed))
            fail_msg("%s, %s: logit %zu is %.9g instead of %.9g", name, how, i, (double)a[i],
                     b[first * CLASSES + i]);
    }
}

/* In batches of every size that matters to one. */
static void check_batches(const char *name, const loci_network *network, const float *x,
                          const double *twin, const double *terms) {
    static const size_t counts[] = {COUNT, 1, 2, 63, 64, 65};
    float logits[COUNT * CLASSES];
    loci_prepared *prepared;
    loci_pool *pool;
    assert_int_equal(loci_pool_create(&pool, 2, NULL), LOCI_OK);
    assert_int_equal(loci_prepared_create(&prepared, network, NULL), LOCI_OK);
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        size_t count = counts[c], first = COUNT - count;
        const float *from = x + first * PIXELS;
        assert_int_equal(loci_network_run(network, pool, from, count, logits, NULL), LOCI_OK);
        compare(name, "run", logits, twin, terms, first, count);
        assert_int_equal(
            loci_prepared_run_batch(prepared, c % 2 ? pool : NULL, from, count, logits, NULL),
            LOCI_OK);
        compare(name, "prepared, in a batch", logits, twin, terms, first, count);
    }
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(
            loci_prepared_run(prepared, x + i * PIXELS, (uint32_t)i, logits, NULL, NULL), LOCI_OK);
        compare(name, "prepared, alone", logits, twin, terms, i, 1);
    }
    loci_prepared_free(prepared);
    loci_pool_free(pool);
}

static void check_twin(const char *name, const loci_network *network) {
    double twin[COUNT * CLASSES], terms[COUNT * CLASSES];
    float *x = prune_inputs(COUNT, 3);
    run_twin(network, x, twin, terms);
    check_batches(name, network, x, twin, terms);
    free(x);
}

/* At little and at much sparsity: dense and sparse execution both. */
static void test_every_net(void **state) {
    (void)state;
    for (size_t i = 0; i < PRUNE_SPIKING; i++)
        for (int by = 0; by < PRUNE_WAYS; by++)
            for (size_t k = 0; k < PRUNE_SHARES; k++) {
                char name[256];
                loci_network *network = prune_made(prune_nets[i], i, prune_shares[k], by);
                snprintf(name, sizeof name, "%s, %g by %s", prune_nets[i], prune_shares[k],
                         prune_names[by]);
                check_twin(name, network);
                loci_network_free(network);
            }
}

/* A network with a range of its own, fixed or trained, wide or so small that next to nothing is
 * reached. */
static void test_own_range(void **state) {
    (void)state;
    static const char *const ranges[] = {"range=2", "range=0.9", "range=0.3 train-range=layer",
                                         "range=0.1"};
    for (size_t i = 0; i < 4; i++)
        for (size_t net = 0; net < 3; net++) {
            char name[256];
            snprintf(name, sizeof name, "%s %s gap=0.05", prune_nets[net], ranges[i]);
            loci_network *network = prune_make(name, net);
            check_twin(name, network);
            if (i < 2) {
                prune_cut(network, 0.8, LOCI_PRUNE_BY_WEIGHT, LOCI_PRUNE_SCOPE_LAYER);
                check_twin(name, network);
            }
            loci_network_free(network);
        }
}

/* ---- spiking ---- */

/* Every way to run it gives the same numbers; f's weights are dyadic, so bit for bit. */
static void check_exact(const char *name, const fixture *f) {
    float together[COUNT * CLASSES], other[COUNT * CLASSES];
    double twin[COUNT * CLASSES], spikes = 0;
    loci_spiking_reference_result result = {.logits = twin};
    loci_prepared *prepared;
    fixture_sync(f);
    fixture_twin(f, false, NULL, &result);
    prune_run(f->network, f->x, COUNT, together);
    assert_int_equal(loci_prepared_create(&prepared, f->network, NULL), LOCI_OK);
    assert_int_equal(loci_prepared_run_batch(prepared, NULL, f->x, COUNT, other, NULL), LOCI_OK);
    for (size_t i = 0; i < COUNT * CLASSES; i++) {
        spikes += fabs(twin[i]);
        if (!((double)together[i] == twin[i] && other[i] == together[i]))
            fail_msg("%s: logit %zu is %.9g, prepared %.9g, by the twin %.9g", name, i,
                     (double)together[i], (double)other[i], twin[i]);
    }
    assert_true(spikes > 0);
    loci_prepared_free(prepared);
}

static void test_spiking_stored(void **state) {
    (void)state;
    static const char *const nets[] = {
        "hidden=30,70,6 time-steps=4 beta=0.9375 wiring=dense readout=count reset=zero",
        "hidden=66 time-steps=4 beta=0.9375 wiring=dense readout=membrane-mean coding=latency",
        "hidden=0 time-steps=4 beta=0.9375 wiring=dense readout=membrane-max"};
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < PRUNE_SHARES; k++) {
            loci_spec spec = fixture_spec(SIDE, SIDE, CLASSES, nets[i]);
            fixture f;
            fixture_open(&f, &spec, COUNT, 0.7, i);
            fixture_dyadic(f.network, i);
            prune_cut(f.network, prune_shares[k], LOCI_PRUNE_BY_WEIGHT, LOCI_PRUNE_SCOPE_LAYER);
            check_exact(nets[i], &f);
            fixture_close(&f);
        }
}

/* Spatial weights are not exact: a membrane at the threshold may fall to either side. Where none
 * comes near it, logits agree. */
static void test_spiking_spatial(void **state) {
    (void)state;
    size_t clear = 0;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        int by = (int)(seed % PRUNE_WAYS);
        loci_spec spec = fixture_spec(SIDE, SIDE, CLASSES, prune_nets[PRUNE_SPIKING]);
        fixture f;
        enum { FEW = 3 };
        double twin[FEW * CLASSES];
        float together[FEW * CLASSES], other[FEW * CLASSES];
        loci_spiking_reference_result result = {.logits = twin};
        loci_prepared *prepared;
        fixture_open(&f, &spec, FEW, 0.7, seed);
        fixture_move(f.network, seed);
        prune_cut(f.network, prune_shares[seed % PRUNE_SHARES], by, LOCI_PRUNE_SCOPE_LAYER);
        fixture_sync(&f);
        fixture_twin(&f, false, NULL, &result);
        if (result.nearest > 3e-5) {
            clear++;
            prune_run(f.network, f.x, FEW, together);
            assert_int_equal(loci_prepared_create(&prepared, f.network, NULL), LOCI_OK);
            assert_int_equal(loci_prepared_run_batch(prepared, NULL, f.x, FEW, other, NULL),
                             LOCI_OK);
            float right[FEW * CLASSES];
            for (size_t i = 0; i < FEW * CLASSES; i++)
                right[i] = (float)twin[i];
            prune_assert_near("run", together, right, FEW * CLASSES, TOLERANCE);
            prune_assert_near("prepared", other, right, FEW * CLASSES, TOLERANCE);
            loci_prepared_free(prepared);
        }
        fixture_close(&f);
    }
    assert_in_range(clear, 20, 60);
}

/* ---- frozen ---- */

static uint8_t *kept_of(const loci_network *network, uint32_t l, size_t *count) {
    uint8_t *keep = loci_alloc(loci_spec_layer_size(&network->spec, l),
                               loci_spec_layer_size(&network->spec, l + 1));
    assert_non_null(keep);
    assert_int_equal(loci_network_kept(network, l, keep, count, NULL), LOCI_OK);
    return keep;
}

/* Frozen, a network says and keeps the same; and keeps it when its parameters change. */
static void test_freeze(void **state) {
    (void)state;
    for (size_t i = 0; i < PRUNE_NETS; i++)
        for (int by = 0; by < LOCI_PRUNE_BY_RANGE; by++) {
            loci_network *network = prune_made(prune_nets[i], i, 0.8, by);
            size_t before = prune_count(network), first, again;
            float *x = prune_inputs(COUNT, i), a[COUNT * CLASSES], b[COUNT * CLASSES];
            uint8_t *kept = kept_of(network, 0, &first);
            prune_run(network, x, COUNT, a);
            assert_int_equal(loci_network_freeze(network, NULL), LOCI_OK);
            assert_int_equal(loci_network_freeze(network, NULL), LOCI_OK);
            assert_int_equal(loci_network_pruned_by(network), LOCI_PRUNE_BY_SET);
            assert_int_equal(prune_count(network), before);
            prune_run(network, x, COUNT, b);
            assert_memory_equal(a, b, sizeof a);
            for (size_t k = 0; k < network->parameter_count; k++)
                network->parameters[k] *= 3;
            uint8_t *later = kept_of(network, 0, &again);
            assert_int_equal(first, again);
            assert_memory_equal(kept, later, PIXELS * loci_spec_layer_size(&network->spec, 1));
            free(kept);
            free(later);
            free(x);
            loci_network_free(network);
        }
}

static void test_freeze_is_refused(void **state) {
    (void)state;
    loci_network *network = prune_make(prune_nets[0], 1);
    loci_error error = {0};
    assert_int_equal(loci_network_freeze(network, &error), LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.message, "not pruned"));
    prune_cut(network, 0.5, LOCI_PRUNE_BY_RANGE, LOCI_PRUNE_SCOPE_LAYER);
    assert_int_equal(loci_network_freeze(network, &error), LOCI_E_UNSUPPORTED);
    assert_non_null(strstr(error.message, "range"));
    assert_int_equal(loci_network_pruned_by(network), LOCI_PRUNE_BY_RANGE);
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_net),      cmocka_unit_test(test_own_range),
        cmocka_unit_test(test_spiking_stored), cmocka_unit_test(test_spiking_spatial),
        cmocka_unit_test(test_freeze),         cmocka_unit_test(test_freeze_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
