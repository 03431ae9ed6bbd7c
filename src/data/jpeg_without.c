/* Built without libjpeg: a JPEG is known as one, and refused. */
#include "base/error.h"
#include "data/picture.h"

bool loci_jpeg_begins(const unsigned char *bytes, size_t size) {
    return size >= 3 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff;
}

int loci_jpeg_decode(loci_picture *out, const unsigned char *bytes, size_t size, const char *where,
                     loci_error *error) {
    (void)out;
    (void)bytes;
    (void)size;
    return loci_fail(
        error, LOCI_E_UNSUPPORTED, where,
        "a JPEG, and this loci was built without libjpeg; install libjpeg-dev and build "
        "it again, or save the picture as PNG");
}
