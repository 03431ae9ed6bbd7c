/* Where the processes of a run meet: each says how it fares, and all go on, or all stop.
 *
 * Whatever processes do together comes after a meeting, so that a process that failed is waited for
 * nowhere else: it goes to one last meeting, and that is the next one of the others. */
#ifndef LOCI_BASE_MEETING_H
#define LOCI_BASE_MEETING_H

#include <signal.h>
#include <stdbool.h>

#include <loci/team.h>

/* As there are shards at most. */
enum { LOCI_MOST_PROCESSES = 1024 };

/* All 0: a process alone, which meets nobody. */
typedef struct loci_meeting {
    const loci_team *team;             /* borrowed; NULL = alone */
    const volatile sig_atomic_t *stop; /* asks this process to stop; NULL = nobody does */
    bool stopped;                      /* some process was asked to, when all met last */
    bool over;                         /* some process failed: nobody meets any more */
    int status;                        /* of that process */
    loci_error error;                  /* likewise */
} loci_meeting;

/* 0 where meeting is NULL or alone. */
size_t loci_meeting_number(const loci_meeting *meeting);
/* 1 likewise. */
size_t loci_meeting_processes(const loci_meeting *meeting);

/* Tells the others this process's status, with *error where it is none that is good, and learns
 * theirs. bits: may be NULL; becomes all of theirs or-ed. LOCI_OK where all fare well; else the
 * status of the first process that does not, in every process, with its error. Once that was so,
 * the same again, without meeting. */
int loci_meeting_agree(loci_meeting *meeting, int status, uint64_t *bits, loci_error *error);

/* As loci_team.exchange and loci_team.broadcast; of a process alone a copy, and nothing. To be
 * called where loci_meeting_agree() was good everywhere. */
int loci_meeting_exchange(loci_meeting *meeting, const void *mine, size_t size, void *all,
                          loci_error *error);
int loci_meeting_broadcast(loci_meeting *meeting, void *bytes, size_t size, loci_error *error);

/* What a team's function returned; says so where it is not good, and no more meetings are to be. */
int loci_meeting_lost(loci_meeting *meeting, int status, loci_error *error);

#endif
