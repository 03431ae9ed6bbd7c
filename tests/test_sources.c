/* What is written never destroys what is read, however that is spelt. */
#include "run_fixture.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <loci/support.h>
#include <loci/view.h>

static void test_files_are_compared_as_they_are(void **state) {
    (void)state;
    const char *model = scratch_path(folder, "calm/model.safetensors"),
               *soft = scratch_path(folder, "soft"), *hard = scratch_path(folder, "hard");
    assert_int_equal(symlink(calm, soft), 0);
    assert_int_equal(link(model, hard), 0);
    char slashes[600], relative[600], here[600];
    snprintf(slashes, sizeof slashes, "%s//", calm);
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(folder), 0);
    snprintf(relative, sizeof relative, "./calm/../calm");
    const char *const same[] = {calm, slashes, relative, model, soft, hard};
    for (size_t i = 0; i < 6; i++)
        for (size_t k = 0; k < 6; k++)
            if (!loci_would_replace(same[i], same[k], LOCI_SOURCE_RUN))
                fail_msg("%s and %s", same[i], same[k]);
    assert_int_equal(chdir(here), 0);
    remove(soft);
    remove(hard);
    /* other files, other runs, and what is not there */
    assert_false(loci_would_replace(scratch_path(folder, "nothing"), calm, LOCI_SOURCE_RUN));
    assert_false(loci_would_replace(calm, scratch_path(folder, "nothing"), LOCI_SOURCE_RUN));
    assert_false(loci_would_replace("", calm, LOCI_SOURCE_RUN));
    scratch_write(scratch_path(folder, "calm/page.html"), "x", 1);
    assert_false(loci_would_replace(scratch_path(folder, "calm/page.html"), calm, LOCI_SOURCE_RUN));
    assert_true(
        loci_would_replace(scratch_path(folder, "calm/metrics.jsonl"), calm, LOCI_SOURCE_RUN));
    remove(scratch_path(folder, "calm/page.html"));
}

/* A folder of data may be that of the run, too: neither writes the other's files. */
static void test_folders_of_data(void **state) {
    (void)state;
    static const char *const files[] = {"x_train.npy", "y_test.npy", "train-images-idx3-ubyte.gz",
                                        "t10k-labels.idx1-ubyte"};
    const char *place = scratch_path(folder, "data");
    assert_int_equal(mkdir(place, 0777), 0);
    for (size_t i = 0; i < 4; i++) {
        char path[700];
        snprintf(path, sizeof path, "%s/%s", place, files[i]);
        scratch_write(path, "x", 1);
        assert_true(loci_would_replace(path, place, LOCI_SOURCE_DATA));
        assert_true(loci_would_replace(path, path, LOCI_SOURCE_DATA));
    }
    scratch_write(scratch_path(folder, "data/model.safetensors"), "x", 1);
    assert_false(loci_would_replace(place, place, LOCI_SOURCE_DATA));
    assert_true(loci_would_replace(place, place, LOCI_SOURCE_RUN));
    assert_int_equal(
        symlink(scratch_path(folder, "data/x_train.npy"), scratch_path(folder, "data/frames.npz")),
        0);
    assert_true(loci_would_replace(place, place, LOCI_SOURCE_DATA));
    scratch_remove(place);
}

/* The library refuses, not only the program; the run that is there stays as it is. */
static void test_runs_are_refused(void **state) {
    (void)state;
    loci_config config = small_config(EPOCHS);
    loci_run_options options;
    loci_run_options_defaults(&options);
    assert_int_equal(train(&config, run, NULL, NULL, NULL), LOCI_OK);
    char model[600], table[600];
    snprintf(model, sizeof model, "%s", scratch_path(run, "model.safetensors"));
    snprintf(table, sizeof table, "%s", scratch_path(run, "frames.npz"));
    options.force = 1;
    struct {
        char *member;
        const char *source;
    } cases[] = {{config.init, run},      {config.init, model}, {config.teacher, run},
                 {config.teacher, model}, {config.data, table}, {config.test_file, table}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loci_error error = {0};
        char before[1024];
        snprintf(before, sizeof before, "%s", cases[i].member);
        snprintf(cases[i].member, 1024, "%s", cases[i].source);
        assert_int_equal(train(&config, run, &options, NULL, &error), LOCI_E_ARGUMENT);
        assert_string_equal(error.where, run);
        assert_message(&error, "choose another folder");
        snprintf(cases[i].member, 1024, "%s", before);
        assert_like_calm();
    }
}

/* A run of an earlier version may have been started so; going on with it would learn from itself.
 */
static void test_gone_on_with(void **state) {
    (void)state;
    loci_config config = small_config(EPOCHS);
    loci_run_options options = resuming();
    const volatile sig_atomic_t stop = 1;
    loci_error error = {0};
    options.stop = &stop;
    snprintf(config.teacher, sizeof config.teacher, "%s", calm);
    assert_int_equal(train(&config, run, &options, NULL, NULL), LOCI_E_INTERRUPTED);
    assert_int_equal(loci_config_load(&config, run, NULL), LOCI_OK);
    snprintf(config.teacher, sizeof config.teacher, "%s", run);
    assert_int_equal(loci_config_save(&config, run, NULL), LOCI_OK);
    options.stop = NULL;
    assert_int_equal(train(&config, run, &options, NULL, &error), LOCI_E_ARGUMENT);
    assert_message(&error, "its teacher");
}

static void test_pages(void **state) {
    (void)state;
    loci_network *network;
    loci_view_options options;
    loci_view_options_defaults(&options);
    options.run = calm;
    const char *page = scratch_path(folder, "page"),
               *model = scratch_path(folder, "calm/model.safetensors");
    scratch_write(page, "x", 1);
    assert_int_equal(loci_network_load(&network, calm, NULL), LOCI_OK);
    assert_int_equal(loci_view_write(page, network, page, &options, NULL), LOCI_E_ARGUMENT);
    assert_int_equal(loci_view_write(model, network, page, &options, NULL), LOCI_E_ARGUMENT);
    loci_network_free(network);
    remove(page);
}

/* ---- replacing a run ---- */

static const char *replaced(void) {
    return scratch_path(run, "model.previous.safetensors");
}

/* A process that replaces the run and is killed in its first epoch. */
static void die(void *user, const loci_progress *progress) {
    (void)user;
    (void)progress;
    raise(SIGKILL);
}

static void replace_and_die(void) {
    pid_t child = fork();
    if (child == 0) {
        loci_config config = small_config(100000);
        loci_run_options options;
        loci_run_options_defaults(&options);
        config.train.test_every = 0;
        options.force = 1;
        options.progress = die;
        train(&config, run, &options, NULL, NULL);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
}

static void test_killed_while_replacing(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    loci_run_options options;
    loci_run_options_defaults(&options);
    assert_int_equal(train(&config, run, NULL, NULL, NULL), LOCI_OK);
    /* the second process begins where the first was killed: still the finished run's is kept */
    for (int i = 0; i < 2; i++) {
        replace_and_die();
        assert_false(has("summary.json"));
        scratch_assert_same(replaced(), scratch_path(calm, "model.safetensors"));
    }
    options.force = 1;
    assert_int_equal(train(&config, run, &options, NULL, NULL), LOCI_OK);
    assert_false(has("model.previous.safetensors"));
    assert_like_calm();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_files_are_compared_as_they_are),
        TEST(test_folders_of_data),
        TEST(test_runs_are_refused),
        TEST(test_gone_on_with),
        TEST(test_pages),
        TEST(test_killed_while_replacing),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
