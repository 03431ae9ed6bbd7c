#include "data/event_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/shape.h"
#include "data/split.h"

/* ---- making them ---- */

int loci_event_list_begin(loci_event_list *list, loci_samples *part, size_t samples,
                          const char *where, loci_error *error) {
    *list = (loci_event_list){.part = part, .samples = samples, .where = where};
    part->count = 0;
    part->event_start = loci_alloc(samples + 1, sizeof *part->event_start);
    return part->event_start == NULL ? loci_fail_memory(error, where) : LOCI_OK;
}

static int grow(loci_event_list *list, loci_error *error) {
    loci_samples *part = list->part;
    size_t room = list->room + list->room / 2 + 4096;
    uint32_t *place = realloc(part->event_place, room * sizeof *place);
    if (place == NULL)
        return loci_fail_memory(error, list->where);
    part->event_place = place;
    uint16_t *count = realloc(part->event_count, room * sizeof *count);
    if (count == NULL)
        return loci_fail_memory(error, list->where);
    part->event_count = count;
    list->room = room;
    return LOCI_OK;
}

int loci_event_list_add(loci_event_list *list, uint32_t place, uint32_t count, loci_error *error) {
    loci_samples *part = list->part;
    size_t last = list->events - 1;
    bool same = list->events > part->event_start[part->count] && part->event_place[last] == place;
    uint64_t all = count + (same ? (uint64_t)part->event_count[last] : 0);
    if (all > LOCI_MOST_EVENTS)
        return loci_fail(error, LOCI_E_FORMAT, list->where,
                         "sample %zu has %ju events in one step of one channel; at most %d are "
                         "accepted",
                         part->count + 1, (uintmax_t)all, LOCI_MOST_EVENTS);
    if (!same && list->events == list->room) {
        int status = grow(list, error);
        if (status != LOCI_OK)
            return status;
    }
    size_t at = same ? last : list->events++;
    part->event_place[at] = place;
    part->event_count[at] = (uint16_t)all;
    return LOCI_OK;
}

void loci_event_list_close(loci_event_list *list) {
    list->part->event_start[++list->part->count] = list->events;
}

void loci_event_list_end(loci_event_list *list) {
    loci_samples *part = list->part;
    size_t left = list->events > 0 ? list->events : 1;
    uint32_t *place = realloc(part->event_place, left * sizeof *place);
    uint16_t *count = realloc(part->event_count, left * sizeof *count);
    if (place != NULL) /* what is too large is no harm */
        part->event_place = place;
    if (count != NULL)
        part->event_count = count;
}

/* By digits, the lowest first: no order that a file has makes it slow. */
void loci_event_sort(uint32_t *places, uint32_t *spare, size_t n) {
    enum { BITS = 11, DIGITS = 1 << BITS };
    uint32_t most = 0, *from = places, *to = spare;
    bool sorted = true;
    for (size_t i = 0; i < n; i++) {
        sorted &= i == 0 || places[i - 1] <= places[i];
        most = places[i] > most ? places[i] : most;
    }
    for (unsigned shift = 0; !sorted && shift < 32 && most >> shift > 0; shift += BITS) {
        size_t start[DIGITS + 1] = {0};
        for (size_t i = 0; i < n; i++)
            start[(from[i] >> shift & (DIGITS - 1)) + 1]++;
        for (size_t d = 0; d < DIGITS; d++)
            start[d + 1] += start[d];
        for (size_t i = 0; i < n; i++)
            to[start[from[i] >> shift & (DIGITS - 1)]++] = from[i];
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != places)
        memcpy(places, from, n * sizeof *places);
}

int loci_events_set_size(loci_dataset *data, uint64_t steps, uint64_t channels, const char *where,
                         loci_error *error) {
    bool first = data->features == 0;
    if (steps < 1 || steps > LOCI_MOST_STEPS)
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "%ju time steps; there are 1 to %d, and --time-steps says into how many "
                         "longer data are gathered",
                         (uintmax_t)steps, LOCI_MOST_STEPS);
    if (!first && steps != data->steps)
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "samples of %ju time steps, but those before have %u", (uintmax_t)steps,
                         data->steps);
    int status = loci_dataset_set_size(data, 1, channels, where, error);
    if (status == LOCI_OK && steps * channels > UINT32_MAX)
        status = loci_fail(error, LOCI_E_FORMAT, where,
                           "%ju steps of %ju channels; their product must be below 2^32",
                           (uintmax_t)steps, (uintmax_t)channels);
    data->steps = (uint32_t)steps;
    data->timed = true;
    return status;
}

/* ---- looking at them ---- */

void loci_events_sum(const loci_dataset *data, const loci_samples *part, size_t i, float *out) {
    memset(out, 0, data->features * sizeof *out);
    for (uint64_t e = part->event_start[i]; e < part->event_start[i + 1]; e++)
        out[part->event_place[e] % data->features] += part->event_count[e];
}

void loci_events_write(const loci_dataset *data, const loci_samples *part, size_t i, float *out) {
    memset(out, 0, data->steps * data->features * sizeof *out);
    for (uint64_t e = part->event_start[i]; e < part->event_start[i + 1]; e++)
        out[part->event_place[e]] = part->event_count[e];
}

uint64_t loci_events_key(const loci_samples *part, size_t i, uint64_t seed) {
    uint64_t key = seed;
    for (uint64_t e = part->event_start[i]; e < part->event_start[i + 1]; e++)
        key = loci_split_mix(key ^ part->event_place[e], part->event_count[e]);
    return key;
}

/* ---- parting them ---- */

static int take(loci_samples *to, const loci_samples *from, const uint8_t *marks, uint8_t mark,
                const char *where, loci_error *error) {
    loci_event_list list;
    size_t samples = 0;
    for (size_t i = 0; i < from->count; i++)
        samples += marks[i] == mark;
    int status = loci_event_list_begin(&list, to, samples, where, error);
    for (size_t i = 0; i < from->count && status == LOCI_OK; i++) {
        if (marks[i] != mark)
            continue;
        for (uint64_t e = from->event_start[i]; e < from->event_start[i + 1] && status == LOCI_OK;
             e++)
            status = loci_event_list_add(&list, from->event_place[e], from->event_count[e], error);
        loci_event_list_close(&list);
    }
    loci_event_list_end(&list);
    return status;
}

int loci_events_split(loci_samples *train, loci_samples *test, const uint8_t *marks, bool drop,
                      const char *where, loci_error *error) {
    loci_samples kept = {0}, tested = {0};
    int status = take(&kept, train, marks, LOCI_TRAIN, where, error);
    if (status == LOCI_OK && !drop)
        status = take(&tested, train, marks, LOCI_TEST, where, error);
    free(train->event_start);
    free(train->event_place);
    free(train->event_count);
    train->event_start = kept.event_start;
    train->event_place = kept.event_place;
    train->event_count = kept.event_count;
    test->event_start = tested.event_start;
    test->event_place = tested.event_place;
    test->event_count = tested.event_count;
    return status;
}
