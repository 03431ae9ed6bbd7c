/* Rounding that begins while training prunes: what it is chosen by is what is kept, and what is
 * chosen is kept by a trainer that goes back to a checkpoint. */
#include "run_fixture.h"

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
        TEST(test_back_at_once),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
