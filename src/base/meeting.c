#include "base/meeting.h"

#include <string.h>

#include "base/error.h"
#include "base/thread.h"

/* What each process tells. */
typedef struct word {
    int32_t status;
    int32_t stop;
    uint64_t bits;
} word;

size_t loci_meeting_number(const loci_meeting *meeting) {
    return meeting == NULL || meeting->team == NULL ? 0 : meeting->team->number;
}

size_t loci_meeting_processes(const loci_meeting *meeting) {
    return meeting == NULL || meeting->team == NULL ? 1 : meeting->team->processes;
}

int loci_team_check(const loci_team *team, uint32_t shards, loci_error *error) {
    size_t processes = team == NULL ? 1 : team->processes;
    if (processes <= LOCI_MOST_PROCESSES && shards % processes == 0)
        return LOCI_OK;
    return loci_fail(error, LOCI_E_ARGUMENT, "shards",
                     "%zu processes cannot share %u shard%s evenly; give a multiple of %zu, or "
                     "start as many as divide it",
                     processes, shards, shards == 1 ? "" : "s", processes);
}

int loci_meeting_lost(loci_meeting *meeting, int status, loci_error *error) {
    if (status == LOCI_OK)
        return LOCI_OK;
    meeting->over = true;
    meeting->status = status;
    loci_fail(&meeting->error, status, "training", "the processes lost each other");
    if (error != NULL)
        *error = meeting->error;
    return status;
}

/* The number of the first process that does not fare well; `processes` where all do. */
static size_t first_failure(const word *words, size_t processes) {
    size_t p = 0;
    while (p < processes && words[p].status == LOCI_OK)
        p++;
    return p;
}

/* Everybody learns what the one that failed has to say: a word at a time, as the reason may be that
 * memory is short. */
static void take_error(loci_meeting *meeting, size_t failed, const loci_error *own) {
    const loci_team *team = meeting->team;
    word part, all[LOCI_MOST_PROCESSES];
    for (size_t at = 0; at < sizeof *own; at += sizeof part) {
        size_t size = sizeof *own - at < sizeof part ? sizeof *own - at : sizeof part;
        memset(&part, 0, sizeof part);
        if (own != NULL)
            memcpy(&part, (const char *)own + at, size);
        if (team->exchange(team->user, &part, sizeof part, all) != LOCI_OK)
            return;
        memcpy((char *)&meeting->error + at, &all[failed], size);
    }
}

/* What all said, by whoever failed first and who was asked to stop. */
static int conclude(loci_meeting *meeting, const word *words, uint64_t *bits, loci_error *error) {
    size_t processes = meeting->team->processes, failed = first_failure(words, processes);
    meeting->stopped = false;
    for (size_t p = 0; p < processes; p++) {
        meeting->stopped |= words[p].stop != 0;
        if (bits != NULL)
            *bits |= words[p].bits;
    }
    if (failed == processes)
        return LOCI_OK;
    meeting->over = true;
    meeting->status = words[failed].status;
    take_error(meeting, failed, error);
    if (error != NULL)
        *error = meeting->error;
    return meeting->status;
}

int loci_meeting_agree(loci_meeting *meeting, int status, uint64_t *bits, loci_error *error) {
    if (meeting == NULL || meeting->team == NULL)
        return status;
    if (meeting->over) {
        if (error != NULL)
            *error = meeting->error;
        return meeting->status;
    }
    const loci_team *team = meeting->team;
    const word own = {.status = status,
                      .stop = loci_flag_raised(meeting->stop),
                      .bits = bits != NULL ? *bits : 0};
    word words[LOCI_MOST_PROCESSES];
    status = loci_meeting_lost(meeting, team->exchange(team->user, &own, sizeof own, words), error);
    return status == LOCI_OK ? conclude(meeting, words, bits, error) : status;
}

int loci_meeting_exchange(loci_meeting *meeting, const void *mine, size_t size, void *all,
                          loci_error *error) {
    if (meeting == NULL || meeting->team == NULL) {
        memcpy(all, mine, size);
        return LOCI_OK;
    }
    const loci_team *team = meeting->team;
    return loci_meeting_lost(meeting, team->exchange(team->user, mine, size, all), error);
}

int loci_meeting_broadcast(loci_meeting *meeting, void *bytes, size_t size, loci_error *error) {
    if (meeting == NULL || meeting->team == NULL)
        return LOCI_OK;
    const loci_team *team = meeting->team;
    return loci_meeting_lost(meeting, team->broadcast(team->user, bytes, size), error);
}
