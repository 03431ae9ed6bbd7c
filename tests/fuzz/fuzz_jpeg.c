/* JPEG: any picture, made small, in colour. */
#include "data/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    float out[28 * 28 * 3];
    loci_error error;
    loci_picture_read(data, size, "fuzz", 28, 28, 3, false, out, &error);
    return 0;
}
