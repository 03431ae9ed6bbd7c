/* Augmentation of temporal data: what happens comes a little earlier, later, slower or faster, on
 * neighbouring channels, or not at all. */
#ifndef LOCI_DATA_JITTER_H
#define LOCI_DATA_JITTER_H

#include <stdbool.h>
#include <stdint.h>

/* By how much, at most. All 0: not at all. */
typedef struct loci_jitter {
    uint32_t time_shift, channel_shift; /* steps and channels either way, whole samples alike */
    double time_stretch;                /* share of the length, either way */
    double drop;                        /* share of the events that are left out */
} loci_jitter;

static inline bool loci_jitters(const loci_jitter *by) {
    return by->time_shift > 0 || by->channel_shift > 0 || by->time_stretch > 0 || by->drop > 0;
}

/* The first option of those; of none at all it is the last. */
static inline const char *loci_jitters_by(const loci_jitter *by) {
    return by->time_shift > 0      ? "time-shift"
           : by->channel_shift > 0 ? "channel-shift"
           : by->time_stretch > 0  ? "time-stretch"
                                   : "drop";
}

/* What happens to one sample. */
typedef struct loci_jittered {
    int64_t later, across; /* steps, channels */
    double factor;         /* times that steps become, from the sample's beginning */
    double drop;
    uint64_t seed;
    uint32_t epoch, sample;
} loci_jittered;

/* A function of seed, epoch and sample, whatever batch that falls into. */
void loci_jitter_draw(loci_jittered *out, const loci_jitter *by, uint64_t seed, uint32_t epoch,
                      uint32_t sample);
/* The step that a step becomes; it may lie outside of the sample. */
int64_t loci_jitter_step(const loci_jittered *jittered, uint32_t step);
/* How many stay of `count` events, of which the first is the sample's number `first`. */
uint32_t loci_jitter_keep(const loci_jittered *jittered, uint32_t first, uint32_t count);

#endif
