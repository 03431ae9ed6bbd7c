/* How numbers become spikes over time steps. */
#ifndef LOCI_DATA_CODING_H
#define LOCI_DATA_CODING_H

#include <loci/spec.h>
#include <stdbool.h>

#include "linear/sparse.h"

typedef struct loci_coding_options {
    int coding;     /* enum loci_coding */
    uint32_t steps; /* T */
    uint64_t seed;  /* of Poisson spikes */
    double span;    /* of latency, share of the steps, 0 = 1 */
    bool sparse;    /* constant input, too, comes as sparse rows, however dense */
} loci_coding_options;

/* What a network wants of its inputs; seed of Poisson spikes. */
static inline loci_coding_options loci_coding_of(const loci_spec *spec, uint64_t seed) {
    return (loci_coding_options){.coding = spec->coding,
                                 .steps = spec->time_steps,
                                 .seed = seed,
                                 .span = spec->latency_span,
                                 .sparse = spec->delay != LOCI_DELAY_NONE};
}

/* Events of a batch: row sample * T + t holds the inputs that spike in step t. Owned. */
typedef struct loci_events {
    size_t rows_room, entries_room;
    uint32_t *start, *index; /* [rows + 1], [entries] */
    float *value;            /* all 1; of temporal data how many */
} loci_events;

/* Room for so many rows and entries, whose values are 1 the first time. LOCI_E_MEMORY. */
int loci_events_room(loci_events *events, size_t rows, size_t entries, loci_error *error);

/* Codes samples x [count, features], values in [0, 1] (others are taken as 0 or 1). identity
 * [count] numbers the samples, round the draw (an epoch): the Poisson spikes of a sample in a step
 * are a function of seed, round, identity, step and the sample's numbers, whatever else is in the
 * batch. LOCI_E_MEMORY when room cannot be had. */
int loci_code(loci_events *events, const loci_coding_options *options, const loci_sparse *x,
              const uint32_t *identity, uint32_t round, loci_error *error);
void loci_events_clear(loci_events *events);

/* The step, 0..T-1, of an input's one spike under latency coding; T for none. */
uint32_t loci_latency(float x, uint32_t steps, double span);

#endif
