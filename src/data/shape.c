/* The size of a sample, from the shape of an array. */
#include "base/shape.h"
#include "base/error.h"
#include "data/dataset.h"

int loci_dataset_set_size(loci_dataset *data, uint64_t height, uint64_t width, const char *where,
                          loci_error *error) {
    return loci_dataset_set_image(data, height, width, 1, where, error);
}

int loci_dataset_set_image(loci_dataset *data, uint64_t height, uint64_t width, uint64_t channels,
                           const char *where, loci_error *error) {
    const uint64_t most = LOCI_MAX_FEATURES;
    loci_shape_text text, before;
    if (height == 0 || width == 0 || channels == 0)
        return loci_fail(error, LOCI_E_FORMAT, where, "samples without a single value");
    loci_shape_name(&text, height, width, channels);
    if (height > most || width > most || channels > most || height * width > most ||
        height * width * channels > most)
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "samples of %s values; at most %d values are accepted", text.text,
                         LOCI_MAX_FEATURES);
    if (data->features != 0 &&
        (height != data->height || width != data->width || channels != data->channels)) {
        loci_shape_name(&before, data->height, data->width, data->channels);
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "samples of %s values, but those before have %s", text.text, before.text);
    }
    data->height = (uint32_t)height;
    data->width = (uint32_t)width;
    data->channels = (uint32_t)channels;
    data->features = (size_t)(height * width * channels);
    return LOCI_OK;
}

/* What a person should know of how the shape was understood. */
static int tell(loci_dataset *data, const size_t shape[4], const char *where, loci_error *error) {
    loci_shape_text text;
    const char *order = data->planar ? "first" : "last";
    int status = LOCI_OK;
    loci_shape_name(&text, data->height, data->width, 1);
    if (shape[1] == 3 && shape[3] == 3)
        status = loci_dataset_note_down(data,
                                        "%s: both the first and the last axis of a sample are 3; "
                                        "the last is taken for red, green and blue",
                                        where);
    else if (data->channels != 1 && data->channels != 3)
        status = loci_dataset_note_down(data,
                                        "%s: the %s axis of a sample is taken for %u channels of "
                                        "%s pixels, all of which are learnt from",
                                        where, order, data->channels, text.text);
    return status == LOCI_OK ? LOCI_OK : loci_fail_memory(error, where);
}

/* [n, a, b, c]. */
static int set_colour(loci_dataset *data, const size_t shape[4], const char *where,
                      loci_error *error) {
    enum { FEW = 4 }; /* channels; an image has more columns */
    bool first = data->features == 0, planar = shape[1] <= FEW && shape[3] > FEW;
    int status = planar ? loci_dataset_set_image(data, shape[2], shape[3], shape[1], where, error)
                        : loci_dataset_set_image(data, shape[1], shape[2], shape[3], where, error);
    if (status != LOCI_OK)
        return status;
    if (!first && planar != data->planar)
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "its channels stand in another axis than those of the part before");
    data->planar = planar;
    return first ? tell(data, shape, where, error) : LOCI_OK;
}

/* The root of a square number; 0 for any other. */
static size_t root_of(size_t number) {
    size_t root = 0;
    while (root * root < number)
        root++;
    return root * root == number ? root : 0;
}

int loci_dataset_set_shape(loci_dataset *data, uint32_t rank, const size_t *shape, int bytes,
                           const char *where, loci_error *error) {
    if (rank < 2 || rank > 4)
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "an array of %u dimensions; samples have 2 to 4: [n, columns], "
                         "[n, height, width] or [n, height, width, channels]",
                         rank);
    for (uint32_t r = 1; r < rank; r++)
        if (shape[r] > LOCI_MAX_FEATURES)
            return loci_dataset_set_size(data, shape[r], 1, where, error); /* refuses */
    if (rank == 4)
        return set_colour(data, shape, where, error);
    if (rank == 3)
        return loci_dataset_set_size(data, shape[1], shape[2], where, error);
    size_t side = bytes && shape[1] >= 16 ? root_of(shape[1]) : 0;
    if (side > 0)
        return loci_dataset_set_size(data, side, side, where, error);
    return loci_dataset_set_size(data, 1, shape[1], where, error);
}
