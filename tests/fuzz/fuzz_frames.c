/* frames.npz of a run: refused, or frames that fit the network, in order of their epochs. */
#include "../no_sync.h"
#include "target_folder.h"

#include <loci/network.h>
#include <math.h>
#include <string.h>

#include "mutate_zip.h"
#include "short_memory.h"
#include "train/frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { GIVEN, WRITTEN };

static loci_network *network_of_frames(void) {
    static loci_network *network;
    loci_spec spec;
    loci_spec_defaults(&spec);
    spec.inputs = 4;
    spec.classes = 2;
    spec.hidden[0] = 3;
    if (network == NULL && loci_network_create(&network, &spec, 1, NULL) != LOCI_OK)
        abort();
    return network;
}

static void use(const loci_frames *frames, const loci_network *network) {
    size_t count = loci_frames_count(frames);
    const loci_tensor *tensor;
    float parameters[256];
    if (loci_network_parameter_count(network) > 256)
        abort();
    for (size_t f = 0; f < count; f++) {
        if (f > 0 && loci_frames_epoch(frames, f) <= loci_frames_epoch(frames, f - 1))
            abort();
        loci_frames_restore(frames, f, parameters);
    }
    const float *values;
    for (size_t i = 0; (values = loci_frames_positions(frames, i, &tensor)) != NULL; i++)
        for (size_t v = 0; v < count * tensor->count; v++)
            if (!isfinite(values[v]))
                abort();
}

/* Frames that were read, written and read once more are the same. */
static void write_and_read(loci_frames *frames, const loci_network *network) {
    loci_frames *again = NULL;
    float one[256], other[256];
    size_t count = loci_frames_count(frames);
    if (loci_frames_write(frames, target_paths[WRITTEN], NULL) != LOCI_OK ||
        loci_frames_create(&again, network, 8, NULL) != LOCI_OK ||
        loci_frames_reload(again, target_paths[WRITTEN], UINT32_MAX >> 1, NULL) != LOCI_OK)
        abort();
    bool all = count > 0 && count <= 9; /* of so many epochs */
    if (all && (loci_frames_count(again) != count ||
                loci_frames_whole(again) != loci_frames_whole(frames)))
        abort();
    for (size_t f = 0; all && f < count; f++) {
        loci_frames_restore(frames, f, memset(one, 0, sizeof one));
        loci_frames_restore(again, f, memset(other, 0, sizeof other));
        if (loci_frames_epoch(frames, f) != loci_frames_epoch(again, f) ||
            memcmp(one, other, sizeof one) != 0)
            abort();
    }
    loci_frames_free(again);
}

static int run(const uint8_t *data, size_t size) {
    static const char *const names[] = {"frames.npz", "written.npz"};
    loci_network *network = network_of_frames();
    loci_frames *frames = NULL;
    loci_error error = {0};
    target_folder_make(names, 2);
    target_folder_put(GIVEN, data, size);
    int status = loci_frames_read(&frames, network, target_folder, &error);
    if (status != LOCI_OK && (frames != NULL || error.message[0] == '\0'))
        abort();
    if (status == LOCI_OK)
        use(frames, network);
    loci_frames_free(frames);
    if (loci_frames_create(&frames, network, 8, NULL) != LOCI_OK)
        return 0;
    /* a run goes on without those of no use */
    if (loci_frames_reload(frames, target_paths[GIVEN], 3, &error) != LOCI_OK &&
        !memory_was_short())
        abort();
    memory_is_enough();
    use(frames, network);
    loci_frames_take(frames, network, 5);
    if (loci_frames_are_new(frames))
        write_and_read(frames, network);
    loci_frames_free(frames);
    return 0;
}

WITH_SHORT_MEMORY(run)
MUTATE_ZIP
