/* Rounding that begins while training prunes: what it is chosen by is what is kept, and what is
 * chosen is kept by a trainer that goes back to a checkpoint. */
#include "run_fixture.h"

#include <stdlib.h>

#include "network/rounding.h"
#include "network/select.h"
#include "train/quantise.h"
#include "train/trainer_work.h"

static loci_config pruned_config(int by) {
    loci_config config = small_config(EPOCHS);
    config.spec.hidden[0] = 16;
    config.train.patience = 0;
    config.train.shift = 0;
    config.train.prune = (loci_prune_plan){.sparsity = 0.8, .when = LOCI_PRUNE_DURING, .by = by};
    return config;
}

typedef struct training {
    loci_network *network;
    loci_trainer *trainer;
} training;

static training begin(const loci_config *config) {
    training t;
    loci_error error = {0};
    if (loci_network_create_for(&t.network, &config->spec, data, 5, &error) != LOCI_OK ||
        loci_trainer_create(&t.trainer, t.network, data, &config->train, 5, NULL, &error) !=
            LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return t;
}

static void end(training *t) {
    loci_trainer_free(t->trainer);
    loci_network_free(t->network);
}

static void steps(training *t, size_t count) {
    loci_error error = {0};
    for (size_t i = 0; i < count; i++)
        if (loci_trainer_step(t->trainer, &error) != LOCI_OK)
            fail_msg("%s: %s", error.where, error.message);
}

/* ---- scales ---- */

static double unit_of(const loci_network *network, size_t pair) {
    const loci_rulers *of = &network->rounding->of[pair];
    return network->rounding->weight_bits > 0 ? of->weight : of->place.step;
}

/* Scales of a set that stays and of one that is found anew in every step are the same, as long as
 * the connections are; those of all connections are others. */
static void test_scales_are_of_what_is_kept(void **state) {
    (void)state;
    size_t others = 0;
    for (int what = LOCI_QUANTISE_POSITIONS; what <= LOCI_QUANTISE_WEIGHTS; what++)
        for (int by = LOCI_PRUNE_BY_DISTANCE; by <= LOCI_PRUNE_BY_WEIGHT; by++) {
            loci_config config = pruned_config(by);
            config.train.quantise = LOCI_QUANTISE_4;
            config.train.quantise_what = what;
            config.train.quantise_start = 0;
            training moving = begin(&config);
            config.train.freeze_mask = 1;
            training fixed = begin(&config);
            config.train.prune.when = LOCI_PRUNE_NEVER;
            config.train.freeze_mask = 0;
            training whole = begin(&config);
            /* the last of these sets is chosen by what is rounded, so nothing else may differ */
            assert_int_equal(loci_quantise_begin(moving.trainer, true, NULL), LOCI_OK);
            assert_int_equal(loci_quantise_begin(fixed.trainer, true, NULL), LOCI_OK);
            assert_int_equal(loci_quantise_begin(whole.trainer, true, NULL), LOCI_OK);
            assert_non_null(loci_trainer_pass(moving.trainer)->acting.selection[0]);
            assert_int_equal(fixed.network->pruned_by, LOCI_PRUNE_BY_SET);
            for (size_t pair = 0; pair < 2; pair++) {
                double of_moving = unit_of(moving.network, pair);
                assert_true(of_moving > 0);
                assert_true(of_moving == unit_of(fixed.network, pair));
                others += of_moving != unit_of(whole.network, pair);
            }
            end(&moving);
            end(&fixed);
            end(&whole);
        }
    assert_true(others > 0);
}

/* What a selection cuts weighs nothing. */
static void test_weights_of_a_selection(void **state) {
    (void)state;
    for (int wiring = 0; wiring < 2; wiring++)
        for (int by = LOCI_PRUNE_BY_DISTANCE; by <= LOCI_PRUNE_BY_RANGE; by++) {
            loci_config config = pruned_config(by);
            config.spec.wiring = wiring;
            training t = begin(&config);
            loci_acting acting;
            assert_int_equal(loci_acting_open(&acting, t.network, NULL), LOCI_OK);
            loci_acting_update(&acting);
            assert_int_equal(loci_select_strongest(&acting, 0.8,
                                                   loci_prune_by_for(&t.network->spec, by),
                                                   LOCI_PRUNE_SCOPE_LAYER, NULL, NULL),
                             LOCI_OK);
            const loci_wiring *w = &acting.wiring[0];
            const loci_selection *chosen = acting.selection[0];
            float *weights = calloc(w->n * w->m, sizeof *weights);
            assert_int_equal(loci_acting_weights(&acting, 0, weights, NULL), LOCI_OK);
            for (size_t k = 0; k < w->n * w->m; k++)
                assert_int_equal(weights[k] != 0,
                                 chosen->mask[k / w->m * chosen->ld + k % w->m] != 0);
            free(weights);
            loci_acting_close(&acting);
            end(&t);
        }
}

/* ---- back ---- */

/* Saved and loaded at once, a training goes on as if nothing had happened: pruned, in its very next
 * step, and what the network keeps is there to be looked at. */
static void test_back_at_once(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "at-once.safetensors");
    for (int quantise = LOCI_QUANTISE_NO; quantise <= LOCI_QUANTISE_8; quantise++)
        for (size_t stop = 0; stop < BATCHES; stop += 2) {
            loci_config config = pruned_config(LOCI_PRUNE_BY_WEIGHT);
            config.train.quantise = quantise;
            training once = begin(&config), back = begin(&config);
            steps(&once, stop);
            steps(&back, stop);
            assert_int_equal(loci_trainer_save(back.trainer, path, NULL), LOCI_OK);
            assert_int_equal(loci_trainer_load(back.trainer, path, NULL), LOCI_OK);
            if (stop > 0)
                assert_int_equal(back.network->pruned_by, once.network->pruned_by);
            for (size_t l = 0; stop > 0 && l < 2; l++) {
                assert_true(back.network->cut[l].value == once.network->cut[l].value);
                assert_int_equal(back.network->cut[l].kept, once.network->cut[l].kept);
            }
            steps(&once, 1);
            steps(&back, 1);
            assert_memory_equal(back.network->parameters, once.network->parameters,
                                once.network->parameter_count * sizeof(float));
            assert_true(back.trainer->state.loss_sum == once.trainer->state.loss_sum);
            end(&once);
            end(&back);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_scales_are_of_what_is_kept),
        TEST(test_weights_of_a_selection),
        TEST(test_back_at_once),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
