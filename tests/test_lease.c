/* Locks of a folder: one owner at a time, taken over from those that are gone, on this machine or
 * another, whatever the file system can. */
#define _GNU_SOURCE
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "train/lease.h"
#include "train/lease_file.h"

static char folder[256];
static int at;
static const loci_lease_terms quick = {.beat = 0.02, .silent = 60, .look = 0.1};

/* ---- a file system that can less ---- */

static bool no_links, whole_seconds;

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    if (no_links) {
        errno = EPERM;
        return -1;
    }
    return (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
}

int futimens(int fd, const struct timespec times[2]) {
    struct timespec now[2];
    if (times != NULL || !whole_seconds)
        return (int)syscall(SYS_utimensat, fd, NULL, times, 0);
    clock_gettime(CLOCK_REALTIME, &now[0]);
    now[0].tv_sec -= now[0].tv_sec % 2;
    now[0].tv_nsec = 0;
    now[1] = now[0];
    return (int)syscall(SYS_utimensat, fd, NULL, now, 0);
}

/* ---- helpers ---- */

static int take(loci_lease **out, bool patient) {
    return loci_lease_take(out, at, folder, &quick, patient, NULL);
}

static loci_lease *taken(void) {
    loci_lease *lease = NULL;
    loci_error error = {0};
    int status = loci_lease_take(&lease, at, folder, &quick, false, &error);
    if (status != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    return lease;
}

static bool is_held(void) {
    return loci_lease_look(at, folder, &quick, false, NULL) == LOCI_E_BUSY;
}

/* The lock was touched so many seconds ago. */
static void make_silent(double seconds) {
    struct timespec times[2];
    clock_gettime(CLOCK_REALTIME, &times[0]);
    times[0].tv_sec -= (time_t)seconds;
    times[1] = times[0];
    assert_int_equal(utimensat(at, LOCI_LEASE_FILE, times, 0), 0);
}

static void write_lock(const char *name, const loci_owner *owner) {
    unlinkat(at, name, 0);
    int fd = loci_lock_create(at, name, owner);
    assert_true(fd >= 0);
    close(fd);
}

static loci_owner foreign(void) {
    loci_owner owner;
    loci_owner_self(&owner);
    snprintf(owner.host, sizeof owner.host, "far-away");
    snprintf(owner.boot, sizeof owner.boot, "another");
    return owner;
}

/* A process of this machine that has ended, and been waited for or not. */
static loci_owner ended(bool waited_for, pid_t *pid) {
    loci_owner owner;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    *pid = fork();
    if (*pid == 0) {
        loci_owner_self(&owner);
        _exit(write(ends[1], &owner, sizeof owner) != sizeof owner);
    }
    assert_int_equal(read(ends[0], &owner, sizeof owner), sizeof owner);
    close(ends[0]);
    close(ends[1]);
    if (waited_for)
        assert_int_equal(waitpid(*pid, NULL, 0), *pid);
    else /* a zombie: nothing tells when it has become one */
        for (int i = 0; i < 5000 && !loci_owner_has_ended(&owner); i++)
            usleep(1000);
    return owner;
}

static void assert_nothing_left(void) {
    assert_int_equal(scratch_each(folder, NULL), 0);
}

/* ---- tests ---- */

static void test_one_at_a_time(void **state) {
    (void)state;
    loci_error error = {0};
    loci_lease *second = NULL, *first = taken();
    assert_int_equal(loci_lease_take(&second, at, folder, &quick, true, &error), LOCI_E_BUSY);
    assert_non_null(strstr(error.message, "another process is training in this folder: "));
    assert_null(second);
    assert_true(is_held());
    assert_int_equal(loci_lease_check(first, NULL), LOCI_OK);
    assert_int_equal(scratch_each(folder, NULL), 1);
    loci_lease_release(first);
    assert_nothing_left();
    assert_false(is_held());
    loci_lease_release(taken());
    assert_nothing_left();
}

static void test_owners(void **state) {
    (void)state;
    loci_owner self, other, back;
    char text[LOCI_OWNER_TEXT];
    pid_t pid;
    loci_owner_self(&self);
    loci_owner_self(&other);
    assert_true(self.token != other.token);
    assert_true(self.start > 0);
    assert_false(loci_owner_has_ended(&self));
    size_t size = loci_owner_print(&self, text);
    assert_int_equal(loci_owner_read(&back, text, size), LOCI_OK);
    assert_memory_equal(&back, &self, sizeof self);
    assert_true(loci_owner_is_near(&back, &self));
    for (size_t i = 0; i < size; i++)
        assert_true(loci_owner_read(&back, text, i) == LOCI_E_FORMAT || i == size - 1);
    other.start += 1; /* its number was given to another process */
    assert_true(loci_owner_has_ended(&other));
    other = ended(false, &pid);
    assert_true(loci_owner_has_ended(&other));
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    other = foreign();
    assert_false(loci_owner_is_near(&other, &self));
}

/* Where one ended on this machine nobody waits, however new its lock is. */
static void test_killed_owner(void **state) {
    (void)state;
    for (int waited_for = 0; waited_for < 2; waited_for++) {
        pid_t pid;
        const loci_owner owner = ended(waited_for, &pid);
        write_lock(LOCI_LEASE_FILE, &owner);
        assert_false(is_held());
        loci_lease_release(taken());
        assert_nothing_left();
        if (!waited_for)
            assert_int_equal(waitpid(pid, NULL, 0), pid);
    }
}

/* One on another machine is known by the age of its lock alone; so is a lock that was only half
 * written. */
static void test_silent_owner(void **state) {
    (void)state;
    loci_lease *lease;
    for (int half = 0; half < 2; half++) {
        const loci_owner owner = foreign();
        write_lock(LOCI_LEASE_FILE, &owner);
        if (half)
            assert_int_equal(truncate(scratch_path(folder, LOCI_LEASE_FILE), 20), 0);
        assert_true(is_held());
        assert_int_equal(take(&lease, true), LOCI_E_BUSY);
        make_silent(50);
        assert_int_equal(take(&lease, true), LOCI_E_BUSY);
        make_silent(-100); /* a clock that was set back is no sign of death */
        assert_int_equal(take(&lease, true), LOCI_E_BUSY);
        make_silent(70);
        assert_false(is_held());
        loci_lease_release(taken());
        assert_nothing_left();
    }
}

/* It may only be asleep with the machine, or wake up: then it must know. */
static void test_standing_still(void **state) {
    (void)state;
    const loci_lease_terms still = {.beat = 1e5, .silent = 60, .look = 0.1};
    loci_lease *old, *new;
    loci_error error = {0};
    assert_int_equal(loci_lease_take(&old, at, folder, &still, false, NULL), LOCI_OK);
    make_silent(70);
    assert_true(is_held());
    assert_int_equal(take(&new, false), LOCI_E_BUSY);
    assert_int_equal(loci_lease_look(at, folder, &quick, true, NULL), LOCI_OK);
    assert_int_equal(take(&new, true), LOCI_OK);
    assert_int_equal(loci_lease_check(new, NULL), LOCI_OK);
    assert_int_equal(loci_lease_check(old, &error), LOCI_E_BUSY);
    assert_non_null(strstr(error.message, "taken this run over"));
    loci_lease_release(old); /* what it lets go of is not its own any more */
    assert_int_equal(loci_lease_check(new, NULL), LOCI_OK);
    loci_lease_release(new);
    assert_nothing_left();
}

/* Whoever beats is not silent, and hears of a lock that is lost. */
static void test_heart(void **state) {
    (void)state;
    loci_lease *lease = taken(), *other;
    make_silent(70);
    int found = LOCI_OK;
    for (int i = 0; i < 5000 && found != LOCI_E_BUSY; i++) {
        usleep(1000);
        found = loci_lease_look(at, folder, &quick, true, NULL);
    }
    assert_int_equal(found, LOCI_E_BUSY);
    make_silent(70); /* the beat comes while it is looked at, on a busy machine late */
    const loci_lease_terms longer = {.beat = quick.beat, .silent = quick.silent, .look = 1};
    assert_int_equal(loci_lease_take(&other, at, folder, &longer, true, NULL), LOCI_E_BUSY);
    assert_false(loci_lease_is_lost(lease));
    const loci_owner owner = foreign();
    write_lock(LOCI_LEASE_FILE, &owner);
    for (int i = 0; i < 5000 && !loci_lease_is_lost(lease); i++)
        usleep(1000);
    assert_true(loci_lease_is_lost(lease));
    loci_lease_release(lease);
    assert_true(is_held());
    assert_int_equal(unlinkat(at, LOCI_LEASE_FILE, 0), 0);
}

/* One that died while its lock changed hands is in nobody's way. */
static void test_left_mark(void **state) {
    (void)state;
    pid_t pid;
    const loci_owner owner = ended(true, &pid);
    write_lock(LOCI_LEASE_FILE, &owner);
    write_lock(LOCI_LEASE_MARK, &owner);
    loci_lease *lease = taken();
    write_lock(LOCI_LEASE_MARK, &owner);
    loci_lease_release(lease);
    assert_nothing_left();
}

/* ---- many at once ---- */

enum { RACERS = 8, ROUNDS = 10 };

/* Waits for the start, takes the lock, says whether it has it, and keeps it until the end. */
static void race(int start, int said, int end) {
    char byte;
    loci_lease *lease;
    at = open(folder, O_RDONLY | O_DIRECTORY);
    if (read(start, &byte, 1) != 0)
        _exit(1);
    byte = take(&lease, false) == LOCI_OK ? 'w' : 'l';
    if (write(said, &byte, 1) != 1 || read(end, &byte, 1) != 0)
        _exit(2);
    if (byte == 'w')
        loci_lease_release(lease);
    _exit(0);
}

static int count_winners(const loci_owner *stale) {
    int start[2], said[2], end[2], winners = 0;
    char byte;
    pid_t pids[RACERS];
    assert_true(pipe(start) == 0 && pipe(said) == 0 && pipe(end) == 0);
    if (stale != NULL)
        write_lock(LOCI_LEASE_FILE, stale);
    for (int i = 0; i < RACERS; i++)
        if ((pids[i] = fork()) == 0) {
            close(start[1]);
            close(end[1]);
            race(start[0], said[1], end[0]);
        }
    close(start[1]);
    for (int i = 0; i < RACERS; i++) {
        assert_int_equal(read(said[0], &byte, 1), 1);
        winners += byte == 'w';
    }
    close(end[1]);
    for (int i = 0; i < RACERS; i++) {
        int status;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    close(start[0]);
    close(said[0]);
    close(said[1]);
    close(end[0]);
    assert_nothing_left();
    return winners;
}

static void test_race(void **state) {
    (void)state;
    pid_t pid;
    const loci_owner gone = ended(true, &pid);
    for (int round = 0; round < ROUNDS; round++) {
        assert_int_equal(count_winners(NULL), 1);
        assert_int_equal(count_winners(&gone), 1);
    }
}

/* ---- the same where files have one name, and times are whole ---- */

static int poorly(void **state) {
    (void)state;
    no_links = whole_seconds = true;
    return 0;
}

static int well(void **state) {
    (void)state;
    no_links = whole_seconds = false;
    return 0;
}

static int prepare(void **state) {
    (void)state;
    scratch_make(folder);
    at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return at < 0;
}

static int clean(void **state) {
    (void)state;
    close(at);
    scratch_remove(folder);
    return 0;
}

#define POORLY(test) cmocka_unit_test_setup_teardown(test, poorly, well)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_at_a_time),
        cmocka_unit_test(test_owners),
        cmocka_unit_test(test_killed_owner),
        cmocka_unit_test(test_silent_owner),
        cmocka_unit_test(test_standing_still),
        cmocka_unit_test(test_heart),
        cmocka_unit_test(test_left_mark),
        cmocka_unit_test(test_race),
        POORLY(test_one_at_a_time),
        POORLY(test_killed_owner),
        POORLY(test_silent_owner),
        POORLY(test_standing_still),
        POORLY(test_heart),
        POORLY(test_race),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
