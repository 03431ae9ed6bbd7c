/* Picture files, of whatever kind, as a network takes them. */
#include <loci/data.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/file.h"
#include "data/orientation.h"
#include "data/picture.h"

int loci_picture_decode(loci_picture *out, const unsigned char *bytes, size_t size,
                        const char *where, loci_error *error) {
    bool png = loci_png_begins(bytes, size);
    if (!png && !loci_jpeg_begins(bytes, size))
        return loci_fail(error, LOCI_E_FORMAT, where, "neither a PNG nor a JPEG picture");
    int status = (png ? loci_png_decode : loci_jpeg_decode)(out, bytes, size, where, error);
    if (status != LOCI_OK)
        return status;
    status = loci_orientation_turn(out, loci_orientation_of(bytes, size), where, error);
    if (status != LOCI_OK)
        loci_picture_free(out);
    return status;
}

int loci_picture_open(loci_picture *out, const char *path, loci_error *error) {
    unsigned char *bytes;
    size_t size;
    int status = loci_file_read(path, LOCI_PICTURE_BYTES, &bytes, &size, error);
    if (status != LOCI_OK)
        return status;
    status = loci_picture_decode(out, bytes, size, path, error);
    free(bytes);
    return status;
}

int loci_picture_read(const unsigned char *bytes, size_t size, const char *where, uint32_t height,
                      uint32_t width, uint32_t channels, bool invert, float *out,
                      loci_error *error) {
    loci_picture picture;
    int status = loci_picture_decode(&picture, bytes, size, where, error);
    if (status != LOCI_OK)
        return status;
    status = loci_picture_values(&picture, height, width, channels, invert, out, where, error);
    loci_picture_free(&picture);
    return status;
}

int loci_image_read(const char *path, uint32_t height, uint32_t width, int invert, float *out,
                    loci_error *error) {
    unsigned char *bytes;
    size_t size;
    int status = loci_file_read(path, LOCI_PICTURE_BYTES, &bytes, &size, error);
    if (status != LOCI_OK)
        return status;
    status = loci_picture_read(bytes, size, path, height, width, 1, invert != 0, out, error);
    free(bytes);
    return status;
}

/* A network of version 0.1 for colour has a column for each value in a row: a picture of colour
 * that has exactly these pixels is one of its kind. */
static bool is_flat(const loci_picture *p, const loci_spec *spec) {
    return spec->channels == 1 && p->colour && p->rows == spec->height &&
           3 * (uint64_t)p->columns == spec->width;
}

/* Or it has a row for each channel; nothing tells in which order then. */
static bool is_stack(const loci_picture *p, const loci_spec *spec) {
    return spec->channels == 1 && p->colour && spec->height == 3 &&
           spec->width == (uint64_t)p->rows * p->columns;
}

int loci_image_read_for(const char *path, const loci_spec *spec, int invert, float *out,
                        uint32_t *channels, loci_error *error) {
    loci_picture picture;
    if (spec->channels != 1 && spec->channels != 3 && spec->channels != 4)
        return loci_fail(error, LOCI_E_UNSUPPORTED, path,
                         "a picture has 1, 3 or 4 channels; the network takes %u", spec->channels);
    int status = loci_picture_open(&picture, path, error);
    if (status != LOCI_OK)
        return status;
    if (is_stack(&picture, spec)) {
        loci_picture_free(&picture);
        return loci_fail(error, LOCI_E_UNSUPPORTED, path,
                         "has as many pixels as a row of this network, which a version before "
                         "images of colour trained; train it anew to read pictures");
    }
    bool flat = is_flat(&picture, spec);
    *channels = flat ? 3 : spec->channels;
    status = loci_picture_values(&picture, spec->height, flat ? picture.columns : spec->width,
                                 *channels, invert != 0, out, path, error);
    loci_picture_free(&picture);
    return status;
}
