#define _GNU_SOURCE
#include "train/run_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "train/metrics.h"

/* In the order in which they are removed: a process killed halfway leaves a run that can still be
 * resumed or one that has not begun, never a summary without its run. */
static const char *const names[] = {
    LOCI_RUN_SUMMARY, LOCI_RUN_MODEL,    LOCI_RUN_FRAMES,     LOCI_RUN_METRICS, LOCI_RUN_CURVE,
    LOCI_RUN_NEXT,    LOCI_RUN_PREVIOUS, LOCI_RUN_CHECKPOINT, LOCI_RUN_CONFIG,  LOCI_RUN_REPLACED,
};
enum { NAMES = sizeof names / sizeof *names };

/* NAME.PID.tmp, as loci_writer calls a file under way. */
static bool is_leftover(const char *entry) {
    for (size_t i = 0; i < NAMES; i++) {
        size_t length = strlen(names[i]);
        if (strncmp(entry, names[i], length) != 0 || entry[length] != '.')
            continue;
        const char *end = entry + length + 1;
        while (loci_is_digit(*end))
            end++;
        if (end > entry + length + 1 && strcmp(end, ".tmp") == 0)
            return true;
    }
    return false;
}

static void remove_leftovers(int fd, const char *path) {
    DIR *entries = opendir(path);
    if (entries == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
        if (is_leftover(entry->d_name))
            unlinkat(fd, entry->d_name, 0);
    closedir(entries);
}

/* A file system without locks is no reason not to train. */
static int lock_folder(int fd, int how, const char *path, loci_error *error) {
    if (flock(fd, how | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return loci_fail(error, LOCI_E_IO, path, "another process is training in this folder");
    return LOCI_OK;
}

int loci_run_folder_open(loci_run_folder *folder, const char *path, loci_error *error) {
    folder->lock = -1;
    folder->made = access(path, F_OK) != 0;
    if (strlen(path) >= sizeof folder->path)
        return loci_fail(error, LOCI_E_ARGUMENT, path, "the path is too long");
    strcpy(folder->path, path);
    int status = loci_make_folders(path, error);
    if (status != LOCI_OK)
        return status;
    folder->lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->lock < 0)
        return loci_fail_errno(error, LOCI_E_IO, path, errno, "cannot open");
    status = lock_folder(folder->lock, LOCK_EX, path, error);
    if (status != LOCI_OK) {
        close(folder->lock);
        folder->lock = -1;
        return status;
    }
    if (access(path, W_OK) != 0) {
        int err = errno;
        loci_run_folder_close(folder);
        return loci_fail_errno(error, LOCI_E_IO, path, err, "cannot write");
    }
    remove_leftovers(folder->lock, path);
    return LOCI_OK;
}

void loci_run_folder_close(loci_run_folder *folder) {
    if (folder->lock < 0)
        return;
    if (folder->made)
        rmdir(folder->path); /* fails, as it should, once anything is in it */
    close(folder->lock);
    folder->lock = -1;
}

bool loci_run_folder_has(const loci_run_folder *folder, const char *name) {
    return faccessat(folder->lock, name, F_OK, 0) == 0;
}

bool loci_run_folder_used(const loci_run_folder *folder) {
    for (size_t i = 0; i < NAMES; i++)
        if (loci_run_folder_has(folder, names[i]))
            return true;
    return false;
}

const char *loci_run_folder_name(size_t i) {
    return i < NAMES ? names[i] : NULL;
}

/* A run that was stopped early does not push aside the finished one that it was to replace. */
static int set_model_aside(const loci_run_folder *folder, loci_error *error) {
    int at = folder->lock;
    bool finished = loci_run_folder_has(folder, LOCI_RUN_SUMMARY);
    if (!loci_run_folder_has(folder, LOCI_RUN_MODEL) ||
        (!finished && loci_run_folder_has(folder, LOCI_RUN_REPLACED)))
        return LOCI_OK;
    if (renameat(at, LOCI_RUN_MODEL, at, LOCI_RUN_REPLACED) != 0)
        return loci_fail_errno(error, LOCI_E_IO, LOCI_RUN_REPLACED, errno, "cannot rename");
    return LOCI_OK;
}

int loci_run_folder_clear(const loci_run_folder *folder, loci_error *error) {
    int status = set_model_aside(folder, error);
    for (size_t i = 0; i < NAMES && status == LOCI_OK; i++) {
        bool stays =
            strcmp(names[i], LOCI_RUN_CONFIG) == 0 || strcmp(names[i], LOCI_RUN_REPLACED) == 0;
        if (!stays && unlinkat(folder->lock, names[i], 0) != 0 && errno != ENOENT)
            status = loci_fail_errno(error, LOCI_E_IO, names[i], errno, "cannot remove");
    }
    return status;
}

void loci_run_folder_settle(const loci_run_folder *folder) {
    unlinkat(folder->lock, LOCI_RUN_REPLACED, 0);
}

/* A summary that another process is about to remove is none. */
int loci_run_result(loci_summary *summary, const char *directory, loci_error *error) {
    char path[4096];
    int status = loci_path_join(path, sizeof path, directory, LOCI_RUN_SUMMARY, error);
    if (status != LOCI_OK)
        return status;
    loci_run_folder folder = {.lock = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (folder.lock < 0)
        return loci_fail_errno(error, errno == ENOENT ? LOCI_E_NOT_FOUND : LOCI_E_IO, directory,
                               errno, "cannot open");
    status = lock_folder(folder.lock, LOCK_SH, directory, error);
    if (status == LOCI_OK && !loci_run_folder_has(&folder, LOCI_RUN_MODEL))
        status = loci_fail(error, LOCI_E_NOT_FOUND, directory, "holds no " LOCI_RUN_MODEL);
    if (status == LOCI_OK)
        status = loci_summary_load(path, summary, error);
    close(folder.lock);
    return status;
}
