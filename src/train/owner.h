/* Who holds a lock: a process, told apart from all others on all machines. */
#ifndef LOCI_TRAIN_OWNER_H
#define LOCI_TRAIN_OWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loci/status.h>

enum { LOCI_OWNER_TEXT = 1024 }; /* bytes of one written down, at most */

typedef struct loci_owner {
    char host[65];  /* for people */
    char boot[40];  /* of the machine since it was switched on; "": cannot be told */
    char space[40]; /* in which its process numbers count: containers have their own */
    uint64_t pid;
    uint64_t
        start; /* of the process, in ticks after boot: numbers are given out again; 0: not known */
    uint64_t token; /* this lock's, drawn anew each time; never 0 */
} loci_owner;

/* This process, with a new token. */
void loci_owner_self(loci_owner *out);

/* Whether a process of the same machine wrote it, so that it can be asked for. */
bool loci_owner_is_near(const loci_owner *owner, const loci_owner *self);
/* Whether that process, of the same machine, has ended. */
bool loci_owner_has_ended(const loci_owner *owner);

/* As a line of JSON: how many bytes it takes, 0 where memory is short. */
size_t loci_owner_print(const loci_owner *owner, char text[LOCI_OWNER_TEXT]);
/* The other way. LOCI_E_FORMAT: it is something else, LOCI_E_MEMORY. */
int loci_owner_read(loci_owner *out, const char *text, size_t size);

#endif
