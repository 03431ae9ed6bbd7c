/* Preloaded into a program, makes its clocks jump: CLOCK_JUMPS=SEED. Each time a clock is read it
 * may from then on be hours or years ahead or behind; a clock that promises never to go back
 * (CLOCK_MONOTONIC) only ahead. */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static atomic_ulong state;
static atomic_long ahead_of_wall, ahead_of_run; /* seconds */

static unsigned long draw(void) {
    const char *seed = getenv("CLOCK_JUMPS");
    if (atomic_load(&state) == 0)
        atomic_store(&state, strtoul(seed != NULL ? seed : "1", NULL, 10) * 2 + 1);
    unsigned long now = atomic_load(&state);
    now ^= now << 13;
    now ^= now >> 7;
    now ^= now << 17;
    atomic_store(&state, now);
    return now >> 8;
}

int clock_gettime(clockid_t clock, struct timespec *out) {
    static const long jumps[] = {1, 70, 3600, 86400, 1000000, 40000000};
    if (syscall(SYS_clock_gettime, clock, out) != 0)
        return -1;
    long jump = draw() % 8 == 0 ? jumps[draw() % 6] : 0;
    int wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
    if (wall)
        atomic_store(&ahead_of_wall, draw() % 2 ? jump : -jump);
    else
        atomic_fetch_add(&ahead_of_run, jump);
    out->tv_sec += wall ? atomic_load(&ahead_of_wall) : atomic_load(&ahead_of_run);
    return 0;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out != NULL)
        *out = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict unused) {
    struct timespec now;
    (void)unused;
    clock_gettime(CLOCK_REALTIME, &now);
    *out = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}
