#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <loci/pool.h>
#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/control_group.h"

/* Processors of any machine. */
enum { MOST_CORES = 1 << 20 };

/* Those of the affinity mask. The kernel refuses a set that is smaller than its own, of which there
 * is no telling the size. */
static int cores_allowed(void) {
    int cores = 0;
    bool too_small = true;
    for (size_t most = CPU_SETSIZE; too_small && most <= MOST_CORES; most *= 4) {
        size_t size = CPU_ALLOC_SIZE(most);
        cpu_set_t *set = CPU_ALLOC(most);
        bool known = set != NULL && sched_getaffinity(0, size, set) == 0;
        too_small = set != NULL && !known && errno == EINVAL;
        if (known)
            cores = CPU_COUNT_S(size, set);
        CPU_FREE(set);
    }
    return cores;
}

/* As many as run at once for all of the time, and one that does for a part of it. */
static int at_most_by_group(int cores) {
    double shared = ceil(loci_group_cores());
    cores = shared < cores ? (int)shared : cores;
    return cores < 1 ? 1 : cores;
}

int loci_cores(void) {
    return at_most_by_group(cores_allowed());
}

int loci_cores_together(void) {
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return at_most_by_group(online < INT_MAX ? (int)online : INT_MAX);
}
