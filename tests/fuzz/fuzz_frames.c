/* frames.npz of a run: refused, or frames that fit the network, in order of their epochs. */
#include "target_folder.h"

#include <loci/network.h>
#include <math.h>

#include "mutate_zip.h"
#include "train/frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const names[] = {"frames.npz"};
    loci_network *network = network_of_frames();
    loci_frames *frames = NULL;
    loci_error error = {0};
    target_folder_make(names, 1);
    target_folder_put(0, data, size);
    int status = loci_frames_read(&frames, network, target_folder, &error);
    if (status != LOCI_OK && (frames != NULL || error.message[0] == '\0'))
        abort();
    if (status == LOCI_OK)
        use(frames, network);
    loci_frames_free(frames);
    if (loci_frames_create(&frames, network, 8, NULL) != LOCI_OK)
        return 0;
    /* a run goes on without those of no use */
    if (loci_frames_reload(frames, target_paths[0], 3, &error) != LOCI_OK)
        abort();
    use(frames, network);
    loci_frames_free(frames);
    return 0;
}

MUTATE_ZIP
