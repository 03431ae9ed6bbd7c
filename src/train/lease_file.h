/* The file of a lock: read, made, put in its place, and what time it is for it. */
#ifndef LOCI_TRAIN_LEASE_FILE_H
#define LOCI_TRAIN_LEASE_FILE_H

#include <stdbool.h>

#include "train/owner.h"

enum { LOCI_LEASE_NAME = 48 };

/* A lock as it was read. */
typedef struct loci_lock_file {
    bool there;
    bool whole;       /* it says whose it is */
    loci_owner owner; /* token 0 unless whole */
    double touched;   /* by the file system's clock, seconds */
} loci_lock_file;

/* What stands in the folder under that name, opened anew: network file systems look at the server
 * then. One that is not there is no error. LOCI_E_IO, LOCI_E_MEMORY. */
int loci_lock_read(loci_lock_file *out, int folder, const char *name, const char *path,
                   loci_error *error);
/* Whether both are the same owner's. */
bool loci_lock_same(const loci_lock_file *a, const loci_lock_file *b);

/* "run.lock.TOKEN.tmp": the name under which a lock is made ready. */
void loci_lock_candidate(char name[LOCI_LEASE_NAME], const loci_owner *owner);

/* Makes a file that was not there, with the owner in it; returns its descriptor, or -1 with errno
 * (EEXIST: it is there). */
int loci_lock_create(int folder, const char *name, const loci_owner *owner);

/* Puts the candidate where the lock stands, unless something stands there. fd is the candidate's,
 * then the lock's. LOCI_OK (*won tells), LOCI_E_IO. */
int loci_lock_place(int folder, const char *candidate, const loci_owner *owner, int *fd, bool *won,
                    const char *path, loci_error *error);

/* What time it is for the file system, seconds: of an own file that is touched for it; or, where
 * none can be made, this machine's time. */
double loci_lock_now(int fd);
double loci_lock_now_in(int folder, const loci_owner *owner);

#endif
