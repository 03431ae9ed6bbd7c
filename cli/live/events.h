/* What a page is told as it happens: server-sent events (docs/live.md). */
#ifndef LOCI_CLI_LIVE_EVENTS_H
#define LOCI_CLI_LIVE_EVENTS_H

#include "live/state.h"

/* What a page was told of a run. */
typedef struct live_told {
    uint64_t change, history;
    size_t metrics;
} live_told;

/* Events that a page was not told yet, of a run or of LIVE_ALL_RUNS, as text that the caller drops;
 * told [count of runs], zeros at first, is brought up to date. NULL: there are none, or memory is
 * short. The lock is held. */
live_bytes *live_events(const live_state *state, long run, live_told *told);

#endif
