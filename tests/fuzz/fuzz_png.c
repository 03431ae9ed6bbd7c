/* PNG: any picture, made small, in grey and with all it has. */
#include "data/picture.h"
#include "mutate_png.h"
#include "short_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run(const uint8_t *data, size_t size) {
    float out[28 * 28 * 4];
    loci_error error;
    loci_picture_read(data, size, "fuzz", 28, 28, 1, false, out, &error);
    loci_picture_read(data, size, "fuzz", 28, 28, 4, true, out, &error);
    return 0;
}

WITH_SHORT_MEMORY(run)
MUTATE_PNG
