/* A lock that one process holds at a time, on one machine or on many that share a folder: a file
 * with its owner's name in it. No lock of the operating system is asked for, as network file
 * systems may have none, or one for each machine.
 *
 * The file appears and is replaced whole (link, rename), so two can never both make it. Its owner
 * touches it every few seconds. Of an owner on the same machine it is known whether it lives; one
 * elsewhere counts as gone once the file was not touched for a minute, by the clock of the file
 * system: that of a file touched just now. Taking over and letting go have a mark of their own, so
 * that nobody replaces or removes a lock that is not the one looked at.
 *
 * A process that stood still may be taken over from and then wake up. It may not write any more:
 * whoever writes asks loci_lease_check() between the file being there under a temporary name and
 * its renaming, and whoever takes over removes such files first. */
#ifndef LOCI_TRAIN_LEASE_H
#define LOCI_TRAIN_LEASE_H

#include <stdbool.h>

#include "train/owner.h"

#define LOCI_LEASE_FILE "run.lock"      /* while someone holds it */
#define LOCI_LEASE_MARK "run.lock.take" /* while it changes hands */

/* In seconds. */
typedef struct loci_lease_terms {
    double beat;   /* between two touches */
    double silent; /* without one, after which its owner counts as gone */
    double look;   /* for so long one that is silent on this very machine is looked at */
} loci_lease_terms;

extern const loci_lease_terms loci_lease_usual;

typedef struct loci_lease loci_lease;

/* Takes the lock of a folder, from an owner that is gone if need be. An owner that lives on this
 * machine is only taken over from if `patient` is set: when it is silent, and stays so while it is
 * looked at (a machine that was asleep was silent, too). folder is a descriptor that stays open for
 * as long as the lease is held; path is for messages. LOCI_E_BUSY: another process has it.
 * LOCI_E_IO, LOCI_E_MEMORY. */
int loci_lease_take(loci_lease **out, int folder, const char *path, const loci_lease_terms *terms,
                    bool patient, loci_error *error);
/* As self, which tests are. */
int loci_lease_take_as(loci_lease **out, const loci_owner *self, int folder, const char *path,
                       const loci_lease_terms *terms, bool patient, loci_error *error);

/* Lets it go, if it is still held. */
void loci_lease_release(loci_lease *lease);

/* Looks whether it is still held: LOCI_OK, LOCI_E_BUSY once another process took it over or its
 * file is gone, LOCI_E_IO. */
int loci_lease_check(const loci_lease *lease, loci_error *error);
/* Whether it was found lost at the last touch: costs nothing. */
bool loci_lease_is_lost(const loci_lease *lease);
/* Differs between any two leases of all machines. */
uint64_t loci_lease_token(const loci_lease *lease);

/* Whether another process has the lock, without taking it: LOCI_E_BUSY, with who it is. patient as
 * for loci_lease_take(), but nothing is looked at for long. */
int loci_lease_look(int folder, const char *path, const loci_lease_terms *terms, bool patient,
                    loci_error *error);

#endif
