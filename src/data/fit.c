/* Samples as a network takes them. */
#include <stdlib.h>

#include "base/error.h"
#include "data/channels.h"

/* A network of version 0.1 has a column for each value in a row. */
static bool is_flat(const loci_dataset *data, const loci_spec *spec) {
    return spec->channels == 1 && data->channels > 1 && spec->height == data->height &&
           spec->width == (uint64_t)data->width * data->channels;
}

/* Where the channels came first, it had a row for each. */
static bool is_stack(const loci_dataset *data, const loci_spec *spec) {
    return spec->channels == 1 && data->interleaved && spec->height == data->channels &&
           spec->width == (uint64_t)data->height * data->width;
}

static bool is_grey(const loci_dataset *data, const loci_spec *spec) {
    return spec->channels == 1 && data->channels == 3 && spec->height == data->height &&
           spec->width == data->width;
}

/* Grey pictures, where a network takes colour. */
static bool lacks_colour(const loci_dataset *data, const loci_spec *spec) {
    return spec->channels == 3 && data->channels == 1 && data->height > 1 &&
           spec->height == data->height && spec->width == data->width;
}

static bool is_same(const loci_dataset *data, const loci_spec *spec) {
    return spec->height == data->height && spec->width == data->width &&
           spec->channels == data->channels;
}

int loci_dataset_fits(const loci_dataset *data, const loci_spec *spec) {
    return is_same(data, spec) || is_flat(data, spec);
}

/* What followed from the values follows from them anew. */
static int finish_again(loci_dataset *data, loci_error *error) {
    float **const made[] = {&data->low,       &data->span,        &data->mean,
                            &data->deviation, &data->target_mean, &data->target_deviation};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        free(*made[i]);
        *made[i] = NULL;
    }
    return loci_dataset_finish(data, data->name, error);
}

static int stack(loci_dataset *data, loci_error *error) {
    size_t pixels = (size_t)data->height * data->width, channels = data->channels;
    int status = loci_dataset_turn(data, pixels, channels, data->name, error);
    data->height = (uint32_t)channels;
    data->width = (uint32_t)pixels;
    data->channels = 1;
    return status == LOCI_OK ? finish_again(data, error) : status;
}

static int make_grey(loci_dataset *data, loci_error *error) {
    int status = loci_dataset_merge(data, data->name, error);
    if (status == LOCI_OK && loci_dataset_note_down(data,
                                                    "%s: colour, for a network that takes grey; "
                                                    "it is merged to 0.299 red + 0.587 green + "
                                                    "0.114 blue",
                                                    data->name) != LOCI_OK)
        status = loci_fail_memory(error, data->name);
    return status == LOCI_OK ? finish_again(data, error) : status;
}

static int make_colour(loci_dataset *data, loci_error *error) {
    int status = loci_dataset_spread(data, data->name, error);
    if (status == LOCI_OK && loci_dataset_note_down(data,
                                                    "%s: grey, for a network that takes colour; "
                                                    "red, green and blue are the same",
                                                    data->name) != LOCI_OK)
        status = loci_fail_memory(error, data->name);
    return status == LOCI_OK ? finish_again(data, error) : status;
}

int loci_dataset_fit(loci_dataset *data, const loci_spec *spec, loci_error *error) {
    if (is_same(data, spec) || data->borrowed)
        return LOCI_OK;
    if (is_flat(data, spec)) {
        data->width *= data->channels;
        data->channels = 1;
        return LOCI_OK;
    }
    if (is_stack(data, spec))
        return stack(data, error);
    if (lacks_colour(data, spec))
        return make_colour(data, error);
    return is_grey(data, spec) ? make_grey(data, error) : LOCI_OK;
}
