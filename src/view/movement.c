/* Where the neurons were during training: 16 bits a coordinate, between the lowest and the highest
 * place that coordinate takes in the run. A thousandth of a pixel on any screen. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "view/payload.h"

/* Coordinates of all frames together: 3 MiB, which base64 makes 4.2 MB. */
enum { MOST_NUMBERS = 3 << 19 };

/* Frames of a recording that go into the page: the first, the last, the others evenly between. */
typedef struct selection {
    const loci_frames *frames;
    size_t count;
} selection;

static size_t frame_of(const selection *s, size_t f) {
    size_t all = loci_frames_count(s->frames);
    return s->count < 2 ? all - 1 : (f * (all - 1) + (s->count - 1) / 2) / (s->count - 1);
}

/* What one coordinate of a tensor spans over the chosen frames. */
typedef struct range {
    double low, high;
} range;

static range range_of(const selection *s, const loci_tensor *t, const float *values,
                      size_t coordinate, size_t coordinates) {
    range r = {INFINITY, -INFINITY};
    for (size_t f = 0; f < s->count; f++) {
        const float *frame = values + frame_of(s, f) * t->count;
        for (size_t i = coordinate; i < t->count; i += coordinates) {
            r.low = fmin(r.low, (double)frame[i]);
            r.high = fmax(r.high, (double)frame[i]);
        }
    }
    return r;
}

static void quantise(const selection *s, const loci_tensor *t, const float *values,
                     size_t coordinate, size_t coordinates, range r, uint16_t *out) {
    double steps = r.high > r.low ? 65535 / (r.high - r.low) : 0;
    for (size_t f = 0; f < s->count; f++) {
        const float *frame = values + frame_of(s, f) * t->count;
        for (size_t i = coordinate; i < t->count; i += coordinates)
            out[f * t->count + i] = (uint16_t)(((double)frame[i] - r.low) * steps + 0.5);
    }
}

static json_t *track_of(const selection *s, const loci_tensor *t, const float *values) {
    size_t coordinates = t->shape[t->rank - 1];
    uint16_t *levels = loci_alloc(s->count * t->count, sizeof *levels);
    if (levels == NULL)
        return NULL;
    json_t *low = json_array(), *high = json_array();
    bool lost = false;
    for (size_t c = 0; c < coordinates; c++) {
        range r = range_of(s, t, values, c, coordinates);
        quantise(s, t, values, c, coordinates, r, levels);
        lost |= json_array_append_new(low, json_real(r.low)) != 0;
        lost |= json_array_append_new(high, json_real(r.high)) != 0;
    }
    const size_t shape[] = {s->count, t->shape[0], t->shape[1], t->shape[2]};
    json_t *track = json_pack("{s:s, s:o, s:o, s:o, s:o}", "name", t->name, "shape",
                              loci_view_counts(t->shape, t->rank), "low", low, "high", high, "data",
                              loci_view_array(LOCI_VIEW_U16, levels, t->rank + 1, shape));
    free(levels);
    if (!lost)
        return track;
    json_decref(track);
    return NULL;
}

static json_t *movement_of(const selection *s) {
    json_t *epochs = json_array(), *tensors = json_array();
    bool lost = false;
    for (size_t f = 0; f < s->count; f++)
        lost |= json_array_append_new(
                    epochs, json_integer(loci_frames_epoch(s->frames, frame_of(s, f)))) != 0;
    const loci_tensor *tensor;
    const float *values;
    for (size_t i = 0; (values = loci_frames_positions(s->frames, i, &tensor)) != NULL; i++)
        lost |= json_array_append_new(tensors, track_of(s, tensor, values)) != 0;
    json_t *json = json_pack("{s:o, s:o}", "epochs", epochs, "tensors", tensors);
    if (!lost)
        return json;
    json_decref(json);
    return NULL;
}

/* Numbers of one frame. */
static size_t size_of(const loci_frames *frames) {
    const loci_tensor *tensor;
    size_t numbers = 0;
    for (size_t i = 0; loci_frames_positions(frames, i, &tensor) != NULL; i++)
        numbers += tensor->count;
    return numbers;
}

static int put(loci_payload *payload, const loci_frames *frames, loci_error *error) {
    size_t all = loci_frames_count(frames), fit = MOST_NUMBERS / size_of(frames);
    size_t wanted = payload->options->frames < all ? payload->options->frames : all;
    selection s = {frames, wanted < fit ? wanted : fit};
    int status = LOCI_OK;
    if (s.count < wanted && s.count < 2) {
        s.count = 0;
        status = loci_payload_leave_out(
            payload, error, "how the neurons moved: %zu coordinates are too many", size_of(frames));
    } else if (s.count < wanted) {
        status = loci_payload_leave_out(
            payload, error, "%zu of the %zu moments of the training: %zu coordinates a moment",
            wanted - s.count, wanted, size_of(frames));
    }
    if (status != LOCI_OK)
        return status;
    return loci_payload_put(payload, "frames", s.count > 0 ? movement_of(&s) : json_null(), error);
}

int loci_payload_movement(loci_payload *payload, loci_error *error) {
    const char *run = payload->options->run;
    loci_frames *frames = NULL;
    int status =
        run != NULL ? loci_frames_read(&frames, payload->network, run, error) : LOCI_E_NOT_FOUND;
    if (status == LOCI_E_NOT_FOUND)
        return loci_payload_put(payload, "frames", json_null(), error);
    if (status == LOCI_OK)
        status = put(payload, frames, error);
    loci_frames_free(frames);
    return status;
}
