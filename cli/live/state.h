/* What is known of the runs that a page shows, between those who find it out and those who are
 * told. All of it is under one lock, which is held for moments only. */
#ifndef LOCI_CLI_LIVE_STATE_H
#define LOCI_CLI_LIVE_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <loci/loci.h>

#include "live/bytes.h"

enum { LIVE_TOKEN = 33 }; /* bytes of a token, the 0 included: 128 bits in hexadecimal */

typedef enum live_status {
    LIVE_WAITING, /* nothing is there yet */
    LIVE_RUNNING,
    LIVE_PAUSED,
    LIVE_FINISHED,
    LIVE_STOPPED, /* interrupted; its state is saved */
    LIVE_FAILED
} live_status;

/* A run as pages see it. */
typedef struct live_run {
    char *directory; /* a copy */
    live_status status;
    char trouble[512]; /* why something cannot be shown, or "" */
    uint32_t epoch, epochs;
    size_t samples_done, samples;
    double loss, rate, left; /* NaN while unknown */
    double quiet;            /* seconds since its files changed; 0 where it is trained here */
    loci_metrics *metrics;   /* [metrics_count] */
    size_t metrics_count;
    uint64_t history;    /* another number: the metrics before are no beginning of these */
    uint32_t generation; /* of page, key and frame: counts networks that were of another shape */
    live_bytes *page;    /* NULL: not made yet */
    bool page_wanted;
    live_bytes *key;     /* the last key frame; NULL: none yet */
    live_bytes *frame;   /* the last one against it, or the key itself */
    uint32_t key_number; /* counted from 1 */
    uint32_t frame_number;
    live_bytes *measured; /* confusions, as JSON; NULL: none */
    uint32_t measured_number;
    live_bytes *kept; /* which connections, as JSON; NULL: it does not change */
    uint32_t kept_number;
    uint64_t change; /* of the state's clock: when any of this last changed */
} live_run;

typedef struct live_state {
    pthread_mutex_t lock;
    pthread_cond_t work;  /* something is to be done or told */
    pthread_cond_t going; /* paused or stopping changed */
    live_run *runs;       /* [count] */
    size_t count;
    bool training;            /* they are trained here: may be paused and stopped */
    bool bound;               /* reached from other machines: a token is required for everything */
    bool paused;              /* asked for */
    bool stopping;            /* asked for */
    bool closing;             /* the server ends */
    uint64_t clock;           /* counts changes */
    char token[LIVE_TOKEN];   /* what it takes to pause and stop */
    char session[LIVE_TOKEN]; /* of this server */
    const char *policy;       /* what pages may do: a Content-Security-Policy. Borrowed */
    live_bytes *waiting;      /* the page of a run whose own is not made yet */
    live_bytes *overview;     /* the page of several runs; NULL: there is one run */
    char host[128];           /* the address it is bound to, without port */
    unsigned port;
    atomic_int watchers; /* pages that are open */
} live_state;

/* Zeros, a lock, and random token and session. False when there is no randomness or memory. */
bool live_state_open(live_state *state, const char *const *directories, size_t count);
void live_state_close(live_state *state);

void live_lock(live_state *state);
void live_unlock(live_state *state);
/* False where somebody else holds the lock. */
bool live_try_lock(live_state *state);
/* Something of a run changed; the lock is held. */
void live_changed(live_state *state, live_run *run);

/* Keeps a page, which may be NULL, that was begun when the run had this generation and status. Of
 * another network, which a browser would ask for again and again, or of a training that finished
 * meanwhile it is dropped, and a page still wanted. The lock is held. */
void live_keep_page(live_run *run, live_bytes *page, uint32_t generation, live_status status);

/* The thread that calls steps back behind those that train: where cores are short, what these
 * leave is enough. */
void live_be_nice(void);

/* "running" */
const char *live_status_name(live_status status);

#endif
