#define _GNU_SOURCE
#include "base/parallel.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/thread.h"

/* A loop is published with a new generation number. Tasks are then drawn from one atomic counter.
 * Waiting threads look at the generation for a few microseconds, which is how far apart the loops
 * of a small net are, and then sleep: a thread that spins for long would steal the core from
 * whoever it waits for when the machine is busy. The lock is for sleep alone: a thread counts
 * itself among the sleepers before it looks once more, and what it waits for is published before
 * anyone looks for sleepers, so that one of the two sees the other. */
enum { SPINS = 2000 };

struct loci_pool {
    int threads;
    pthread_t *workers; /* [threads - 1] */
    int started;
    pthread_mutex_t lock;
    pthread_cond_t wake, done;
    atomic_uint generation;
    atomic_size_t next;   /* task to draw */
    atomic_int running;   /* workers that have not finished this generation */
    atomic_int sleepers;  /* workers asleep, or about to be */
    atomic_bool sleeping; /* the caller is asleep, or about to be */
    size_t tasks;
    loci_task *run;
    void *context;
    bool stop;
};

struct worker_start {
    loci_pool *pool;
    size_t index;
};

static inline void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void draw_tasks(loci_pool *pool, size_t worker) {
    for (;;) {
        size_t task = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
        if (task >= pool->tasks)
            return;
        pool->run(pool->context, task, worker);
    }
}

/* The next generation after `seen`. */
static unsigned wait_for_work(loci_pool *pool, unsigned seen) {
    for (int i = 0; i < SPINS; i++) {
        unsigned now = atomic_load_explicit(&pool->generation, memory_order_acquire);
        if (now != seen)
            return now;
        relax();
    }
    pthread_mutex_lock(&pool->lock);
    atomic_fetch_add(&pool->sleepers, 1);
    while (atomic_load(&pool->generation) == seen)
        pthread_cond_wait(&pool->wake, &pool->lock);
    atomic_fetch_sub(&pool->sleepers, 1);
    unsigned now = atomic_load(&pool->generation);
    pthread_mutex_unlock(&pool->lock);
    return now;
}

static void begin(loci_pool *pool) {
    atomic_fetch_add(&pool->generation, 1);
    if (atomic_load(&pool->sleepers) == 0)
        return;
    pthread_mutex_lock(&pool->lock);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
}

static void wait_for_workers(loci_pool *pool) {
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load_explicit(&pool->running, memory_order_acquire) == 0)
            return;
        relax();
    }
    pthread_mutex_lock(&pool->lock);
    atomic_store(&pool->sleeping, true);
    while (atomic_load(&pool->running) != 0)
        pthread_cond_wait(&pool->done, &pool->lock);
    atomic_store(&pool->sleeping, false);
    pthread_mutex_unlock(&pool->lock);
}

static void finish(loci_pool *pool) {
    if (atomic_fetch_sub(&pool->running, 1) != 1 || !atomic_load(&pool->sleeping))
        return;
    pthread_mutex_lock(&pool->lock);
    pthread_cond_signal(&pool->done);
    pthread_mutex_unlock(&pool->lock);
}

static void *work(void *argument) {
    struct worker_start start = *(struct worker_start *)argument;
    free(argument);
    loci_pool *pool = start.pool;
    for (unsigned seen = 0;;) {
        seen = wait_for_work(pool, seen);
        if (pool->stop)
            return NULL;
        draw_tasks(pool, start.index);
        finish(pool);
    }
}

void loci_parallel(loci_pool *pool, size_t tasks, loci_task *run, void *context) {
    if (pool == NULL || pool->threads == 1 || tasks <= 1) {
        for (size_t task = 0; task < tasks; task++)
            run(context, task, 0);
        return;
    }
    pool->tasks = tasks;
    pool->run = run;
    pool->context = context;
    atomic_store_explicit(&pool->next, 0, memory_order_relaxed);
    atomic_store_explicit(&pool->running, pool->threads - 1, memory_order_relaxed);
    begin(pool);
    draw_tasks(pool, 0);
    wait_for_workers(pool);
}

static int start_worker(loci_pool *pool, int index) {
    struct worker_start *start = malloc(sizeof *start);
    if (start == NULL)
        return -1;
    *start = (struct worker_start){pool, (size_t)index};
    if (loci_thread_start(&pool->workers[index - 1], work, start) != 0) {
        free(start);
        return -1;
    }
    return 0;
}

int loci_pool_create(loci_pool **out, int threads, loci_error *error) {
    if (threads < 0 || threads > 256)
        return loci_fail(error, LOCI_E_ARGUMENT, "threads", "%d is not in 0..256", threads);
    if (threads == 0)
        threads = loci_cores() < 256 ? loci_cores() : 256;
    loci_pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL)
        return loci_fail_memory(error, "threads");
    pool->threads = threads;
    pool->workers = calloc((size_t)threads, sizeof *pool->workers);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->done, NULL);
    if (pool->workers == NULL) {
        loci_pool_free(pool);
        return loci_fail_memory(error, "threads");
    }
    for (int i = 1; i < threads; i++) {
        if (start_worker(pool, i) != 0) {
            loci_pool_free(pool);
            return loci_fail(error, LOCI_E_UNSUPPORTED, "threads",
                             "the system gave only %d of %d threads; ask for fewer", i, threads);
        }
        pool->started = i;
    }
    *out = pool;
    return LOCI_OK;
}

void loci_pool_free(loci_pool *pool) {
    if (pool == NULL)
        return;
    pool->stop = true;
    begin(pool);
    for (int i = 0; i < pool->started; i++)
        pthread_join(pool->workers[i], NULL);
    pthread_cond_destroy(&pool->done);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->lock);
    free(pool->workers);
    free(pool);
}

int loci_pool_threads(const loci_pool *pool) {
    return pool == NULL ? 1 : pool->threads;
}
