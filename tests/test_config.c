/* config.json: what is written comes back, and what is damaged is refused. */
#include "scratch_folder.h"
#include "small_run.h"

#include "train/config.h"

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
    damaged("\"version\": 2", "\"version\": 3", "version 1 to 2");
    damaged("\"version\": 2", "\"version\": 2, \"versions\": 1", "does not know");
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
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
