/* The gradient of every variant against differences of the loss, both in float64; and how many
 * parameters each network has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <loci/run.h>

#include "base/random.h"
#include "compare.h"
#include "network/contents.h"
#include "reference/network_twin.h"
#include "variants.h"

enum { SAMPLES = 3, MOST_INPUTS = 8, MOST_PARAMETERS = 8192 };

/* Distance in a parameter between the seven points of a difference. The loss has its nearest
 * singularity about 0.5 away (gap, softening, mask), so the stencil's error is near 36 (STEP /
 * 0.5)^6 = 2e-13 of the gradient, and its round-off 1e-16 * loss / STEP = 1e-13. The tolerance asks
 * for 1e-9 of a tensor's largest entry, which is above 3e-4: both are far below. */
static const double STEP = 2e-3;

/* Of a finite range a step must not take sites in or out of reach, and there are many of them. Its
 * round-off is larger, 5e-12; entries smaller than this floor are not asked for more. */
static const double SMALL_STEP = 1e-4;
static const double SMALL_FLOOR = 5e-6;
static const double LIVELY = 3e-4;

static const double TOLERANCE = 1e-6;

/* A point where the gradient is tested: a network, its parameters in float64, a batch. */
struct point {
    loci_network *network;
    double parameters[MOST_PARAMETERS], gradient[MOST_PARAMETERS];
    double inputs[SAMPLES * MOST_INPUTS];
    int32_t labels[SAMPLES];
    double step, floor;
    bool cut;        /* keeps a set of its connections */
    uint64_t firing; /* which hidden neurons fire at the point, and what is in reach */
    bool kinked; /* a step crossed a kink since this was cleared: what it measured means nothing */
    char name[512];
};

static double loss_at(struct point *point) {
    loci_reference_result result = {0};
    assert_int_equal(loci_network_reference(point->network, point->parameters, point->inputs,
                                            point->labels, SAMPLES, &result),
                     LOCI_OK);
    point->kinked |= result.firing != point->firing;
    return result.loss;
}

/* Computes the gradient at the point; whether every tensor has one worth comparing. */
static bool lively(struct point *point) {
    loci_reference_result result = {.gradient = point->gradient};
    assert_int_equal(loci_network_reference(point->network, point->parameters, point->inputs,
                                            point->labels, SAMPLES, &result),
                     LOCI_OK);
    const loci_tensor *t;
    for (size_t i = 0; (t = loci_network_tensor(point->network, i)) != NULL; i++)
        if (!(largest_of(point->gradient + t->offset, t->count) > LIVELY))
            return false;
    point->firing = result.firing;
    return true;
}

/* Moves a parameter off its start, so that none is 0 or a float by accident, to where most neurons
 * are awake. */
static double moved(const loci_tensor *t, float start, double normal, bool ranged) {
    if (t->kind == LOCI_TENSOR_BIAS)
        return 0.3 + 0.3 * normal;
    if (t->kind == LOCI_TENSOR_LENGTH)
        return start + 0.1 * normal;
    if (t->kind == LOCI_TENSOR_SCALE)
        return start + (ranged ? 2 : 0.7); /* within a range, little is left of k */
    if (t->kind == LOCI_TENSOR_GAP)        /* it acts through its absolute value */
        return normal < 0 ? -0.6 : 0.7;
    if (t->kind == LOCI_TENSOR_RANGE) /* likewise */
        return normal < 0 ? -start : start + 0.1;
    return start + 0.2 * normal;
}

static void draw(struct point *point, const loci_spec *spec, uint64_t seed) {
    loci_network_free(point->network);
    point->network = NULL;
    loci_error error = {0};
    if (loci_network_create(&point->network, spec, seed, &error) != LOCI_OK)
        fail_msg("%s: %s", point->name, error.message);
    assert_in_range(loci_network_parameter_count(point->network), 1, MOST_PARAMETERS);
    if (point->cut)
        assert_true(variant_prune(point->network));
    const float *start = loci_network_parameters(point->network);
    const loci_random numbers = {seed, LOCI_RANDOM_TEST, 0}, pixels = {seed, LOCI_RANDOM_TEST, 1};
    const loci_tensor *t;
    for (size_t n = 0; (t = loci_network_tensor(point->network, n)) != NULL; n++)
        for (size_t i = t->offset; i < t->offset + t->count; i++)
            point->parameters[i] =
                moved(t, start[i], loci_random_normal(&numbers, i), variant_is_ranged(spec));
    for (size_t i = 0; i < SAMPLES * loci_spec_layer_size(spec, 0); i++) {
        double x = loci_random_uniform(&pixels, i);
        point->inputs[i] = x < 0.3 ? 0 : x;
    }
    for (size_t b = 0; b < SAMPLES; b++)
        point->labels[b] = (int32_t)loci_random_below(&pixels, 1000 + b, spec->classes);
}

/* The derivative of the loss along a direction that touches the parameters from..from+count-1:
 * central differences of sixth order. */
static double difference(struct point *point, size_t from, size_t count, const double *direction) {
    static const double weights[3] = {45, -9, 1};
    static double saved[MOST_PARAMETERS];
    double sum = 0;
    memcpy(saved, point->parameters + from, count * sizeof *saved);
    for (int s = -3; s <= 3; s++) {
        if (s == 0)
            continue;
        for (size_t i = 0; i < count; i++)
            point->parameters[from + i] = saved[i] + s * point->step * direction[i];
        sum += (s < 0 ? -1 : 1) * weights[abs(s) - 1] * loss_at(point);
    }
    memcpy(point->parameters + from, saved, count * sizeof *saved);
    return sum / (60 * point->step);
}

/* One tensor, at most `most` of its entries: which ones changes from variant to variant. */
static void check_entries(struct point *point, const loci_tensor *t, size_t most,
                          size_t variant_number) {
    static const double unit = 1;
    double floor = fmax(1e-3 * largest_of(point->gradient + t->offset, t->count), point->floor);
    size_t checked = t->count < most ? t->count : most;
    for (size_t k = 0; k < checked; k++) {
        size_t i = t->count <= most ? k : (variant_number * 7 + k * t->count / most) % t->count;
        double analytic = point->gradient[t->offset + i],
               numeric = difference(point, t->offset + i, 1, &unit);
        if (!point->kinked && excess(analytic, numeric, TOLERANCE, floor) > 1)
            fail_msg("%s: %s[%zu] is %.12g, by differences %.12g", point->name, t->name, i,
                     analytic, numeric);
    }
}

/* The whole tensor at once: along a direction of length 1 that every entry is part of. */
static void check_direction(struct point *point, const loci_tensor *t, size_t variant_number) {
    static double direction[MOST_PARAMETERS];
    const loci_random signs = {variant_number, LOCI_RANDOM_TEST, 2};
    double analytic = 0, length = sqrt((double)t->count), terms = 0;
    for (size_t i = 0; i < t->count; i++) {
        direction[i] = (loci_random_below(&signs, i, 2) ? 1 : -1) / length;
        double term = point->gradient[t->offset + i] * direction[i];
        analytic += term;
        terms += fabs(term);
    }
    double numeric = difference(point, t->offset, t->count, direction);
    if (!point->kinked &&
        excess(analytic, numeric, TOLERANCE, fmax(1e-3 * terms, point->floor)) > 1)
        fail_msg("%s: along %s the slope is %.12g, by differences %.12g", point->name, t->name,
                 analytic, numeric);
}

/* At most `most` entries of every tensor; false when a step crossed a kink. */
static bool check_point(struct point *point, size_t most, size_t variant_number) {
    const loci_tensor *t;
    point->kinked = false;
    for (size_t i = 0; (t = loci_network_tensor(point->network, i)) != NULL && !point->kinked;
         i++) {
        check_entries(point, t, most, variant_number);
        if (t->count > most)
            check_direction(point, t, variant_number);
    }
    return !point->kinked;
}

/* Checks at the first point, the same one every time, that is away from kinks and where no layer is
 * silent. */
static void check_variant(struct point *point, const loci_spec *spec, size_t most,
                          size_t variant_number) {
    variant_name(spec, point->name, sizeof point->name);
    point->step = variant_is_ranged(spec) ? SMALL_STEP : STEP;
    point->floor = variant_is_ranged(spec) ? SMALL_FLOOR : 0;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        draw(point, spec, seed);
        if (lively(point) && check_point(point, most, variant_number))
            return;
    }
    fail_msg("%s: no point found where every tensor has a gradient and no kink is near",
             point->name);
}

static void test_every_variant(void **state) {
    struct point *point = *state;
    size_t tested = 0, partial = 0, laws = 0;
    for (size_t i = 0; i < VARIANTS; i++) {
        loci_spec spec;
        if (!variant(&spec, i))
            continue;
        point->cut = variant_is_cut(i);
        check_variant(point, &spec, 2, i);
        tested += i < VARIANT_WHOLE;
        partial += i >= VARIANT_WHOLE && i < VARIANT_LAWS;
        laws += i >= VARIANT_LAWS;
    }
    point->cut = false;
    /* Of dim x planes: 12 for random inputs, 10 for grid and sheet, which need two coordinates. Of
     * the sites: 4, for a sheet 2, which needs charged dendrites. Times sign, scale and hidden
     * layers. */
    assert_int_equal(tested, (12 * 4 + 10 * 4 + 10 * 2) * 2 * 2 * 3 + VARIANT_HIDDEN);
    assert_in_range(partial, tested / VARIANT_STRIDE - 20, tested / VARIANT_STRIDE + 20);
    /* but for tied sites on a sheet and a sheet's uncharged dendrites, which do not go together */
    size_t all = VARIANTS - VARIANT_LAWS, each = all / VARIANT_OTHERS / VARIANT_LENGTHS;
    assert_in_range(laws, (all - each) * 3 / 4, all - each - 1);
}

/* All parameters of a few larger networks, a larger dimension and more hidden layers among them. */
static void test_every_parameter(void **state) {
    struct point *point = *state;
    static const char *const cases[][12] = {
        {"hidden", "9", "dim", "3", "planes", "learned", "sign", "mask", "scale", "one", NULL},
        {"hidden", "6,5,4,3", "dim", "4", "axon-sites", "1,2,2,2,2", "dendrite-sites", "5,3,3,2,1",
         NULL},
        {"hidden", "5,5", "input", "sheet", "axon-sites", "1", "dendrite-sites", "4,2,2", "planes",
         "learned", NULL},
        {"hidden", "4", "dim", "64", "planes", "relaxed", "spread", "0.2", NULL},
        {"hidden", "5", "dim", "6", "tied", "no", "input", "grid", NULL},
        {"hidden", "7,6", "wiring", "dense", NULL},
        {"hidden", "5,4", "tied", "no", "range", "1.5,1.3,1.6", "train-range", "layer", NULL},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        loci_spec spec;
        loci_spec_defaults(&spec);
        spec.height = 2;
        spec.width = 4;
        spec.classes = 3;
        spec.logit_scale = 0.7;
        spec.gap[0] = 0.6;
        for (size_t i = 0; cases[c][i] != NULL; i += 2)
            assert_int_equal(loci_spec_set(&spec, cases[c][i], cases[c][i + 1], NULL), LOCI_OK);
        if (spec.planes == LOCI_PLANES_RELAXED)
            spec.softening = 0.5;
        assert_int_equal(loci_spec_resolve(&spec, NULL), LOCI_OK);
        check_variant(point, &spec, MOST_PARAMETERS, c);
    }
}

/* Sheets whose pixels have several channels: their places and charges, with all that acts on them.
 */
static void test_channels(void **state) {
    struct point *point = *state;
    for (size_t i = 0; i < 3 * 2 * 2 * 2 * LOCI_LAWS * 3; i++) {
        loci_spec spec;
        loci_spec_defaults(&spec);
        size_t rest = i;
        spec.height = 2;
        spec.width = 1;
        spec.channels = 3;
        spec.classes = 3;
        spec.input = LOCI_INPUT_SHEET;
        spec.extent = 1;
        spec.logit_scale = 0.7;
        spec.hidden[0] = 4;
        spec.planes = (int)(rest % 3), rest /= 3;
        spec.sign = (int)(rest % 2), rest /= 2;
        spec.scale = (int)(rest % 2), rest /= 2;
        spec.dim = rest % 2 ? 5 : 3, rest /= 2;
        spec.law = (int)(rest % LOCI_LAWS), rest /= LOCI_LAWS;
        bool relaxed = spec.planes == LOCI_PLANES_RELAXED;
        variant_list(&spec, "dendrite-sites", "4,2", 2);
        variant_list(&spec, "gap", "0.6,0.8", 2);
        if (rest > 0)
            variant_list(&spec, "range", relaxed || spec.dim > 3 ? "3,2.5" : "2,1.6", 2);
        spec.train_range = rest == 2 ? LOCI_TRAINED_LAYER : LOCI_TRAINED_NO;
        spec.softening = relaxed ? 0.5 : 0.2;
        assert_int_equal(loci_spec_resolve(&spec, NULL), LOCI_OK);
        check_variant(point, &spec, 6, i);
        const loci_tensor *position = loci_network_tensor(point->network, 0);
        const loci_tensor *charge = loci_network_tensor(point->network, 1);
        assert_string_equal(position->name, "pair0.channel.position");
        assert_string_equal(charge->name, "pair0.channel.charge");
        assert_int_equal(position->count, 3);
        assert_int_equal(charge->count, 3);
    }
}

/* The comparison that all of this rests on must notice a wrong sign and a small error in any
 * tensor. */
static void test_wrong_gradients_are_caught(void **state) {
    struct point *point = *state;
    loci_spec spec;
    assert_true(variant(&spec, VARIANT_SPATIAL - 1));
    check_variant(point, &spec, 2, 0);
    static double wrong[MOST_PARAMETERS];
    const loci_tensor *t;
    for (size_t i = 0; (t = loci_network_tensor(point->network, i)) != NULL; i++) {
        const double *right = point->gradient + t->offset;
        size_t largest = 0, where;
        for (size_t k = 0; k < t->count; k++)
            if (fabs(right[k]) > fabs(right[largest]))
                largest = k;
        memcpy(wrong, right, t->count * sizeof *wrong);
        assert_true(worst_excess(wrong, right, t->count, TOLERANCE, &where) <= 1);
        wrong[largest] = -right[largest];
        assert_true(worst_excess(wrong, right, t->count, TOLERANCE, &where) > 1);
        assert_int_equal(where, largest);
        wrong[largest] = right[largest] * (1 + 2e-6);
        assert_true(worst_excess(wrong, right, t->count, TOLERANCE, &where) > 1);
        wrong[largest] = NAN;
        assert_true(worst_excess(wrong, right, t->count, TOLERANCE, &where) > 1);
        memset(wrong, 0, t->count * sizeof *wrong);
        assert_true(worst_excess(wrong, right, t->count, TOLERANCE, &where) > 1);
    }
}

static size_t total(loci_spec *spec) {
    loci_parameter_counts counts;
    loci_error error = {0};
    if (loci_spec_resolve(spec, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    loci_spec_count(spec, &counts);
    assert_int_equal(counts.total, counts.positions + counts.charges + counts.gaps + counts.scales +
                                       counts.biases + counts.weights + counts.betas +
                                       counts.thresholds + counts.ranges + counts.lengths);
    return counts.total;
}

static size_t preset_total(const char *name) {
    loci_spec spec;
    loci_train_options train;
    loci_error error = {0};
    if (loci_preset(name, &spec, &train, &error) != LOCI_OK)
        fail_msg("%s: %s", name, error.message);
    return total(&spec);
}

/* (d-1) sum(n) + (n_hidden + n_out) + (n_in + n_hidden), and one more per learned distance;
 * relaxed: d for d-1. */
static void test_counts_of_the_paper(void **state) {
    (void)state;
    static const struct {
        const char *name;
        size_t coordinates, gaps, printed;
    } nets[] = {
        {"paper-mlp-fixed", 2, 0, 10574},   {"paper-mlp", 2, 2, 10576},
        {"paper-mlp-relaxed", 3, 0, 13416}, {"paper-mlp-5d", 4, 2, 16260},
        {"paper-mlp-8d", 7, 2, 24786},      {"paper-mlp-16d", 15, 2, 47522},
        {"paper-mlp-32d", 31, 2, 92994},
    };
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        size_t formula =
            nets[i].coordinates * (784 + 2048 + 10) + (2048 + 10) + (784 + 2048) + nets[i].gaps;
        assert_int_equal(formula, nets[i].printed);
        assert_int_equal(preset_total(nets[i].name), formula);
    }
    assert_int_equal(preset_total("dense-mlp-14"), 11140);
    assert_int_equal(preset_total("dense-mlp-17"), 13525);
    assert_int_equal(preset_total("dense-mlp-2048"), 1628170);
    assert_int_equal(preset_total("dense-mlp-0"), 7850);
    assert_in_range(preset_total("arbor-mlp-2k"), 1, 2000);
    assert_in_range(preset_total("arbor-mlp-10k"), 1, 10576);
    assert_in_range(preset_total("arbor-mlp-25k"), 1, 25000);
    assert_in_range(preset_total("fashion-mlp-10k"), 1, 10576);
    assert_in_range(preset_total("fashion-mlp-25k"), 1, 25000);
    assert_int_equal(preset_total("paper-snn"), preset_total("paper-mlp"));
    assert_int_equal(preset_total("paper-snn-fixed"), preset_total("paper-mlp-fixed"));
    assert_int_equal(preset_total("dense-snn-14"), 11140);
    assert_in_range(preset_total("arbor-snn-10k"), 1, 10576);
    assert_in_range(preset_total("arbor-snn-25k"), 1, 25000);
}

/* Counted by hand: sites x (coordinates + charge), biases, a log s per layer pair. */
static void test_counts_of_arbors(void **state) {
    (void)state;
    static const struct {
        const char *hidden, *axons, *dendrites, *input;
        size_t expected;
    } nets[] = {
        {"256", "1", "1", "random", 3408},
        {"256", "1,2", "8,1", "random", 10320},
        {"128,128", "1,2,2", "8,4,4", "grid", 8885},
        {"128,128", "1,2,2", "10,4,4", "grid", 9653},
        {"256,128", "1,2,2", "20,8,8", "grid", 23725},
        {"64,64", "1,2,2", "8,4,4", "random", 5685},
        {"32,32", "1", "13,3,3", "sheet", 1895},
    };
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        loci_spec spec;
        loci_spec_defaults(&spec);
        assert_int_equal(loci_spec_set(&spec, "hidden", nets[i].hidden, NULL), LOCI_OK);
        assert_int_equal(loci_spec_set(&spec, "axon-sites", nets[i].axons, NULL), LOCI_OK);
        assert_int_equal(loci_spec_set(&spec, "dendrite-sites", nets[i].dendrites, NULL), LOCI_OK);
        assert_int_equal(loci_spec_set(&spec, "input", nets[i].input, NULL), LOCI_OK);
        assert_int_equal(total(&spec), nets[i].expected);
        /* a sheet of colour: each channel a place and a charge, each first dendrite a coordinate */
        spec.channels = 3;
        if (spec.input == LOCI_INPUT_SHEET)
            assert_int_equal(total(&spec), nets[i].expected + 3 * 2 + 32 * 13);
    }
}

static int make_point(void **state) {
    *state = calloc(1, sizeof(struct point));
    return *state == NULL;
}

static int free_point(void **state) {
    struct point *point = *state;
    loci_network_free(point->network);
    free(point);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_variant),
        cmocka_unit_test(test_every_parameter),
        cmocka_unit_test(test_channels),
        cmocka_unit_test(test_wrong_gradients_are_caught),
        cmocka_unit_test(test_counts_of_the_paper),
        cmocka_unit_test(test_counts_of_arbors),
    };
    return cmocka_run_group_tests(tests, make_point, free_point);
}
