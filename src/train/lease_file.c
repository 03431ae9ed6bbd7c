#define _GNU_SOURCE
#include "train/lease_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "train/lease.h"

static double seconds(struct timespec time) {
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* The file that a name stood for may be replaced between finding and opening it: network file
 * systems then have ESTALE. */
static int open_lock(int folder, const char *name) {
    int fd = -1;
    for (int turn = 0; turn < 3 && fd < 0; turn++) {
        fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (fd < 0 && errno != ESTALE)
            break;
    }
    return fd;
}

int loci_lock_read(loci_lock_file *out, int folder, const char *name, const char *path,
                   loci_error *error) {
    char text[LOCI_OWNER_TEXT];
    struct stat info;
    memset(out, 0, sizeof *out);
    int fd = open_lock(folder, name);
    if (fd < 0 && (errno == ENOENT || errno == ESTALE))
        return LOCI_OK;
    if (fd < 0)
        return loci_fail_errno(error, LOCI_E_IO, path, errno, "cannot read its " LOCI_LEASE_FILE);
    out->there = fstat(fd, &info) == 0;
    out->touched = seconds(info.st_mtim);
    ssize_t got = out->there ? read(fd, text, sizeof text) : -1;
    int err = errno;
    close(fd);
    if (got < 0 && err == ESTALE) {
        out->there = false;
        return LOCI_OK;
    }
    if (got < 0)
        return loci_fail_errno(error, LOCI_E_IO, path, err, "cannot read its " LOCI_LEASE_FILE);
    int status = loci_owner_read(&out->owner, text, (size_t)got);
    if (status == LOCI_E_MEMORY)
        return loci_fail_memory(error, path);
    out->whole = status == LOCI_OK;
    if (!out->whole)
        memset(&out->owner, 0, sizeof out->owner);
    return LOCI_OK;
}

bool loci_lock_same(const loci_lock_file *a, const loci_lock_file *b) {
    return a->there == b->there && a->owner.token == b->owner.token;
}

void loci_lock_candidate(char name[LOCI_LEASE_NAME], const loci_owner *owner) {
    snprintf(name, LOCI_LEASE_NAME, LOCI_LEASE_FILE ".%" PRIu64 ".tmp", owner->token);
}

int loci_lock_create(int folder, const char *name, const loci_owner *owner) {
    char text[LOCI_OWNER_TEXT];
    size_t size = loci_owner_print(owner, text);
    if (size == 0) {
        errno = ENOMEM;
        return -1;
    }
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return -1;
    errno = EIO;
    if (write(fd, text, size) == (ssize_t)size)
        return fd;
    int err = errno;
    close(fd);
    unlinkat(folder, name, 0);
    errno = err;
    return -1;
}

/* Whether an answer that was lost on its way left our lock in place. */
static bool is_placed(int folder, const loci_owner *owner, const char *path) {
    loci_lock_file there;
    return loci_lock_read(&there, folder, LOCI_LEASE_FILE, path, NULL) == LOCI_OK && there.whole &&
           there.owner.token == owner->token;
}

/* Where files cannot have two names, the lock is made in its place: for a moment it says nothing.
 */
static int place_anew(int folder, const loci_owner *owner, int *fd, bool *won, const char *path,
                      loci_error *error) {
    int made = loci_lock_create(folder, LOCI_LEASE_FILE, owner);
    if (made < 0 && errno != EEXIST)
        return loci_fail_errno(error, LOCI_E_IO, path, errno, "cannot write");
    *won = made >= 0;
    if (*won) {
        close(*fd);
        *fd = made;
    }
    return LOCI_OK;
}

int loci_lock_place(int folder, const char *candidate, const loci_owner *owner, int *fd, bool *won,
                    const char *path, loci_error *error) {
    int status = LOCI_OK;
    *won = linkat(folder, candidate, folder, LOCI_LEASE_FILE, 0) == 0;
    int err = *won ? 0 : errno;
    if (!*won && err != ENOENT)
        *won = is_placed(folder, owner, path);
    if (!*won && err != EEXIST && err != ENOENT)
        status = place_anew(folder, owner, fd, won, path, error);
    if (*won)
        unlinkat(folder, candidate, 0);
    return status;
}

double loci_lock_now(int fd) {
    struct stat info;
    struct timespec now;
    if (futimens(fd, NULL) == 0 && fstat(fd, &info) == 0)
        return seconds(info.st_mtim);
    clock_gettime(CLOCK_REALTIME, &now);
    return seconds(now);
}

double loci_lock_now_in(int folder, const loci_owner *owner) {
    char name[LOCI_LEASE_NAME];
    loci_lock_candidate(name, owner);
    int fd = loci_lock_create(folder, name, owner);
    double now = loci_lock_now(fd);
    if (fd >= 0) {
        close(fd);
        unlinkat(folder, name, 0);
    }
    return now;
}
