/* The pages: the template that `loci view` fills, and what it takes to be live. */
#ifndef LOCI_CLI_LIVE_PAGE_H
#define LOCI_CLI_LIVE_PAGE_H

#include "live/bytes.h"
#include "live/state.h"

typedef struct live_template {
    char *before, *within, *after; /* around the place for what is live, and for the data */
    char policy[1024];             /* what the page may do: a Content-Security-Policy */
} live_template;

/* Reads the template that came with the program. CLI_GO_ON, or an exit code after an error line. */
int live_template_read(live_template *page);
void live_template_free(live_template *page);

/* The page of run `number`; payload: what loci_view_payload() gave, or "null" of the page of all
 * runs, LIVE_ALL_RUNS, and of one that waits for a run, LIVE_NO_RUN. moment: what frames are made
 * of, or NULL. NULL when memory is short. */
live_bytes *live_page(const live_template *page, const live_state *state, long number,
                      uint32_t generation, const char *payload, const loci_moment *moment);

#endif
