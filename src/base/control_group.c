#include "base/control_group.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usual_root[] = "/sys/fs/cgroup", usual_groups[] = "/proc/self/cgroup";

enum { LINE = 4096, PATH = 2 * LINE };

/* What the files of a group's folder say; of version 2 they have other names. INFINITY: no limit.
 */
typedef double group_limit(const char *folder, bool second);

/* The first two words of a file as numbers; INFINITY for what is none, as "max", or below 0. */
static void read_numbers(const char *folder, const char *name, double numbers[2]) {
    char path[PATH + 64], text[128] = "", *end;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "re");
    if (file != NULL && fgets(text, sizeof text, file) == NULL)
        text[0] = '\0';
    if (file != NULL)
        fclose(file);
    const char *word = text;
    for (int i = 0; i < 2; i++) {
        long long number = strtoll(word, &end, 10);
        numbers[i] = end != word && number >= 0 ? (double)number : INFINITY;
        word += strcspn(word, " ");
        word += strspn(word, " ");
    }
}

static double memory_of(const char *folder, bool second) {
    double bytes[2];
    read_numbers(folder, second ? "memory.max" : "memory.limit_in_bytes", bytes);
    return bytes[0];
}

static double cores_of(const char *folder, bool second) {
    double quota[2], period[2];
    read_numbers(folder, second ? "cpu.max" : "cpu.cfs_quota_us", quota);
    if (second)
        period[0] = quota[1];
    else
        read_numbers(folder, "cpu.cfs_period_us", period);
    return isfinite(period[0]) && period[0] > 0 ? quota[0] / period[0] : INFINITY;
}

/* Of the groups that a path names, from its end upwards; it is cut. */
static double least_above(const char *root, char *group, group_limit *limit, bool second) {
    double least = limit(root, second); /* in a container the root is its own */
    for (char *end; (end = strrchr(group, '/')) != NULL; *end = '\0') {
        char folder[PATH];
        if (snprintf(folder, sizeof folder, "%s%s", root, group) < (int)sizeof folder)
            least = fmin(least, limit(folder, second));
    }
    return least;
}

/* Whether a name is among those that commas separate. */
static bool is_listed(const char *list, const char *name) {
    size_t length = strlen(name);
    for (; *list != '\0'; list += *list == ',') {
        size_t own = strcspn(list, ",");
        if (own == length && memcmp(list, name, own) == 0)
            return true;
        list += own;
    }
    return false;
}

/* Over the lines "NUMBER:CONTROLLERS:GROUP" of a process; version 2 names no controllers. */
static double least_of(const char *root, const char *groups, const char *controller,
                       group_limit *limit) {
    char line[LINE], folder[PATH];
    double least = INFINITY;
    FILE *file = fopen(groups, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *list = strchr(line, ':'), *group = list != NULL ? strchr(list + 1, ':') : NULL;
        if (group == NULL)
            continue;
        *group++ = '\0';
        bool second = *++list == '\0';
        if (second)
            least = fmin(least, least_above(root, group, limit, true));
        else if (is_listed(list, controller) &&
                 snprintf(folder, sizeof folder, "%s/%s", root, controller) < (int)sizeof folder)
            least = fmin(least, least_above(folder, group, limit, false));
    }
    if (file != NULL)
        fclose(file);
    return least;
}

double loci_group_memory_in(const char *root, const char *groups) {
    return least_of(root, groups, "memory", memory_of);
}

double loci_group_cores_in(const char *root, const char *groups) {
    return least_of(root, groups, "cpu", cores_of);
}

double loci_group_memory(void) {
    return loci_group_memory_in(usual_root, usual_groups);
}

double loci_group_cores(void) {
    return loci_group_cores_in(usual_root, usual_groups);
}
