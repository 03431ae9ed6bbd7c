/* Where a run's state comes from: from the training in this process, and else from its folder. */
#ifndef LOCI_CLI_LIVE_SOURCE_H
#define LOCI_CLI_LIVE_SOURCE_H

#include "common/follow.h"
#include "live/page.h"
#include "live/wire.h"

struct live_measure;

typedef enum live_file {
    LIVE_CONFIG,
    LIVE_METRICS,
    LIVE_MODEL,
    LIVE_SUMMARY,
    LIVE_FILES
} live_file;

typedef struct live_source {
    /* What the training hands over, under the state's lock: first a model file, then parameters.
     * While `full` is set the slot is the server's, else the training's. */
    bool training;
    bool written; /* an epoch ended, so files have changed */
    bool ended;   /* the files are those of the training that was here */
    bool tested;  /* the training measured the test part, the server not yet */
    int users;    /* who reads the data */
    const loci_dataset *data;
    void *model;
    size_t model_size, parameters;
    atomic_bool full;
    float *slot;                   /* [parameters]; NULL before the first moment */
    bool prunes, renew;            /* which connections are kept changes; the model is due again */
    double stored, store_interval; /* as the next two, of the model */
    double copied, interval;       /* clock of the last copy; seconds up to the next one */
    /* What only the server's thread touches. */
    loci_network *network;
    loci_moment *moment;
    live_layout layout;
    size_t *counts;
    float *values, *key_values; /* [layout.numbers] */
    unsigned since_key;         /* frames */
    double looked;              /* clock, when the folder was last looked at */
    double again;               /* clock, when what was in trouble is read once more */
    cli_stamp stamps[LIVE_FILES];
} live_source;

/* training_source.c: the three calls of the training, and what came of them. */
void live_source_begin(live_source *source, live_state *state, size_t i, const loci_dataset *data,
                       bool prunes);
/* Whether parameters should be copied now; the lock is held. */
bool live_source_note(live_source *source, const live_state *state, const loci_progress *progress);
/* Hands over the parameters of now; source->full must not be set, the lock not be held. */
void live_source_copy(live_source *source, live_state *state, const loci_network *network);
void live_source_end(live_source *source, live_state *state);
void live_source_take(live_source *source, live_state *state, size_t i,
                      struct live_measure *measure);

/* source.c: goes on with another network, which becomes the source's; parameters of it are the next
 * moment. False when memory is short: then all is as it was, the network freed. */
bool live_source_adopt(live_source *source, live_state *state, size_t i, loci_network *network);
/* Publishes which connections the network keeps. */
void live_source_kept(live_source *source, live_state *state, size_t i);
/* Publishes the moment that these parameters make. */
void live_source_show(live_source *source, live_state *state, size_t i, const float *parameters);
/* Makes the page, if one is asked for and there is none. */
void live_source_page(live_source *source, live_state *state, size_t i, const live_template *page);
void live_source_clear(live_source *source);
/* Why something cannot be shown; the lock is not held. */
void live_source_trouble(live_state *state, size_t i, const loci_error *error);

/* folder_source.c: what changed in the folder since it was last looked at. */
void live_source_look(live_source *source, live_state *state, size_t i);
/* folder_data.c: the data that the run was trained on, for its test samples; NULL where they are
 * not to be had. */
loci_dataset *live_source_data(const char *directory, const loci_network *network);

#endif
