/* Worker threads: every task runs once, whoever runs it, however many loops there are. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/control_group.h"
#include "base/parallel.h"

enum { MOST = 1000 };

typedef struct record {
    size_t threads;
    atomic_int runs[MOST];
    atomic_int bad_worker;
} record;

static void note_task(void *context, size_t task, size_t worker) {
    record *r = context;
    atomic_fetch_add(&r->runs[task], 1);
    if (worker >= r->threads)
        atomic_store(&r->bad_worker, 1);
}

static void each_task_runs_once(void **state) {
    (void)state;
    static const int threads[] = {1, 2, 3, 8};
    static const size_t tasks[] = {0, 1, 2, 3, 7, 64, MOST};
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
        loci_pool *pool = NULL;
        assert_int_equal(loci_pool_create(&pool, threads[t], NULL), LOCI_OK);
        assert_int_equal(loci_pool_threads(pool), threads[t]);
        for (size_t k = 0; k < sizeof tasks / sizeof *tasks; k++) {
            static record r;
            memset(&r, 0, sizeof r);
            r.threads = (size_t)threads[t];
            loci_parallel(pool, tasks[k], note_task, &r);
            for (size_t i = 0; i < MOST; i++)
                assert_int_equal(atomic_load(&r.runs[i]), i < tasks[k] ? 1 : 0);
            assert_false(atomic_load(&r.bad_worker));
        }
        loci_pool_free(pool);
    }
}

static void without_a_pool_the_caller_works(void **state) {
    (void)state;
    static record r;
    r.threads = 1;
    loci_parallel(NULL, 5, note_task, &r);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(atomic_load(&r.runs[i]), i < 5 ? 1 : 0);
    assert_int_equal(loci_pool_threads(NULL), 1);
    loci_pool_free(NULL);
}

typedef struct sums {
    uint64_t input[MOST], output[MOST]; /* plain memory: a missing barrier is a race */
} sums;

static void add_neighbours(void *context, size_t task, size_t worker) {
    sums *s = context;
    (void)worker;
    s->output[task] = s->input[task] + s->input[(task + 1) % MOST];
}

/* Many short loops, each of which reads what the one before wrote: what training does. */
static uint64_t chain(int threads) {
    static sums s;
    loci_pool *pool = NULL;
    assert_int_equal(loci_pool_create(&pool, threads, NULL), LOCI_OK);
    for (size_t i = 0; i < MOST; i++)
        s.input[i] = i;
    for (int round = 0; round < 300; round++) {
        loci_parallel(pool, MOST, add_neighbours, &s);
        memcpy(s.input, s.output, sizeof s.input);
    }
    loci_pool_free(pool);
    return s.output[0] ^ s.output[MOST / 2] ^ s.output[MOST - 1];
}

static void a_loop_sees_what_the_last_one_wrote(void **state) {
    (void)state;
    uint64_t alone = chain(1);
    assert_true(alone != 0);
    assert_true(chain(2) == alone);
    assert_true(chain(5) == alone);
}

static void pools_come_and_go(void **state) {
    (void)state;
    for (int i = 0; i < 50; i++) {
        loci_pool *pool = NULL;
        assert_int_equal(loci_pool_create(&pool, 1 + i % 4, NULL), LOCI_OK);
        loci_pool_free(pool); /* some workers have not even started to wait */
    }
    loci_pool *pool = NULL;
    assert_int_equal(loci_pool_create(&pool, 0, NULL), LOCI_OK);
    assert_int_equal(loci_pool_threads(pool), loci_cores());
    loci_pool_free(pool);
}

/* A kernel for more processors than a cpu_set_t has room for: it refuses smaller sets. */
static size_t kernel_cores;

int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set) {
    if (kernel_cores == 0) {
        memset(set, 0, size);
        return syscall(SYS_sched_getaffinity, pid, size, set) < 0 ? -1 : 0;
    }
    if (size < CPU_ALLOC_SIZE(kernel_cores)) {
        errno = EINVAL;
        return -1;
    }
    CPU_ZERO_S(size, set);
    for (size_t i = 0; i < kernel_cores; i++)
        CPU_SET_S(i, size, set);
    return 0;
}

static void any_number_of_processors_is_counted(void **state) {
    (void)state;
    static const size_t counts[] = {3, 1024, 1025, 9000, 70000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        kernel_cores = counts[i];
        assert_int_equal(loci_cores(), (int)fmin((double)counts[i], ceil(loci_group_cores())));
    }
    loci_pool *pool = NULL;
    assert_int_equal(loci_pool_create(&pool, 0, NULL), LOCI_OK);
    assert_int_equal(loci_pool_threads(pool), loci_cores() < 256 ? loci_cores() : 256);
    loci_pool_free(pool);
    kernel_cores = 0;
}

static void impossible_numbers_are_refused(void **state) {
    (void)state;
    static const int wrong[] = {-1, 257, 1 << 30};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        loci_pool *pool = NULL;
        loci_error error = {0};
        assert_int_equal(loci_pool_create(&pool, wrong[i], &error), LOCI_E_ARGUMENT);
        assert_null(pool);
        assert_int_equal(error.code, LOCI_E_ARGUMENT);
        assert_true(strlen(error.message) > 0);
    }
}

/* Handlers are the host's, and run in its threads; a fault is told where it is. */
static void note_signals(void *context, size_t task, size_t worker) {
    sigset_t blocked;
    atomic_int *wrong = context;
    (void)task;
    pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    for (int number = 1; number < SIGSYS; number++) {
        bool fault = number == SIGSEGV || number == SIGBUS || number == SIGFPE ||
                     number == SIGILL || number == SIGTRAP || number == SIGABRT;
        bool never = number == SIGKILL || number == SIGSTOP;
        if (!never && sigismember(&blocked, number) != (worker > 0 && !fault))
            atomic_fetch_add(wrong, 1);
    }
    usleep(1000); /* so that others come to a turn */
}

static void signals_are_the_hosts(void **state) {
    (void)state;
    loci_pool *pool;
    atomic_int wrong = 0;
    assert_int_equal(loci_pool_create(&pool, 3, NULL), LOCI_OK);
    loci_parallel(pool, 50, note_signals, &wrong);
    loci_pool_free(pool);
    assert_int_equal(wrong, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_task_runs_once),
        cmocka_unit_test(without_a_pool_the_caller_works),
        cmocka_unit_test(a_loop_sees_what_the_last_one_wrote),
        cmocka_unit_test(pools_come_and_go),
        cmocka_unit_test(any_number_of_processors_is_counted),
        cmocka_unit_test(impossible_numbers_are_refused),
        cmocka_unit_test(signals_are_the_hosts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
