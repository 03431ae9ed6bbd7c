/* PNG: any picture, made small. */
#include "data/png.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    float out[28 * 28];
    loci_error error;
    loci_png_read(data, size, "fuzz", 28, 28, 0, out, &error);
    return 0;
}
