/* Temporal data: how lists of events are made and looked at. A sample is a list of what happened,
 * in which time step and on which channel. */
#ifndef LOCI_DATA_EVENT_LIST_H
#define LOCI_DATA_EVENT_LIST_H

#include "data/dataset.h"

enum {
    LOCI_MOST_STEPS = 1000,       /* as --time-steps */
    LOCI_USUAL_STEPS = 100,       /* of recordings whose steps nobody named */
    LOCI_MOST_EVENTS = UINT16_MAX /* in one step of one channel */
};

/* A part that grows, sample by sample. */
typedef struct loci_event_list {
    loci_samples *part; /* its events are what grows; count is how many samples are closed */
    size_t samples;     /* that there is room for */
    size_t events, room;
    const char *where; /* for errors */
} loci_event_list;

/* For so many samples, whose number was checked. LOCI_E_MEMORY. */
int loci_event_list_begin(loci_event_list *list, loci_samples *part, size_t samples,
                          const char *where, loci_error *error);
/* Adds to the open sample; places do not fall. Equal ones become one event. LOCI_E_FORMAT where
 * there are more than LOCI_MOST_EVENTS of one, or LOCI_E_MEMORY. */
int loci_event_list_add(loci_event_list *list, uint32_t place, uint32_t count, loci_error *error);
/* The sample is complete; the next one is open. */
void loci_event_list_close(loci_event_list *list);
/* No sample follows: gives back what was room. */
void loci_event_list_end(loci_event_list *list);

/* Sorts places [n]; spare [n]. */
void loci_event_sort(uint32_t *places, uint32_t *spare, size_t n);

/* Sets the size of temporal data; steps * channels fits into 32 bits. LOCI_E_FORMAT with `where`,
 * also where another size was set. */
int loci_events_set_size(loci_dataset *data, uint64_t steps, uint64_t channels, const char *where,
                         loci_error *error);

/* How often sample i of a part has each channel, over all steps: out [features]. */
void loci_events_sum(const loci_dataset *data, const loci_samples *part, size_t i, float *out);
/* How often in each step: out [steps, features]. */
void loci_events_write(const loci_dataset *data, const loci_samples *part, size_t i, float *out);

/* The same for equal samples, for splits. */
uint64_t loci_events_key(const loci_samples *part, size_t i, uint64_t seed);
/* Moves marked samples of the training part to the test part, or drops them. Only their events; the
 * counts of samples stay. LOCI_E_MEMORY. */
int loci_events_split(loci_samples *train, loci_samples *test, const uint8_t *marks, bool drop,
                      const char *where, loci_error *error);

#endif
