/* Runs that prune: stopped anywhere and resumed, or with any number of threads, they end with the
 * same bytes; and what a pruned model that a run starts from asks for. */
#include "no_sync.h"
#include "run_fixture.h"

#include "network/contents.h"

/* Every kind of pruning that has something to remember. */
static loci_config kinds(size_t i) {
    loci_config config = i == 5 ? small_spiking_config(EPOCHS) : small_config(EPOCHS);
    if (i != 5)
        config.spec.hidden[0] = 14;
    config.train.prune.sparsity = i == 5 ? 0.4 : 0.7;
    config.train.prune.when = i % 2 ? LOCI_PRUNE_GRADUAL : LOCI_PRUNE_DURING;
    config.train.prune.by = (int)i % 3;
    config.train.freeze_mask = i == 0 || i == 1 || i == 3;
    config.train.prune_scope = i == 1 ? LOCI_PRUNE_SCOPE_NET : LOCI_PRUNE_SCOPE_LAYER;
    if (i == 3) {
        config.spec.wiring = LOCI_WIRING_DENSE;
        config.spec.planes = LOCI_PLANES_FIXED;
        config.spec.dendrite_sites[0] = 1;
    }
    if (i == 6) { /* what is kept is what a trained range reaches */
        config.train.prune = (loci_prune_plan){.when = LOCI_PRUNE_NEVER};
        config.spec.range[0] = 1.5;
        config.spec.train_range = LOCI_TRAINED_LAYER;
    }
    if (i == 7)
        config.train.prune.when = LOCI_PRUNE_AFTER;
    return config;
}
enum { KINDS = 8 };

static void assert_same(const char *a, const char *b) {
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        const char *in_a = scratch_path(a, results[i]), *in_b = scratch_path(b, results[i]);
        if (access(in_a, F_OK) == 0 || access(in_b, F_OK) == 0) /* only positions make frames */
            scratch_assert_same(in_a, in_b);
    }
    assert_int_equal(access(scratch_path(a, "model.safetensors"), F_OK), 0);
}

static void train_to(const char *path, const loci_config *config, int threads) {
    loci_pool *pool;
    loci_error error = {0};
    assert_int_equal(loci_pool_create(&pool, threads, NULL), LOCI_OK);
    if (loci_run_train(config, data, path, pool, NULL, NULL, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    loci_pool_free(pool);
}

static void test_threads(void **state) {
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        char one[512], three[512];
        const loci_config config = kinds(i);
        snprintf(one, sizeof one, "%s/one-%zu", folder, i);
        snprintf(three, sizeof three, "%s/three-%zu", folder, i);
        train_to(one, &config, 1);
        train_to(three, &config, 3);
        assert_same(one, three);
        scratch_remove(three);
    }
}

/* The model that stands beside a checkpoint can be read at any time; its sparsity never falls. */
static size_t count_on_the_way(size_t kind, size_t before) {
    loci_network *network;
    loci_error error = {0};
    size_t kept;
    if (loci_network_load(&network, run, &error) != LOCI_OK)
        fail_msg("kind %zu: %s", kind, error.message);
    assert_int_equal(loci_network_count_kept(network, &kept, NULL), LOCI_OK);
    if (kind != 6)
        assert_true(kept <= before);
    loci_network_free(network);
    return kept;
}

/* Compared with the runs that test_threads left. */
static void test_stop_at_every_batch(void **state) {
    (void)state;
    const volatile sig_atomic_t stop = 1;
    loci_run_options options = resuming();
    options.stop = &stop;
    for (size_t i = 0; i < KINDS; i++) {
        char whole[512];
        const loci_config config = kinds(i);
        int status, calls = 0;
        size_t kept = SIZE_MAX;
        snprintf(whole, sizeof whole, "%s/one-%zu", folder, i);
        for (; (status = train(&config, run, &options, NULL, NULL)) == LOCI_E_INTERRUPTED; calls++)
            kept = count_on_the_way(i, kept);
        assert_int_equal(status, LOCI_OK);
        assert_int_equal(calls, EPOCHS * BATCHES - 1);
        assert_same(whole, run);
        scratch_remove(run);
    }
}

/* ---- going on from a pruned model ---- */

static char pruned[512];

static void make_pruned(int by, bool freeze) {
    loci_config config = small_config(EPOCHS);
    loci_network *network;
    snprintf(pruned, sizeof pruned, "%s/pruned.safetensors", folder);
    config.spec.height = config.spec.width = SMALL_SIDE;
    config.spec.classes = SMALL_CLASSES;
    assert_int_equal(loci_network_create(&network, &config.spec, 1, NULL), LOCI_OK);
    if (by != LOCI_UNPRUNED)
        assert_int_equal(loci_network_prune(network, 0.5, by, LOCI_PRUNE_SCOPE_LAYER, NULL, NULL),
                         LOCI_OK);
    if (freeze)
        assert_int_equal(loci_network_freeze(network, NULL), LOCI_OK);
    assert_int_equal(loci_network_save(network, pruned, NULL), LOCI_OK);
    loci_network_free(network);
}

static void set_of(const char *path, uint8_t set[36 * 8]) {
    loci_network *network;
    size_t count;
    assert_int_equal(loci_network_load(&network, path, NULL), LOCI_OK);
    assert_int_equal(loci_network_kept(network, 0, set, &count, NULL), LOCI_OK);
    assert_int_equal(count, 36 * 8 / 2);
    loci_network_free(network);
}

static int from_pruned(int freeze, int when, loci_error *error) {
    loci_config config = small_config(EPOCHS);
    strcpy(config.init, pruned);
    config.train.freeze_mask = freeze;
    config.train.prune.when = when;
    config.train.prune.sparsity = 0.5;
    return train(&config, run, NULL, NULL, error);
}

static void test_init_from_pruned(void **state) {
    (void)state;
    static const struct {
        int by;
        bool frozen;
        int freeze, when, status;
        const char *part;
    } cases[] = {
        {LOCI_PRUNE_BY_DISTANCE, false, 0, LOCI_PRUNE_NEVER, LOCI_E_MISMATCH, "--freeze-mask"},
        {LOCI_PRUNE_BY_DISTANCE, true, 0, LOCI_PRUNE_NEVER, LOCI_E_MISMATCH, "--freeze-mask"},
        {LOCI_PRUNE_BY_WEIGHT, false, 1, LOCI_PRUNE_NEVER, LOCI_OK, ""},
        {LOCI_PRUNE_BY_WEIGHT, true, 1, LOCI_PRUNE_NEVER, LOCI_OK, ""},
        {LOCI_PRUNE_BY_WEIGHT, true, 0, LOCI_PRUNE_DURING, LOCI_OK, ""},
        {LOCI_PRUNE_BY_RANGE, false, 0, LOCI_PRUNE_AFTER, LOCI_OK, ""},
        {LOCI_PRUNE_BY_RANGE, false, 1, LOCI_PRUNE_NEVER, LOCI_E_UNSUPPORTED, "by range"},
        {LOCI_PRUNE_BY_DISTANCE, false, 1, LOCI_PRUNE_AFTER, LOCI_E_ARGUMENT, "nothing moves"},
        {LOCI_UNPRUNED, false, 1, LOCI_PRUNE_NEVER, LOCI_E_ARGUMENT, "not pruned"},
        {LOCI_UNPRUNED, false, 0, LOCI_PRUNE_NEVER, LOCI_OK, ""},
        {LOCI_UNPRUNED, false, 1, LOCI_PRUNE_DURING, LOCI_OK, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loci_error error = {0};
        uint8_t before[36 * 8], after[36 * 8];
        make_pruned(cases[i].by, cases[i].frozen);
        int status = from_pruned(cases[i].freeze, cases[i].when, &error);
        if (status != cases[i].status)
            fail_msg("case %zu: status %d: %s", i, status, error.message);
        assert_message(&error, cases[i].part);
        assert_int_equal(has("model.safetensors"), status == LOCI_OK);
        if (status == LOCI_OK && cases[i].freeze && cases[i].when == LOCI_PRUNE_NEVER) {
            set_of(pruned, before);
            set_of(run, after);
            assert_memory_equal(before, after, sizeof before);
        }
        if (access(run, F_OK) == 0)
            scratch_remove(run);
    }
}

static void test_freeze_without_anything(void **state) {
    (void)state;
    loci_config config = small_config(EPOCHS);
    loci_error error = {0};
    config.train.freeze_mask = 1;
    assert_int_equal(train(&config, run, NULL, NULL, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.where, "freeze-mask");
    assert_message(&error, "nothing to keep");
}

/* A sparsity that leaves nothing to train on is noticed at once, and no model is left behind. */
static void test_disconnecting_plan(void **state) {
    (void)state;
    for (int when = LOCI_PRUNE_AFTER; when <= LOCI_PRUNE_DURING; when++) {
        loci_config config = small_config(EPOCHS);
        loci_error error = {0};
        config.train.prune = (loci_prune_plan){.sparsity = 0.9999, .when = when};
        assert_int_equal(train(&config, run, NULL, NULL, &error), LOCI_E_ARGUMENT);
        assert_message(&error, "no way from an input to an output");
        assert_false(has("summary.json"));
        if (when == LOCI_PRUNE_DURING)
            assert_message(&error, "in epoch 1");
        scratch_remove(run);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_threads),
        TEST(test_stop_at_every_batch),
        TEST(test_init_from_pruned),
        TEST(test_freeze_without_anything),
        TEST(test_disconnecting_plan),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
