/* Several models to learn from: as they are written, as config.json has them, and where a run finds
 * them again. */
#include "run_fixture.h"

#include <sys/stat.h>

#include "train/config.h"
#include "train/run_paths.h"
#include "train/sources.h"
#include "train/teacher_list.h"

static char large[512], wide[512];

/* ---- as they are written ---- */

static void read_as(const char *text, const char *list) {
    loci_config config;
    loci_error error = {0};
    loci_config_defaults(&config);
    if (loci_config_set(&config, "teacher", text, &error) != LOCI_OK)
        fail_msg("%s: %s", text, error.message);
    assert_string_equal(config.teacher, list);
}

static void refused(const char *text, const char *message) {
    loci_config config;
    loci_error error = {0};
    loci_config_defaults(&config);
    strcpy(config.teacher, "before");
    assert_int_equal(loci_config_set(&config, "teacher", text, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.where, "teacher");
    assert_message(&error, message);
    assert_string_equal(config.teacher, "before");
}

static void test_lists(void **state) {
    (void)state;
    char many[17 * 3 + 1] = "", longest[LOCI_TEACHER_PATH + 1];
    read_as("", "");
    read_as("runs/a", "runs/a");
    read_as("runs/a,b/model.safetensors,c", "runs/a\nb/model.safetensors\nc");
    refused("a,,b", "a name is missing");
    refused("a,", "a name is missing");
    refused(",a", "a name is missing");
    refused("a,b,a", "a is there twice");
    refused("a\nb", "a line feed");
    for (char c = 'a'; c < 'a' + 17; c++)
        snprintf(many + strlen(many), 3, "%s%c", c > 'a' ? "," : "", c);
    refused(many, "at most 16 models");
    many[strlen(many) - 2] = '\0';
    loci_config config;
    assert_int_equal(loci_config_set(&config, "teacher", many, NULL), LOCI_OK);
    memset(longest, 'x', sizeof longest - 1);
    longest[LOCI_TEACHER_PATH] = '\0';
    refused(longest, "1023 bytes");
    longest[LOCI_TEACHER_PATH - 1] = '\0';
    read_as(longest, longest);
}

/* What is there under the whole of the text is one model; among others a comma always separates. */
static void test_commas_in_names(void **state) {
    (void)state;
    char path[600], both[1300], list[1300];
    snprintf(path, sizeof path, "%s", scratch_path(folder, "one,two"));
    snprintf(both, sizeof both, "%s,%s", path, large);
    snprintf(list, sizeof list, "%s/one\ntwo\n%s", folder, large);
    assert_int_equal(mkdir(path, 0777), 0);
    read_as(path, path);
    read_as(both, list);
    assert_int_equal(rmdir(path), 0);
}

/* ---- config.json ---- */

static loci_config taught(const char *list) {
    loci_config config = small_config(EPOCHS);
    config.train.distillation = 0.9;
    assert_int_equal(loci_config_set(&config, "teacher", list, NULL), LOCI_OK);
    return config;
}

static const char *both(void) {
    static char text[1100];
    snprintf(text, sizeof text, "%s,%s", large, wide);
    return text;
}

static void test_files(void **state) {
    (void)state;
    static const char *const lists[] = {"", "runs/a", "runs/a,runs/b", "a,b,c"};
    static const char *const written[] = {"\"teacher\": \"\"", "\"teacher\": \"runs/a\"",
                                          "\"runs/a\",\n    \"runs/b\"\n  ]", "\"b\",\n    \"c\""};
    size_t size;
    for (size_t i = 0; i < 4; i++) {
        loci_config config = taught(lists[i]), loaded;
        config.reading[0] = '\0';
        assert_int_equal(loci_config_save(&config, folder, NULL), LOCI_OK);
        char *text = (char *)scratch_read(scratch_path(folder, "config.json"), &size);
        text[size - 1] = '\0';
        assert_non_null(strstr(text, written[i]));
        assert_non_null(strstr(text, i < 2 ? "\"version\": 1" : "\"version\": 2"));
        free(text);
        assert_int_equal(loci_config_load(&loaded, folder, NULL), LOCI_OK);
        assert_string_equal(loaded.teacher, config.teacher);
        assert_int_equal(loci_config_compare(&config, &loaded, NULL), LOCI_OK);
        strcpy(loaded.teacher, "other");
        assert_int_equal(loci_config_compare(&config, &loaded, NULL), LOCI_E_MISMATCH);
    }
}

static void test_damaged_files(void **state) {
    (void)state;
    static const char *const lists[] = {
        "[]", "[\"a\"]", "[\"a\", 3]", "[\"a\", \"\"]", "[\"a\", \"b\\nc\"]", "{}", "7"};
    const char *path = scratch_path(folder, "config.json");
    loci_config config = taught(""), loaded;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        static const char entry[] = "\"teacher\": \"\"";
        char text[20000];
        size_t size;
        loci_error error = {0};
        assert_int_equal(loci_config_save(&config, folder, NULL), LOCI_OK);
        char *before = (char *)scratch_read(path, &size), *at = strstr(before, entry);
        assert_non_null(at);
        snprintf(text, sizeof text, "%.*s\"teacher\": %s%.*s", (int)(at - before), before, lists[i],
                 (int)(size - (size_t)(at - before) - strlen(entry)), at + strlen(entry));
        scratch_write(path, text, strlen(text));
        free(before);
        assert_int_equal(loci_config_load(&loaded, folder, &error), LOCI_E_FORMAT);
        assert_message(&error, "'teacher'");
    }
}

/* ---- runs ---- */

static void test_a_run_is_gone_on_with(void **state) {
    (void)state;
    const volatile sig_atomic_t stop = 1;
    loci_run_options options = resuming();
    loci_config config = taught(both()), stored;
    loci_error error = {0};
    assert_int_equal(train(&config, scratch_path(folder, "undisturbed"), NULL, NULL, NULL),
                     LOCI_OK);
    options.stop = &stop;
    assert_int_equal(train(&config, run, &options, NULL, NULL), LOCI_E_INTERRUPTED);
    assert_int_equal(loci_config_load(&stored, run, NULL), LOCI_OK);
    assert_string_equal(stored.teacher, config.teacher);
    assert_int_equal(strlen(stored.teacher_fingerprint), 2 * LOCI_FINGERPRINT - 1);
    assert_int_equal(stored.teacher_fingerprint[LOCI_FINGERPRINT - 1], ',');
    options.stop = NULL;
    config = taught(large);
    assert_int_equal(train(&config, run, &options, NULL, &error), LOCI_E_MISMATCH);
    assert_string_equal(error.where, "teacher");
    assert_int_equal(train(&stored, run, &options, NULL, &error), LOCI_OK);
    scratch_assert_same(scratch_path(run, "model.safetensors"),
                        scratch_path(folder, "undisturbed/model.safetensors"));
}

/* That one of them is another by now is found out, and which. */
static void test_changes_are_found(void **state) {
    (void)state;
    const volatile sig_atomic_t stop = 1;
    loci_run_options options = resuming();
    const char *path = scratch_path(folder, "changing");
    const loci_config teacher = small_config(1), another = small_config(2);
    char list[1100];
    loci_error error = {0};
    snprintf(list, sizeof list, "%s,%s", large, path);
    assert_int_equal(train(&teacher, path, NULL, NULL, NULL), LOCI_OK);
    const loci_config config = taught(list);
    options.stop = &stop;
    assert_int_equal(train(&config, run, &options, NULL, NULL), LOCI_E_INTERRUPTED);
    loci_run_options anew;
    loci_run_options_defaults(&anew);
    anew.force = 1;
    assert_int_equal(train(&another, path, &anew, NULL, NULL), LOCI_OK);
    assert_int_equal(train(&config, run, &options, NULL, &error), LOCI_E_MISMATCH);
    assert_string_equal(error.where, path);
    assert_message(&error, "to learn from is not what it was");
}

static void expect(const loci_config *config, int status, const char *where, const char *message) {
    loci_error error = {0};
    assert_int_equal(train(config, run, NULL, NULL, &error), status);
    assert_string_equal(error.where, where);
    assert_message(&error, message);
}

/* Which of them does not fit. */
static void test_errors_name_one(void **state) {
    (void)state;
    const char *path = scratch_path(folder, "numbers.safetensors");
    loci_spec spec = small_config(1).spec;
    loci_network *network;
    char list[1100];
    spec.height = spec.width = SMALL_SIDE;
    spec.classes = SMALL_CLASSES + 1;
    assert_int_equal(loci_network_create(&network, &spec, 1, NULL), LOCI_OK);
    assert_int_equal(loci_network_save(network, path, NULL), LOCI_OK);
    loci_network_free(network);
    snprintf(list, sizeof list, "%s,%s", large, path);
    loci_config config = taught(list);
    expect(&config, LOCI_E_MISMATCH, path, "knows 4 classes, the net to train 3");
    snprintf(list, sizeof list, "%s,%s/absent", large, folder);
    config = taught(list);
    expect(&config, LOCI_E_NOT_FOUND, strchr(list, ',') + 1, "");
    strcpy(config.teacher, "a\n\nb");
    expect(&config, LOCI_E_ARGUMENT, "teacher", "is no list");
}

static void test_own_folder_is_refused(void **state) {
    (void)state;
    const loci_config plain = small_config(1);
    loci_run_options anew;
    loci_error error = {0};
    char list[1100];
    loci_run_options_defaults(&anew);
    anew.force = 1;
    assert_int_equal(train(&plain, run, NULL, NULL, NULL), LOCI_OK);
    snprintf(list, sizeof list, "%s,%s", large, run);
    const loci_config config = taught(list);
    assert_int_equal(train(&config, run, &anew, NULL, &error), LOCI_E_ARGUMENT);
    assert_message(&error, "its teacher");
}

/* Relative paths are looked for where the run was started, each of them. */
static void test_paths(void **state) {
    (void)state;
    char there[1100], config_of[600];
    loci_config config = small_config(1), here;
    loci_error error = {0};
    snprintf(config_of, sizeof config_of, "%s/somewhere", folder);
    assert_int_equal(mkdir(config_of, 0777), 0);
    strcpy(config.origin, "..");
    strcpy(config.teacher, "large\nwide");
    assert_int_equal(loci_config_save(&config, config_of, NULL), LOCI_OK);
    assert_int_equal(loci_run_locate(&here, &config, config_of, true, &error), LOCI_OK);
    assert_string_equal(config.teacher, "large\nwide");
    const char *list = here.teacher;
    for (size_t i = 0; i < 2; i++) {
        struct stat a, b;
        assert_true(loci_teacher_next(&list, there));
        assert_int_equal(stat(there, &a), 0);
        assert_int_equal(stat(i == 0 ? large : wide, &b), 0);
        assert_int_equal(a.st_ino, b.st_ino);
    }
    strcpy(config.teacher, "large\nabsent");
    assert_int_equal(loci_config_save(&config, config_of, NULL), LOCI_OK);
    assert_int_equal(loci_run_locate(&here, &config, config_of, true, &error), LOCI_E_NOT_FOUND);
    assert_string_equal(error.where, "absent");
}

static int prepare_all(void **state) {
    loci_config narrow = small_config(2), broad = small_config(3);
    if (prepare(state) != 0)
        return 1;
    broad.spec.hidden[0] = 20;
    snprintf(large, sizeof large, "%s", scratch_path(folder, "large"));
    snprintf(wide, sizeof wide, "%s", scratch_path(folder, "wide"));
    return train(&narrow, large, NULL, NULL, NULL) != LOCI_OK ||
           train(&broad, wide, NULL, NULL, NULL) != LOCI_OK;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, no_run, no_run)
    const struct CMUnitTest tests[] = {
        TEST(test_lists),           TEST(test_commas_in_names),       TEST(test_files),
        TEST(test_damaged_files),   TEST(test_a_run_is_gone_on_with), TEST(test_changes_are_found),
        TEST(test_errors_name_one), TEST(test_own_folder_is_refused), TEST(test_paths),
    };
    return cmocka_run_group_tests(tests, prepare_all, clean);
}
