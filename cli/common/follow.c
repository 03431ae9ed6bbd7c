#include "common/follow.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/cli.h"

bool cli_stamp_changed(cli_stamp *stamp, const char *directory, const char *file) {
    char path[CLI_PATH + 64];
    struct stat info;
    cli_stamp now = {0};
    snprintf(path, sizeof path, "%s/%s", directory, file);
    if (stat(path, &info) == 0)
        now = (cli_stamp){(long long)info.st_ino, (long long)info.st_size, info.st_mtim.tv_sec,
                          info.st_mtim.tv_nsec};
    bool changed = memcmp(&now, stamp, sizeof now) != 0;
    *stamp = now;
    return changed;
}

bool cli_run_is_over(const char *directory) {
    char path[CLI_PATH + 64];
    snprintf(path, sizeof path, "%s/summary.json", directory);
    return access(path, F_OK) == 0;
}

void cli_wait(double seconds, const volatile sig_atomic_t *stop) {
    const struct timespec part = {.tv_nsec = 50000000};
    double until = loci_seconds() + seconds;
    while (!cli_is_raised(stop) && loci_seconds() < until)
        nanosleep(&part, NULL);
}
