/* Runs that are stopped, damaged or diverge, and what they are when they go on. */
#include "run_fixture.h"

#include "network/contents.h"
#include "train/checkpoint.h"
#include "train/run_prepare.h"

/* ---- interruption ---- */

/* Stopped after every single batch: each one is a place where a run can be taken up again. */
static void test_stop_at_every_batch(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const volatile sig_atomic_t stop = 1;
    loci_run_options options = resuming();
    loci_error error = {0};
    options.stop = &stop;
    int status, calls = 0;
    while ((status = train(&config, run, &options, NULL, &error)) == LOCI_E_INTERRUPTED) {
        assert_int_equal(error.code, LOCI_E_INTERRUPTED);
        assert_false(has("summary.json"));
        assert_true(has("model.safetensors"));
        calls++;
    }
    assert_int_equal(status, LOCI_OK);
    assert_int_equal(calls, EPOCHS * BATCHES - 1);
    assert_like_calm();
}

/* A run that was stopped after so many epochs. */
static volatile sig_atomic_t stop_now;
static uint32_t stop_after;
static void stop_at_epoch(void *user, const loci_progress *progress) {
    (void)user;
    if (progress->finished != NULL && progress->finished->epoch == stop_after)
        stop_now = 1;
}

static void interrupt(const loci_config *config, uint32_t epochs) {
    loci_run_options options = resuming();
    stop_now = 0;
    stop_after = epochs;
    options.stop = &stop_now;
    options.progress = stop_at_epoch;
    assert_int_equal(train(config, run, &options, NULL, NULL), LOCI_E_INTERRUPTED);
}

static void flip(const char *path, size_t at) {
    size_t size;
    unsigned char *bytes = scratch_read(path, &size);
    bytes[at % size] ^= 0x10;
    scratch_write(path, bytes, size);
    free(bytes);
}

/* Two generations: whatever happens to one of them, the other one serves. */
static void test_damaged_checkpoint(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    static const size_t places[] = {0, 3, 20, 300, 700, 1000, 1500, 2001, 3002, 4003, SIZE_MAX / 2};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        interrupt(&config, 2);
        interrupt(&config, 3);
        const char *newest = scratch_path(run, "checkpoint.safetensors");
        assert_true(has("checkpoint.previous.safetensors"));
        if (i == 0)
            assert_int_equal(truncate(newest, 1000), 0);
        else if (i == 1)
            assert_int_equal(truncate(newest, 0), 0);
        else if (i == 2)
            remove(newest);
        else
            flip(newest, places[i]);
        assert_int_equal(train(&config, run, &options, NULL, NULL), LOCI_OK);
        assert_like_calm();
        scratch_remove(run);
    }
}

static void test_both_checkpoints_damaged(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    loci_error error = {0};
    interrupt(&config, 2);
    interrupt(&config, 3);
    flip(scratch_path(run, "checkpoint.safetensors"), 2000);
    flip(scratch_path(run, "checkpoint.previous.safetensors"), 2000);
    assert_int_equal(train(&config, run, &options, NULL, &error), LOCI_E_FORMAT);
    assert_string_equal(error.where, scratch_path(run, "checkpoint.safetensors"));
    assert_message(&error, "the other checkpoint");
    remove(scratch_path(run, "checkpoint.previous.safetensors"));
    assert_int_equal(train(&config, run, &options, NULL, &error), LOCI_E_FORMAT);
    assert_message(&error, "no other");
}

/* What was under way when it failed does not stay. */
static void test_previous_in_the_way(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    loci_error error = {0};
    char previous[512];
    interrupt(&config, 2);
    snprintf(previous, sizeof previous, "%s", scratch_path(run, "checkpoint.previous.safetensors"));
    remove(previous);
    assert_int_equal(mkdir(previous, 0777), 0);
    const size_t files = scratch_each(run, NULL);
    assert_int_equal(train(&config, run, &options, NULL, &error), LOCI_E_IO);
    assert_message(&error, "cannot rename");
    assert_int_equal(scratch_each(run, NULL), files);
    assert_int_equal(rmdir(previous), 0);
    assert_int_equal(train(&config, run, &options, NULL, NULL), LOCI_OK);
    assert_like_calm();
}

static void test_foreign_checkpoint(void **state) {
    (void)state;
    loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    loci_error error = {0};
    size_t size;
    config.spec.softening = 0.5; /* the same tensors, but not the same network */
    interrupt(&config, 2);
    remove(scratch_path(run, "checkpoint.previous.safetensors"));
    unsigned char *bytes = scratch_read(scratch_path(calm, "checkpoint.safetensors"), &size);
    scratch_write(scratch_path(run, "checkpoint.safetensors"), bytes, size);
    free(bytes);
    assert_int_equal(train(&config, run, &options, NULL, &error), LOCI_E_MISMATCH);
    assert_message(&error, "another network");
}

static void test_other_data(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    loci_error error = {0};
    loci_dataset *other = small_data(SAMPLES + 1);
    interrupt(&config, 2);
    assert_int_equal(loci_run_train(&config, other, run, NULL, &options, NULL, &error),
                     LOCI_E_MISMATCH);
    assert_message(&error, "training samples");
    loci_dataset_free(other);
}

/* As small_data(SAMPLES), but for one label, or one pixel, or none: of the training part, or of the
 * test part. */
static loci_dataset *changed_data(enum loci_split split, bool label, bool pixel) {
    enum { PIXELS = SMALL_SIDE * SMALL_SIDE };
    static float images[2][SAMPLES][PIXELS];
    static int32_t labels[2][SAMPLES];
    loci_dataset *out = NULL;
    for (size_t s = 0; s < 2; s++)
        for (size_t i = 0; i < loci_dataset_count(data, (enum loci_split)s); i++) {
            loci_dataset_sample(data, (enum loci_split)s, i, images[s][i]);
            labels[s][i] = loci_dataset_label(data, (enum loci_split)s, i);
        }
    labels[split][7] = label ? (labels[split][7] + 1) % SMALL_CLASSES : labels[split][7];
    images[split][7][3] += pixel ? 1e-6f : 0;
    assert_int_equal(loci_dataset_from_arrays(&out, "small", SMALL_SIDE, SMALL_SIDE, images[0][0],
                                              labels[0], SAMPLES, images[1][0], labels[1],
                                              SMALL_TEST, NULL),
                     LOCI_OK);
    return out;
}

/* As many samples, but not the same ones. */
static void test_changed_data(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    interrupt(&config, 2);
    for (unsigned i = 0; i < 4; i++) {
        loci_error error = {0};
        enum loci_split split = i & 2 ? LOCI_TEST : LOCI_TRAIN;
        loci_dataset *other = changed_data(split, i & 1, !(i & 1));
        assert_int_equal(loci_run_train(&config, other, run, NULL, &options, NULL, &error),
                         LOCI_E_MISMATCH);
        assert_string_equal(error.where, "small");
        assert_message(&error, split == LOCI_TEST ? "its test samples" : "its training samples");
        loci_dataset_free(other);
    }
    loci_dataset *same = changed_data(LOCI_TRAIN, false, false);
    assert_int_equal(loci_run_train(&config, same, run, NULL, &options, NULL, NULL), LOCI_OK);
    loci_dataset_free(same);
    assert_like_calm();
}

/* Takes what 0.1 did not write out of config.json. */
static void make_old(void) {
    loci_config stored;
    assert_int_equal(loci_config_load(&stored, run, NULL), LOCI_OK);
    stored.origin[0] = stored.train_fingerprint[0] = stored.test_fingerprint[0] = '\0';
    assert_int_equal(loci_config_save(&stored, run, NULL), LOCI_OK);
}

/* The checkpoint knows, too, whatever becomes of config.json. */
static void test_checkpoint_knows_its_data(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    loci_error error = {0};
    loci_dataset *other = changed_data(LOCI_TRAIN, true, false);
    interrupt(&config, 2);
    make_old();
    assert_int_equal(loci_run_train(&config, other, run, NULL, &options, NULL, &error),
                     LOCI_E_MISMATCH);
    assert_message(&error, "belongs to other data");
    loci_dataset_free(other);
    assert_int_equal(train(&config, run, &options, NULL, NULL), LOCI_OK);
    scratch_assert_same(scratch_path(calm, results[0]), scratch_path(run, results[0]));
}

static void test_lost_config(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    loci_error error = {0};
    interrupt(&config, 2);
    remove(scratch_path(run, "config.json"));
    assert_int_equal(train(&config, run, &options, NULL, &error), LOCI_E_FORMAT);
    assert_message(&error, "config.json");
}

/* Frames only show what happened: without them the run goes on. */
static void test_lost_frames(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    interrupt(&config, 3);
    scratch_write(scratch_path(run, "frames.npz"), "rubbish", 7);
    assert_int_equal(train(&config, run, &options, NULL, NULL), LOCI_OK);
    scratch_assert_same(scratch_path(calm, results[0]), scratch_path(run, results[0]));
}

/* ---- what goes wrong ---- */

/* Numbers so large that the next batch cannot be computed, in a checkpoint that is otherwise fine.
 */
static void poison(const loci_config *config) {
    loci_config full;
    loci_network *network;
    loci_trainer *trainer;
    loci_run_folder place;
    loci_run_state state;
    bool found;
    assert_int_equal(loci_run_configure(&full, config, data, NULL), LOCI_OK);
    assert_int_equal(loci_run_network(&network, &full, data, NULL), LOCI_OK);
    assert_int_equal(
        loci_trainer_create(&trainer, network, data, &full.train, full.seed, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_run_folder_open(&place, run, false, NULL), LOCI_OK);
    assert_int_equal(loci_checkpoint_load(trainer, &state, &place, &found, NULL), LOCI_OK);
    assert_true(found);
    for (size_t i = 0; i < network->parameter_count; i++)
        network->parameters[i] = 1e38f;
    assert_int_equal(loci_checkpoint_save(trainer, &state, &place, NULL), LOCI_OK);
    loci_run_folder_close(&place);
    loci_trainer_free(trainer);
    loci_network_free(network);
}

static void test_divergence_keeps_the_checkpoint(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    loci_error error = {0}, why = {0};
    struct stat model, checkpoint, after;
    interrupt(&config, 2);
    poison(&config);
    assert_int_equal(stat(scratch_path(run, "model.safetensors"), &model), 0);
    assert_int_equal(stat(scratch_path(run, "checkpoint.safetensors"), &checkpoint), 0);
    assert_int_equal(train(&config, run, &options, NULL, &error), LOCI_E_DIVERGED);
    assert_int_equal(error.code, LOCI_E_DIVERGED);
    assert_message(&error, "finite");
    assert_message(&error, "last good checkpoint");
    assert_int_equal(stat(scratch_path(run, "model.safetensors"), &after), 0);
    assert_int_equal(model.st_ino, after.st_ino);
    assert_int_equal(stat(scratch_path(run, "checkpoint.safetensors"), &after), 0);
    assert_int_equal(checkpoint.st_ino, after.st_ino);
    assert_false(has("summary.json"));
    /* why is there for others to read, until it is tried again */
    assert_int_equal(loci_run_failure(&why, run), LOCI_OK);
    assert_int_equal(why.code, error.code);
    assert_string_equal(why.where, error.where);
    assert_string_equal(why.message, error.message);
    assert_int_equal(rename(scratch_path(run, "checkpoint.previous.safetensors"),
                            scratch_path(run, "checkpoint.safetensors")),
                     0);
    interrupt(&config, 3);
    assert_int_equal(loci_run_failure(&why, run), LOCI_E_NOT_FOUND);
    scratch_write(scratch_path(run, "failure.json"), "{}", 2);
    assert_int_equal(loci_run_failure(&why, run), LOCI_E_NOT_FOUND);
}

static void test_disk_full(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    loci_error error = {0};
    static const rlim_t limits[] = {0, 1000, 3000}; /* config.json, the model, the checkpoint */
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        scratch_disk_limit(limits[i]);
        int status = train(&config, run, &options, NULL, &error);
        scratch_disk_limit(RLIM_INFINITY);
        assert_int_equal(status, LOCI_E_IO);
        assert_int_not_equal(*error.where, '\0');
        assert_false(has("checkpoint.safetensors"));
        assert_false(has("summary.json"));
    }
    assert_int_equal(train(&config, run, &options, NULL, NULL), LOCI_OK);
    assert_like_calm();
    assert_int_equal(scratch_each(run, NULL), 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_stop_at_every_batch),
        TEST(test_damaged_checkpoint),
        TEST(test_both_checkpoints_damaged),
        TEST(test_previous_in_the_way),
        TEST(test_foreign_checkpoint),
        TEST(test_other_data),
        TEST(test_changed_data),
        TEST(test_checkpoint_knows_its_data),
        TEST(test_lost_config),
        TEST(test_lost_frames),
        TEST(test_divergence_keeps_the_checkpoint),
        TEST(test_disk_full),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
