#define _GNU_SOURCE
#include "train/run_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "train/metrics.h"

/* In the order in which they are removed: a process killed halfway leaves a run that can still be
 * resumed or one that has not begun, never a summary without its run. */
static const char *const names[] = {
    LOCI_RUN_SUMMARY,    LOCI_RUN_FAILURE, LOCI_RUN_MODEL,    LOCI_RUN_FRAMES,
    LOCI_RUN_METRICS,    LOCI_RUN_CURVE,   LOCI_RUN_NEXT,     LOCI_RUN_PREVIOUS,
    LOCI_RUN_CHECKPOINT, LOCI_RUN_CONFIG,  LOCI_RUN_REPLACED,
};
enum { NAMES = sizeof names / sizeof *names };

/* NAME.NUMBER.tmp, as loci_writer calls a file under way. */
static bool is_leftover(const char *entry) {
    for (size_t i = 0; i <= NAMES; i++) {
        const char *name = i < NAMES ? names[i] : LOCI_LEASE_FILE;
        size_t length = strlen(name);
        if (strncmp(entry, name, length) != 0 || entry[length] != '.')
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

int loci_run_folder_open(loci_run_folder *folder, const char *path, bool patient,
                         loci_error *error) {
    folder->at = -1;
    folder->lease = NULL;
    folder->made = access(path, F_OK) != 0;
    if (strlen(path) >= sizeof folder->path)
        return loci_fail(error, LOCI_E_ARGUMENT, path, "the path is too long");
    strcpy(folder->path, path);
    int status = loci_make_folders(path, error);
    if (status != LOCI_OK)
        return status;
    folder->at = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->at < 0)
        return loci_fail_errno(error, LOCI_E_IO, path, errno, "cannot open");
    status = loci_lease_take(&folder->lease, folder->at, path, &loci_lease_usual, patient, error);
    if (status == LOCI_OK)
        remove_leftovers(folder->at, path);
    else
        loci_run_folder_close(folder);
    return status;
}

void loci_run_folder_close(loci_run_folder *folder) {
    if (folder->at < 0)
        return;
    loci_lease_release(folder->lease);
    folder->lease = NULL;
    if (folder->made)
        rmdir(folder->path); /* fails, as it should, once anything is in it */
    close(folder->at);
    folder->at = -1;
}

bool loci_run_folder_has(const loci_run_folder *folder, const char *name) {
    return faccessat(folder->at, name, F_OK, 0) == 0;
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
    int at = folder->at;
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
        if (!stays && unlinkat(folder->at, names[i], 0) != 0 && errno != ENOENT)
            status = loci_fail_errno(error, LOCI_E_IO, names[i], errno, "cannot remove");
    }
    return status;
}

void loci_run_folder_settle(const loci_run_folder *folder) {
    unlinkat(folder->at, LOCI_RUN_REPLACED, 0);
}

/* ---- writing ---- */

int loci_run_folder_check(const loci_run_folder *folder, loci_error *error) {
    return loci_lease_check(folder->lease, error);
}

int loci_run_folder_blame(const loci_run_folder *folder, int status, loci_error *error) {
    bool lost = status == LOCI_E_IO && loci_run_folder_check(folder, NULL) == LOCI_E_BUSY;
    return lost ? loci_run_folder_check(folder, error) : status;
}

int loci_run_folder_stage(const loci_run_folder *folder, const char *name, char path[4096],
                          loci_error *error) {
    char staged[80];
    snprintf(staged, sizeof staged, "%s.%" PRIu64 ".tmp", name, loci_lease_token(folder->lease));
    return loci_path_join(path, 4096, folder->path, staged, error);
}

/* People know the file by the name it would have had. */
static void name_final(const char *staged, const char *final, loci_error *error) {
    size_t most = sizeof error->where - 1;
    if (error != NULL && strncmp(error->where, staged, most) == 0)
        loci_shown(error->where, sizeof error->where, final);
}

/* The staged file is there before the lock is looked at: who takes the folder over removes it, and
 * then there is nothing to be renamed. */
int loci_run_folder_put(const loci_run_folder *folder, const char *name, int status,
                        loci_error *error) {
    char staged[4096], final[4096];
    int named = loci_run_folder_stage(folder, name, staged, error);
    if (named == LOCI_OK)
        named = loci_path_join(final, sizeof final, folder->path, name, error);
    if (named != LOCI_OK)
        return named;
    if (status != LOCI_OK) {
        name_final(staged, final, error);
        return status;
    }
    status = loci_run_folder_check(folder, error);
    if (status == LOCI_OK)
        status = loci_file_rename(staged, final, error);
    if (status != LOCI_OK)
        unlink(staged);
    return status;
}

int loci_run_told_io(int status, loci_error *error) {
    if (status != LOCI_E_BUSY)
        return status;
    if (error != NULL)
        error->code = LOCI_E_IO;
    return LOCI_E_IO;
}

/* ---- looking from outside ---- */

/* A summary that another process is about to remove is none. */
int loci_run_result(loci_summary *summary, const char *directory, loci_error *error) {
    char path[4096];
    int status = loci_path_join(path, sizeof path, directory, LOCI_RUN_SUMMARY, error);
    if (status != LOCI_OK)
        return status;
    loci_run_folder folder = {.at = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (folder.at < 0)
        return loci_fail_errno(error, errno == ENOENT ? LOCI_E_NOT_FOUND : LOCI_E_IO, directory,
                               errno, "cannot open");
    status = loci_lease_look(folder.at, directory, &loci_lease_usual, false, error);
    if (status == LOCI_OK && !loci_run_folder_has(&folder, LOCI_RUN_MODEL))
        status = loci_fail(error, LOCI_E_NOT_FOUND, directory, "holds no " LOCI_RUN_MODEL);
    if (status == LOCI_OK)
        status = loci_summary_load(path, summary, error);
    close(folder.at);
    return loci_run_told_io(status, error);
}

int loci_run_busy(const char *directory, loci_error *error) {
    int at = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (at < 0 && errno == ENOENT)
        return LOCI_OK;
    if (at < 0)
        return loci_fail_errno(error, LOCI_E_IO, directory, errno, "cannot open");
    int status = loci_lease_look(at, directory, &loci_lease_usual, true, error);
    close(at);
    return status;
}
