#define _GNU_SOURCE
#include "train/lease.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "base/thread.h"
#include "train/lease_file.h"

const loci_lease_terms loci_lease_usual = {.beat = 5, .silent = 60, .look = 10};

enum { TURNS = 200, PAUSE = 10 }; /* tries, and milliseconds between them, while hands change */

struct loci_lease {
    int folder; /* borrowed */
    char path[256];
    loci_owner self;
    loci_lease_terms terms;
    int fd; /* the lock file, to touch it; before it is held, the candidate */
    char candidate[LOCI_LEASE_NAME]; /* the file that becomes the lock */
    pthread_t heart;
    int stop[2]; /* a pipe: the heart stops when its end is closed; -1: it does not beat */
    atomic_bool lost;
};

static void pause_for(double seconds) {
    struct timespec rest = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&rest, NULL);
}

/* ---- whose it is ---- */

static int busy(const loci_lock_file *file, const char *path, loci_error *error) {
    if (!file->whole)
        return loci_fail(error, LOCI_E_BUSY, path, "another process is training in this folder");
    return loci_fail(error, LOCI_E_BUSY, path,
                     "another process is training in this folder: %" PRIu64 " on %s",
                     file->owner.pid, LOCI_SHOWN(64, file->owner.host));
}

typedef enum { HELD, GONE, SILENT } standing; /* SILENT: of a process that lives on this machine */

/* now: of the file system, seconds. */
static standing judge(const loci_lock_file *file, const loci_owner *self,
                      const loci_lease_terms *terms, double now) {
    bool silent = now - file->touched > terms->silent;
    if (!file->whole || !loci_owner_is_near(&file->owner, self))
        return silent ? GONE : HELD;
    return loci_owner_has_ended(&file->owner) ? GONE : silent ? SILENT : HELD;
}

/* One that stays silent while it is looked at did not just sleep with its machine. */
static int look_longer(loci_lease *lease, loci_lock_file *file, standing *found,
                       loci_error *error) {
    loci_lock_file later;
    pause_for(lease->terms.look);
    int status = loci_lock_read(&later, lease->folder, LOCI_LEASE_FILE, lease->path, error);
    *found = status == LOCI_OK && loci_lock_same(file, &later) && file->touched == later.touched
                 ? GONE
                 : HELD;
    return status;
}

/* ---- changing hands ---- */

/* Only who made the mark may replace or remove a lock. The mark of a process that died with it goes
 * like a lock of one that is gone. */
static bool make_mark(const loci_lease *lease) {
    loci_lock_file mark;
    int fd = loci_lock_create(lease->folder, LOCI_LEASE_MARK, &lease->self);
    if (fd >= 0) {
        close(fd);
        return true;
    }
    if (loci_lock_read(&mark, lease->folder, LOCI_LEASE_MARK, lease->path, NULL) == LOCI_OK &&
        mark.there && judge(&mark, &lease->self, &lease->terms, loci_lock_now(lease->fd)) != HELD)
        unlinkat(lease->folder, LOCI_LEASE_MARK, 0);
    return false;
}

/* What cannot be read for once, is tried again: else the file stays for ever. */
static int read_again(loci_lock_file *out, const loci_lease *lease, const char *name) {
    int status = loci_lock_read(out, lease->folder, name, lease->path, NULL);
    return status == LOCI_OK ? status : loci_lock_read(out, lease->folder, name, lease->path, NULL);
}

static void remove_mark(const loci_lease *lease) {
    loci_lock_file mark;
    if (read_again(&mark, lease, LOCI_LEASE_MARK) == LOCI_OK && mark.there &&
        mark.owner.token == lease->self.token)
        unlinkat(lease->folder, LOCI_LEASE_MARK, 0);
}

/* The lock that was looked at becomes ours, unless it is another one by now. */
static int take_over(loci_lease *lease, const loci_lock_file *seen, bool *won, loci_error *error) {
    loci_lock_file there;
    if (!make_mark(lease)) {
        pause_for(PAUSE / 1e3);
        return LOCI_OK;
    }
    int status = loci_lock_read(&there, lease->folder, LOCI_LEASE_FILE, lease->path, error);
    if (status == LOCI_OK && there.there && loci_lock_same(seen, &there) &&
        there.touched == seen->touched)
        *won = renameat(lease->folder, lease->candidate, lease->folder, LOCI_LEASE_FILE) == 0;
    remove_mark(lease);
    return status;
}

static int make_candidate(loci_lease *lease, loci_error *error) {
    if (lease->fd >= 0)
        close(lease->fd);
    lease->fd = loci_lock_create(lease->folder, lease->candidate, &lease->self);
    if (lease->fd < 0 && errno != EEXIST)
        return loci_fail_errno(error, LOCI_E_IO, lease->path, errno, "cannot write");
    if (lease->fd < 0) /* whose token is ours? */
        return loci_fail(error, LOCI_E_IO, lease->path, "no name is left for a lock");
    fsync(lease->fd); /* a lock that a power cut leaves empty is nobody's, and holds for a minute */
    return LOCI_OK;
}

/* One try; neither won nor an error: once more. */
static int try(loci_lease *lease, bool patient, bool *won, loci_error *error) {
    loci_lock_file seen;
    int status = loci_lock_read(&seen, lease->folder, LOCI_LEASE_FILE, lease->path, error);
    if (status != LOCI_OK)
        return status;
    if (!seen.there)
        return loci_lock_place(lease->folder, lease->candidate, &lease->self, &lease->fd, won,
                               lease->path, error);
    standing found = judge(&seen, &lease->self, &lease->terms, loci_lock_now(lease->fd));
    if (found == SILENT && patient)
        status = look_longer(lease, &seen, &found, error);
    if (status == LOCI_OK && found != GONE)
        status = busy(&seen, lease->path, error);
    return status == LOCI_OK ? take_over(lease, &seen, won, error) : status;
}

static int take(loci_lease *lease, bool patient, loci_error *error) {
    bool won = false;
    int status = make_candidate(lease, error);
    for (int turn = 0; turn < TURNS && status == LOCI_OK && !won; turn++) {
        /* who got it removes what is left over, candidates of others, too */
        if (faccessat(lease->folder, lease->candidate, F_OK, 0) != 0)
            status = make_candidate(lease, error);
        if (status == LOCI_OK)
            status = try(lease, patient, &won, error);
    }
    if (!won)
        unlinkat(lease->folder, lease->candidate, 0);
    if (status == LOCI_OK && !won)
        status = loci_fail(error, LOCI_E_BUSY, lease->path,
                           "another process is taking this folder; try again");
    return status;
}

/* ---- the heart ---- */

static void *beat(void *argument) {
    loci_lease *lease = argument;
    struct pollfd stop = {.fd = lease->stop[0], .events = POLLIN};
    int rest = (int)(1000 * lease->terms.beat);
    for (int woken; (woken = poll(&stop, 1, rest)) == 0 || (woken < 0 && errno == EINTR);) {
        futimens(lease->fd, NULL);
        if (loci_lease_check(lease, NULL) == LOCI_E_BUSY)
            atomic_store(&lease->lost, true);
    }
    return NULL;
}

static int start_heart(loci_lease *lease, loci_error *error) {
    if (pipe2(lease->stop, O_CLOEXEC) != 0) {
        lease->stop[0] = lease->stop[1] = -1;
        return loci_fail_errno(error, LOCI_E_IO, lease->path, errno, "cannot make a pipe");
    }
    if (loci_thread_start(&lease->heart, beat, lease) == 0)
        return LOCI_OK;
    close(lease->stop[0]);
    close(lease->stop[1]);
    lease->stop[0] = lease->stop[1] = -1;
    return loci_fail(error, LOCI_E_UNSUPPORTED, lease->path,
                     "the system gave no thread to keep its lock; ask for fewer threads");
}

static void stop_heart(loci_lease *lease) {
    if (lease->stop[0] < 0)
        return;
    close(lease->stop[1]);
    pthread_join(lease->heart, NULL);
    close(lease->stop[0]);
}

/* ---- the lease ---- */

int loci_lease_take_as(loci_lease **out, const loci_owner *self, int folder, const char *path,
                       const loci_lease_terms *terms, bool patient, loci_error *error) {
    loci_lease *lease = calloc(1, sizeof *lease);
    if (lease == NULL)
        return loci_fail_memory(error, path);
    lease->folder = folder;
    lease->terms = *terms;
    lease->self = *self;
    lease->fd = lease->stop[0] = lease->stop[1] = -1;
    loci_shown(lease->path, sizeof lease->path, path);
    loci_lock_candidate(lease->candidate, self);
    int status = take(lease, patient, error);
    if (status == LOCI_OK) {
        status = start_heart(lease, error);
        if (status == LOCI_OK) {
            *out = lease;
            return LOCI_OK;
        }
        loci_lease_release(lease);
        return status;
    }
    if (lease->fd >= 0)
        close(lease->fd);
    free(lease);
    return status;
}

int loci_lease_take(loci_lease **out, int folder, const char *path, const loci_lease_terms *terms,
                    bool patient, loci_error *error) {
    loci_owner self;
    loci_owner_self(&self);
    return loci_lease_take_as(out, &self, folder, path, terms, patient, error);
}

int loci_lease_check(const loci_lease *lease, loci_error *error) {
    loci_lock_file there;
    int status = loci_lock_read(&there, lease->folder, LOCI_LEASE_FILE, lease->path, error);
    if (status != LOCI_OK || (there.whole && there.owner.token == lease->self.token))
        return status;
    if (!there.whole)
        return loci_fail(error, LOCI_E_BUSY, lease->path,
                         "its " LOCI_LEASE_FILE " is gone; another process may train here by now");
    return loci_fail(error, LOCI_E_BUSY, lease->path,
                     "another process has taken this run over: %" PRIu64 " on %s", there.owner.pid,
                     LOCI_SHOWN(64, there.owner.host));
}

bool loci_lease_is_lost(const loci_lease *lease) {
    return atomic_load_explicit(&lease->lost, memory_order_relaxed);
}

uint64_t loci_lease_token(const loci_lease *lease) {
    return lease->self.token;
}

/* Without the mark, should nobody ever let go of it, a lock is still better removed. */
void loci_lease_release(loci_lease *lease) {
    bool marked = false;
    loci_lock_file there;
    if (lease == NULL)
        return;
    stop_heart(lease);
    for (int turn = 0; turn < TURNS && !(marked = make_mark(lease)); turn++) {
        if (loci_lease_check(lease, NULL) != LOCI_OK)
            break;
        pause_for(PAUSE / 1e3);
    }
    if (read_again(&there, lease, LOCI_LEASE_FILE) == LOCI_OK &&
        there.owner.token == lease->self.token)
        unlinkat(lease->folder, LOCI_LEASE_FILE, 0);
    if (marked)
        remove_mark(lease);
    close(lease->fd);
    free(lease);
}

int loci_lease_look(int folder, const char *path, const loci_lease_terms *terms, bool patient,
                    loci_error *error) {
    loci_lock_file seen;
    loci_owner self;
    int status = loci_lock_read(&seen, folder, LOCI_LEASE_FILE, path, error);
    if (status != LOCI_OK || !seen.there)
        return status;
    loci_owner_self(&self);
    standing found = judge(&seen, &self, terms, loci_lock_now_in(folder, &self));
    return found == GONE || (found == SILENT && patient) ? LOCI_OK : busy(&seen, path, error);
}
