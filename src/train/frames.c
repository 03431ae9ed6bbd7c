#include "train/frames.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "data/npz.h"
#include "network/contents.h"
#include "train/run_folder.h"

/* Coordinates that all frames together may have: 64 MiB. The other numbers of a site are fewer. */
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
    size_t position_count; /* of the tracks, the first; the others are the rest of a network */
    struct track tracks[LOCI_MAX_TENSORS];
};

/* Adds the tensors that are positions, or those that are not. Returns their numbers in a frame. */
static size_t add_tracks(loci_frames *frames, const loci_network *network, bool positions) {
    size_t numbers = 0;
    for (size_t i = 0; i < network->tensor_count; i++)
        if ((network->tensors[i].kind == LOCI_TENSOR_POSITION) == positions) {
            frames->tracks[frames->track_count++].tensor = &network->tensors[i];
            numbers += network->tensors[i].count;
        }
    return numbers;
}

int loci_frames_create(loci_frames **out, const loci_network *network, uint32_t epochs,
                       loci_error *error) {
    loci_frames *frames = calloc(1, sizeof *frames);
    if (frames == NULL)
        return loci_fail_memory(error, "frames");
    size_t numbers = 1 + add_tracks(frames, network, true);
    frames->position_count = frames->track_count;
    if (frames->position_count > 0)
        add_tracks(frames, network, false);
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

/* Leaves the positions alone. */
static void forget_rest(loci_frames *frames) {
    while (frames->track_count > frames->position_count)
        free(frames->tracks[--frames->track_count].values);
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

bool loci_frames_are_new(const loci_frames *frames) {
    return frames->track_count > 0 && frames->count != frames->written;
}

int loci_frames_write(loci_frames *frames, const char *path, loci_error *error) {
    if (!loci_frames_are_new(frames))
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

static int read_epochs(loci_frames *frames, const loci_npz_file *file, loci_error *error) {
    loci_npz_loaded loaded;
    int status = loci_npz_take(file, "epochs", "i4", &loaded, error);
    if (status != LOCI_OK)
        return status;
    const int32_t *epochs = loaded.data;
    bool sound = loaded.rank == 1 && loaded.count <= frames->most;
    for (size_t f = 0; sound && f < loaded.count; f++) {
        sound = epochs[f] > (f > 0 ? epochs[f - 1] : -1);
        frames->epoch[f] = epochs[f];
    }
    frames->count = sound ? (uint32_t)loaded.count : 0;
    free(loaded.data);
    return sound ? LOCI_OK
                 : loci_fail(error, LOCI_E_FORMAT, file->path, "its epochs are not rising");
}

static int read_track(const loci_frames *frames, const struct track *track,
                      const loci_npz_file *file, loci_error *error) {
    const loci_tensor *tensor = track->tensor;
    loci_npz_loaded loaded;
    int status = loci_npz_take(file, tensor->name, "f4", &loaded, error);
    if (status != LOCI_OK)
        return status;
    const float *values = loaded.data;
    bool fits = loaded.rank == tensor->rank + 1 && loaded.shape[0] == frames->count;
    for (uint32_t d = 0; fits && d < tensor->rank; d++)
        fits = loaded.shape[d + 1] == tensor->shape[d];
    for (size_t i = 0; fits && i < loaded.count; i++) {
        fits = isfinite(values[i]);
        track->values[i] = values[i];
    }
    free(loaded.data);
    return fits ? LOCI_OK
                : loci_fail(error, LOCI_E_FORMAT, file->path, "its %s does not fit the network",
                            tensor->name);
}

/* Files of 0.1 hold positions only; then so do the frames. */
static int read_file(loci_frames *frames, const char *path, loci_error *error) {
    loci_npz_file file;
    int status = loci_npz_open(&file, path, error);
    if (status != LOCI_OK)
        return status;
    status = read_epochs(frames, &file, error);
    for (size_t i = 0; status == LOCI_OK && i < frames->track_count; i++) {
        status = read_track(frames, &frames->tracks[i], &file, error);
        if (status == LOCI_E_NOT_FOUND && i >= frames->position_count) {
            forget_rest(frames);
            status = LOCI_OK;
        }
    }
    loci_npz_close(&file);
    return status;
}

int loci_frames_reload(loci_frames *frames, const char *path, uint32_t epoch, loci_error *error) {
    loci_error why = {0};
    int status = frames->track_count > 0 ? read_file(frames, path, &why) : LOCI_OK;
    if (status == LOCI_E_MEMORY)
        return loci_fail_memory(error, path);
    if (frames->track_count == 0 || status != LOCI_OK)
        frames->count = 0;
    while (frames->count > 0 && frames->epoch[frames->count - 1] > (int32_t)epoch)
        frames->count--;
    frames->written = 0; /* the file may hold frames that were cut off just now */
    return LOCI_OK;
}

/* ---- for readers ---- */

int loci_frames_read(loci_frames **out, const loci_network *network, const char *directory,
                     loci_error *error) {
    char path[4096];
    loci_frames *frames = NULL;
    int status = loci_path_join(path, sizeof path, directory, LOCI_RUN_FRAMES, error);
    if (status == LOCI_OK)
        status = loci_frames_create(&frames, network, LOCI_MOST_FRAMES, error);
    if (status == LOCI_OK && frames->track_count == 0)
        status = loci_fail(error, LOCI_E_NOT_FOUND, path, "a network without positions has none");
    if (status == LOCI_OK)
        status = read_file(frames, path, error);
    /* an array that is missing makes it the wrong kind of file */
    if (status == LOCI_E_NOT_FOUND && access(path, F_OK) == 0)
        status = loci_fail(error, LOCI_E_FORMAT, path, "does not hold the frames of this network");
    if (status != LOCI_OK) {
        loci_frames_free(frames);
        return status;
    }
    *out = frames;
    return LOCI_OK;
}

size_t loci_frames_count(const loci_frames *frames) {
    return frames->count;
}

uint32_t loci_frames_epoch(const loci_frames *frames, size_t f) {
    return f < frames->count ? (uint32_t)frames->epoch[f] : 0;
}

const float *loci_frames_positions(const loci_frames *frames, size_t i,
                                   const loci_tensor **tensor) {
    if (i >= frames->position_count)
        return NULL;
    if (tensor != NULL)
        *tensor = frames->tracks[i].tensor;
    return frames->tracks[i].values;
}

bool loci_frames_whole(const loci_frames *frames) {
    return frames->track_count > frames->position_count;
}

void loci_frames_restore(const loci_frames *frames, size_t f, float *parameters) {
    for (size_t i = 0; i < frames->track_count; i++) {
        const loci_tensor *tensor = frames->tracks[i].tensor;
        memcpy(parameters + tensor->offset, frames->tracks[i].values + f * tensor->count,
               tensor->count * sizeof(float));
    }
}
