#include "data/time_span.h"

#include <math.h>
#include <string.h>

/* Bins twice as wide: the first half of them has what all had. */
static void widen(loci_time_span *span) {
    enum { HALF = LOCI_TIME_BINS / 2 };
    for (int i = 0; i < HALF; i++)
        span->count[i] = span->count[2 * i] + span->count[2 * i + 1];
    memset(span->count + HALF, 0, HALF * sizeof *span->count);
    span->width *= 2;
}

void loci_time_span_add(loci_time_span *span, double time) {
    if (span->width == 0)
        span->width = 1e-6; /* finer than any sensor's clock is worth here */
    while (time >= span->width * LOCI_TIME_BINS)
        widen(span);
    span->count[(int)(time / span->width)]++;
    span->total++;
    span->last = fmax(span->last, time);
}

double loci_time_span_of(const loci_time_span *span, double share) {
    uint64_t passed = 0, wanted = (uint64_t)ceil(share * (double)span->total);
    for (int i = 0; i < LOCI_TIME_BINS && span->total > 0; i++) {
        passed += span->count[i];
        if (passed >= wanted)
            return fmin((i + 1) * span->width, span->last);
    }
    return span->last;
}
