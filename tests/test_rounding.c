/* Training through rounding: what acts is rounded, gradients go straight through, scales are chosen
 * once and kept, in files, through interruptions and in exported C. */
#include "run_fixture.h"

#include <math.h>
#include <stdlib.h>

#include "codegen/export.h"
#include "network/maps.h"
#include "network/rounding_note.h"
#include "rounding_fixture.h"
#include "train/trainer.h"

enum { VARIANTS = 6 };

static loci_config variant(size_t i) {
    loci_config config = i == 1   ? small_spiking_config(EPOCHS)
                         : i == 2 ? small_maps_config(EPOCHS)
                                  : small_config(EPOCHS);
    config.spec.sign = LOCI_SIGN_CHARGE;
    config.train.quantise = LOCI_QUANTISE_4;
    config.train.quantise_start = 0.3;
    if (i == 3) { /* a position for both sides, masks */
        config.spec.sign = LOCI_SIGN_MASK;
        config.spec.tied = LOCI_TIED_YES;
        config.spec.dendrite_sites[0] = 1;
        config.train.quantise = LOCI_QUANTISE_8;
    }
    if (i == 4) {
        config.spec.input = LOCI_INPUT_SHEET;
        config.train.quantise = LOCI_QUANTISE_8;
        config.train.quantise_charges = LOCI_QUANTISE_4;
        config.train.patience = 2;
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

/* ---- rulers ---- */

static void test_rulers(void **state) {
    (void)state;
    const float at[] = {-1, 3, 0, 3.5f, 5, 2}; /* three sites in a plane */
    for (uint32_t bits = 2; bits <= 8; bits += bits < 4 ? 2 : 4) {
        loci_extent extent = {.count = 0};
        int32_t half = 1 << (bits - 1);
        loci_extent_widen(&extent, at, 2, 2);
        loci_extent_widen(&extent, at + 4, 1, 2);
        loci_ruler ruler = loci_ruler_over(&extent, 2, 1, bits);
        assert_true(ruler.step == 6.0 / (2 * half - 1));
        assert_int_equal(loci_ruler_number(&ruler, 0, -1), -half);
        assert_int_equal(loci_ruler_number(&ruler, 0, 5), half - 1);
        assert_int_equal(loci_ruler_number(&ruler, 0, -100), -half);
        assert_int_equal(loci_ruler_number(&ruler, 0, 1e30), half - 1);
        for (int32_t k = -half; k < half; k++) /* what is rounded stays as it is */
            for (size_t x = 0; x < 2; x++) {
                float place = (float)loci_ruler_place(&ruler, x, k);
                assert_int_equal(loci_ruler_number(&ruler, x, place), k);
            }
        assert_true(loci_ruler_over(&extent, 2, 0.5, bits).step == ruler.step / 2);
        double unit = loci_charge_unit(at, 6, 1, bits);
        assert_true(unit == 5.0 / (half - 1));
        assert_int_equal(loci_charge_number(5, unit, bits), half - 1);
        assert_int_equal(loci_charge_number(-50, unit, bits), 1 - half);
        assert_int_equal(loci_charge_number(0, unit, bits), 0);
    }
    assert_true(loci_charge_unit(NULL, 3, 1, 4) == 1);
}

/* ---- what acts ---- */

static void assert_on_ruler(const loci_ruler *ruler, const float *places, size_t count,
                            bool may_lie_beyond) {
    for (size_t i = 0; i < count; i++) {
        double number = ((double)places[i] - ruler->zero[i % ruler->axes]) / ruler->step;
        assert_true(fabs(number - rint(number)) < 1e-3);
        assert_true(may_lie_beyond || fabs(number + 0.5) < (1 << (ruler->bits - 1)));
    }
}

static void assert_in_units(const float *charges, size_t count, double unit, uint32_t bits) {
    for (size_t i = 0; charges != NULL && i < count; i++) {
        double number = (double)charges[i] / unit;
        assert_true(fabs(number - rint(number)) < 1e-3 && fabs(number) < (1 << (bits - 1)));
    }
}

static void test_all_that_acts_is_rounded(void **state) {
    (void)state;
    for (size_t i = 0; i < VARIANTS; i++) {
        const loci_config config = variant(i);
        loci_network *network = network_of(&config);
        loci_acting acting;
        fixture_round(network, 4, 8, 0.7);
        const loci_rounding *by = network->rounding;
        assert_int_equal(loci_acting_open(&acting, network, NULL), LOCI_OK);
        loci_acting_update(&acting);
        for (size_t p = 0; p < acting.count; p++) {
            const loci_wiring *w = &acting.wiring[p];
            size_t axons = w->n * w->axons, dendrites = w->m * w->dendrites;
            bool sheet = p == 0 && network->sheet != NULL;
            assert_on_ruler(&by->of[p].place, w->p, axons * w->coordinates, sheet);
            assert_on_ruler(&by->of[p].place, w->q, dendrites * w->coordinates, false);
            assert_in_units(w->c, axons, by->of[p].axon, 8);
            assert_in_units(w->e, dendrites, by->of[p].dendrite, 8);
        }
        loci_acting_close(&acting);
        loci_network_free(network);
    }
}

/* ---- straight through ---- */

static void round_tensor(loci_network *to, const loci_rounding *by, size_t p, size_t offset,
                         size_t count, const loci_ruler *ruler, double unit) {
    if (offset == LOCI_NONE)
        return;
    for (size_t i = 0; i < count; i++) {
        float *at = to->parameters + offset + i;
        *at = ruler != NULL
                  ? (float)loci_ruler_place(ruler, i % ruler->axes,
                                            loci_ruler_number(ruler, i % ruler->axes, *at))
                  : (float)(loci_charge_number(*at, unit, by->charge_bits) * unit);
    }
    (void)p;
}

/* A network that rounds, and one whose parameters are what acts there. */
static void round_parameters(loci_network *to, const loci_rounding *by) {
    for (size_t p = 0; p < to->projection_count; p++) {
        const loci_projection *own = &to->projection[p];
        const loci_rulers *of = &by->of[p];
        size_t n, m, C = of->place.axes;
        loci_projection_shape(to, p, &n, &m);
        n *= to->spec.axon_sites[p];
        m *= to->spec.dendrite_sites[p];
        round_tensor(to, by, p, own->axon_position, n * C, &of->place, 0);
        round_tensor(to, by, p, own->dendrite_position, m * C, &of->place, 0);
        round_tensor(to, by, p, own->axon_charge, n, NULL, of->axon);
        round_tensor(to, by, p, own->dendrite_charge, m, NULL, of->dendrite);
    }
}

/* Without masks and grids, what acts are the parameters: the gradient is then, to the bit, that of
 * a network whose parameters are the rounded ones. */
static void test_gradients_go_straight_through(void **state) {
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        loci_config config = variant(i);
        loci_trainer *a, *b;
        config.train.quantise = LOCI_QUANTISE_NO;
        loci_network *rounding = network_of(&config), *rounded = network_of(&config);
        fixture_round(rounding, 4, 4, 1); /* nothing lies beyond its ends */
        round_parameters(rounded, rounding->rounding);
        assert_int_equal(loci_trainer_create(&a, rounding, data, &config.train, 5, NULL, NULL),
                         LOCI_OK);
        assert_int_equal(loci_trainer_create(&b, rounded, data, &config.train, 5, NULL, NULL),
                         LOCI_OK);
        assert_int_equal(loci_trainer_step(a, NULL), LOCI_OK);
        assert_int_equal(loci_trainer_step(b, NULL), LOCI_OK);
        assert_memory_equal(a->moment1, b->moment1, a->count * sizeof(float));
        assert_true(a->state.loss_sum == b->state.loss_sum);
        loci_trainer_free(a);
        loci_trainer_free(b);
        loci_network_free(rounding);
        loci_network_free(rounded);
    }
}

static double mean_of(const loci_network *network, const loci_tensor *tensor) {
    double sum = 0;
    for (size_t k = tensor->offset; k < tensor->offset + tensor->count; k++)
        sum += (double)network->parameters[k];
    return sum / (double)tensor->count;
}

/* Beyond an end nothing leads further out, and everything back in; that of maps, too. */
static void test_ends_are_held(void **state) {
    (void)state;
    for (size_t i = 0; i < VARIANTS; i++) {
        const loci_config config = variant(i);
        loci_network *network = network_of(&config);
        size_t count = network->parameter_count, held = 0;
        float *gradient = calloc(count, sizeof *gradient);
        fixture_round(network, 4, 4, 0.3);
        for (int sign = -1; sign <= 1; sign += 2) {
            for (size_t k = 0; k < count; k++)
                gradient[k] = (float)sign;
            loci_rounding_hold(network, gradient);
            for (size_t t = 0; t < network->tensor_count; t++) {
                const loci_tensor *of = &network->tensors[t];
                bool rounds = of->kind == LOCI_TENSOR_POSITION || of->kind == LOCI_TENSOR_CHARGE;
                for (size_t k = of->offset; k < of->offset + of->count; k++) {
                    held += gradient[k] == 0;
                    assert_true(gradient[k] == (float)sign || (rounds && gradient[k] == 0));
                    /* it would have gone down from below, or up from above */
                    assert_true(gradient[k] != 0 ||
                                sign * ((double)network->parameters[k] - mean_of(network, of)) < 0);
                }
            }
        }
        assert_true(held > count / 10);
        free(gradient);
        loci_network_free(network);
    }
}

/* ---- runs ---- */

static void assert_same_rounding(const loci_network *a, const loci_network *b) {
    assert_non_null(a->rounding);
    assert_non_null(b->rounding);
    assert_memory_equal(a->rounding, b->rounding, sizeof *a->rounding);
}

/* What the run says is what the model does, that the file holds. */
static void check_model(const loci_config *config, const loci_summary *summary) {
    loci_network *model, *again;
    loci_evaluation result;
    void *bytes;
    size_t size;
    assert_int_equal(loci_network_load(&model, calm, NULL), LOCI_OK);
    assert_non_null(model->rounding);
    assert_int_equal(loci_evaluate(model, data, LOCI_TEST, NULL, 0, &result, NULL), LOCI_OK);
    assert_true(result.accuracy == summary->test_accuracy);
    loci_evaluation_clear(&result);
    assert_int_equal(loci_network_store(model, &bytes, &size, NULL), LOCI_OK);
    assert_int_equal(loci_network_restore(&again, bytes, size, "again", NULL), LOCI_OK);
    assert_same_rounding(model, again);
    assert_int_equal(model->rounding->position_bits,
                     config->train.quantise == LOCI_QUANTISE_4 ? 4 : 8);
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
        assert_like_calm();
        assert_true(summary.test_accuracy == again.test_accuracy);
        check_model(&config, &summary);
        scratch_remove(run);
    }
}

/* Once chosen they stay, and a run that starts from a model keeps its own. */
static void test_scales_are_kept(void **state) {
    (void)state;
    loci_config config = variant(0);
    loci_trainer *trainer;
    loci_network *network = network_of(&config), *model;
    config.train.quantise_start = 0.5;
    assert_int_equal(loci_trainer_create(&trainer, network, data, &config.train, 5, NULL, NULL),
                     LOCI_OK);
    loci_rounding first = {.position_bits = 0};
    while (!loci_trainer_finished(trainer)) {
        bool rounds = trainer->state.step > EPOCHS * BATCHES / 2;
        assert_true((network->rounding != NULL) == rounds);
        if (rounds && first.position_bits == 0)
            first = *network->rounding;
        if (rounds)
            assert_memory_equal(&first, network->rounding, sizeof first);
        assert_int_equal(loci_trainer_step(trainer, NULL), LOCI_OK);
        if (loci_trainer_epoch_done(trainer))
            assert_int_equal(loci_trainer_end_epoch(trainer, &(loci_metrics){0}, NULL), LOCI_OK);
    }
    assert_int_equal(loci_trainer_finish(trainer, NULL), LOCI_OK);
    assert_memory_equal(&first, network->rounding, sizeof first);
    const char *path = scratch_path(folder, "rounded.safetensors");
    assert_int_equal(loci_network_save(network, path, NULL), LOCI_OK);
    strcpy(config.init, path);
    for (int quantise = LOCI_QUANTISE_NO; quantise <= LOCI_QUANTISE_4; quantise++) {
        config.train.quantise = quantise;
        config.train.epochs = 1;
        assert_int_equal(train(&config, run, NULL, NULL, NULL), LOCI_OK);
        assert_int_equal(loci_network_load(&model, run, NULL), LOCI_OK);
        bool same = memcmp(model->rounding, &first, sizeof first) == 0;
        assert_true(same == (quantise != LOCI_QUANTISE_8));
        loci_network_free(model);
        scratch_remove(run);
    }
    loci_trainer_free(trainer);
    loci_network_free(network);
}

/* ---- exports ---- */

static loci_export *export_of(const loci_network *network, uint32_t bits) {
    loci_export_options options;
    loci_export *export;
    loci_error error = {0};
    loci_export_options_defaults(&options);
    options.data = data;
    options.bits = bits;
    if (loci_export_create(&export, network, &options, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return export;
}

/* The numbers of the source are those that acted in training. */
static void test_exports_take_the_very_scales(void **state) {
    (void)state;
    for (size_t i = 0; i < VARIANTS; i++) {
        const loci_config config = variant(i);
        loci_network *network = network_of(&config);
        if (network->spec.coding == LOCI_CODING_POISSON) {
            loci_network_free(network);
            continue;
        }
        fixture_round(network, 4, 4, 0.6);
        for (uint32_t bits = 0; bits <= 8; bits += 4) {
            loci_export *export = export_of(network, bits);
            assert_int_equal(loci_export_report_of(export)->bits, bits == 0 ? 4 : bits);
            for (uint32_t l = 0; l < export->pairs; l++) {
                const loci_placed *placed = &export->pair[l].fixed.placed;
                const loci_wiring *w = &export->acting.wiring[l];
                const loci_rulers *of = &network->rounding->of[l];
                assert_true(placed->step == of->place.step);
                for (size_t k = 0; k < w->m * w->dendrites * w->coordinates; k++) {
                    double place = loci_ruler_place(&of->place, k % w->coordinates, placed->q[k]);
                    assert_true((float)place == w->q[k]);
                }
                for (size_t k = 0; placed->c != NULL && k < w->n * w->axons; k++)
                    assert_true((float)(placed->c[k] * of->axon) == w->c[k]);
            }
            loci_export_free(export);
        }
        loci_network_free(network);
    }
}

/* ---- what cannot be ---- */

static void test_what_is_refused(void **state) {
    (void)state;
    loci_config config = small_config(1);
    loci_error error = {0};
    assert_int_equal(loci_config_use(&config, "quantise-start", NULL), LOCI_OK);
    config.train.quantise_start = 0.2;
    assert_int_equal(loci_config_use(&config, "quantise-start", &error), LOCI_E_ARGUMENT);
    assert_message(&error, "add --quantise");
    config.train.quantise = LOCI_QUANTISE_8;
    config.train.quantise_what = LOCI_QUANTISE_POSITIONS;
    config.spec.wiring = LOCI_WIRING_DENSE;
    assert_no_run(&config, LOCI_E_ARGUMENT, "quantise-what", "no positions");
}

static void test_notes_that_cannot_be(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "",
        "{}",
        "[1]",
        "{\"position_bits\":9,\"charge_bits\":4,\"projections\":[]}",
        "{\"position_bits\":4,\"charge_bits\":4,\"projections\":[]}",
        "{\"position_bits\":4,\"charge_bits\":4,\"projections\":[{},{}]}",
        "{\"position_bits\":4,\"charge_bits\":4,\"projections\":[{\"step\":0,\"zero\":[0,0]},"
        "{\"step\":1,\"zero\":[0,0]}]}",
        "{\"position_bits\":4,\"charge_bits\":4,\"projections\":[{\"step\":1,\"zero\":[0,0]},"
        "{\"step\":1,\"zero\":[0]}]}",
        "{\"position_bits\":4,\"charge_bits\":4,\"projections\":[{\"step\":1,\"zero\":[0,0],"
        "\"axon_charge\":-1},{\"step\":1,\"zero\":[0,0]}]}",
    };
    const loci_config config = small_config(1);
    loci_network *network = network_of(&config);
    loci_error error = {0};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(loci_rounding_read(network, wrong[i], "x", &error), LOCI_E_FORMAT);
        assert_message(&error, "the note on rounding is not valid");
        assert_null(network->rounding);
    }
    loci_network_free(network);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_rulers),
        TEST(test_all_that_acts_is_rounded),
        TEST(test_gradients_go_straight_through),
        TEST(test_ends_are_held),
        TEST(test_a_stopped_run_goes_on),
        TEST(test_scales_are_kept),
        TEST(test_exports_take_the_very_scales),
        TEST(test_what_is_refused),
        TEST(test_notes_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
