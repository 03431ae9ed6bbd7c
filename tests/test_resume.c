/* A run killed with SIGKILL, again and again and at the worst moments, ends with the same bytes as
 * one left in peace.
 *
 * The runs are processes of their own: this program, called as `test_resume child ...`. A child is
 * told where to stop; once there it says so through a pipe and waits to be killed. So that the
 * moments are the same on any machine, the child's clock goes forward by a fixed tick each time it
 * is asked. */
#define _GNU_SOURCE
#include "scratch.h"
#include "small_run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "base/safetensors.h"

enum { EPOCHS = 30, SAMPLES = 212, PIPE = 3 };

/* ---- the child: its clock, its file operations, and the point where it stops ---- */

static struct {
    /* "progress", "epoch", "sync", "before" or "after" a rename; NULL: nowhere. */
    const char *operation;
    const char *name; /* the file the operation is about */
    int left;         /* how many times more until the child stops there */
    double tick, now; /* of the clock; 0: the real one */
} trap;

static void reach(const char *operation, const char *name) {
    if (trap.operation == NULL || strcmp(operation, trap.operation) != 0 ||
        strncmp(name, trap.name, strlen(trap.name)) != 0 || --trap.left > 0)
        return;
    if (write(PIPE, "!", 1) == 1)
        for (;;)
            pause();
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    if (trap.tick == 0 || clock != CLOCK_MONOTONIC)
        return (int)syscall(SYS_clock_gettime, clock, time);
    trap.now += trap.tick;
    time->tv_sec = (time_t)trap.now;
    time->tv_nsec = (long)((trap.now - (double)time->tv_sec) * 1e9);
    return 0;
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* A file that is killed here is only half on disk. */
int fsync(int fd) {
    char link[64], path[1024] = "";
    struct stat info;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (trap.operation != NULL && strcmp(trap.operation, "sync") == 0 && fstat(fd, &info) == 0 &&
        S_ISREG(info.st_mode) && readlink(link, path, sizeof path - 1) > 0 &&
        strncmp(base_name(path), trap.name, strlen(trap.name)) == 0 && trap.left == 1 &&
        ftruncate(fd, info.st_size / 2) != 0)
        return -1;
    reach("sync", base_name(path));
    return (int)syscall(SYS_fsync, fd);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    reach("before", base_name(to));
    int result = (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, 0u);
    int err = errno;
    reach("after", base_name(to));
    errno = err;
    return result;
}

int rename(const char *from, const char *to) {
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

static void on_progress(void *user, const loci_progress *progress) {
    (void)user;
    reach(progress->finished != NULL ? "epoch" : "progress", "");
}

/* test_resume child FOLDER THREADS TICK OPERATION NAME TIMES KIND */
static int child(char **arguments) {
    loci_pool *pool;
    loci_dataset *data = small_data(SAMPLES);
    loci_config config = strcmp(arguments[6], "spiking") == 0  ? small_spiking_config(EPOCHS)
                         : strcmp(arguments[6], "pruned") == 0 ? small_pruned_config(EPOCHS)
                         : strcmp(arguments[6], "maps") == 0   ? small_maps_config(EPOCHS)
                                                               : small_config(EPOCHS);
    loci_run_options options;
    loci_error error = {0};
    loci_run_options_defaults(&options);
    options.resume = 1;
    options.progress = on_progress;
    trap.tick = atof(arguments[2]);
    trap.operation = *arguments[3] != '\0' ? arguments[3] : NULL;
    trap.name = arguments[4];
    trap.left = atoi(arguments[5]);
    if (data == NULL || loci_pool_create(&pool, atoi(arguments[1]), &error) != LOCI_OK)
        return 1;
    int status = loci_run_train(&config, data, arguments[0], pool, &options, NULL, &error);
    if (status != LOCI_OK)
        fprintf(stderr, "child: %s: %s\n", error.where, error.message);
    loci_pool_free(pool);
    loci_dataset_free(data);
    return status == LOCI_OK ? 0 : 1;
}

/* ---- the parent ---- */

static char folder[256], calm[512], killed[512];
static const char *kind; /* of network: "plain", "spiking", "pruned" or "maps" */

typedef struct moment {
    const char *operation, *name;
    int times;
    double tick;
} moment;

/* Starts a child; *pipe_end gets the end of the pipe it speaks through. */
static pid_t start(const char *run, int threads, const moment *at, int *pipe_end) {
    char thread_text[16], tick_text[32], times_text[16];
    int ends[2];
    snprintf(thread_text, sizeof thread_text, "%d", threads);
    snprintf(tick_text, sizeof tick_text, "%g", at->tick);
    snprintf(times_text, sizeof times_text, "%d", at->times);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (ends[1] == PIPE)
            fcntl(PIPE, F_SETFD, 0);
        else
            dup2(ends[1], PIPE);
        execl("/proc/self/exe", "test_resume", "child", run, thread_text, tick_text, at->operation,
              at->name, times_text, kind, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    *pipe_end = ends[0];
    return pid;
}

static bool exists(const char *run, const char *name) {
    return access(scratch_path(run, name), F_OK) == 0;
}

/* Starts a child, waits until it is where it should be, kills it, and makes sure that it had not
 * ended before. */
static void kill_at(const char *run, int threads, const moment *at) {
    int pipe_end, status;
    char byte;
    pid_t pid = start(run, threads, at, &pipe_end);
    ssize_t got = read(pipe_end, &byte, 1);
    close(pipe_end);
    if (got != 1) {
        waitpid(pid, &status, 0);
        fail_msg("the child ended before it came to: %s %s", at->operation, at->name);
    }
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_false(exists(run, "summary.json"));
}

static void run_to_end(const char *run, int threads) {
    const moment never = {"", "", 0, 0.005};
    int pipe_end, status;
    pid_t pid = start(run, threads, &never, &pipe_end);
    close(pipe_end);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_true(exists(run, "summary.json"));
}

/* Lines are the same but for the seconds at their end. */
static void assert_same_metrics(void) {
    FILE *a = fopen(scratch_path(calm, "metrics.jsonl"), "r");
    FILE *b = fopen(scratch_path(killed, "metrics.jsonl"), "r");
    char line_a[1024], line_b[1024];
    int lines = 0;
    assert_non_null(a);
    assert_non_null(b);
    for (; fgets(line_a, sizeof line_a, a) != NULL; lines++) {
        assert_non_null(fgets(line_b, sizeof line_b, b));
        char *seconds_a = strstr(line_a, "\"seconds\""), *seconds_b = strstr(line_b, "\"seconds\"");
        assert_non_null(seconds_a);
        assert_non_null(seconds_b);
        *seconds_a = *seconds_b = '\0';
        assert_string_equal(line_a, line_b);
    }
    assert_null(fgets(line_b, sizeof line_b, b));
    assert_int_equal(lines, EPOCHS);
    fclose(a);
    fclose(b);
}

static void assert_same_run(void) {
    scratch_assert_same(scratch_path(calm, "model.safetensors"),
                        scratch_path(killed, "model.safetensors"));
    scratch_assert_same(scratch_path(calm, "frames.npz"), scratch_path(killed, "frames.npz"));
    scratch_assert_same(scratch_path(calm, "config.json"), scratch_path(killed, "config.json"));
    assert_same_metrics();
}

static void assert_no_leftovers(const char *path) {
    assert_null(strstr(base_name(path), ".tmp"));
    assert_null(strstr(base_name(path), "next"));
}

/* Batches into the epoch at which a checkpoint stands. */
static uint64_t batch_of(const char *path) {
    loci_safetensors *file;
    uint64_t counts[8];
    assert_int_equal(loci_safetensors_open(&file, path, NULL), LOCI_OK);
    const loci_stored *array = loci_safetensors_find(file, "state.count");
    assert_non_null(array);
    assert_int_equal(loci_stored_count(array), 8);
    assert_int_equal(loci_safetensors_read(file, array, counts, NULL), LOCI_OK);
    loci_safetensors_close(file);
    return counts[1];
}

static void test_ten_kills(void **state) {
    (void)state;
    static const moment moments[10] = {
        {"sync", "config.json", 1, 0.005},              /* before anything is there */
        {"progress", "", 1, 0.005},                     /* before the first checkpoint */
        {"sync", "checkpoint.safetensors", 1, 0.005},   /* while the first one is written */
        {"after", "checkpoint.safetensors", 1, 0.005},  /* just after it */
        {"epoch", "", 4, 0.005},                        /* metrics are ahead of the checkpoint */
        {"sync", "checkpoint.safetensors", 2, 0.005},   /* while a later one is written */
        {"before", "checkpoint.previous", 1, 0.005},    /* it is whole, but not yet in its place */
        {"before", "checkpoint.safetensors", 2, 0.005}, /* between the two renames */
        {"after", "checkpoint.safetensors", 1, 1.0},    /* after one in the middle of an epoch */
        {"sync", "summary.json", 1, 0.005},             /* at the very end */
    };
    for (int i = 0; i < 10; i++) {
        kill_at(killed, 1 + i % 2, &moments[i]);
        assert_int_equal(exists(killed, "config.json"), i >= 1);
        assert_int_equal(exists(killed, "checkpoint.safetensors"), i >= 3 && i != 7);
        assert_int_equal(exists(killed, "checkpoint.previous.safetensors"), i >= 4);
        if (i == 8)
            assert_true(batch_of(scratch_path(killed, "checkpoint.safetensors")) > 0);
    }
    run_to_end(killed, 2);
    assert_same_run();
    scratch_each(killed, assert_no_leftovers);
    scratch_remove(killed);
}

/* The same without any arrangement: killed whenever the time is up, a little later each time. */
static void test_kills_at_any_moment(void **state) {
    (void)state;
    const moment never = {"", "", 0, 0};
    int landed = 0;
    for (useconds_t delay = 4000; !exists(killed, "summary.json"); delay += delay / 3) {
        int pipe_end, status;
        pid_t pid = start(killed, 1 + landed % 2, &never, &pipe_end);
        close(pipe_end);
        usleep(delay);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        landed += WIFSIGNALED(status);
    }
    assert_true(landed > 0);
    assert_same_run();
    scratch_remove(killed);
}

static int prepare(void **state) {
    (void)state;
    scratch_make(folder);
    snprintf(killed, sizeof killed, "%s/killed", folder);
    return 0;
}

/* A run of this kind left in peace, for others to be compared with. */
static void use(const char *name) {
    kind = name;
    snprintf(calm, sizeof calm, "%s/calm-%s", folder, kind);
    if (!exists(calm, "summary.json"))
        run_to_end(calm, 1);
}

static int use_plain(void **state) {
    (void)state;
    use("plain");
    return 0;
}

static int use_spiking(void **state) {
    (void)state;
    use("spiking");
    return 0;
}

static int use_pruned(void **state) {
    (void)state;
    use("pruned");
    return 0;
}

static int use_maps(void **state) {
    (void)state;
    use("maps");
    return 0;
}

static int clean(void **state) {
    (void)state;
    scratch_remove(folder);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 9 && strcmp(argv[1], "child") == 0)
        return child(argv + 2);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_ten_kills, use_plain),
        cmocka_unit_test_setup(test_ten_kills, use_spiking),
        cmocka_unit_test_setup(test_ten_kills, use_pruned),
        cmocka_unit_test_setup(test_ten_kills, use_maps),
        cmocka_unit_test_setup(test_kills_at_any_moment, use_plain),
        cmocka_unit_test_setup(test_kills_at_any_moment, use_spiking),
        cmocka_unit_test_setup(test_kills_at_any_moment, use_pruned),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
