/* JPEG: any picture, made small, in colour. */
#include "data/picture.h"
#include "short_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run(const uint8_t *data, size_t size) {
    float out[28 * 28 * 3];
    loci_error error;
    loci_picture_read(data, size, "fuzz", 28, 28, 3, false, out, &error);
    return 0;
}

WITH_SHORT_MEMORY(run)
