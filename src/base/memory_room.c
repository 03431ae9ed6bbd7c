#include "base/memory_room.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* The number in a file of one; SIZE_MAX where there is no such file, or "max" in it. */
static size_t number_in(const char *path) {
    char text[64] = "", *end = text;
    FILE *file = fopen(path, "re");
    unsigned long long value = 0;
    if (file != NULL && fgets(text, sizeof text, file) != NULL)
        value = strtoull(text, &end, 10);
    if (file != NULL)
        fclose(file);
    return end != text && value < SIZE_MAX ? (size_t)value : SIZE_MAX;
}

/* Of the groups that a path names, from the process's own upwards. */
static size_t groups_allow(const char *root, char *group, const char *file) {
    size_t least = SIZE_MAX;
    for (char *end; (end = strrchr(group, '/')) != NULL; *end = '\0') {
        char path[8192];
        if (snprintf(path, sizeof path, "%s%s/%s", root, group, file) < (int)sizeof path)
            least = smaller(least, number_in(path));
    }
    char path[128];
    snprintf(path, sizeof path, "%s/%s", root, file); /* in a container the root is its own */
    return smaller(least, number_in(path));
}

static size_t control_groups_allow(void) {
    char line[4096];
    size_t least = SIZE_MAX;
    FILE *file = fopen("/proc/self/cgroup", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *group = strstr(line, "::");
        if (group != NULL)
            least = smaller(least, groups_allow("/sys/fs/cgroup", group + 2, "memory.max"));
        else if ((group = strstr(line, ":memory:")) != NULL)
            least = smaller(
                least, groups_allow("/sys/fs/cgroup/memory", group + 8, "memory.limit_in_bytes"));
    }
    if (file != NULL)
        fclose(file);
    return least;
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
