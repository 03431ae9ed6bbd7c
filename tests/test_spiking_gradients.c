/* The float64 twin of spiking networks against differences of its loss, with the step replaced by
 * the surrogate's antiderivative and the spikes that reset held where they are: then the gradient
 * is a true one. Every reset, surrogate, readout, coding, trained constant and wiring. */
#include "spiking_fixture.h"

#include "compare.h"

static const double TOLERANCE = 1e-6;

/* Distance between the points of a difference, error of fourth order: about STEP^4 times the fifth
 * derivative, and 1e-16 / STEP of round-off. */
static const double STEP = 1e-4;

static const struct {
    const char *beta, *threshold;
} constants[] = {{"no", "no"}, {"layer", "neuron"}, {"neuron", "layer"}};
static const char *const wirings[] = {
    "wiring=dense", "axon-sites=2 dendrite-sites=2 gap=0.6",
    "axon-sites=2 dendrite-sites=2 gap=0.6 range=1.6 train-range=layer",
    "axon-sites=2 dendrite-sites=2 gap=0.6 law=exponential length=0.8 train-length=layer",
    ("dendrite-sites=2 planes=relaxed softening=0.5 law=gaussian train-length=layer range=2.5 "
     "train-range=layer")};
static const char *const hiddens[] = {"0", "3", "3,2"};

enum {
    RESETS = 3,
    SURROGATES = 3,
    READOUTS = 5,
    CODINGS = 3,
    CONSTANTS = 3,
    WIRINGS = 5,
    COMBINATIONS = RESETS * SURROGATES * READOUTS * CODINGS * CONSTANTS * WIRINGS,
    SAMPLES = 2,
    MOST_PARAMETERS = 512
};

/* A point where the gradient is tested. */
struct point {
    fixture f;
    double *held[LOCI_MAX_PAIRS];
    double gradient[MOST_PARAMETERS];
    uint64_t pieces; /* at the point */
    bool kinked;     /* a step crossed a kink: what it measured means nothing */
    char name[512];
};

static void name_combination(size_t i, char *name, size_t size) {
    size_t reset = i % RESETS, surrogate = i / RESETS % SURROGATES;
    i /= RESETS * SURROGATES;
    size_t readout = i % READOUTS, coding = i / READOUTS % CODINGS;
    i /= READOUTS * CODINGS;
    size_t constant = i % CONSTANTS, wiring = i / CONSTANTS;
    /* the depth goes through all of its values for any two of the others */
    size_t depth = (reset + surrogate + readout + coding + constant + wiring) % 3;
    snprintf(name, size,
             "hidden=%s time-steps=4 slope=0.8 logit-scale=0.7 reset=%s surrogate=%s readout=%s "
             "coding=%s train-beta=%s train-threshold=%s %s",
             hiddens[depth], fixture_resets[reset], fixture_surrogates[surrogate],
             fixture_readouts[readout], fixture_codings[coding], constants[constant].beta,
             constants[constant].threshold, wirings[wiring]);
}

static void open_point(struct point *point, uint64_t seed) {
    loci_spec spec = fixture_spec(2, 2, 3, point->name);
    fixture *f = &point->f;
    fixture_open(f, &spec, SAMPLES, 0.7, seed);
    fixture_move(f->network, seed);
    fixture_sync(f);
    assert_in_range(f->network->parameter_count, 1, MOST_PARAMETERS);
    loci_spiking_reference_result result = {.gradient = point->gradient};
    for (uint32_t l = 0; l <= spec.hidden_count; l++) {
        size_t all = spec.time_steps * SAMPLES * loci_spec_layer_size(&spec, l + 1);
        result.spikes[l] = point->held[l] = loci_alloc(all, sizeof(double));
    }
    fixture_twin(f, true, NULL, &result);
    point->pieces = result.pieces;
    point->kinked = false;
}

static void close_point(struct point *point) {
    for (uint32_t l = 0; l <= point->f.network->spec.hidden_count; l++)
        free(point->held[l]);
    fixture_close(&point->f);
}

static double loss_at(struct point *point) {
    loci_spiking_reference_result result = {0};
    fixture_twin(&point->f, true, point->held, &result);
    point->kinked |= result.pieces != point->pieces;
    return result.loss;
}

static double difference(struct point *point, size_t i) {
    double *parameter = &point->f.parameters[i], kept = *parameter, at[5];
    for (int s = -2; s <= 2; s++) {
        *parameter = kept + s * STEP;
        at[s + 2] = s == 0 ? 0 : loss_at(point);
    }
    *parameter = kept;
    return (8 * (at[3] - at[1]) - (at[4] - at[0])) / (12 * STEP);
}

/* False when a kink was crossed. */
static bool check_point(struct point *point, size_t number) {
    const loci_tensor *t;
    for (size_t n = 0; (t = loci_network_tensor(point->f.network, n)) != NULL; n++) {
        const double *gradient = point->gradient + t->offset;
        double floor = 1e-3 * largest_of(gradient, t->count);
        for (size_t k = 0; k < 2 && k < t->count; k++) {
            size_t i = (number * 7 + k * t->count / 2) % t->count;
            double numeric = difference(point, t->offset + i);
            if (!point->kinked && excess(gradient[i], numeric, TOLERANCE, fmax(floor, 1e-4)) > 1)
                fail_msg("%s: %s[%zu] is %.12g, by differences %.12g", point->name, t->name, i,
                         gradient[i], numeric);
        }
    }
    return !point->kinked;
}

/* Whether every tensor has a gradient worth comparing. */
static bool lively(const struct point *point) {
    const loci_tensor *t;
    for (size_t n = 0; (t = loci_network_tensor(point->f.network, n)) != NULL; n++)
        if (!(largest_of(point->gradient + t->offset, t->count) > 1e-4))
            return false;
    return true;
}

static void test_every_combination(void **state) {
    (void)state;
    static struct point point;
    for (size_t i = 0; i < COMBINATIONS; i++) {
        bool checked = false;
        name_combination(i, point.name, sizeof point.name);
        for (uint64_t seed = 1; seed <= 300 && !checked; seed++) {
            open_point(&point, seed);
            checked = lively(&point) && check_point(&point, i);
            close_point(&point);
        }
        if (!checked)
            fail_msg("%s: no point found away from kinks", point.name);
    }
}

/* The comparison must notice the parts of the gradient that are easily forgotten: here, that of the
 * threshold through the reset by subtraction, by leaving it out. */
static void test_reset_has_a_share_in_the_threshold(void **state) {
    (void)state;
    static struct point point;
    snprintf(point.name, sizeof point.name,
             "hidden=3 wiring=dense time-steps=4 train-threshold=layer reset=subtract");
    open_point(&point, 3);
    size_t theta = point.f.network->layer[1].threshold;
    double with = difference(&point, theta);
    assert_true(excess(point.gradient[theta], with, TOLERANCE, 1e-4) <= 1);
    for (uint32_t l = 0; l < 2; l++) /* without spikes that reset: another slope */
        memset(point.held[l], 0, 4 * SAMPLES * 3 * sizeof(double));
    assert_true(excess(difference(&point, theta), with, 100 * TOLERANCE, 1e-4) > 1);
    close_point(&point);
}

/* Whether the gradients of four decays are as those a hair inside of the bounds are, but 0 where
 * one would lead further out; how often it is so is counted. Both passes hold. */
static void check_held(struct point *point, size_t decay, float value, size_t held[2]) {
    fixture *f = &point->f;
    double inside[MOST_PARAMETERS], gradient[MOST_PARAMETERS];
    const double bound = fmax(0, fmin(1, value)), nudge = 1e-12;
    loci_spiking_reference_result result = {.gradient = inside};
    for (size_t j = 0; j < 4; j++)
        f->parameters[decay + j] = fmax(nudge, fmin(1 - nudge, bound));
    fixture_twin(f, true, NULL, &result);
    double loss = result.loss;
    for (size_t j = 0; j < 4; j++)
        f->parameters[decay + j] = value;
    result.gradient = gradient;
    fixture_twin(f, true, NULL, &result);
    assert_true(fabs(result.loss - loss) < 1e-9);
    for (size_t j = 0; j < 4; j++) {
        double g = inside[decay + j];
        bool out = (value <= 0 && g > 0) || (value >= 1 && g < 0);
        assert_true(fabs(gradient[decay + j] - (out ? 0 : g)) < 1e-9);
        held[out]++;
    }
}

/* The float32 gradient is held where the twin's is. */
static size_t check_held_in_float(struct point *point, size_t decay, float value) {
    fixture *f = &point->f;
    double exact[MOST_PARAMETERS];
    float logits[SAMPLES * 3], fast[MOST_PARAMETERS];
    size_t seen = 0;
    loci_pass *pass;
    loci_spiking_reference_result result = {.gradient = exact};
    for (size_t j = 0; j < 4; j++)
        f->network->parameters[decay + j] = value;
    fixture_sync(f);
    fixture_twin(f, false, NULL, &result);
    assert_int_equal(loci_pass_create(&pass, f->network, SAMPLES, true, NULL, NULL), LOCI_OK);
    fixture_pass(f, pass, logits, fast);
    for (size_t j = 0; j < 4; j++)
        if (fabs(exact[decay + j]) > 1e-4 || exact[decay + j] == 0) {
            assert_true((exact[decay + j] == 0) == (fast[decay + j] == 0));
            seen++;
        }
    loci_pass_free(pass);
    return seen;
}

/* A decay outside of 0..1 acts as the bound: beta, and that of the adaptation. */
static void check_decay(const char *options, bool adaptation) {
    static struct point point;
    const float values[] = {-0.5f, 0, 0.5f, 1, 1.5f};
    size_t held[2] = {0}, in_float = 0;
    snprintf(point.name, sizeof point.name, "hidden=4 wiring=dense time-steps=4 %s", options);
    for (uint64_t seed = 1; seed <= 8; seed++) {
        open_point(&point, seed);
        const loci_layer *layer = &point.f.network->layer[1];
        size_t decay = adaptation ? layer->adaptation[0] : layer->beta;
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            check_held(&point, decay, values[v], held);
            in_float += check_held_in_float(&point, decay, values[v]);
        }
        close_point(&point);
    }
    assert_true(held[false] > 20 && held[true] > 20 && in_float > 40);
}

static void test_decays_are_held(void **state) {
    (void)state;
    check_decay("train-beta=neuron", false);
    check_decay("neuron=adlif train-adaptation=neuron threshold=0.4", true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_combination),
        cmocka_unit_test(test_reset_has_a_share_in_the_threshold),
        cmocka_unit_test(test_decays_are_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
