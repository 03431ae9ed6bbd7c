#include "linear/one_thread.h"

#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>

#include "base/error.h"

/* Of libgomp, on which oneDNN is built. Its header would be the compiler's, whose OpenMP may be
 * another one. */
extern int omp_get_max_threads(void);
extern void omp_set_num_threads(int threads);

void loci_one_thread_enter(loci_one_thread *state) {
    sigset_t all;
    state->threads = omp_get_max_threads();
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &state->signals);
    if (state->threads != 1)
        omp_set_num_threads(1);
}

void loci_one_thread_leave(const loci_one_thread *state) {
    if (state->threads != 1)
        omp_set_num_threads(state->threads);
    pthread_sigmask(SIG_SETMASK, &state->signals, NULL);
}

bool loci_one_thread_compiles(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("sse4.1");
#else
    return false; /* of some others it has convolutions, of none products */
#endif
}

enum { CODE_BYTES = 128 << 20 };
int loci_one_thread_room(const char *where, loci_error *error) {
    void *room = mmap(NULL, CODE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED)
        return loci_fail_memory(error, where);
    munmap(room, CODE_BYTES);
    return LOCI_OK;
}
