/* Calls of oneDNN from within our own tasks. A second pool would fight for the cores, and how many
 * threads OpenMP would take belongs to the calling thread, which may be the host program's. Signals
 * wait meanwhile: oneDNN 2.6 has its kernels take memory of the heap for their stack, where a
 * handler's frame would lie over what is beside it. */
#ifndef LOCI_LINEAR_ONE_THREAD_H
#define LOCI_LINEAR_ONE_THREAD_H

#include <loci/status.h>
#include <signal.h>
#include <stdbool.h>

typedef struct loci_one_thread {
    int threads;
    sigset_t signals;
} loci_one_thread;

/* Around every call. */
void loci_one_thread_enter(loci_one_thread *state);
void loci_one_thread_leave(const loci_one_thread *state);

/* Whether oneDNN has code for this processor: x86-64 from SSE4.1 on. On others it answers by plain
 * C, which is slower than our own kernels, and sums a row one way or another as it stands among the
 * rest. */
bool loci_one_thread_compiles(void);

/* oneDNN compiles its kernels when they are first needed, and does not look whether it got the
 * memory for their code, some 6 MB. LOCI_E_MEMORY where there is not enough for that, and for what
 * threads and their heaps may still take of the address space. */
int loci_one_thread_room(const char *where, loci_error *error);

#endif
