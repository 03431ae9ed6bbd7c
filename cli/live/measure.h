/* Where the network errs while it learns: the test part, run a piece at a time in a thread of its
 * own, whenever the training itself has measured it. */
#ifndef LOCI_CLI_LIVE_MEASURE_H
#define LOCI_CLI_LIVE_MEASURE_H

#include <pthread.h>

#include "live/source.h"

typedef struct live_measure {
    pthread_t thread;
    pthread_cond_t due;
    bool started, busy;
    double next; /* clock, before which nothing is measured: it may take a tenth of the time */
    size_t run;
    loci_network *network; /* of that run, with the parameters of the moment; owned */
    live_source *source;   /* whose data are read */
    live_state *state;
} live_measure;

bool live_measure_start(live_measure *measure, live_state *state);
/* state.closing must be set. */
void live_measure_stop(live_measure *measure);

/* Measures what a source has in its slot, if that is due, wanted and nothing else is being
 * measured. By the thread that takes the slot. */
void live_measure_offer(live_measure *measure, live_source *source, size_t i);

#endif
