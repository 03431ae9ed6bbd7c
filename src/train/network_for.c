/* A network for a data set: what of it follows from the data. */
#include "train/network_for.h"

#include <loci/trainer.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/json.h"

void loci_spec_for(loci_spec *spec, const loci_dataset *data) {
    spec->height = loci_dataset_height(data);
    spec->width = loci_dataset_width(data);
    spec->channels = loci_dataset_channels(data);
    spec->task = loci_dataset_task(data);
    spec->classes = loci_dataset_outputs(data);
}

/* The names of the outputs as a JSON array. */
static int note_outputs(loci_network *network, const loci_dataset *data, loci_error *error) {
    json_t *names = json_array();
    bool failed = names == NULL;
    for (uint32_t k = 0; k < loci_dataset_outputs(data); k++)
        failed |= json_array_append_new(names, json_string(loci_dataset_output_name(data, k))) != 0;
    char *text = failed ? NULL : loci_json_print(names, JSON_COMPACT);
    json_decref(names);
    if (text == NULL)
        return loci_fail(error, LOCI_E_ARGUMENT, loci_dataset_name(data),
                         "the names of its classes cannot be stored; they are not UTF-8");
    int status = loci_network_set_note(network, "classes", text, error);
    free(text);
    return status;
}

static int scale(loci_network *network, const loci_dataset *data, loci_error *error) {
    const float *low, *span, *mean, *deviation;
    if (loci_network_spec(network)->input_scaling == LOCI_SCALING_STANDARD)
        loci_dataset_standard_scaling(data, &low, &span);
    else
        loci_dataset_input_scaling(data, &low, &span);
    loci_dataset_target_scaling(data, &mean, &deviation);
    int status = loci_network_set_input_scaling(network, low, span, error);
    return status == LOCI_OK ? loci_network_set_target_scaling(network, mean, deviation, error)
                             : status;
}

int loci_check_scaling(const loci_spec *spec, const loci_dataset *data, loci_error *error) {
    const float *mean, *deviation;
    loci_dataset_standard_scaling(data, &mean, &deviation);
    if (spec->input_scaling == LOCI_SCALING_STANDARD && mean == NULL)
        return loci_fail(
            error, LOCI_E_ARGUMENT, "input-scaling",
            "only tables of numbers are standardised, images and samples of 8 bits are "
            "used as they are; leave the option out");
    return LOCI_OK;
}

int loci_network_create_for(loci_network **out, const loci_spec *given, const loci_dataset *data,
                            uint64_t seed, loci_error *error) {
    loci_network *network;
    loci_spec spec = *given;
    loci_spec_for(&spec, data);
    int status = loci_check_scaling(&spec, data, error);
    if (status == LOCI_OK)
        status = loci_network_create(&network, &spec, seed, error);
    if (status != LOCI_OK)
        return status;
    status = scale(network, data, error);
    if (status == LOCI_OK)
        status = loci_network_set_note(network, "dataset", loci_dataset_name(data), error);
    if (status == LOCI_OK)
        status = note_outputs(network, data, error);
    if (status == LOCI_OK && loci_dataset_columns(data) != NULL)
        status = loci_network_set_note(network, "columns", loci_dataset_columns(data), error);
    if (status != LOCI_OK) {
        loci_network_free(network);
        return status;
    }
    *out = network;
    return LOCI_OK;
}
