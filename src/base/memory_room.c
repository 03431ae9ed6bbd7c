#include "base/memory_room.h"

#include <stdint.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/control_group.h"

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

static size_t control_groups_allow(void) {
    double bytes = loci_group_memory();
    return bytes < (double)SIZE_MAX ? (size_t)bytes : SIZE_MAX;
}

static size_t limit_of(int resource) {
    struct rlimit limit;
    if (getrlimit((__rlimit_resource_t)resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return SIZE_MAX;
    return (size_t)limit.rlim_cur;
}

size_t loci_memory_room(void) {
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    size_t room = pages > 0 && page > 0 ? (size_t)pages * (size_t)page : SIZE_MAX;
    room = smaller(room, control_groups_allow());
    return smaller(room, smaller(limit_of(RLIMIT_AS), limit_of(RLIMIT_DATA)));
}
