#include "data/channels.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* ---- their order ---- */

/* The items of a sample [a, b] become [b, a]. */
static void turn(unsigned char *sample, unsigned char *scratch, size_t a, size_t b, size_t item) {
    memcpy(scratch, sample, a * b * item);
    for (size_t i = 0; i < a; i++)
        for (size_t j = 0; j < b; j++)
            memcpy(sample + (j * a + i) * item, scratch + (i * b + j) * item, item);
}

int loci_dataset_turn(loci_dataset *data, size_t a, size_t b, const char *where,
                      loci_error *error) {
    unsigned char *scratch = loci_alloc(data->features, sizeof(float));
    if (scratch == NULL)
        return loci_fail_memory(error, where);
    for (int s = 0; s < 2; s++) {
        loci_samples *part = &data->part[s];
        size_t item = part->bytes != NULL ? 1 : sizeof(float);
        unsigned char *at = part->bytes != NULL ? part->bytes : (unsigned char *)part->values;
        for (size_t i = 0; at != NULL && i < part->count; i++)
            turn(at + i * data->features * item, scratch, a, b, item);
    }
    free(scratch);
    return LOCI_OK;
}

int loci_dataset_interleave(loci_dataset *data, const char *where, loci_error *error) {
    if (!data->planar)
        return LOCI_OK;
    data->planar = false;
    if (data->channels == 1)
        return LOCI_OK;
    data->interleaved = true;
    return loci_dataset_turn(data, data->channels, (size_t)data->height * data->width, where,
                             error);
}

/* ---- grey ---- */

static void merge_part(loci_samples *part, size_t pixels) {
    for (size_t i = 0; part->bytes != NULL && i < part->count * pixels; i++) {
        const uint8_t *p = part->bytes + 3 * i;
        part->bytes[i] = (uint8_t)((299 * p[0] + 587 * p[1] + 114 * p[2] + 500) / 1000);
    }
    for (size_t i = 0; part->values != NULL && i < part->count * pixels; i++) {
        const float *p = part->values + 3 * i;
        part->values[i] = loci_luma(p[0], p[1], p[2]);
    }
}

int loci_dataset_merge(loci_dataset *data, const char *where, loci_error *error) {
    if (data->channels == 1)
        return LOCI_OK;
    if (data->channels != 3)
        return loci_fail(error, LOCI_E_ARGUMENT, where,
                         "%u channels a pixel; red, green and blue can be merged to grey, and no "
                         "others",
                         data->channels);
    int status = loci_dataset_interleave(data, where, error);
    if (status != LOCI_OK)
        return status;
    size_t pixels = (size_t)data->height * data->width;
    merge_part(&data->part[LOCI_TRAIN], pixels);
    merge_part(&data->part[LOCI_TEST], pixels);
    data->channels = 1;
    data->features = pixels;
    return LOCI_OK;
}

/* The arrays of a part, each value three times. */
static bool spread_part(loci_samples *part, size_t pixels) {
    size_t count = part->count * pixels;
    uint8_t *bytes = part->bytes != NULL ? loci_alloc(count, 3) : NULL;
    float *values = part->values != NULL ? loci_alloc(count, 3 * sizeof *values) : NULL;
    if ((part->bytes != NULL && bytes == NULL) || (part->values != NULL && values == NULL))
        return false;
    for (size_t i = 0; bytes != NULL && i < 3 * count; i++)
        bytes[i] = part->bytes[i / 3];
    for (size_t i = 0; values != NULL && i < 3 * count; i++)
        values[i] = part->values[i / 3];
    free(part->bytes);
    free(part->values);
    part->bytes = bytes;
    part->values = values;
    return true;
}

int loci_dataset_spread(loci_dataset *data, const char *where, loci_error *error) {
    if (data->part[LOCI_TRAIN].source != NULL)
        return loci_fail(error, LOCI_E_FORMAT, where,
                         "grey images that are not kept in memory cannot be given to a network "
                         "that takes colour");
    if (!spread_part(&data->part[LOCI_TRAIN], data->features) ||
        !spread_part(&data->part[LOCI_TEST], data->features)) {
        data->part[LOCI_TRAIN].count = data->part[LOCI_TEST].count = 0; /* only good for freeing */
        return loci_fail_memory(error, where);
    }
    data->channels = 3;
    data->features *= 3;
    return LOCI_OK;
}
