/* Threads of a library in somebody's program. */
#ifndef LOCI_BASE_THREAD_H
#define LOCI_BASE_THREAD_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/* As pthread_create(). No signal is handled there but those of a fault: handlers are the host's,
 * and run in its threads. */
int loci_thread_start(pthread_t *thread, void *(*body)(void *argument), void *argument);

/* Whether a flag is raised, be it by a signal handler or another thread. NULL: there is none. */
static inline bool loci_flag_raised(const volatile sig_atomic_t *flag) {
    return flag != NULL && __atomic_load_n(flag, __ATOMIC_RELAXED) != 0;
}

#endif
