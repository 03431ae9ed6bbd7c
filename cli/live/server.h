/* The parts of a server. */
#ifndef LOCI_CLI_LIVE_SERVER_H
#define LOCI_CLI_LIVE_SERVER_H

#include "live/live.h"
#include "live/measure.h"

typedef struct live_http live_http;

struct live_server {
    live_state state;
    live_source *sources; /* [state.count] */
    live_template page;
    live_http *http;
    live_measure measure;
    pthread_t thread;
    bool started;
};

/* http.c: answers on state.host and a port, which is noted in the state. port: the one that is
 * asked for; anyway: another one will do where that is taken. In threads of its own, which are as
 * nice as the caller's. CLI_GO_ON, or an exit code after an error line. */
int live_http_open(live_http **out, live_state *state, unsigned port, bool anyway);
/* Sends those who wait for events what there is, and drops who is too slow; the lock is held. */
void live_http_wake(live_http *http);
/* state.closing must be set. */
void live_http_close(live_http *http);
/* Events that were not sent yet; the lock is held. */
bool live_http_behind(const live_http *http);

#endif
