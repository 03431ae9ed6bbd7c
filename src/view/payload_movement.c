/* Where the neurons were during training, and what else they followed from. */
#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "network/contents.h"
#include "view/payload.h"

/* Numbers of all frames together: 3 MiB, which base64 makes 4.2 MB. */
enum { MOST_NUMBERS = 3 << 19 };

/* Frames of a recording that go into the page: the first, the last, the others evenly between. */
typedef struct choice {
    const loci_frames *frames;
    size_t count;
} choice;

static size_t frame_of(const choice *s, size_t f) {
    size_t all = loci_frames_count(s->frames);
    return s->count < 2 ? all - 1 : (f * (all - 1) + (s->count - 1) / 2) / (s->count - 1);
}

static json_t *positions_of(const choice *s, const loci_tensor *tensor, const float *values) {
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

static json_t *movement_of(const loci_network *network, const choice *s) {
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
    assert(size > 0); /* there are no frames of a network without positions */
    size_t fit = MOST_NUMBERS / size;
    size_t wanted = payload->options->frames < all ? payload->options->frames : all;
    choice s = {frames, wanted < fit ? wanted : fit};
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
