/* Training through rounded weights: those that act are whole numbers of a unit, gradients go
 * straight through to what makes them, units are chosen once and kept, in files, through
 * interruptions and in exported C. */
#include "run_fixture.h"

#include "compare.h"

#include <math.h>
#include <stdlib.h>

#include "codegen/export.h"
#include "network/maps.h"
#include "network/rounding_note.h"
#include "rounding_fixture.h"
#include "synapse/dense.h"
#include "train/trainer.h"

enum { VARIANTS = 6 };

static loci_config variant(size_t i) {
    loci_config config = i == 1   ? small_spiking_config(EPOCHS)
                         : i == 2 ? small_maps_config(EPOCHS)
                                  : small_config(EPOCHS);
    config.spec.sign = LOCI_SIGN_CHARGE;
    config.spec.recurrent = 0;
    config.train.quantise = LOCI_QUANTISE_4;
    config.train.quantise_what = LOCI_QUANTISE_WEIGHTS;
    config.train.quantise_start = 0.3;
    if (i == 3) { /* auto */
        config.spec.wiring = LOCI_WIRING_DENSE;
        config.train.quantise = LOCI_QUANTISE_TERNARY;
        config.train.quantise_what = LOCI_QUANTISE_AUTO;
    }
    if (i == 4) { /* likewise; a range that weights fall to 0 at */
        config.spec.hidden[1] = 6;
        config.spec.hidden_count = 2;
        config.spec.range[0] = 2;
        config.train.quantise = LOCI_QUANTISE_TERNARY;
        config.train.quantise_what = LOCI_QUANTISE_AUTO;
    }
    if (i == 5) {
        config.spec.hidden[0] = 16;
        config.train.patience = 0;
        config.train.average = 2;
        config.train.shards = 3;
        config.train.prune = (loci_prune_plan){
            .sparsity = 0.5, .when = LOCI_PRUNE_DURING, .by = LOCI_PRUNE_BY_RANGE};
    }
    return config;
}

static loci_network *network_of(const loci_config *config) {
    loci_network *network;
    loci_error error = {0};
    if (loci_network_create_for(&network, &config->spec, data, config->seed, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return network;
}

static float *weights_of(const loci_network *network, uint32_t l, size_t *count) {
    size_t n, m;
    loci_projection_shape(network, l, &n, &m);
    float *weights = calloc(n * m, sizeof *weights);
    assert_int_equal(loci_network_weights(network, l, weights, NULL), LOCI_OK);
    *count = n * m;
    return weights;
}

/* ---- what acts ---- */

/* The very numbers, to be read. */
static double rounded(double weight, double unit, double most) {
    return fmin(fmax(rint(weight / unit), -most), most) * unit;
}

static void test_all_weights_are_rounded(void **state) {
    (void)state;
    for (size_t i = 0; i < VARIANTS; i++) {
        const loci_config config = variant(i);
        loci_network *network = network_of(&config), *bare = network_of(&config);
        uint32_t bits = i % 3 == 0 ? 2 : i % 3 == 1 ? 4 : 8;
        size_t count, beyond = 0;
        fixture_round_weights(network, bits, 0.7);
        assert_int_equal(loci_network_weight_bits(network), bits);
        assert_int_equal(loci_network_weight_bits(bare), 0);
        assert_int_equal(loci_network_rounding(network, NULL, NULL), 0);
        for (uint32_t l = 0; l <= loci_spec_hidden_layers(&config.spec); l++) {
            float *own = weights_of(network, l, &count), *before = weights_of(bare, l, &count);
            double unit = network->rounding->of[l].weight, most = loci_charge_most(bits);
            for (size_t k = 0; k < count; k++) {
                double wanted = rounded((double)before[k], unit, most);
                assert_true(fabs((double)own[k] - wanted) <= 1e-6 * most * unit);
                beyond += fabs((double)before[k]) > (most + 0.5) * unit;
            }
            free(own);
            free(before);
        }
        assert_true(beyond > 0 || bits == 2); /* of two bits half a number is much */
        loci_network_free(network);
        loci_network_free(bare);
    }
}

/* ---- straight through ---- */

/* A trainer after one step: its first moments are a tenth of the gradient. */
static loci_trainer *stepped(loci_network *network, const loci_config *config) {
    loci_trainer *trainer;
    assert_int_equal(loci_trainer_create(&trainer, network, data, &config->train, 5, NULL, NULL),
                     LOCI_OK);
    assert_int_equal(loci_trainer_step(trainer, NULL), LOCI_OK);
    return trainer;
}

/* A conventional net whose weights are those that act in another, and so are its biases. */
static loci_network *conventional(const loci_network *network, loci_config config) {
    size_t count;
    config.spec.wiring = LOCI_WIRING_DENSE;
    loci_network *made = network_of(&config);
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&config.spec); l++) {
        size_t n, m;
        float *weights = weights_of(network, l, &count);
        loci_projection_shape(network, l, &n, &m);
        memcpy(made->parameters + made->projection[l].weight, weights, count * sizeof *weights);
        memcpy(made->parameters + made->layer[l + 1].bias,
               network->parameters + network->layer[l + 1].bias, m * sizeof *weights);
        free(weights);
    }
    return made;
}

/* From dL/dW of pair l, [n, m], to what makes weights that are not rounded. Returns how many of its
 * numbers led further out where the numbers of weights end. */
static size_t contract(const loci_network *bare, const loci_rounding *by, uint32_t l, float *dw,
                       float *gradient) {
    loci_acting acting;
    loci_dense *dense;
    size_t count, held = 0;
    assert_int_equal(loci_acting_open(&acting, bare, NULL), LOCI_OK);
    loci_acting_update(&acting);
    float *weights = weights_of(bare, l, &count);
    double end = (loci_charge_most(by->weight_bits) + 0.5) * by->of[l].weight;
    for (size_t k = 0; k < count; k++)
        if (fabs((double)weights[k]) > end && weights[k] * dw[k] < 0) {
            dw[k] = 0;
            held++;
        }
    float *made = calloc(loci_acting_made(&acting, l), sizeof *made);
    loci_wiring_gradient of = loci_acting_gradient(&acting, l, gradient, made);
    assert_int_equal(loci_dense_create(&dense, &acting.wiring[l], true, false, NULL, NULL),
                     LOCI_OK);
    loci_dense_contract(dense, &acting.wiring[l], dw, &of, NULL);
    loci_acting_chain(&acting, l, &of, gradient);
    loci_dense_free(dense);
    loci_acting_close(&acting);
    free(weights);
    free(made);
    return held;
}

/* The gradient of a net that rounds is that of a conventional net of the rounded weights, taken on
 * to positions as if these weights followed from them. */
static void test_gradients_go_straight_through(void **state) {
    (void)state;
    static const size_t tried[] = {0, 2, 4};
    for (size_t t = 0; t < sizeof tried / sizeof *tried; t++) {
        loci_config config = variant(tried[t]);
        config.train.quantise = LOCI_QUANTISE_NO;
        config.train.quantise_what = LOCI_QUANTISE_AUTO;
        config.train.prune.when = LOCI_PRUNE_NEVER;
        loci_network *network = network_of(&config), *bare = network_of(&config);
        fixture_round_weights(network, 4, 0.3);
        loci_network *other = conventional(network, config);
        loci_trainer *a = stepped(network, &config), *b = stepped(other, &config);
        assert_true(fabs(a->state.loss_sum - b->state.loss_sum) < 1e-5 * b->state.loss_sum);
        float *gradient = calloc(a->count, sizeof *gradient);
        size_t held = 0, moved = 0;
        for (uint32_t l = 0; l <= loci_spec_hidden_layers(&config.spec); l++) {
            size_t n, m;
            loci_projection_shape(bare, l, &n, &m);
            memcpy(gradient + bare->layer[l + 1].bias, b->moment1 + other->layer[l + 1].bias,
                   m * sizeof *gradient);
            held += contract(bare, network->rounding, l, b->moment1 + other->projection[l].weight,
                             gradient);
        }
        double largest = largest_of_floats(gradient, a->count);
        for (size_t k = 0; k < a->count; k++) {
            assert_true(fabs((double)(a->moment1[k] - gradient[k])) < 2e-5 * largest);
            moved += gradient[k] != 0;
        }
        assert_true(held > 0 && moved > a->count / 2);
        free(gradient);
        loci_trainer_free(a);
        loci_trainer_free(b);
        loci_network_free(network);
        loci_network_free(bare);
        loci_network_free(other);
    }
}

/* Of a conventional net, to the bit; at the ends nothing leads further out, and everything back. */
static void test_conventional_weights(void **state) {
    (void)state;
    loci_config config = variant(3);
    config.train.quantise = LOCI_QUANTISE_NO;
    loci_network *network = network_of(&config);
    fixture_round_weights(network, 4, 1);
    loci_network *other = conventional(network, config);
    loci_trainer *a = stepped(network, &config), *b = stepped(other, &config);
    assert_memory_equal(a->moment1, b->moment1, a->count * sizeof(float));
    assert_true(a->state.loss_sum == b->state.loss_sum);
    fixture_round_weights(network, 2, 0.4);
    size_t held = 0;
    for (int sign = -1; sign <= 1; sign += 2) {
        for (size_t k = 0; k < a->count; k++)
            a->moment1[k] = (float)sign;
        loci_rounding_hold(network, a->moment1);
        for (size_t k = 0; k < a->count; k++) {
            held += a->moment1[k] == 0;
            assert_true(a->moment1[k] != 0 || (float)sign * network->parameters[k] < 0);
        }
    }
    assert_true(held > 0);
    loci_trainer_free(a);
    loci_trainer_free(b);
    loci_network_free(network);
    loci_network_free(other);
}

/* ---- runs ---- */

static void check_model(const loci_config *config, const loci_summary *summary) {
    loci_network *model, *again;
    loci_evaluation result;
    void *bytes;
    size_t size;
    assert_int_equal(loci_network_load(&model, calm, NULL), LOCI_OK);
    assert_int_equal(loci_evaluate(model, data, LOCI_TEST, NULL, 0, &result, NULL), LOCI_OK);
    assert_true(result.accuracy == summary->test_accuracy);
    loci_evaluation_clear(&result);
    assert_int_equal(loci_network_store(model, &bytes, &size, NULL), LOCI_OK);
    assert_int_equal(loci_network_restore(&again, bytes, size, "again", NULL), LOCI_OK);
    assert_memory_equal(model->rounding, again->rounding, sizeof *model->rounding);
    assert_int_equal(loci_network_weight_bits(model),
                     config->train.quantise == LOCI_QUANTISE_4 ? 4 : 2);
    loci_network_free(again);
    loci_network_free(model);
    free(bytes);
}

static void test_a_stopped_run_goes_on(void **state) {
    (void)state;
    const volatile sig_atomic_t stop = 1;
    for (size_t i = 0; i < VARIANTS; i++) {
        const loci_config config = variant(i);
        loci_run_options options = resuming(), anew;
        loci_summary summary, again;
        loci_error error = {0};
        int status, calls = 0;
        loci_run_options_defaults(&anew);
        anew.force = 1;
        if (train(&config, calm, &anew, &summary, &error) != LOCI_OK)
            fail_msg("%zu: %s: %s", i, error.where, error.message);
        options.stop = &stop;
        while ((status = train(&config, run, &options, &again, NULL)) == LOCI_E_INTERRUPTED)
            calls++;
        assert_int_equal(status, LOCI_OK);
        assert_true(calls > 2 * BATCHES);
        if (config.spec.wiring == LOCI_WIRING_SPATIAL)
            assert_like_calm();
        else /* nothing moves, so there are no frames */
            scratch_assert_same(scratch_path(calm, results[0]), scratch_path(run, results[0]));
        assert_true(summary.test_accuracy == again.test_accuracy);
        check_model(&config, &summary);
        scratch_remove(run);
    }
}

/* A run that starts from a model keeps its units, unless it asks for something else. */
static void test_units_are_kept(void **state) {
    (void)state;
    static const struct {
        int quantise, what;
        bool same;
    } asked[] = {{LOCI_QUANTISE_NO, LOCI_QUANTISE_AUTO, true},
                 {LOCI_QUANTISE_2, LOCI_QUANTISE_WEIGHTS, true},
                 {LOCI_QUANTISE_TERNARY, LOCI_QUANTISE_AUTO, true},
                 {LOCI_QUANTISE_8, LOCI_QUANTISE_WEIGHTS, false},
                 {LOCI_QUANTISE_4, LOCI_QUANTISE_POSITIONS, false}};
    loci_config config = variant(0);
    loci_network *network = network_of(&config), *model;
    fixture_round_weights(network, 2, 0.5);
    const char *path = scratch_path(folder, "rounded.safetensors");
    assert_int_equal(loci_network_save(network, path, NULL), LOCI_OK);
    strcpy(config.init, path);
    config.train.epochs = 1;
    config.train.quantise_start = 0;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        config.train.quantise = asked[i].quantise;
        config.train.quantise_what = asked[i].what;
        assert_int_equal(train(&config, run, NULL, NULL, NULL), LOCI_OK);
        assert_int_equal(loci_network_load(&model, run, NULL), LOCI_OK);
        bool same = memcmp(model->rounding, network->rounding, sizeof *model->rounding) == 0;
        assert_true(same == asked[i].same);
        assert_true((model->rounding->weight_bits == 0) ==
                    (asked[i].what == LOCI_QUANTISE_POSITIONS));
        loci_network_free(model);
        scratch_remove(run);
    }
    loci_network_free(network);
}

/* ---- exports ---- */

/* A spike counts 1, so receivers have gains, all the same: what membranes are held against is not
 * rounded to whole weights. Elsewhere there are none. */
static void check_gains(const loci_network *network, const loci_codegen_pair *pair) {
    const loci_pair_fixed *fixed = &pair->fixed;
    bool spikes = loci_spec_spikes(&network->spec);
    assert_true((fixed->gain != NULL) == spikes);
    for (size_t j = 0; spikes && j < pair->m; j++) {
        assert_int_equal(fixed->gain[j], fixed->gain[0]);
        double threshold = (double)pair->real.threshold[j], allowed = network->spec.threshold / 100;
        assert_true(fabs(fixed->bias[j] * fixed->unit - (double)pair->real.bias[j]) < allowed);
        assert_true(fabs(fixed->threshold[j] * fixed->unit - threshold) < allowed);
    }
}

/* The numbers of the source are those that act, in as many bits as hold them. */
static void check_export(const loci_network *network, int mode, uint32_t bits, bool linear) {
    loci_export_options options;
    loci_export *export;
    loci_error error = {0};
    loci_export_options_defaults(&options);
    options.data = data;
    options.mode = mode;
    options.bits = bits;
    options.linear = linear;
    if (loci_export_create(&export, network, &options, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    assert_int_equal(loci_export_report_of(export)->bits, linear ? 8 : bits == 0 ? 4 : bits);
    for (uint32_t l = 0; l < export->pairs; l++) {
        const loci_pair_fixed *fixed = &export->pair[l].fixed;
        size_t count;
        float *weights = weights_of(network, l, &count);
        check_gains(network, &export->pair[l]);
        for (size_t k = 0; k < count; k++)
            assert_true((float)(fixed->stored[k] * network->rounding->of[l].weight) == weights[k]);
        free(weights);
    }
    loci_export_free(export);
}

static void test_exports_take_the_very_units(void **state) {
    (void)state;
    for (size_t i = 0; i < VARIANTS; i++) {
        loci_config config = variant(i);
        config.spec.coding = LOCI_CODING_CONSTANT; /* C has no random numbers */
        loci_network *network = network_of(&config);
        fixture_round_weights(network, 4, 0.6);
        for (uint32_t bits = 0; bits <= 8; bits += 4) {
            check_export(network, LOCI_EXPORT_WEIGHTS, bits, false);
            check_export(network, LOCI_EXPORT_PRUNED, bits, false);
        }
        if (!loci_spec_spikes(&network->spec))
            check_export(network, LOCI_EXPORT_WEIGHTS, 0, true);
        loci_network_free(network);
    }
}

/* ---- what cannot be ---- */

static void test_what_is_refused(void **state) {
    (void)state;
    loci_config config = variant(0);
    loci_error error = {0};
    config.train.quantise_charges = LOCI_QUANTISE_8;
    assert_int_equal(loci_config_use(&config, "quantise-charges", &error), LOCI_E_ARGUMENT);
    assert_message(&error, "weights are rounded");
    config.train.quantise_charges = 0;
    config.train.quantise = LOCI_QUANTISE_TERNARY;
    config.train.quantise_what = LOCI_QUANTISE_POSITIONS;
    assert_no_run(&config, LOCI_E_ARGUMENT, "quantise", "ternary is for weights");
    config = variant(3);
    config.train.quantise = LOCI_QUANTISE_8;
    config.train.quantise_what = LOCI_QUANTISE_POSITIONS;
    assert_no_run(&config, LOCI_E_ARGUMENT, "quantise-what", "no positions");
    config = variant(1);
    config.spec.recurrent = 1;
    assert_no_run(&config, LOCI_E_ARGUMENT, "quantise-what", "to itself");
    config = variant(0);
    loci_network *network = network_of(&config);
    loci_export_options options;
    loci_export *export;
    fixture_round_weights(network, 4, 0.6);
    loci_export_options_defaults(&options);
    options.data = data;
    assert_int_equal(loci_export_create(&export, network, &options, &error), LOCI_E_UNSUPPORTED);
    assert_message(&error, "use --mode weights or pruned");
    loci_network_free(network);
}

static void test_notes_that_cannot_be(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "{\"weight_bits\":4}",
        "{\"weight_bits\":1,\"projections\":[{\"weight\":1},{\"weight\":1}]}",
        "{\"weight_bits\":9,\"projections\":[{\"weight\":1},{\"weight\":1}]}",
        "{\"weight_bits\":4,\"projections\":[{\"weight\":1}]}",
        "{\"weight_bits\":4,\"projections\":[{\"weight\":1},{}]}",
        "{\"weight_bits\":4,\"projections\":[{\"weight\":1},{\"weight\":0}]}",
        "{\"weight_bits\":4,\"projections\":[{\"weight\":1},{\"weight\":-1}]}",
        "{\"weight_bits\":4,\"projections\":[{\"weight\":1},{\"weight\":1e300}]}",
        "{\"weight_bits\":4,\"projections\":[{\"weight\":1},{\"weight\":1e-300}]}",
        "{\"weight_bits\":4,\"projections\":[{\"weight\":1},{\"weight\":0.1}]}", /* no float */
    };
    loci_config config = small_config(1);
    loci_network *network = network_of(&config);
    loci_error error = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(loci_rounding_read(network, wrong[i], "x", &error), LOCI_E_FORMAT);
        assert_message(&error, "the note on rounding is not valid");
        assert_null(network->rounding);
    }
    loci_network_free(network);
    config = variant(1);
    config.spec.recurrent = 1;
    network = network_of(&config);
    assert_int_equal(loci_rounding_read(network,
                                        "{\"weight_bits\":4,\"projections\":[{\"weight\":1},"
                                        "{\"weight\":1},{\"weight\":1}]}",
                                        "x", &error),
                     LOCI_E_FORMAT);
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_all_weights_are_rounded), TEST(test_gradients_go_straight_through),
        TEST(test_conventional_weights),    TEST(test_a_stopped_run_goes_on),
        TEST(test_units_are_kept),          TEST(test_exports_take_the_very_units),
        TEST(test_what_is_refused),         TEST(test_notes_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
