/* Preloaded into a program, keeps what a power cut would leave of a folder of files:
 *
 *   CUT_DISK=FOLDER     on the same file system as what the program writes
 *
 * A power cut takes what was not synced. So fsync() of a file keeps a copy of its content as it is
 * then, and fsync() of a folder the names in it, each before it returns;
 * tests/campaigns/power_cuts.py makes of these what would be found after the cut. A file is known
 * by its number, and every one that was seen keeps a second name, so that no number is given away
 * twice.
 *
 *   DISK/NUMBER.content    the content of a file, as it was synced last
 *   DISK/NUMBER.names      of a folder: a line for each name, "NUMBER KIND NAME", KIND d or f
 *   DISK/NUMBER.kept       its second name
 *
 * Nothing is really synced: that would take most of the time. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH = 4200 };

static void name(char path[PATH], unsigned long number, const char *what) {
    snprintf(path, PATH, "%s/%lu.%s", getenv("CUT_DISK"), number, what);
}

/* The copy gets its name when it is whole: this process may be killed at any moment. */
static int begin(char path[PATH]) {
    snprintf(path, PATH, "%s/%d.under-way", getenv("CUT_DISK"), (int)gettid());
    return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
}

static int keep_content(int fd, unsigned long number) {
    char under_way[PATH], path[PATH], from[64], block[65536];
    snprintf(from, sizeof from, "/proc/self/fd/%d", fd);
    int source = open(from, O_RDONLY | O_CLOEXEC), copy = begin(under_way);
    ssize_t got = source >= 0 && copy >= 0 ? 0 : -1;
    if (got == 0)
        while ((got = read(source, block, sizeof block)) > 0 &&
               write(copy, block, (size_t)got) == got)
            ;
    name(path, number, "content");
    if (copy >= 0)
        close(copy);
    int failed = got != 0 || rename(under_way, path) != 0;
    name(path, number, "kept");
    snprintf(from, sizeof from, "/proc/self/fd/%d", fd);
    linkat(AT_FDCWD, from, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
    if (source >= 0)
        close(source);
    return failed ? (errno = EIO, -1) : 0;
}

static int keep_names(int fd, unsigned long number) {
    char under_way[PATH], path[PATH];
    int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), copy = begin(under_way);
    DIR *open = again >= 0 ? fdopendir(again) : NULL;
    struct dirent *entry;
    struct stat info;
    while (open != NULL && (entry = readdir(open)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            fstatat(fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        dprintf(copy, "%lu %c %s\n", (unsigned long)info.st_ino, S_ISDIR(info.st_mode) ? 'd' : 'f',
                entry->d_name);
        name(path, info.st_ino, "kept");
        linkat(fd, entry->d_name, AT_FDCWD, path, 0); /* folders have no second name */
    }
    if (open != NULL)
        closedir(open);
    if (copy >= 0)
        close(copy);
    name(path, number, "names");
    return open == NULL || rename(under_way, path) != 0 ? (errno = EIO, -1) : 0;
}

int fsync(int fd) {
    struct stat info;
    if (getenv("CUT_DISK") == NULL)
        return 0;
    if (fstat(fd, &info) != 0)
        return -1;
    return S_ISDIR(info.st_mode) ? keep_names(fd, info.st_ino) : keep_content(fd, info.st_ino);
}

int fdatasync(int fd) {
    return fsync(fd);
}
