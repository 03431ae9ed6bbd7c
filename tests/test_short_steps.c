/* Steps of training that fail where memory is short, each allocation once: whoever tries again has
 * what an undisturbed training has, or is told that there are no steps any more. */
#include "fuzz/short_memory.h"
#include "run_fixture.h"

#include "network/contents.h"
#include "train/trainer_work.h"

enum { KINDS = 5, FAILING = 2, STEPS = 4, MOST_ASKED = 5000 };

static char teacher[600];

/* What begins in step FAILING, and what goes on in it. */
static loci_config kind_of(size_t kind) {
    loci_config config = small_config(EPOCHS);
    config.train.patience = 0;
    if (kind == 0)
        return config; /* it is taught */
    if (kind <= 2) {
        config.train.quantise = LOCI_QUANTISE_4;
        config.train.quantise_what = kind == 1 ? LOCI_QUANTISE_POSITIONS : LOCI_QUANTISE_WEIGHTS;
        config.train.quantise_start = (FAILING - 0.5) / (EPOCHS * BATCHES);
    }
    if (kind != 1) {
        config.train.prune =
            (loci_prune_plan){.sparsity = 0.5,
                              .when = kind == 4 ? LOCI_PRUNE_GRADUAL : LOCI_PRUNE_DURING,
                              .by = kind == 3 ? LOCI_PRUNE_BY_RANGE : LOCI_PRUNE_BY_WEIGHT};
        config.train.freeze_mask = kind == 4;
        config.train.prune_ramp = (FAILING + 0.5) / (EPOCHS * BATCHES);
    }
    return config;
}

typedef struct training {
    loci_network *network;
    loci_trainer *trainer;
} training;

static training begin(size_t kind, size_t steps) {
    const loci_config config = kind_of(kind);
    training t;
    memory_is_enough();
    assert_int_equal(loci_network_create_for(&t.network, &config.spec, data, 5, NULL), LOCI_OK);
    assert_int_equal(loci_trainer_create(&t.trainer, t.network, data, &config.train, 5, NULL, NULL),
                     LOCI_OK);
    if (kind == 0)
        assert_int_equal(loci_trainer_teach(t.trainer, teacher, NULL), LOCI_OK);
    while (t.trainer->state.step < steps)
        assert_int_equal(loci_trainer_step(t.trainer, NULL), LOCI_OK);
    return t;
}

static void end(training *t) {
    loci_trainer_free(t->trainer);
    loci_network_free(t->network);
}

static int step(training *t, size_t fails) {
    loci_error error = {0};
    short_memory.asked = 0;
    short_memory.fails = fails;
    short_memory.over = false;
    int status = loci_trainer_step(t->trainer, &error);
    memory_is_enough();
    assert_int_equal(error.code, status);
    return status;
}

/* What it worked in is gone. The network is whole, and nobody falls over what is not there. */
static void check_lost(training *t, size_t kind) {
    loci_metrics metrics;
    void *bytes;
    size_t size;
    assert_null(t->network->rounding);
    assert_int_equal(loci_network_store(t->network, &bytes, &size, NULL), LOCI_OK);
    free(bytes);
    assert_int_equal(loci_trainer_step(t->trainer, NULL), LOCI_E_MEMORY);
    t->trainer->state.batch = t->trainer->batches;
    bool set = t->network->pruned_by == LOCI_PRUNE_BY_SET; /* nothing is found anew */
    int expected =
        kind_of(kind).train.prune.when != LOCI_PRUNE_NEVER && !set ? LOCI_E_MEMORY : LOCI_OK;
    assert_int_equal(loci_trainer_end_epoch(t->trainer, &metrics, NULL), expected);
    bool rounds = kind_of(kind).train.quantise != LOCI_QUANTISE_NO;
    assert_int_equal(loci_trainer_finish(t->trainer, NULL), rounds ? LOCI_E_MEMORY : expected);
}

static void check_same(const training *a, const training *b) {
    size_t bytes = a->trainer->count * sizeof(float);
    assert_memory_equal(a->network->parameters, b->network->parameters, bytes);
    assert_memory_equal(a->trainer->moment1, b->trainer->moment1, bytes);
    assert_true(a->trainer->state.loss_sum == b->trainer->state.loss_sum);
    assert_int_equal(a->network->pruned_by, b->network->pruned_by);
    assert_int_equal(a->network->rounding != NULL, b->network->rounding != NULL);
}

static void test_steps_that_fail(void **state) {
    (void)state;
    for (size_t kind = 0; kind < KINDS; kind++) {
        training undisturbed = begin(kind, STEPS), counted = begin(kind, FAILING);
        assert_int_equal(step(&counted, 0), LOCI_OK);
        size_t asked = short_memory.asked, failed = 0;
        assert_in_range(asked, kind == 0 ? 1 : 3, MOST_ASKED);
        assert_int_equal(counted.network->rounding != NULL, kind == 1 || kind == 2);
        assert_int_equal(counted.network->pruned_by == LOCI_PRUNE_BY_SET, kind == 4);
        end(&counted);
        for (size_t fails = 1; fails <= asked; fails++) {
            training t = begin(kind, FAILING);
            int status = step(&t, fails);
            failed += status == LOCI_E_MEMORY;
            assert_true(status == LOCI_OK || status == LOCI_E_MEMORY);
            if (loci_trainer_pass(t.trainer) == NULL) {
                check_lost(&t, kind);
            } else {
                while (t.trainer->state.step < STEPS)
                    assert_int_equal(loci_trainer_step(t.trainer, NULL), LOCI_OK);
                check_same(&t, &undisturbed);
            }
            end(&t);
        }
        assert_true(failed > 0);
        end(&undisturbed);
    }
}

/* The first time that a teacher is asked. */
static void test_teachers_that_fail(void **state) {
    (void)state;
    training undisturbed = begin(0, STEPS), counted = begin(0, 0);
    assert_int_equal(step(&counted, 0), LOCI_OK);
    size_t asked = short_memory.asked;
    end(&counted);
    assert_in_range(asked, 3, MOST_ASKED);
    for (size_t fails = 1; fails <= asked; fails++) {
        training t = begin(0, 0);
        int status = step(&t, fails);
        assert_true(status == LOCI_OK || status == LOCI_E_MEMORY);
        while (t.trainer->state.step < STEPS)
            assert_int_equal(loci_trainer_step(t.trainer, NULL), LOCI_OK);
        check_same(&t, &undisturbed);
        end(&t);
    }
    end(&undisturbed);
}

/* A spiking teacher: others ask for nothing once they have begun. */
static int prepare_teacher(void **state) {
    loci_config config = small_spiking_config(1);
    loci_network *network;
    config.spec.coding = LOCI_CODING_CONSTANT;
    memory_is_enough();
    if (prepare(state) != 0 ||
        loci_network_create_for(&network, &config.spec, data, 7, NULL) != LOCI_OK)
        return 1;
    snprintf(teacher, sizeof teacher, "%s/teacher.safetensors", folder);
    int status = loci_network_save(network, teacher, NULL);
    loci_network_free(network);
    return status;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_steps_that_fail),
                                       cmocka_unit_test(test_teachers_that_fail)};
    return cmocka_run_group_tests(tests, prepare_teacher, clean);
}
