#include "data/event_rows.h"

#include <string.h>

/* A sample that is being laid out. */
typedef struct loci_laying {
    loci_events *rows;
    const uint32_t *column;
    uint32_t features;
    size_t row, last; /* the row that is open, and the last one of the sample */
    uint32_t end;     /* of all entries so far */
} loci_laying;

/* Opens a row of the sample; those on the way there stay empty. */
static void open_row(loci_laying *x, size_t row) {
    while (x->row < row)
        x->rows->start[++x->row] = x->end;
}

/* Adds an entry to the open row. Columns rise but where two steps became one; equal ones are added
 * up. */
static void put(loci_laying *x, uint32_t column, float value) {
    uint32_t *index = x->rows->index, at = x->end, first = x->rows->start[x->row];
    float *values = x->rows->value;
    while (at > first && index[at - 1] > column)
        at--;
    if (at > first && index[at - 1] == column) {
        values[at - 1] += value;
        return;
    }
    memmove(index + at + 1, index + at, (x->end - at) * sizeof *index);
    memmove(values + at + 1, values + at, (x->end - at) * sizeof *values);
    index[at] = column;
    values[at] = value;
    x->end++;
}

static void put_channel(loci_laying *x, uint32_t channel, float value) {
    uint32_t column = x->column != NULL ? x->column[channel] : channel;
    if (column != UINT32_MAX)
        put(x, column, value);
}

/* An event, moved; what leaves the sample, or its channels, is lost. */
static void move(loci_laying *x, const loci_jittered *by, size_t first_row, uint32_t place,
                 uint32_t count) {
    int64_t step = loci_jitter_step(by, place / x->features);
    int64_t channel = (int64_t)(place % x->features) + by->across;
    int64_t steps = (int64_t)(x->last - first_row) + 1;
    if (count == 0 || step < 0 || step >= steps || channel < 0 || channel >= x->features)
        return;
    open_row(x, first_row + (size_t)step);
    put_channel(x, (uint32_t)channel, (float)count);
}

static void lay(loci_laying *x, const loci_samples *part, uint32_t sample, size_t first_row,
                const loci_warping *warping) {
    loci_jittered by = {.factor = 1};
    uint32_t number = 0;
    if (warping != NULL)
        loci_jitter_draw(&by, &warping->jitter, warping->seed, warping->epoch, sample);
    open_row(x, first_row);
    for (uint64_t e = part->event_start[sample]; e < part->event_start[sample + 1]; e++) {
        uint32_t count = part->event_count[e];
        move(x, &by, first_row, part->event_place[e], loci_jitter_keep(&by, number, count));
        number += count;
    }
    open_row(x, x->last);
}

int loci_event_rows(loci_events *rows, const loci_dataset *data, const loci_samples *part,
                    const uint32_t *which, size_t count, const uint32_t *column,
                    const loci_warping *warping, loci_error *error) {
    size_t steps = data->steps, entries = 0;
    for (size_t i = 0; i < count; i++)
        entries += part->event_start[which[i] + 1] - part->event_start[which[i]];
    int status = loci_events_room(rows, count * steps, entries, error);
    if (status != LOCI_OK)
        return status;
    loci_laying x = {.rows = rows, .column = column, .features = (uint32_t)data->features};
    rows->start[0] = 0;
    for (size_t i = 0; i < count; i++) {
        x.last = i * steps + steps - 1;
        lay(&x, part, which[i], i * steps, warping);
    }
    open_row(&x, count * steps);
    return LOCI_OK;
}

int loci_event_rows_of(loci_events *rows, const float *numbers, size_t steps, size_t features,
                       const uint32_t *column, loci_error *error) {
    size_t entries = 0;
    for (size_t i = 0; i < steps * features; i++)
        entries += numbers[i] != 0;
    int status = loci_events_room(rows, steps, entries, error);
    if (status != LOCI_OK)
        return status;
    loci_laying x = {.rows = rows, .column = column, .features = (uint32_t)features};
    rows->start[0] = 0;
    for (size_t t = 0; t < steps; t++) {
        open_row(&x, t);
        for (uint32_t f = 0; f < features; f++)
            if (numbers[t * features + f] != 0)
                put_channel(&x, f, numbers[t * features + f]);
    }
    open_row(&x, steps);
    return LOCI_OK;
}
