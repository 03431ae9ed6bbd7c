/* Samples of temporal data: which channel, in which step, how often. Few of all steps and channels
 * have an event, so a list of these is far smaller than the samples. */
#include <stdlib.h>

#include "base/memory.h"
#include "view/payload.h"

/* Of all samples together: some 7 MB of text. */
enum { MOST_EVENTS = 1 << 20 };

/* A list to be, in the order of steps. */
typedef struct events {
    size_t found;
    uint16_t *step, *channel;
    float *count;
} events;

static size_t events_in(const float *sample, size_t size) {
    size_t found = 0;
    for (size_t i = 0; i < size; i++)
        found += sample[i] != 0;
    return found;
}

size_t loci_view_events_fit(const float *samples, size_t count, size_t size) {
    size_t room = MOST_EVENTS;
    for (size_t i = 0; i < count; i++) {
        size_t found = events_in(samples + i * size, size);
        if (found > room)
            return i;
        room -= found;
    }
    return count;
}

static void list(events *e, const float *sample, size_t steps, size_t channels) {
    for (size_t t = 0; t < steps; t++)
        for (size_t c = 0; c < channels; c++) {
            if (sample[t * channels + c] == 0)
                continue;
            e->step[e->found] = (uint16_t)t;
            e->channel[e->found] = (uint16_t)c;
            e->count[e->found++] = sample[t * channels + c];
        }
}

/* How often, in bytes where these hold all of it. */
static json_t *counts_of(const events *e) {
    uint8_t *bytes = loci_alloc(e->found, 1);
    bool fit = bytes != NULL;
    for (size_t i = 0; fit && i < e->found; i++) {
        fit = e->count[i] <= UINT8_MAX;
        bytes[i] = fit ? (uint8_t)e->count[i] : 0;
    }
    json_t *array = fit ? loci_view_array(LOCI_VIEW_U8, bytes, 1, &e->found)
                        : loci_view_array(LOCI_VIEW_F32, e->count, 1, &e->found);
    free(bytes);
    return array;
}

json_t *loci_view_events(const float *samples, size_t count, size_t steps, size_t channels) {
    size_t size = steps * channels;
    size_t *each = loci_alloc(count, sizeof *each), all = 0;
    for (size_t i = 0; each != NULL && i < count; i++)
        all += each[i] = events_in(samples + i * size, size);
    events e = {.step = loci_alloc(all, sizeof *e.step),
                .channel = loci_alloc(all, sizeof *e.channel),
                .count = loci_alloc(all, sizeof *e.count)};
    json_t *json = NULL;
    if (each != NULL && e.step != NULL && e.channel != NULL && e.count != NULL) {
        for (size_t i = 0; i < count; i++)
            list(&e, samples + i * size, steps, channels);
        json = json_pack("{s:o, s:o, s:o, s:o}", "each", loci_view_counts(each, count), "channel",
                         loci_view_array(LOCI_VIEW_U16, e.channel, 1, &all), "step",
                         loci_view_array(LOCI_VIEW_U16, e.step, 1, &all), "count", counts_of(&e));
    }
    free(each);
    free(e.step);
    free(e.channel);
    free(e.count);
    return json;
}
