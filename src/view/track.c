/* Numbers over the frames of a page: 16 bits each, between the lowest and the highest that a
 * coordinate takes in the run. A thousandth of a pixel on any screen. */
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "view/payload.h"

/* What one coordinate of a track spans over its frames. */
typedef struct span {
    double low, high;
} span;

static span span_of(const loci_track *t, size_t coordinate) {
    span s = {INFINITY, -INFINITY};
    for (size_t f = 0; f < t->frames; f++)
        for (size_t i = coordinate; i < t->count; i += t->coordinates) {
            s.low = fmin(s.low, (double)t->at[f][i]);
            s.high = fmax(s.high, (double)t->at[f][i]);
        }
    return s;
}

static void quantise(const loci_track *t, size_t coordinate, span s, uint16_t *out) {
    double steps = s.high > s.low ? 65535 / (s.high - s.low) : 0;
    for (size_t f = 0; f < t->frames; f++)
        for (size_t i = coordinate; i < t->count; i += t->coordinates)
            out[f * t->count + i] = (uint16_t)(((double)t->at[f][i] - s.low) * steps + 0.5);
}

json_t *loci_view_track(const loci_track *t) {
    uint16_t *levels = loci_alloc(t->frames * t->count, sizeof *levels);
    if (levels == NULL)
        return NULL;
    json_t *low = json_array(), *high = json_array();
    bool lost = false;
    for (size_t c = 0; c < t->coordinates; c++) {
        span s = span_of(t, c);
        quantise(t, c, s, levels);
        lost |= json_array_append_new(low, json_real(s.low)) != 0;
        lost |= json_array_append_new(high, json_real(s.high)) != 0;
    }
    const size_t shape[] = {t->frames, t->shape[0], t->shape[1], t->shape[2]};
    json_t *track = json_pack("{s:s, s:o, s:o, s:o, s:o}", "name", t->name, "shape",
                              loci_view_counts(t->shape, t->rank), "low", low, "high", high, "data",
                              loci_view_array(LOCI_VIEW_U16, levels, t->rank + 1, shape));
    free(levels);
    if (!lost)
        return track;
    json_decref(track);
    return NULL;
}
