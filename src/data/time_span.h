/* How long recordings last, but for a few stragglers: a histogram of times, which widens as later
 * ones come, so that no list of all events is kept. */
#ifndef LOCI_DATA_TIME_SPAN_H
#define LOCI_DATA_TIME_SPAN_H

#include <stdint.h>

enum { LOCI_TIME_BINS = 8192 };

typedef struct loci_time_span {
    uint64_t count[LOCI_TIME_BINS]; /* of times in [i, i + 1) * width */
    uint64_t total;
    double width; /* seconds; 0: nothing was added yet */
    double last;
} loci_time_span;

/* Adds a time, seconds from 0; of a struct that began as {0}. */
void loci_time_span_add(loci_time_span *span, double time);
/* By when `share` (0 to 1) of all times have passed, rounded up by at most 1/4096 of the last; the
 * last itself where fewer than 1 / (1 - share) are left out. 0 where there are none. */
double loci_time_span_of(const loci_time_span *span, double share);

#endif
