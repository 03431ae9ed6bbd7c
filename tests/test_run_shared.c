/* Runs that several processes share out: one of them is killed, or stands still and wakes up when
 * another has done its work. */
#define _GNU_SOURCE
#define OWN_SYNC
#include "run_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "train/lease.h"
#include "train/lease_file.h"

/* ---- the other process, which stops itself before something happens ---- */

static struct {
    const char *operation, *name; /* "sync" or "before" the renaming of a file, or "epoch" */
    int left;
} trap;

static void reach(const char *operation, const char *name) {
    if (trap.operation != NULL && strcmp(operation, trap.operation) == 0 &&
        strncmp(name, trap.name, strlen(trap.name)) == 0 && --trap.left == 0)
        raise(SIGSTOP);
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

int fsync(int fd) {
    char link[64], path[1024] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (trap.operation != NULL && readlink(link, path, sizeof path - 1) > 0)
        reach("sync", base_name(path));
    return 0;
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    reach("before", base_name(to));
    return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, 0u);
}

int rename(const char *from, const char *to) {
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

static void on_progress(void *user, const loci_progress *progress) {
    (void)user;
    if (progress->finished != NULL)
        reach("epoch", "");
}

static loci_run_options sharing(void) {
    loci_run_options options = resuming();
    options.share = 1;
    return options;
}

static pid_t start_other(const char *operation, const char *name, int times) {
    const loci_config config = small_config(EPOCHS);
    loci_run_options options = sharing();
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid > 0)
        return pid;
    options.progress = on_progress;
    trap.operation = operation;
    trap.name = name;
    trap.left = times;
    loci_error error = {0};
    int status = train(&config, run, &options, NULL, &error);
    _exit(status == error.code ? status : 100);
}

static void await_stop(pid_t pid) {
    int status;
    assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
    assert_true(WIFSTOPPED(status));
}

/* As if the other were on another machine and had not been heard of for a minute. */
static void send_away(void) {
    loci_lock_file lock;
    struct timespec times[2] = {{0}};
    int at = open(run, O_RDONLY | O_DIRECTORY);
    assert_int_equal(loci_lock_read(&lock, at, LOCI_LEASE_FILE, run, NULL), LOCI_OK);
    assert_true(lock.whole);
    strcpy(lock.owner.boot, "another");
    assert_int_equal(unlinkat(at, LOCI_LEASE_FILE, 0), 0);
    int fd = loci_lock_create(at, LOCI_LEASE_FILE, &lock.owner);
    assert_true(fd >= 0);
    clock_gettime(CLOCK_REALTIME, &times[0]);
    times[0].tv_sec -= 61;
    times[1] = times[0];
    assert_int_equal(futimens(fd, times), 0);
    close(fd);
    close(at);
}

/* ---- what there is afterwards ---- */

static char seen[16][1024];
static struct stat infos[16];
static size_t files;
static bool same;

static void remember(const char *path) {
    assert_int_equal(stat(path, &infos[files]), 0);
    snprintf(seen[files++], sizeof seen[0], "%s", path);
}

static void look(const char *path) {
    struct stat info;
    bool found = false;
    assert_int_equal(stat(path, &info), 0);
    for (size_t i = 0; i < files; i++)
        found |= strcmp(seen[i], path) == 0 && infos[i].st_ino == info.st_ino &&
                 infos[i].st_size == info.st_size;
    same &= found;
}

static void test_standing_still(void **state) {
    (void)state;
    static const struct {
        const char *operation, *name;
        int times;
    } moments[] = {
        {"sync", "config.json", 1},            /* nothing is there yet */
        {"epoch", "", 1},                      /* before anything was saved */
        {"sync", "model.safetensors", 1},      /* while the first model is written */
        {"sync", "frames.npz", 1},             /* and the frames */
        {"sync", "checkpoint.safetensors", 1}, /* and the checkpoint */
        {"epoch", "", 3},                      /* in the middle */
        {"sync", "checkpoint.safetensors", 2}, /* while there is one */
        {"sync", "summary.json", 1},           /* all but done */
        {"before", "model.safetensors", 1},    /* asked for its lock, and not yet renamed */
        {"before", "checkpoint.safetensors", 2},
        {"before", "summary.json", 1},
    };
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = sharing();
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        int status;
        pid_t pid = start_other(moments[i].operation, moments[i].name, moments[i].times);
        await_stop(pid);
        assert_int_equal(loci_run_busy(run, NULL), LOCI_E_BUSY);
        assert_int_equal(train(&config, run, &options, NULL, NULL), LOCI_E_BUSY);
        send_away();
        assert_int_equal(loci_run_busy(run, NULL), LOCI_OK);
        assert_int_equal(train(&config, run, &options, NULL, NULL), LOCI_OK);
        assert_like_calm();
        files = 0;
        scratch_each(run, remember);
        kill(pid, SIGCONT);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != LOCI_E_BUSY)
            fail_msg("stopped at %s %s, it ended with %#x", moments[i].operation, moments[i].name,
                     (unsigned)status);
        same = true;
        assert_int_equal(scratch_each(run, look), files);
        assert_true(same);
        scratch_remove(run);
    }
}

static void test_killed(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = sharing();
    pid_t pid = start_other("epoch", "", 3);
    await_stop(pid);
    assert_int_equal(kill(pid, SIGKILL), 0);
    for (int i = 0; i < 5000 && loci_run_busy(run, NULL) != LOCI_OK; i++)
        usleep(1000);
    assert_int_equal(train(&config, run, &options, NULL, NULL), LOCI_OK);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_like_calm();
    assert_false(has(LOCI_LEASE_FILE));
}

/* Who does not share hears of an error that is as old as the library. */
static void test_ordinary(void **state) {
    (void)state;
    const loci_config config = small_config(EPOCHS);
    const loci_run_options options = resuming();
    loci_error error = {0};
    pid_t pid = start_other("epoch", "", 2);
    await_stop(pid);
    assert_int_equal(train(&config, run, &options, NULL, &error), LOCI_E_IO);
    assert_int_equal(error.code, LOCI_E_IO);
    assert_message(&error, "another process is training in this folder: ");
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_standing_still),
        TEST(test_killed),
        TEST(test_ordinary),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
