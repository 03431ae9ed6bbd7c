/* Whole spiking networks in float32 against their float64 twin: exactly where all numbers are
 * dyadic, to 1e-4 where they are not; and extremes. */
#include "spiking_fixture.h"

#include "network/spiking.h"
#include "spiking_compare.h"

/* What both passes of one network yield. */
struct outcome {
    float *logits, *gradient;
    double *twin_logits, *twin_gradient;
    loci_spiking_reference_result twin;
};

static void open_outcome(struct outcome *o, const fixture *f) {
    const loci_spec *spec = &f->network->spec;
    size_t logits = f->count * spec->classes, parameters = f->network->parameter_count;
    *o = (struct outcome){0};
    o->logits = loci_alloc(logits, sizeof(float));
    o->gradient = loci_alloc(parameters, sizeof(float));
    o->twin.logits = o->twin_logits = loci_alloc(logits, sizeof(double));
    o->twin.gradient = o->twin_gradient = loci_alloc(parameters, sizeof(double));
    for (uint32_t l = 0; l <= spec->hidden_count; l++) {
        size_t all = spec->time_steps * f->count * loci_spec_layer_size(spec, l + 1);
        o->twin.membrane[l] = loci_alloc(all, sizeof(double));
        o->twin.spikes[l] = loci_alloc(all, sizeof(double));
    }
    fixture_sync(f);
    fixture_twin(f, false, NULL, &o->twin);
}

static void close_outcome(struct outcome *o) {
    free(o->logits);
    free(o->gradient);
    free(o->twin_logits);
    free(o->twin_gradient);
    for (uint32_t l = 0; l < LOCI_MAX_PAIRS; l++) {
        free(o->twin.membrane[l]);
        free(o->twin.spikes[l]);
    }
}

/* ---- spikes, membranes and logits, exactly ---- */

static void assert_same(const char *name, const char *what, const float *a, size_t ld,
                        const double *b, size_t rows, size_t m) {
    for (size_t row = 0; row < rows; row++)
        for (size_t j = 0; j < m; j++)
            if (!(a[row * ld + j] == b[row * m + j]))
                fail_msg("%s: %s of neuron %zu, row %zu is %.9g instead of %.17g", name, what, j,
                         row, (double)a[row * ld + j], b[row * m + j]);
}

/* What a pass keeps of spikes and membranes; how many spikes there were it counts in any case. */
static void compare_traces(const char *name, const fixture *f, const loci_pass *pass,
                           const struct outcome *o) {
    const loci_spec *spec = &f->network->spec;
    const loci_spiking *s = pass->spiking;
    size_t rows = spec->time_steps * f->count;
    for (uint32_t l = 0; l <= spec->hidden_count; l++) {
        size_t m = loci_spec_layer_size(spec, l + 1), ld = loci_leading(m);
        double spikes = 0;
        for (size_t i = 0; i < rows * m; i++)
            spikes += o->twin.spikes[l][i];
        if (!(s->spike_total[l] == spikes))
            fail_msg("%s: %g spikes of layer %u instead of %g", name, s->spike_total[l], l + 1,
                     spikes);
        if (s->spikes[l] != NULL)
            assert_same(name, "spike", s->spikes[l], ld, o->twin.spikes[l], rows, m);
        if (l == spec->hidden_count && s->membrane != NULL)
            assert_same(name, "membrane", s->membrane, ld, o->twin.membrane[l], rows, m);
    }
}

static void check_exact(const char *name, const fixture *f) {
    struct outcome o;
    loci_pass *pass;
    open_outcome(&o, f);
    assert_int_equal(loci_pass_create(&pass, f->network, f->count, true, NULL, NULL), LOCI_OK);
    for (int twice = 0; twice < 2; twice++) { /* nothing may be left over from the pass before */
        fixture_pass(f, pass, o.logits, o.gradient);
        compare_traces(name, f, pass, &o);
        assert_same(name, "logit", o.logits, f->network->spec.classes, o.twin_logits, f->count,
                    f->network->spec.classes);
        compare_gradient(name, f, o.gradient, o.twin_gradient, 3e-2);
    }
    loci_pass_free(pass);
    close_outcome(&o);
}

static const char *const trained[] = {"no", "layer", "neuron"};

static void test_dyadic(void **state) {
    (void)state;
    static const char *const hiddens[] = {"0", "1", "5,4", "63", "64", "65", "130,3"};
    for (size_t i = 0; i < 7 * 36; i++) {
        char name[512];
        snprintf(name, sizeof name,
                 "wiring=dense hidden=%s time-steps=4 beta=0.9375 logit-scale=0.5 slope=0.5 "
                 "reset=%s surrogate=%s readout=%s coding=%s train-beta=%s train-threshold=%s",
                 hiddens[i / 36], fixture_resets[i % 3], fixture_surrogates[(i + i / 3) % 3],
                 fixture_readouts[i / 3 % 4], fixture_codings[i / 12 % 3], trained[i % 5 % 3],
                 trained[i % 7 % 3]);
        loci_spec spec = fixture_spec(3, 4, 5, name);
        fixture f;
        fixture_open(&f, &spec, i % 2 ? 3 : 19, i % 2 ? 0.9 : 0.3, i);
        fixture_dyadic(f.network, i);
        check_exact(name, &f);
        fixture_close(&f);
    }
}

/* Layers that are wired to themselves, and adaptive ones: a softmax alone is not exact. */
static void test_dyadic_in_order(void **state) {
    (void)state;
    static const char *const hiddens[] = {"1", "5,4", "63", "65", "130,3"};
    static const char *const kinds[] = {"recurrent=yes", "neuron=adlif",
                                        "neuron=adlif recurrent=yes"};
    for (size_t i = 0; i < 5 * 36; i++) {
        char name[512];
        snprintf(name, sizeof name,
                 "wiring=dense hidden=%s time-steps=4 beta=0.9375 logit-scale=0.5 slope=0.5 "
                 "reset=%s surrogate=%s readout=%s coding=%s train-beta=%s train-threshold=%s "
                 "adaptation-decay=0.875 adaptation-membrane=0.25 train-adaptation=%s %s",
                 hiddens[i / 36], fixture_resets[i % 3], fixture_surrogates[(i + i / 3) % 3],
                 fixture_readouts[i / 3 % 4], fixture_codings[i / 12 % 3], trained[i % 5 % 3],
                 trained[i % 7 % 3], trained[i % 4 % 3], kinds[(i + i / 36) / 2 % 3]);
        loci_spec spec = fixture_spec(3, 4, 5, name);
        fixture f;
        fixture_open(&f, &spec, i % 2 ? 3 : 19, i % 2 ? 0.9 : 0.3, i);
        fixture_dyadic(f.network, i);
        check_exact(name, &f);
        fixture_close(&f);
    }
}

/* ---- other numbers, within rounding ---- */

static void test_arbors(void **state) {
    (void)state;
    static const char *const wirings[] = {
        "hidden=70,20 axon-sites=1,2,2 dendrite-sites=8,4,4 input=grid",
        "hidden=100 sign=mask scale=one planes=learned logit-scale=0.02",
        "hidden=20,20 planes=relaxed dim=4 dendrite-sites=2",
        "hidden=0 input=sheet dendrite-sites=3",
        "hidden=40,30,20 wiring=dense threshold=0.3",
        "hidden=40,20 dendrite-sites=4,2 threshold=0.3 range=1.5,1.2 train-range=layer",
        "hidden=70,20 axon-sites=1,2,2 dendrite-sites=8,4,4 threshold=0.3", /* cut */
        "hidden=40,20 dendrite-sites=4,2 law=gaussian length=0.7 train-length=layer",
        "hidden=40,20 dendrite-sites=4,2 law=inverse-square threshold=0.3 range=1.5 input=sheet",
        "hidden=70,20 axon-sites=1,2,2 dendrite-sites=3,2,2 delay=distance speed=1.2 "
        "train-speed=layer longest-delay=4 recurrent=yes recurrent-gap=0.3 time-steps=14",
        "hidden=40 neuron=adlif recurrent=yes delay=distance speed=1 time-steps=10 law=gaussian "
        "length=0.7 "
        "train-adaptation=neuron recurrent-gap=0.3",
        "hidden=40,20 neuron=adlif dendrite-sites=2 train-adaptation=layer",
    };
    for (size_t i = 0; i < 12 * 12; i++) {
        char name[512];
        bool compared = false;
        snprintf(name, sizeof name,
                 "time-steps=6 gap=0.4 reset=%s surrogate=%s readout=%s coding=%s train-beta=%s "
                 "train-threshold=%s %s",
                 fixture_resets[i % 3], fixture_surrogates[i / 2 % 3], fixture_readouts[i % 4],
                 fixture_codings[(i + i / 3) % 3], trained[i % 5 % 3], trained[i / 4 % 3],
                 wirings[i / 12]);
        loci_spec spec = fixture_spec(4, 5, 4, name);
        for (uint64_t seed = 1; seed < 200 && !compared; seed++) {
            fixture f;
            struct outcome o;
            loci_pass *pass;
            fixture_open(&f, &spec, 7, 0.5, seed);
            fixture_move(f.network, seed);
            if (i / 12 == 6) {
                assert_int_equal(loci_network_prune(f.network, 0.8, LOCI_PRUNE_BY_DISTANCE,
                                                    LOCI_PRUNE_SCOPE_LAYER, NULL, NULL),
                                 LOCI_OK);
                assert_int_equal(loci_network_freeze(f.network, NULL), LOCI_OK);
            }
            open_outcome(&o, &f);
            compared = o.twin.nearest > 2e-5 &&
                       o.twin.nearest_delay >
                           5e-6; /* else a spike could be one in one, none in the other */
            if (compared) {
                assert_int_equal(loci_pass_create(&pass, f.network, f.count, true, NULL, NULL),
                                 LOCI_OK);
                fixture_pass(&f, pass, o.logits, o.gradient);
                /* currents are off by their rounding, and the surrogate with them */
                compare_gradient(name, &f, o.gradient, o.twin_gradient, 0.2);
                double floor = largest_of(o.twin_logits, f.count * 4);
                for (size_t k = 0; k < f.count * 4; k++)
                    assert_true(excess(o.logits[k], o.twin_logits[k], 1e-5, floor) <= 1);
                loci_pass_free(pass);
            }
            close_outcome(&o);
            fixture_close(&f);
        }
        if (!compared)
            fail_msg("%s: no membrane of any seed stays away from the threshold", name);
    }
}

/* ---- extremes ---- */

/* Options, and the share of neurons that fire in each step: none, all, or some (-1). */
static const struct {
    const char *options;
    double rate;
} extremes[] = {
    {"hidden=5,4 time-steps=1", -1},
    {"hidden=5,4 time-steps=1 coding=latency readout=membrane-max", -1},
    {"hidden=5 time-steps=1 readout=count train-beta=neuron", -1},
    {"hidden=5,4 time-steps=4 threshold=1000000 beta=0.75", 0},
    {"hidden=5,4 time-steps=4 threshold=1000000 coding=poisson readout=count", 0},
    {"hidden=5,4 time-steps=8 threshold=0.000001 beta=0.5 reset=none readout=count", 1},
    {"hidden=5,4 time-steps=8 threshold=0.000001 beta=0.5 reset=zero coding=poisson", 1},
    {"hidden=0 time-steps=8 beta=0.5 readout=membrane-max", -1},
    {"hidden=0 time-steps=1 coding=latency", -1},
    {"hidden=3 time-steps=1000 coding=latency beta=0 readout=count", -1},
    {"hidden=3,3 time-steps=1000 beta=0 reset=none readout=membrane-last", -1},
};

static void test_extremes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof extremes / sizeof *extremes; i++) {
        loci_spec spec = fixture_spec(2, 3, 3, extremes[i].options);
        spec.wiring = LOCI_WIRING_DENSE;
        fixture f;
        struct outcome o;
        fixture_open(&f, &spec, 3, 0.6, i);
        fixture_dyadic(f.network, i + 1);
        if (extremes[i].rate == 1)
            for (size_t k = 0; k < f.network->parameter_count; k++)
                f.network->parameters[k] = 0.125f + fabsf(f.network->parameters[k]);
        check_exact(extremes[i].options, &f);
        open_outcome(&o, &f);
        for (uint32_t l = 0; extremes[i].rate >= 0 && l < spec.hidden_count; l++) {
            size_t all = spec.time_steps * f.count * loci_spec_layer_size(&spec, l + 1);
            for (size_t k = 0; k < all; k++)
                assert_true(o.twin.spikes[l][k] == extremes[i].rate);
        }
        close_outcome(&o);
        fixture_close(&f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dyadic),
        cmocka_unit_test(test_dyadic_in_order),
        cmocka_unit_test(test_arbors),
        cmocka_unit_test(test_extremes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
