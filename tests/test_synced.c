/* What a power cut may not take: all that a checkpoint goes on from was synced before it got its
 * name, and so were the folders that hold it. */
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_SYNCED = 4096 };
static struct {
    ino_t number;
    off_t size;
} synced[MOST_SYNCED];
static size_t syncs;

/* In place of the C library's. */
int fsync(int fd) {
    struct stat info;
    if (fstat(fd, &info) == 0 && syncs < MOST_SYNCED) {
        synced[syncs].number = info.st_ino;
        synced[syncs++].size = S_ISDIR(info.st_mode) ? 0 : info.st_size;
    }
    return 0;
}

#define OWN_SYNC
#include "run_fixture.h"

/* When it was synced last as it is now, counted from 1; 0: never. */
static size_t when(const char *path) {
    struct stat info;
    size_t found = 0;
    assert_int_equal(stat(path, &info), 0);
    for (size_t i = 0; i < syncs; i++)
        if (synced[i].number == info.st_ino &&
            (S_ISDIR(info.st_mode) || synced[i].size == info.st_size))
            found = i + 1;
    return found;
}

static void test_order(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    char deep[600], runs[600];
    syncs = 0;
    assert_int_equal(train(&config, run, NULL, NULL, NULL), LOCI_OK);
    assert_true(syncs > 0 && syncs < MOST_SYNCED);
    snprintf(runs, sizeof runs, "%s/runs", folder);
    snprintf(deep, sizeof deep, "%s/runs/deep", folder);
    const size_t checkpoint = when(scratch_path(run, "checkpoint.safetensors"));
    assert_true(checkpoint > 0);
    static const char *const before[] = {"config.json", "metrics.jsonl"};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        size_t at = when(scratch_path(run, before[i]));
        assert_true(at > 0 && at < checkpoint);
    }
    const char *const folders[] = {folder, runs, deep};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t at = when(folders[i]);
        assert_true(at > 0 && at < checkpoint);
    }
    assert_true(when(run) > checkpoint);
    assert_true(when(scratch_path(run, "model.safetensors")) > 0);
    assert_true(when(scratch_path(run, "summary.json")) > when(scratch_path(run, "frames.npz")));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup(test_order, no_run)};
    return cmocka_run_group_tests(tests, prepare, clean);
}
