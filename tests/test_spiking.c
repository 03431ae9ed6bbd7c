/* Whole spiking networks in float32 against their float64 twin: exactly where all numbers are
 * dyadic, to 1e-4 where they are not; any number of threads, batches in parts, and extremes. */
#include "spiking_fixture.h"

#include "compare.h"
#include "network/spiking.h"
#include "train/trainer.h"

static const double TOLERANCE = 1e-4;

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

/* Most entries are sums of which cancellation leaves little: an entry is compared with at least the
 * share `floor` of its tensor's largest; a tensor of a single number, which may have lost as much,
 * to 1e-3 of itself. */
static void compare_gradient(const char *name, const fixture *f, const float *a, const double *b,
                             double floor) {
    const loci_tensor *t;
    for (size_t n = 0; (t = loci_network_tensor(f->network, n)) != NULL; n++) {
        const double *right = b + t->offset, largest = largest_of(right, t->count);
        double tolerance = t->count == 1 ? 10 * TOLERANCE : TOLERANCE;
        for (size_t i = 0; i < t->count; i++)
            if (excess(a[t->offset + i], right[i], tolerance, floor * largest) > 1)
                fail_msg("%s: gradient of %s[%zu] is %.9g instead of %.9g, largest %.3g", name,
                         t->name, i, (double)a[t->offset + i], right[i], largest);
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
    };
    for (size_t i = 0; i < 9 * 12; i++) {
        char name[512];
        bool compared = false;
        snprintf(name, sizeof name,
                 "%s time-steps=6 gap=0.4 reset=%s surrogate=%s readout=%s coding=%s "
                 "train-beta=%s train-threshold=%s",
                 wirings[i / 12], fixture_resets[i % 3], fixture_surrogates[i / 2 % 3],
                 fixture_readouts[i % 4], fixture_codings[(i + i / 3) % 3], trained[i % 5 % 3],
                 trained[i / 4 % 3]);
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
            compared =
                o.twin.nearest > 2e-5; /* else a spike could be one in one, none in the other */
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

/* ---- threads and parts of a batch ---- */

static const char *const usual[] = {
    "hidden=150,70 axon-sites=1,2,2 dendrite-sites=8,4,4 train-beta=neuron",
    "hidden=130 readout=count coding=poisson train-threshold=layer reset=zero",
    "hidden=130 readout=membrane-last coding=latency",
    "hidden=70,70 wiring=dense readout=membrane-max coding=poisson reset=none",
    "hidden=0 readout=count train-beta=layer train-threshold=neuron",
};
enum { USUAL = sizeof usual / sizeof *usual, SAMPLES = 70 };

/* Bit for bit the same for 1, 2, 3 and 4 threads. */
static void test_threads(void **state) {
    (void)state;
    for (size_t i = 0; i < USUAL; i++) {
        fixture f;
        loci_spec spec = fixture_spec(9, 11, 7, usual[i]);
        spec.time_steps = 10;
        fixture_open(&f, &spec, SAMPLES, 0.3, i);
        fixture_move(f.network, i);
        size_t logits = SAMPLES * spec.classes, parameters = f.network->parameter_count;
        float *first = loci_alloc(logits + parameters, sizeof *first);
        float *other = loci_alloc(logits + parameters, sizeof *other);
        double spikes[LOCI_MAX_PAIRS];
        for (int threads = 1; threads <= 4; threads++) {
            loci_pool *pool;
            loci_pass *pass;
            float *to = threads == 1 ? first : other;
            assert_int_equal(loci_pool_create(&pool, threads, NULL), LOCI_OK);
            assert_int_equal(loci_pass_create(&pass, f.network, SAMPLES, true, pool, NULL),
                             LOCI_OK);
            fixture_pass(&f, pass, to, to + logits);
            if (threads == 1)
                assert_memory_not_equal(to, to + spec.classes, spec.classes * sizeof *to);
            if (threads == 1)
                memcpy(spikes, pass->spiking->spike_total, sizeof spikes);
            assert_memory_equal(first, to, (logits + parameters) * sizeof *to);
            assert_memory_equal(spikes, pass->spiking->spike_total, sizeof spikes);
            loci_pass_free(pass);
            loci_pool_free(pool);
        }
        free(first);
        free(other);
        fixture_close(&f);
    }
}

/* A batch in parts, the last of them smaller, through one pass of the parts' size: the same logits,
 * and the same gradient within rounding. */
static void test_parts(void **state) {
    (void)state;
    enum { PART = 32 };
    for (size_t i = 0; i < USUAL; i++) {
        fixture f;
        loci_pass *whole, *parts;
        loci_spec spec = fixture_spec(9, 11, 7, usual[i]);
        spec.time_steps = 10;
        fixture_open(&f, &spec, SAMPLES, 0.3, i);
        fixture_move(f.network, i);
        size_t classes = spec.classes, ld = loci_leading(classes), inputs = f.batch->features;
        size_t parameters = f.network->parameter_count;
        float *logits = loci_alloc(SAMPLES, classes * sizeof *logits);
        float *gradient = loci_alloc(2 * parameters, sizeof *gradient);
        double *right = loci_alloc(parameters, sizeof *right);
        int32_t labels[SAMPLES];
        assert_int_equal(loci_pass_create(&whole, f.network, SAMPLES, true, NULL, NULL), LOCI_OK);
        assert_int_equal(loci_pass_create(&parts, f.network, PART, true, NULL, NULL), LOCI_OK);
        fixture_pass(&f, whole, logits, gradient);
        for (size_t k = 0; k < parameters; k++)
            right[k] = gradient[k];
        memcpy(labels, f.batch->labels, sizeof labels);
        memset(gradient, 0, parameters * sizeof *gradient);
        for (size_t first = 0; first < SAMPLES; first += PART) {
            size_t count = SAMPLES - first < PART ? SAMPLES - first : PART;
            assert_int_equal(
                loci_batch_fill_rows(f.batch, f.x + first * inputs, count, first, NULL), LOCI_OK);
            assert_int_equal(loci_pass_forward(parts, &f.batch->in, NULL), LOCI_OK);
            const float *from = loci_pass_logits(parts);
            for (size_t b = 0; b < count; b++)
                assert_memory_equal(from + b * ld, logits + (first + b) * classes,
                                    classes * sizeof *from);
            loci_cross_entropy(from, labels + first, count, classes, ld, 1.0 / SAMPLES,
                               loci_pass_logit_delta(parts), NULL);
            loci_pass_backward(parts, &f.batch->in, gradient);
        }
        loci_acting_hold_bounds(f.network, gradient);
        compare_gradient(usual[i], &f, gradient, right, 3e-2);
        loci_pass_free(whole);
        loci_pass_free(parts);
        free(logits);
        free(gradient);
        free(right);
        fixture_close(&f);
    }
}

/* A net whose time steps leave room for two samples at a time: a training step of four learns from
 * all of them. Adam's first moment after one step is a tenth of the gradient. */
static void test_trainer_in_parts(void **state) {
    (void)state;
    enum { COUNT = 4 };
    loci_spec spec = fixture_spec(3, 3, 3,
                                  "hidden=2048 wiring=dense time-steps=1000 readout=count "
                                  "coding=poisson threshold=0.4");
    fixture f;
    loci_dataset *data;
    loci_trainer *trainer;
    loci_train_options options;
    loci_pass *pass;
    fixture_open(&f, &spec, COUNT, 0.8, 5);
    assert_in_range(loci_pass_most(&f.network->spec, COUNT), 1, COUNT - 1);
    assert_int_equal(loci_dataset_from_arrays(&data, "four", 3, 3, f.x, f.batch->labels, COUNT, f.x,
                                              f.batch->labels, COUNT, NULL),
                     LOCI_OK);
    loci_train_options_defaults(&options);
    options.batch = COUNT;
    options.shift = 0;
    size_t parameters = f.network->parameter_count;
    float *logits = loci_alloc(COUNT * 3, sizeof *logits);
    float *gradient = loci_alloc(parameters, sizeof *gradient);
    double *right = loci_alloc(parameters, sizeof *right);
    assert_int_equal(loci_pass_create(&pass, f.network, COUNT, true, NULL, NULL), LOCI_OK);
    fixture_pass(&f, pass, logits, gradient);
    for (size_t k = 0; k < parameters; k++)
        right[k] = gradient[k];
    assert_int_equal(loci_trainer_create(&trainer, f.network, data, &options, 5, NULL, NULL),
                     LOCI_OK);
    assert_int_equal(loci_trainer_step(trainer, NULL), LOCI_OK);
    assert_true(loci_trainer_epoch_done(trainer));
    for (size_t k = 0; k < parameters; k++)
        gradient[k] = 10 * trainer->moment1[k];
    compare_gradient("trainer", &f, gradient, right, 3e-2);
    loci_trainer_free(trainer);
    loci_dataset_free(data);
    loci_pass_free(pass);
    free(logits);
    free(gradient);
    free(right);
    fixture_close(&f);
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

/* An empty batch is no mistake. */
static void test_nothing(void **state) {
    (void)state;
    for (size_t i = 0; i < USUAL; i++) {
        fixture f;
        loci_spec spec = fixture_spec(2, 3, 3, usual[i]);
        float gradient[8192] = {0};
        loci_pass *pass;
        fixture_open(&f, &spec, 4, 0.5, i);
        assert_in_range(f.network->parameter_count, 1, 8192);
        assert_int_equal(loci_pass_create(&pass, f.network, 4, true, NULL, NULL), LOCI_OK);
        assert_int_equal(loci_batch_fill_rows(f.batch, f.x, 0, 0, NULL), LOCI_OK);
        assert_int_equal(loci_pass_forward(pass, &f.batch->in, NULL), LOCI_OK);
        loci_pass_backward(pass, &f.batch->in, gradient);
        for (size_t k = 0; k < 8192; k++)
            assert_true(gradient[k] == 0);
        loci_pass_free(pass);
        fixture_close(&f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dyadic),   cmocka_unit_test(test_arbors),
        cmocka_unit_test(test_threads),  cmocka_unit_test(test_parts),
        cmocka_unit_test(test_extremes), cmocka_unit_test(test_trainer_in_parts),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
