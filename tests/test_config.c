/* config.json, metrics.jsonl and summary.json: what is written comes back, and what is damaged is
 * refused. */
#include <math.h>

#include "scratch_folder.h"
#include "small_run.h"

#include "train/config.h"
#include "train/metrics.h"

/* Every field away from its default. */
static loci_config full_config(void) {
    loci_config config = small_config(77);
    strcpy(config.data, "some \"where\"/\xc3\xa4.npz");
    strcpy(config.data_dir, "/data");
    strcpy(config.label_column, "class");
    strcpy(config.test_file, "test.csv");
    strcpy(config.init, "other/model.safetensors");
    strcpy(config.teacher, "large/model.safetensors");
    strcpy(config.origin, "../..");
    strcpy(config.train_fingerprint, "0123456789abcdef");
    strcpy(config.test_fingerprint, "123456789abcdef0");
    strcpy(config.init_fingerprint, "23456789abcdef01");
    strcpy(config.teacher_fingerprint, "3456789abcdef012");
    config.seed = INT64_MAX;
    config.no_test = 1;
    config.spec.height = 7;
    config.spec.width = 9;
    config.spec.classes = 4;
    config.spec.hidden_count = 2;
    config.spec.hidden[0] = 30;
    config.spec.hidden[1] = 20;
    config.spec.wiring = LOCI_WIRING_SPATIAL;
    config.spec.dim = 5;
    config.spec.planes = LOCI_PLANES_RELAXED;
    config.spec.input = LOCI_INPUT_GRID;
    config.spec.sign = LOCI_SIGN_MASK;
    config.spec.tied = LOCI_TIED_NO;
    config.spec.scale = LOCI_SCALE_ONE;
    config.spec.axon_sites[1] = 3;
    config.spec.dendrite_sites[0] = 2;
    config.spec.dendrite_sites[2] = 4;
    config.spec.dendrite_sites[1] = 1;
    config.spec.gap[0] = 0.1;
    config.spec.gap[1] = 1.0 / 3;
    config.spec.softening = 1e-3;
    config.spec.steepness = 7.25;
    config.spec.logit_scale = 1.0 / 7;
    config.spec.spread = 0.7;
    config.spec.extent = 3.1;
    config.spec.noise = 0.011;
    config.train.warmup = 11;
    config.train.schedule = LOCI_SCHEDULE_CONSTANT;
    config.train.test_every = 3;
    return config;
}

/* By name, since padding between members may hold anything; what the data set has no name. */
static void assert_same_options(const loci_config *a, const loci_config *b) {
    char ours[256], theirs[256];
    size_t count;
    assert_int_equal(a->spec.height, b->spec.height);
    assert_int_equal(a->spec.width, b->spec.width);
    assert_int_equal(a->spec.inputs, b->spec.inputs);
    assert_int_equal(a->spec.classes, b->spec.classes);
    const loci_field *fields = loci_spec_fields(&count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(loci_spec_get(&a->spec, fields[i].name, ours, sizeof ours), LOCI_OK);
        assert_int_equal(loci_spec_get(&b->spec, fields[i].name, theirs, sizeof theirs), LOCI_OK);
        assert_string_equal(ours, theirs);
    }
    fields = loci_train_fields(&count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(loci_train_get(&a->train, fields[i].name, ours, sizeof ours), LOCI_OK);
        assert_int_equal(loci_train_get(&b->train, fields[i].name, theirs, sizeof theirs), LOCI_OK);
        assert_string_equal(ours, theirs);
    }
}

static void assert_same_config(const loci_config *a, const loci_config *b) {
    assert_string_equal(a->preset, b->preset);
    assert_string_equal(a->data, b->data);
    assert_string_equal(a->data_dir, b->data_dir);
    assert_string_equal(a->label_column, b->label_column);
    assert_string_equal(a->test_file, b->test_file);
    assert_string_equal(a->init, b->init);
    assert_string_equal(a->teacher, b->teacher);
    assert_string_equal(a->origin, b->origin);
    assert_string_equal(a->train_fingerprint, b->train_fingerprint);
    assert_string_equal(a->test_fingerprint, b->test_fingerprint);
    assert_string_equal(a->init_fingerprint, b->init_fingerprint);
    assert_string_equal(a->teacher_fingerprint, b->teacher_fingerprint);
    assert_true(a->seed == b->seed);
    assert_int_equal(a->no_test, b->no_test);
    assert_same_options(a, b);
}

static void test_config_round_trip(void **state) {
    (void)state;
    loci_config config = full_config(), loaded;
    const char *path = scratch_path(folder, "config.json"), *first = scratch_path(folder, "first");
    assert_int_equal(loci_config_save(&config, folder, NULL), LOCI_OK);
    memset(&loaded, 0xaa, sizeof loaded);
    assert_int_equal(loci_config_load(&loaded, folder, NULL), LOCI_OK);
    assert_same_config(&config, &loaded);
    assert_int_equal(rename(path, first), 0);
    assert_int_equal(loci_config_save(&loaded, folder, NULL), LOCI_OK);
    scratch_assert_same(path, first);
    loci_config_defaults(&config);
    assert_int_equal(loci_config_save(&config, folder, NULL), LOCI_OK);
    assert_int_equal(loci_config_load(&loaded, folder, NULL), LOCI_OK);
    assert_same_config(&config, &loaded);
}

static void test_config_not_writable(void **state) {
    (void)state;
    loci_config config = full_config();
    loci_error error = {0};
    config.seed = (uint64_t)INT64_MAX + 1;
    assert_int_equal(loci_config_save(&config, folder, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.where, "seed");
    config = full_config();
    strcpy(config.test_file, "\xff.csv");
    assert_int_equal(loci_config_save(&config, folder, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.where, "test_file");
    config = full_config();
    assert_int_equal(loci_config_save(&config, "/no/such/folder", &error), LOCI_E_IO);
}

/* Replaces the first `from` in config.json, which must then be refused. */
static void damaged(const char *from, const char *to, const char *message) {
    loci_config config = full_config(), before;
    loci_error error = {0};
    size_t size;
    assert_int_equal(loci_config_save(&config, folder, NULL), LOCI_OK);
    const char *path = scratch_path(folder, "config.json");
    char *text = (char *)scratch_read(path, &size), *at = strstr(text, from);
    assert_non_null(at);
    FILE *file = fopen(path, "w");
    fprintf(file, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    fclose(file);
    free(text);
    memset(&config, 0xaa, sizeof config);
    before = config;
    assert_int_equal(loci_config_load(&config, folder, &error), LOCI_E_FORMAT);
    assert_string_equal(error.where, path);
    if (strstr(error.message, message) == NULL)
        fail_msg("'%s' does not contain '%s'", error.message, message);
    assert_memory_equal(&config, &before, sizeof config);
}

static void test_config_damaged(void **state) {
    (void)state;
    damaged("\"version\": 1", "\"version\": 2", "version 1");
    damaged("\"version\": 1", "\"version\": 1, \"versions\": 1", "does not know");
    damaged("\"seed\"", "\"sead\"", "seed");
    damaged("\"seed\": 9", "\"seed\": -9", "seed");
    damaged("\"no_test\": true", "\"no_test\": 1", "no_test");
    damaged("\"preset\": \"small\"", "\"preset\": 4", "preset");
    damaged("\"preset\": \"small\"",
            "\"preset\": \"0123456789012345678901234567890123456789012345678901234567890123\"",
            "at most 63 bytes");
    damaged("\"preset\"", "\"data\"", "JSON");
    damaged("\"epochs\": 77", "\"epochs\": 100001", "epochs");
    damaged("\"epochs\": 77", "\"epoch\": 77", "does not know");
    damaged("\"dim\": 5", "\"dim\": 65", "dim");
    damaged("\"dim\": 5", "\"dim\": \"5\"", "dim");
    damaged("\"network\": {", "\"network\": [], \"x\": {", "does not know");
    damaged("\"height\": 7", "\"height\": 7.5", "height");
    damaged("}", "", "JSON");
}

/* Files from before there were teachers have none. */
static void test_config_older(void **state) {
    (void)state;
    static const char entry[] = "\"teacher\": \"\",\n  ";
    loci_config config = full_config(), loaded;
    size_t size;
    config.teacher[0] = '\0';
    assert_int_equal(loci_config_save(&config, folder, NULL), LOCI_OK);
    const char *path = scratch_path(folder, "config.json");
    char *text = (char *)scratch_read(path, &size), *at = strstr(text, entry);
    assert_non_null(at);
    memmove(at, at + strlen(entry), size - (size_t)(at - text) - strlen(entry));
    scratch_write(path, (unsigned char *)text, size - strlen(entry));
    free(text);
    assert_int_equal(loci_config_load(&loaded, folder, NULL), LOCI_OK);
    assert_same_config(&config, &loaded);
}

static void test_config_truncated_or_missing(void **state) {
    (void)state;
    loci_config config = full_config();
    size_t size;
    assert_int_equal(loci_config_save(&config, folder, NULL), LOCI_OK);
    const char *path = scratch_path(folder, "config.json");
    unsigned char *text = scratch_read(path, &size);
    for (size_t length = 0; length + 1 < size; length++) { /* the last byte is only a line feed */
        scratch_write(path, text, length);
        assert_int_equal(loci_config_load(&config, folder, NULL), LOCI_E_FORMAT);
    }
    free(text);
    remove(path);
    assert_int_equal(loci_config_load(&config, folder, NULL), LOCI_E_NOT_FOUND);
    assert_int_equal(mkdir(path, 0777), 0);
    assert_int_equal(loci_config_load(&config, folder, NULL), LOCI_E_IO);
    assert_int_equal(rmdir(path), 0);
}

static void test_config_compare(void **state) {
    (void)state;
    const loci_config stored = full_config();
    loci_config given = stored;
    loci_error error = {0};
    assert_int_equal(loci_config_compare(&given, &stored, &error), LOCI_OK);
    strcpy(given.data_dir, "moved");
    assert_int_equal(loci_config_compare(&given, &stored, &error), LOCI_OK);
#define DIFFERS(change, option)                                                                    \
    do {                                                                                           \
        given = stored;                                                                            \
        change;                                                                                    \
        assert_int_equal(loci_config_compare(&given, &stored, &error), LOCI_E_MISMATCH);           \
        assert_string_equal(error.where, option);                                                  \
    } while (0)
    DIFFERS(given.seed--, "seed");
    DIFFERS(given.no_test = 0, "no-test");
    DIFFERS(strcpy(given.data, "other"), "data");
    DIFFERS(strcpy(given.init, ""), "init");
    DIFFERS(strcpy(given.teacher, ""), "teacher");
    DIFFERS(given.train.distillation /= 2, "distillation");
    DIFFERS(given.train.lr *= 1 + 1e-15, "lr");
    DIFFERS(given.train.test_every++, "test-every");
    DIFFERS(given.train.schedule = LOCI_SCHEDULE_COSINE, "schedule");
    DIFFERS(given.spec.dendrite_sites[2] = 5, "dendrite-sites");
    DIFFERS(given.spec.hidden_count = 1, "hidden");
    DIFFERS(given.spec.width++, "width");
#undef DIFFERS
    given = stored;
    given.train.epochs = 78;
    loci_config_compare(&given, &stored, &error);
    assert_non_null(strstr(error.message, "78"));
    assert_non_null(strstr(error.message, "77"));
}

/* What is in the data and the models counts where both know; where they lie does not. */
static void test_config_compares_contents(void **state) {
    (void)state;
    const loci_config stored = full_config();
    loci_config given = stored, old = stored;
    loci_error error = {0};
    strcpy(given.origin, "elsewhere");
    assert_int_equal(loci_config_compare(&given, &stored, &error), LOCI_OK);
    static const struct {
        size_t at;
        const char *where, *message;
    } parts[] = {
        {offsetof(loci_config, train_fingerprint), "some \"where\"/\xc3\xa4.npz",
         "its training samples"},
        {offsetof(loci_config, test_fingerprint), "some \"where\"/\xc3\xa4.npz",
         "its test samples"},
        {offsetof(loci_config, init_fingerprint), "other/model.safetensors", "to start from"},
        {offsetof(loci_config, teacher_fingerprint), "large/model.safetensors", "to learn from"},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        given = old = stored;
        ((char *)&given)[parts[i].at + 15] = 'x';
        assert_int_equal(loci_config_compare(&given, &stored, &error), LOCI_E_MISMATCH);
        assert_string_equal(error.where, parts[i].where);
        assert_non_null(strstr(error.message, parts[i].message));
        ((char *)&old)[parts[i].at] = '\0';
        assert_int_equal(loci_config_compare(&given, &old, &error), LOCI_OK);
        assert_int_equal(loci_config_compare(&old, &given, &error), LOCI_OK);
    }
}

/* Keys that younger runs need are not in the files of others. */
static void test_config_writes_what_is_needed(void **state) {
    (void)state;
    loci_config config;
    size_t size;
    loci_config_defaults(&config);
    assert_int_equal(loci_config_save(&config, folder, NULL), LOCI_OK);
    char *text = (char *)scratch_read(scratch_path(folder, "config.json"), &size);
    assert_null(strstr(text, "fingerprint"));
    assert_null(strstr(text, "origin"));
    free(text);
}

/* ---- metrics.jsonl ---- */

static void append(const char *path, uint32_t epoch) {
    const loci_metrics metrics = {epoch, 0.25, 1.5, 0.75, -1, 0.5, 2};
    assert_int_equal(loci_metrics_append(path, &metrics, NULL), LOCI_OK);
}

static void assert_text(const char *path, const char *expected) {
    size_t size;
    char *text = (char *)scratch_read(path, &size);
    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
}

#define LINE(epoch)                                                                                \
    "{\"epoch\":" #epoch ",\"learning_rate\":0.25,\"train_loss\":1.5,\"train_accuracy\":0.75,"     \
    "\"validation_accuracy\":null,\"test_accuracy\":0.5,\"seconds\":2.0}\n"

static void test_metrics(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "metrics.jsonl");
    assert_int_equal(loci_metrics_cut(path, 5, NULL), LOCI_OK); /* none yet */
    for (uint32_t epoch = 1; epoch <= 4; epoch++)
        append(path, epoch);
    assert_text(path, LINE(1) LINE(2) LINE(3) LINE(4));
    assert_int_equal(loci_metrics_cut(path, 4, NULL), LOCI_OK);
    assert_text(path, LINE(1) LINE(2) LINE(3) LINE(4));
    assert_int_equal(loci_metrics_cut(path, 3, NULL), LOCI_OK);
    assert_text(path, LINE(1) LINE(2) LINE(3));
    static const char *const tails[] = {"{\"epoch\":4,\"lear", "{\"epoch\":4}", "\n",
                                        "rubbish\n",           LINE(3),         LINE(2)};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        FILE *file = fopen(path, "a");
        fputs(tails[i], file);
        fclose(file);
        assert_int_equal(loci_metrics_cut(path, 9, NULL), LOCI_OK);
        assert_text(path, LINE(1) LINE(2) LINE(3));
    }
    assert_int_equal(loci_metrics_cut(path, 0, NULL), LOCI_OK);
    assert_text(path, "");
}

static void test_metrics_disk_full(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "full.jsonl");
    const loci_metrics metrics = {2, 0.25, 1.5, 0.75, -1, 0.5, 2};
    loci_error error = {0};
    append(path, 1);
    scratch_disk_limit(strlen(LINE(1)) + 20);
    int status = loci_metrics_append(path, &metrics, &error);
    scratch_disk_limit(RLIM_INFINITY);
    assert_int_equal(status, LOCI_E_IO);
    assert_string_equal(error.where, path);
    assert_text(path, LINE(1));
}

/* ---- summary.json ---- */

/* Damage of any length is refused, and leaves nothing half read. */
static void assert_refused_when_cut(const char *path) {
    size_t size;
    loci_summary loaded;
    unsigned char *text = scratch_read(path, &size);
    for (size_t length = 0; length + 1 < size; length++) {
        scratch_write(path, text, length);
        assert_int_equal(loci_summary_load(path, &loaded, NULL), LOCI_E_FORMAT);
    }
    free(text);
}

static void test_summary(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "summary.json");
    const loci_summary summary = {.preset = "p",
                                  .dataset = "d",
                                  .seed = 3,
                                  .epochs = 20,
                                  .threads = 2,
                                  .test_accuracy = 0.9871,
                                  .validation_accuracy = -1,
                                  .train_loss = 1.0 / 3,
                                  .parameters = 10576,
                                  .connections = 1000000,
                                  .connections_kept = 999,
                                  .sparsity = 0.1,
                                  .seconds_total = 12.5,
                                  .seconds_per_epoch = 0.6};
    loci_summary loaded;
    assert_int_equal(loci_summary_load(path, &loaded, NULL), LOCI_E_NOT_FOUND);
    assert_int_equal(loci_summary_save(path, &summary, NULL), LOCI_OK);
    assert_int_equal(loci_summary_load(path, &loaded, NULL), LOCI_OK);
    assert_string_equal(loaded.preset, "p");
    assert_string_equal(loaded.dataset, "d");
    assert_int_equal(loaded.seed, 3);
    assert_int_equal(loaded.epochs, 20);
    assert_int_equal(loaded.threads, 2);
    assert_true(loaded.test_accuracy == 0.9871);
    assert_true(loaded.validation_accuracy == -1);
    assert_true(fabs(loaded.train_loss - 1.0 / 3) < 1e-15); /* 15 digits are kept */
    assert_int_equal(loaded.parameters, 10576);
    assert_int_equal(loaded.connections, 1000000);
    assert_int_equal(loaded.connections_kept, 999);
    assert_true(loaded.sparsity == 0.1);
    assert_true(loaded.seconds_total == 12.5);
    assert_true(loaded.seconds_per_epoch == 0.6);
    assert_int_equal(loaded.time_steps, 0);
    assert_refused_when_cut(path);
}

static void test_summary_of_a_spiking_net(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "summary.json");
    const loci_summary summary = {.test_accuracy = 0.9726,
                                  .time_steps = 25,
                                  .activity = {.layers = 2,
                                               .spike_rate = 0.25,
                                               .layer_rate = {0.125, 0.375},
                                               .spikes = 12.5,
                                               .synaptic_operations = 1234.5,
                                               .input_operations = 99,
                                               .dense_operations = 1e9},
                                  .energy = {.spiking = 1.5e-9, .dense = 2.5e-7}};
    loci_summary loaded;
    assert_int_equal(loci_summary_save(path, &summary, NULL), LOCI_OK);
    assert_int_equal(loci_summary_load(path, &loaded, NULL), LOCI_OK);
    assert_int_equal(loaded.time_steps, 25);
    assert_memory_equal(&loaded.activity, &summary.activity, sizeof loaded.activity);
    assert_memory_equal(&loaded.energy, &summary.energy, sizeof loaded.energy);
    size_t size;
    unsigned char *bytes = scratch_read(path, &size);
    char *text = calloc(size + 1, 1);
    assert_non_null(text);
    memcpy(text, bytes, size);
    free(bytes);
    assert_non_null(strstr(text, "\"test_accuracy\": 0.9726,"));
    assert_non_null(strstr(text, "Horowitz"));
    char *rates = strstr(text, "\"spike_rate_per_layer\": [");
    assert_non_null(rates);
    *strchr(rates, '[') = ' '; /* no array any more */
    scratch_write(path, text, size);
    assert_int_equal(loci_summary_load(path, &loaded, NULL), LOCI_E_FORMAT);
    free(text);
    assert_int_equal(loci_summary_save(path, &summary, NULL), LOCI_OK);
    assert_refused_when_cut(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_config_round_trip),
        cmocka_unit_test(test_config_not_writable),
        cmocka_unit_test(test_config_damaged),
        cmocka_unit_test(test_config_older),
        cmocka_unit_test(test_config_truncated_or_missing),
        cmocka_unit_test(test_config_compare),
        cmocka_unit_test(test_config_compares_contents),
        cmocka_unit_test(test_config_writes_what_is_needed),
        cmocka_unit_test(test_metrics),
        cmocka_unit_test(test_metrics_disk_full),
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_summary_of_a_spiking_net),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
