/* Small runs for the tests of the run folder: one undisturbed, which others are compared with. */
#ifndef LOCI_TESTS_RUN_FIXTURE_H
#define LOCI_TESTS_RUN_FIXTURE_H

#include <stdbool.h>

#ifndef OWN_SYNC /* else the test has one */
#include "no_sync.h"
#endif
#include "scratch.h"
#include "small_run.h"

enum { EPOCHS = 6, SAMPLES = 116, BATCHES = 6 }; /* 96 to train on, 16 a batch */

static char folder[256], calm[512], run[512];
static loci_dataset *data;
static const char *const results[] = {"model.safetensors", "frames.npz", "config.json"};

static inline int train(const loci_config *config, const char *path,
                        const loci_run_options *options, loci_summary *summary, loci_error *error) {
    return loci_run_train(config, data, path, NULL, options, summary, error);
}

static inline loci_run_options resuming(void) {
    loci_run_options options;
    loci_run_options_defaults(&options);
    options.resume = 1;
    return options;
}

/* One undisturbed run that others are compared with. */
static inline int prepare(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    scratch_make(folder);
    snprintf(calm, sizeof calm, "%s/calm", folder);
    snprintf(run, sizeof run, "%s/runs/deep/er", folder);
    data = small_data(SAMPLES);
    return data == NULL || train(&config, calm, NULL, NULL, NULL) != LOCI_OK;
}

static inline int clean(void **state) {
    (void)state;
    loci_dataset_free(data);
    scratch_remove(folder);
    return 0;
}

/* Each test begins and ends without a run. */
static inline int no_run(void **state) {
    (void)state;
    if (access(run, F_OK) == 0)
        scratch_remove(run);
    return 0;
}

static inline void assert_like_calm(void) {
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        scratch_assert_same(scratch_path(calm, results[i]), scratch_path(run, results[i]));
}

static inline bool has(const char *name) {
    return access(scratch_path(run, name), F_OK) == 0;
}

static inline void assert_message(const loci_error *error, const char *part) {
    if (strstr(error->message, part) == NULL)
        fail_msg("'%s' does not contain '%s'", error->message, part);
}

/* A run that cannot be begins no folder. */
static inline void assert_no_run(const loci_config *config, int status, const char *where,
                                 const char *message) {
    loci_error error = {0};
    assert_int_equal(train(config, run, NULL, NULL, &error), status);
    assert_string_equal(error.where, where);
    assert_message(&error, message);
    assert_false(access(run, F_OK) == 0);
}

/* What runs with this callback note, from note_count = 0 on. */
static char notes[4][512];
static size_t note_count;
static inline void keep_note(void *user, const char *text) {
    (void)user;
    assert_true(note_count < 4 && strlen(text) < sizeof notes[0]);
    strcpy(notes[note_count++], text);
}

/* A test that finds no run and leaves none. */
#define TEST(name) cmocka_unit_test_setup_teardown(name, no_run, no_run)

#endif
