/* Where the neurons were during training: 16 bits a coordinate, between the lowest and the highest
 * place that coordinate takes in the run. A thousandth of a pixel on any screen. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "network/network.h"
#include "view/payload.h"

/* Numbers of all frames together: 3 MiB, which base64 makes 4.2 MB. */
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

/* What one coordinate of a track spans over its frames. */
typedef struct range {
    double low, high;
} range;

static range range_of(const loci_track *t, size_t coordinate) {
    range r = {INFINITY, -INFINITY};
    for (size_t f = 0; f < t->frames; f++)
        for (size_t i = coordinate; i < t->count; i += t->coordinates) {
            r.low = fmin(r.low, (double)t->at[f][i]);
            r.high = fmax(r.high, (double)t->at[f][i]);
        }
    return r;
}

static void quantise(const loci_track *t, size_t coordinate, range r, uint16_t *out) {
    double steps = r.high > r.low ? 65535 / (r.high - r.low) : 0;
    for (size_t f = 0; f < t->frames; f++)
        for (size_t i = coordinate; i < t->count; i += t->coordinates)
            out[f * t->count + i] = (uint16_t)(((double)t->at[f][i] - r.low) * steps + 0.5);
}

json_t *loci_view_track(const loci_track *t) {
    uint16_t *levels = loci_alloc(t->frames * t->count, sizeof *levels);
    if (levels == NULL)
        return NULL;
    json_t *low = json_array(), *high = json_array();
    bool lost = false;
    for (size_t c = 0; c < t->coordinates; c++) {
        range r = range_of(t, c);
        quantise(t, c, r, levels);
        lost |= json_array_append_new(low, json_real(r.low)) != 0;
        lost |= json_array_append_new(high, json_real(r.high)) != 0;
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

static json_t *positions_of(const selection *s, const loci_tensor *tensor, const float *values) {
    loci_track track = {.name = tensor->name,
                        .rank = tensor->rank,
                        .count = tensor->count,
                        .coordinates = tensor->shape[tensor->rank - 1],
                        .frames = s->count};
    memcpy(track.shape, tensor->shape, sizeof track.shape);
    for (size_t f = 0; f < s->count; f++)
        track.at[f] = values + frame_of(s, f) * tensor->count;
    return loci_view_track(&track);
}

static json_t *movement_of(const loci_network *network, const selection *s) {
    json_t *epochs = json_array(), *tensors = json_array();
    size_t frames[LOCI_MOST_FRAMES];
    bool lost = false;
    for (size_t f = 0; f < s->count; f++) {
        frames[f] = frame_of(s, f);
        lost |= json_array_append_new(epochs,
                                      json_integer(loci_frames_epoch(s->frames, frames[f]))) != 0;
    }
    const loci_tensor *tensor;
    const float *values;
    for (size_t i = 0; (values = loci_frames_positions(s->frames, i, &tensor)) != NULL; i++)
        lost |= json_array_append_new(tensors, positions_of(s, tensor, values)) != 0;
    bool whole = loci_frames_whole(s->frames);
    if (whole)
        lost |= !loci_view_moments(tensors, network, s->frames, frames, s->count);
    json_t *json =
        json_pack("{s:o, s:b, s:o}", "epochs", epochs, "whole", whole, "tensors", tensors);
    if (!lost)
        return json;
    json_decref(json);
    return NULL;
}

/* Numbers of one frame. */
static size_t size_of(const loci_network *network, const loci_frames *frames) {
    const loci_tensor *tensor;
    size_t numbers = 0;
    for (size_t i = 0; loci_frames_positions(frames, i, &tensor) != NULL; i++)
        numbers += tensor->count;
    return loci_frames_whole(frames) ? network->parameter_count : numbers;
}

static int put(loci_payload *payload, const loci_frames *frames, loci_error *error) {
    size_t all = loci_frames_count(frames), size = size_of(payload->network, frames);
    size_t fit = MOST_NUMBERS / size;
    size_t wanted = payload->options->frames < all ? payload->options->frames : all;
    selection s = {frames, wanted < fit ? wanted : fit};
    int status = LOCI_OK;
    if (s.count < wanted && s.count < 2) {
        s.count = 0;
        status = loci_payload_leave_out(payload, error,
                                        "how the neurons moved: %zu numbers are too many", size);
    } else if (s.count < wanted) {
        status = loci_payload_leave_out(
            payload, error, "%zu of the %zu moments of the training: %zu numbers a moment",
            wanted - s.count, wanted, size);
    }
    if (status != LOCI_OK)
        return status;
    return loci_payload_put(payload, "frames",
                            s.count > 0 ? movement_of(payload->network, &s) : json_null(), error);
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
