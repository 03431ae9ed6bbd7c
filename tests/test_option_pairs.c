/* All pairs of values of all options: each is refused in one line that names an option, or trains
 * two steps and has a gradient that differences confirm. And no option that is taken does nothing
 * beside another. They are set in several networks, since most options act in some only. With the
 * argument "part" a seventh of the pairs; what does nothing is not looked for then. */
#include "option_values.h"

#include "base/error.h"

#include "gradient_point.h"
#include "pair_data.h"
#include "scratch_folder.h"
#include "train/run_prepare.h"

enum { CHECKED = 3, SEED = 5 };

/* What options are set beside: as a preset, so that they may be overridden. */
static const char *const bases[][20] = {
    {NULL},
    {"neuron", "lif", "threshold", "0.05", "time-steps", "4", "logit-scale", "3"},
    {"law", "gaussian", "sign", "mask", "input", "grid", "range", "2.5", "length", "1.2"},
    {"wiring", "dense", "prune", "gradual:0.6", "validation", "6", "teacher", ""},
    {"hidden", "0", "neuron", "lif", "readout", "count", "threshold", "0.02", "planes", "relaxed",
     "time-steps", "4", "dendrite-sites", "2"},
    {"task", "regress", "loss", "huber", "teacher", ""},
    {"neuron", "adlif", "delay", "distance", "longest-delay", "3", "speed", "1", "recurrent", "yes",
     "threshold", "0.05", "time-steps", "6", "adaptation-spike", "0.02", "logit-scale", "3"},
    {"maps", "4,3", "window", "3", "pool", "2,1", "dim", "5", "dendrite-sites", "3", "gap", "0.5",
     "activation", "leaky-relu"},
};
enum { BASES = sizeof bases / sizeof *bases };

/* Options that may seem to do nothing: two steps do not show them, a base has a teacher already, or
 * the command that made a model is repeated with --init; one sample is one shard. */
static struct {
    const char *option, *beside; /* NULL: whatever */
    bool is_met;
} unseen[] = {
    {"patience", NULL, false},    {"test-every", NULL, false}, {"no-test", NULL, false},
    {"freeze-mask", NULL, false}, {"teacher", NULL, false},    {"spread", "init", false},
    {"shards", "batch", false},
};
enum { UNSEEN = sizeof unseen / sizeof *unseen };

typedef struct walk {
    option_values values;
    pair_data of;
    uint64_t *checked; /* hashes of networks whose gradient is confirmed */
    size_t checked_count, checked_room;
    /* [count + 1, count + 1] what came of a pair, the last being none; 0: refused */
    uint64_t *outcome;
    uint64_t seed;
    size_t base, trained, refused, diverged;
    size_t tensors, lively; /* whose gradients were compared, and that were not 0 */
} walk;

static walk w;

static void name_pair(char name[256], const option_value *a, const option_value *b) {
    size_t used = (size_t)snprintf(name, 256, "base %zu", w.base);
    if (a != NULL)
        used += (size_t)snprintf(name + used, 256 - used, " --%s %s", a->name, a->text);
    if (b != NULL)
        snprintf(name + used, 256 - used, " --%s %s", b->name, b->text);
}

/* ---- one pair ---- */

static void set(loci_config *config, const char *name, const char *text, const char *pair) {
    loci_error error = {0};
    if (strcmp(name, "teacher") == 0)
        snprintf(config->teacher, sizeof config->teacher, "%s", w.of.model[LOCI_TASK_CLASSIFY]);
    else if (strcmp(name, "init") == 0)
        snprintf(config->init, sizeof config->init, "%s", w.of.model[LOCI_TASK_CLASSIFY]);
    else if (strcmp(name, "no-test") == 0)
        config->no_test = 1;
    else if (loci_spec_set(&config->spec, name, text, NULL) != LOCI_OK &&
             loci_train_set(&config->train, name, text, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", pair, error.where, error.message);
}

static void set_base(loci_config *config, size_t base) {
    loci_config_defaults(config);
    config->spec.hidden[0] = 5;
    config->train.batch = 8;
    config->train.epochs = 2;
    config->seed = w.seed;
    for (size_t i = 0; i < 20 && bases[base][i] != NULL; i += 2)
        set(config, bases[base][i], bases[base][i + 1], "base");
}

/* Other models are of the task that was asked for, and so are the data. */
static void set_task(loci_config *config) {
    const char *model = w.of.model[config->spec.task];
    if (config->teacher[0] != '\0')
        snprintf(config->teacher, sizeof config->teacher, "%s", model);
    if (config->init[0] != '\0')
        snprintf(config->init, sizeof config->init, "%s", model);
}

static int use(const loci_config *config, const option_value *v, loci_error *error) {
    return v == NULL || v->field == NULL ? LOCI_OK : loci_config_use(config, v->name, error);
}

static int train(loci_trainer *trainer, loci_error *error) {
    loci_metrics metrics;
    int status = LOCI_OK;
    for (int step = 0; step < 2 && status == LOCI_OK && !loci_trainer_finished(trainer); step++) {
        status = loci_trainer_step(trainer, error);
        if (status == LOCI_OK && loci_trainer_epoch_done(trainer))
            status = loci_trainer_end_epoch(trainer, &metrics, error);
    }
    return status == LOCI_OK ? loci_trainer_finish(trainer, error) : status;
}

static uint64_t hash_of(const void *bytes, size_t size, uint64_t hash) {
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3u;
    return hash;
}

/* What came of it: the parameters, what of them is used, and what they make of a few samples. */
static int take_outcome(const loci_network *network, uint64_t *outcome, loci_error *error) {
    loci_evaluation result;
    int status =
        loci_evaluate(network, w.of.data[network->spec.task], LOCI_TEST, NULL, 0, &result, error);
    if (status != LOCI_OK)
        return status;
    uint64_t hash =
        hash_of(network->parameters, network->parameter_count * sizeof(float), 0xcbf29ce484222325u);
    hash = hash_of(&result.loss, sizeof result.loss, hash);
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&network->spec); l++) {
        size_t count;
        assert_int_equal(loci_network_kept(network, l, NULL, &count, NULL), LOCI_OK);
        hash = hash_of(&count, sizeof count, hash);
    }
    *outcome = hash | 1;
    return LOCI_OK;
}

static bool is_checked(const loci_network *network, int loss, bool weighted) {
    uint64_t hash = hash_of(&network->spec, sizeof network->spec, 0xcbf29ce484222325u);
    hash = hash_of(&loss, sizeof loss, hash);
    hash = hash_of(&weighted, sizeof weighted, hash);
    hash = hash_of(&network->pruned_by, sizeof network->pruned_by, hash);
    for (size_t i = 0; i < w.checked_count; i++)
        if (w.checked[i] == hash)
            return true;
    if (w.checked_count == w.checked_room) {
        w.checked_room = 2 * w.checked_room + 1024;
        w.checked = realloc(w.checked, w.checked_room * sizeof *w.checked);
        assert_non_null(w.checked);
    }
    w.checked[w.checked_count++] = hash;
    return false;
}

static void check_gradient(loci_network *network, const loci_train_options *options,
                           const char *pair) {
    gradient_point point;
    bool weighted = options->class_weight != LOCI_CLASS_WEIGHT_NONE;
    int usual =
        network->spec.task == LOCI_TASK_REGRESS ? LOCI_LOSS_SQUARED : LOCI_LOSS_CROSS_ENTROPY;
    int loss = options->loss == LOCI_LOSS_AUTO ? usual : options->loss;
    if (network->rounding != NULL) /* it has steps: test_rounding.c, test_weight_rounding.c */
        return;
    if (is_checked(network, loss, weighted))
        return;
    if (network->pruned_by != LOCI_UNPRUNED && network->pruned_by != LOCI_PRUNE_BY_RANGE)
        assert_int_equal(loci_network_freeze(network, NULL), LOCI_OK);
    point_open(&point, network, w.of.pixels, w.of.labels, CHECKED);
    fixture_aim(&point.f, loss, weighted, 3);
    if (!point_check(&point, 60))
        fail_msg("%s: %s", pair, point.why);
    w.tensors += point.tensors;
    w.lively += point.lively;
    point_close(&point);
}

static int run(loci_config *config, bool exact, const char *pair, uint64_t *outcome,
               loci_error *error) {
    const loci_dataset *data = (config->no_test ? w.of.untested : w.of.data)[config->spec.task];
    loci_config given = *config;
    loci_network *network = NULL;
    loci_trainer *trainer = NULL;
    char note[LOCI_RUN_NOTE];
    int status = loci_run_configure(config, &given, data, error);
    if (status == LOCI_OK)
        status = loci_run_network(&network, config, data, error);
    if (status == LOCI_OK)
        status = loci_run_trainer(&trainer, config, network, data, NULL, error);
    if (status == LOCI_OK && config->init[0] != '\0')
        status = loci_run_init(network, config, note, error);
    if (status == LOCI_OK)
        status = train(trainer, error);
    for (size_t i = 0; status == LOCI_OK && i < network->parameter_count; i++)
        if (!isfinite(network->parameters[i]))
            fail_msg("%s: %g among the parameters", pair, (double)network->parameters[i]);
    if (status == LOCI_OK)
        status = take_outcome(network, outcome, error);
    loci_trainer_free(trainer);
    if (status == LOCI_OK && exact)
        check_gradient(network, &config->train, pair);
    loci_network_free(network);
    return status;
}

/* The program turns it into its one line; exit status 2 but for a run that came to nothing, a model
 * to start from that is another one, and events, which these data have not. */
static void check_refusal(int status, const loci_error *error, const loci_config *config,
                          bool exact, const char *pair) {
    bool may = status == LOCI_E_ARGUMENT || (status == LOCI_E_DIVERGED && !exact) ||
               (status == LOCI_E_MISMATCH && config->init[0] != '\0') ||
               (status == LOCI_E_MISMATCH && config->spec.coding == LOCI_CODING_EVENTS);
    if (!may || error->where[0] == '\0' || error->message[0] == '\0' ||
        strchr(error->message, '\n') != NULL)
        fail_msg("%s: %d, where '%s': '%s'", pair, status, error->where, error->message);
    w.refused += status != LOCI_E_DIVERGED;
    w.diverged += status == LOCI_E_DIVERGED;
}

/* Index count stands for no option. */
static void walk_pair(size_t i, size_t k) {
    const option_value *a = i < w.values.count ? &w.values.value[i] : NULL;
    const option_value *b = k < w.values.count ? &w.values.value[k] : NULL;
    bool exact = !(a != NULL && a->is_end) && !(b != NULL && b->is_end);
    static loci_config config;
    loci_error error = {0};
    char pair[256];
    uint64_t outcome = 0;
    name_pair(pair, a, b);
    set_base(&config, w.base);
    if (a != NULL)
        set(&config, a->name, a->text, pair);
    if (b != NULL)
        set(&config, b->name, b->text, pair);
    set_task(&config);
    int status = use(&config, a, &error);
    if (status == LOCI_OK)
        status = use(&config, b, &error);
    if (status == LOCI_OK && config.train.epochs == 0) /* as the program has it */
        status = loci_fail(&error, LOCI_E_ARGUMENT, "epochs", "nothing would be trained");
    if (status == LOCI_OK)
        status = run(&config, exact, pair, &outcome, &error);
    if (status == LOCI_OK)
        w.trained++;
    else
        check_refusal(status, &error, &config, exact, pair);
    size_t all = w.values.count + 1;
    w.outcome[i * all + k] = w.outcome[k * all + i] = outcome;
}

/* ---- all of them ---- */

static bool is_unseen(const char *option, const char *beside) {
    for (size_t i = 0; i < UNSEEN; i++)
        if (strcmp(unseen[i].option, option) == 0 &&
            (unseen[i].beside == NULL || strcmp(unseen[i].beside, beside) == 0))
            return unseen[i].is_met = true;
    return false;
}

/* Whether all values that an option has, from first on, were taken beside value i and came to what
 * i alone came to. The ends of what is allowed leave little of a network: they tell nothing. */
static bool is_idle(size_t i, size_t first, size_t end) {
    size_t all = w.values.count + 1, taken = 0;
    for (size_t k = first; k < end; k++) {
        uint64_t outcome = w.outcome[i * all + k];
        if (w.values.value[k].is_end)
            continue;
        if (outcome == 0 || outcome != w.outcome[i * all + w.values.count])
            return false;
        taken++;
    }
    return taken > 0;
}

static void walk_options(uint64_t seed, size_t i, size_t first, size_t end) {
    w.seed = seed;
    walk_pair(i, w.values.count);
    for (size_t k = first; k < end; k++)
        walk_pair(i, k);
}

/* A small network may be dead, or do the same by chance: whether it is so from other starts, too.
 */
static bool is_always_idle(size_t i, size_t first, size_t end) {
    bool idle = true;
    for (uint64_t seed = SEED + 1; seed <= SEED + 8 && idle; seed++) {
        walk_options(seed, i, first, end);
        idle = is_idle(i, first, end);
        walk_options(SEED, i, first, end);
    }
    return idle;
}

/* Options that were taken, and did nothing. */
static void check_idle(void) {
    for (size_t i = 0, end; i <= w.values.count; i++)
        for (size_t first = 0; first < w.values.count; first = end) {
            const option_value *v = &w.values.value[first],
                               *a = i < w.values.count ? &w.values.value[i] : NULL;
            for (end = first; end < w.values.count && w.values.value[end].option == v->option;)
                end++;
            bool skipped = a != NULL && (a->is_end || a->option == v->option);
            if (skipped || !is_idle(i, first, end) ||
                is_unseen(v->name, a != NULL ? a->name : "") || !is_always_idle(i, first, end))
                continue;
            char pair[256];
            name_pair(pair, a, NULL);
            fail_msg("%s: --%s is taken, and nothing follows from it", pair, v->name);
        }
}

static void walk_base(size_t base, size_t stride) {
    size_t count = w.values.count;
    w.base = base;
    w.seed = SEED;
    memset(w.outcome, 0, (count + 1) * (count + 1) * sizeof *w.outcome);
    w.trained = w.refused = w.diverged = 0;
    for (size_t i = 0; i <= count; i++)
        for (size_t k = i + 1; k <= count; k++) {
            bool same = k < count && w.values.value[i].option == w.values.value[k].option;
            if (!same && (k == count || (i * 31 + k + base) % stride == 0))
                walk_pair(i, k);
        }
    walk_pair(count, count);
    if (stride == 1)
        check_idle();
    printf(
        "base %zu: %zu pairs trained, %zu refused, %zu diverged; %zu networks, in %zu of their %zu "
        "tensors a gradient\n",
        base, w.trained, w.refused, w.diverged, w.checked_count, w.lively, w.tensors);
    assert_true(w.trained * stride > 2000 && w.refused * stride > 1000);
}

static size_t stride = 1;

static void test_all_pairs(void **state) {
    (void)state;
    for (size_t base = 0; base < BASES; base++)
        walk_base(base, stride);
    assert_true(w.lively * 10 > w.tensors * 9); /* else nothing was compared */
    for (size_t i = 0; i < UNSEEN; i++)
        if (stride == 1 && !unseen[i].is_met)
            fail_msg("--%s always does something by now: take it off the list", unseen[i].option);
}

static int prepare(void **state) {
    loci_config config;
    make_folder(state);
    set_base(&config, 0);
    list_values(&w.values, &config);
    w.outcome = calloc((w.values.count + 1) * (w.values.count + 1), sizeof *w.outcome);
    return w.outcome == NULL ? -1 : pair_data_open(&w.of, &config.spec, folder);
}

static int clean(void **state) {
    pair_data_close(&w.of);
    free(w.checked);
    free(w.outcome);
    return remove_folder(state);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_pairs)};
    /* make test takes a part of them, which is another one for each base */
    stride = argc > 1 ? strtoul(argv[1], NULL, 10) : getenv("LOCI_EVERYTHING") != NULL ? 1 : 12;
    return cmocka_run_group_tests(tests, prepare, clean);
}
