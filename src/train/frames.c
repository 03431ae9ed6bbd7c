#include "train/frames.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/npz.h"
#include "network/network.h"

/* Numbers that all frames together may have: 64 MiB. */
#define MOST_NUMBERS ((size_t)16 << 20)

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ORDER "<"
#else
#define ORDER ">"
#endif

/* All frames of one tensor. */
struct track {
    const loci_tensor *tensor;
    float *values; /* [most, tensor->shape...] */
};

struct loci_frames {
    uint32_t epochs; /* planned */
    uint32_t most, count, written;
    int32_t epoch[LOCI_MOST_FRAMES]; /* [count], rising */
    size_t track_count;
    struct track tracks[LOCI_MAX_TENSORS];
};

int loci_frames_create(loci_frames **out, const loci_network *network, uint32_t epochs,
                       loci_error *error) {
    loci_frames *frames = calloc(1, sizeof *frames);
    if (frames == NULL)
        return loci_fail_memory(error, "frames");
    size_t numbers = 1;
    for (size_t i = 0; i < network->tensor_count; i++)
        if (network->tensors[i].kind == LOCI_TENSOR_POSITION) {
            frames->tracks[frames->track_count++].tensor = &network->tensors[i];
            numbers += network->tensors[i].count;
        }
    frames->epochs = epochs;
    frames->most = epochs < LOCI_MOST_FRAMES ? epochs + 1 : LOCI_MOST_FRAMES;
    if (frames->most > MOST_NUMBERS / numbers)
        frames->most = numbers > MOST_NUMBERS / 2 ? 2 : (uint32_t)(MOST_NUMBERS / numbers);
    for (size_t i = 0; i < frames->track_count; i++) {
        struct track *track = &frames->tracks[i];
        track->values = loci_alloc(frames->most, track->tensor->count * sizeof(float));
        if (track->values == NULL) {
            loci_frames_free(frames);
            return loci_fail_memory(error, "frames");
        }
    }
    *out = frames;
    return LOCI_OK;
}

void loci_frames_free(loci_frames *frames) {
    if (frames == NULL)
        return;
    for (size_t i = 0; i < frames->track_count; i++)
        free(frames->tracks[i].values);
    free(frames);
}

/* Frame f of most is due after epoch round(f * epochs / (most - 1)): whether any f gives this one.
 */
static int is_due(const loci_frames *frames, uint32_t epoch) {
    if (frames->epochs == 0)
        return epoch == 0;
    uint64_t spans = frames->most - 1,
             f = ((uint64_t)epoch * spans + frames->epochs / 2) / frames->epochs;
    return (f * frames->epochs + spans / 2) / spans == epoch;
}

void loci_frames_take(loci_frames *frames, const loci_network *network, uint32_t epoch) {
    if (!is_due(frames, epoch) || frames->count == frames->most ||
        (frames->count > 0 && frames->epoch[frames->count - 1] >= (int32_t)epoch))
        return;
    for (size_t i = 0; i < frames->track_count; i++) {
        const loci_tensor *tensor = frames->tracks[i].tensor;
        memcpy(frames->tracks[i].values + frames->count * tensor->count,
               network->parameters + tensor->offset, tensor->count * sizeof(float));
    }
    frames->epoch[frames->count++] = (int32_t)epoch;
}

int loci_frames_write(loci_frames *frames, const char *path, loci_error *error) {
    if (frames->track_count == 0 || frames->count == frames->written)
        return LOCI_OK;
    loci_npz_array arrays[1 + LOCI_MAX_TENSORS] = {
        {"epochs", ORDER "i4", 1, {frames->count}, frames->epoch}};
    for (size_t i = 0; i < frames->track_count; i++) {
        const loci_tensor *tensor = frames->tracks[i].tensor;
        arrays[1 + i] =
            (loci_npz_array){tensor->name,
                             ORDER "f4",
                             tensor->rank + 1,
                             {frames->count, tensor->shape[0], tensor->shape[1], tensor->shape[2]},
                             frames->tracks[i].values};
    }
    int status = loci_npz_write(path, arrays, 1 + frames->track_count, error);
    if (status == LOCI_OK)
        frames->written = frames->count;
    return status;
}

/* How many of a file's frames are wanted; 0 when it does not hold frames. */
static uint32_t reload_epochs(loci_frames *frames, const char *path, uint32_t epoch) {
    loci_npz_loaded loaded;
    if (loci_npz_read(path, "epochs", "i4", &loaded, NULL) != LOCI_OK)
        return 0;
    const int32_t *epochs = loaded.data;
    uint32_t count = 0;
    int32_t before = -1;
    for (; count < loaded.count && count < frames->most; count++) {
        if (epochs[count] <= before || epochs[count] > (int32_t)epoch)
            break;
        before = frames->epoch[count] = epochs[count];
    }
    free(loaded.data);
    return count;
}

static int reload_track(const struct track *track, const char *path, uint32_t count) {
    const loci_tensor *tensor = track->tensor;
    loci_npz_loaded loaded;
    int status = loci_npz_read(path, tensor->name, "f4", &loaded, NULL);
    if (status != LOCI_OK)
        return status;
    if (loaded.rank == tensor->rank + 1 && loaded.shape[0] >= count &&
        memcmp(loaded.shape + 1, tensor->shape, sizeof tensor->shape) == 0)
        memcpy(track->values, loaded.data, count * tensor->count * sizeof(float));
    else
        status = LOCI_E_FORMAT;
    free(loaded.data);
    return status;
}

void loci_frames_reload(loci_frames *frames, const char *path, uint32_t epoch) {
    uint32_t count = frames->track_count > 0 ? reload_epochs(frames, path, epoch) : 0;
    for (size_t i = 0; i < frames->track_count && count > 0; i++)
        if (reload_track(&frames->tracks[i], path, count) != LOCI_OK)
            count = 0;
    frames->count = count;
    frames->written = 0; /* the file may hold frames that were cut off just now */
}
