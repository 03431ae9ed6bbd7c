#include "data/channels.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/resident.h"
#include "data/row_file.h"

/* ---- their order ---- */

/* The items of a sample [a, b] become [b, a]. */
static void turn(unsigned char *sample, unsigned char *scratch, size_t a, size_t b, size_t item) {
    memcpy(scratch, sample, a * b * item);
    for (size_t i = 0; i < a; i++)
        for (size_t j = 0; j < b; j++)
            memcpy(sample + (j * a + i) * item, scratch + (i * b + j) * item, item);
}

/* The same of bytes that are not in memory. */
static void turn_row(const void *context, const uint8_t *row, uint8_t *to) {
    const size_t *size = context, a = size[0], b = size[1];
    for (size_t i = 0; i < a; i++)
        for (size_t j = 0; j < b; j++)
            to[j * a + i] = row[i * b + j];
}

/* What is done to the parts that are not in memory, be it one of the two: their rows have `from`
 * and then `to` bytes. */
static int change_filed(loci_dataset *data, size_t from, size_t to, loci_row_change *change,
                        const void *context, const char *where, loci_error *error) {
    int status = LOCI_OK;
    for (int s = 0; s < 2 && status == LOCI_OK; s++)
        if (data->part[s].source != NULL)
            status = loci_row_file_change(&data->part[s], from, to, change, context, where, error);
    return status;
}

int loci_dataset_turn(loci_dataset *data, size_t a, size_t b, const char *where,
                      loci_error *error) {
    const size_t sizes[] = {a, b};
    int status = change_filed(data, a * b, a * b, turn_row, sizes, where, error);
    if (status != LOCI_OK)
        return status;
    unsigned char *scratch = loci_alloc(data->features, sizeof(float));
    if (scratch == NULL)
        return loci_fail_memory(error, where);
    for (int s = 0; s < 2; s++) {
        loci_samples *part = &data->part[s];
        size_t item = part->bytes != NULL ? 1 : sizeof(float);
        unsigned char *at = part->bytes != NULL ? part->bytes : (unsigned char *)part->values;
        for (size_t i = 0; at != NULL && i < part->count; i++) {
            turn(at + i * data->features * item, scratch, a, b, item);
            loci_resident_touch(part, 1, data->features);
        }
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

static uint8_t grey_of(const uint8_t *p) {
    return (uint8_t)((299 * p[0] + 587 * p[1] + 114 * p[2] + 500) / 1000);
}

/* A row of bytes that are not in memory; *context: its pixels. */
static void merge_row(const void *context, const uint8_t *row, uint8_t *to) {
    for (size_t i = 0; i < *(const size_t *)context; i++)
        to[i] = grey_of(row + 3 * i);
}

static void spread_row(const void *context, const uint8_t *row, uint8_t *to) {
    for (size_t i = 0; i < 3 * *(const size_t *)context; i++)
        to[i] = row[i / 3];
}

static void merge_part(loci_samples *part, size_t pixels) {
    for (size_t i = 0; part->bytes != NULL && i < part->count * pixels; i++)
        part->bytes[i] = grey_of(part->bytes + 3 * i);
    for (size_t i = 0; part->values != NULL && i < part->count * pixels; i++) {
        loci_resident_pass(part, i);
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
    status = change_filed(data, 3 * pixels, pixels, merge_row, &pixels, where, error);
    if (status != LOCI_OK)
        return status;
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
    if (part->mapped > 0)
        munmap(part->values, part->mapped);
    else
        free(part->values);
    part->mapped = 0;
    part->bytes = bytes;
    part->values = values;
    return true;
}

int loci_dataset_spread(loci_dataset *data, const char *where, loci_error *error) {
    size_t pixels = data->features;
    int status = change_filed(data, pixels, 3 * pixels, spread_row, &pixels, where, error);
    if (status != LOCI_OK)
        return status;
    if (!spread_part(&data->part[LOCI_TRAIN], data->features) ||
        !spread_part(&data->part[LOCI_TEST], data->features)) {
        data->part[LOCI_TRAIN].count = data->part[LOCI_TEST].count = 0; /* only good for freeing */
        return loci_fail_memory(error, where);
    }
    data->channels = 3;
    data->features *= 3;
    return LOCI_OK;
}
