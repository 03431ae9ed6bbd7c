/* A network for a data set: what of it follows from the data. */
#include "train/network_for.h"

#include <loci/trainer.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "data/dataset.h"
#include "data/unlabelled.h"

void loci_spec_for(loci_spec *spec, const loci_dataset *data) {
    spec->height = loci_dataset_height(data);
    spec->width = loci_dataset_width(data);
    spec->channels = loci_dataset_channels(data);
    spec->task = loci_dataset_task(data);
    spec->classes = loci_dataset_outputs(data);
    if (loci_dataset_steps(data) == 0)
        return;
    spec->time_steps = loci_dataset_steps(data);
    if (spec->coding == LOCI_CODING_CONSTANT) /* another was asked for */
        spec->coding = LOCI_CODING_EVENTS;
    if (spec->neuron == LOCI_NEURON_RELU)
        spec->neuron = LOCI_NEURON_LIF;
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

/* How temporal data were cut up: {"duration": seconds, "channels": of the file, "grouped": n}. */
static int note_timing(loci_network *network, const loci_dataset *data, loci_error *error) {
    json_t *timing = json_object();
    uint32_t grouped = loci_dataset_grouped(data);
    bool failed = json_object_set_new(timing, "duration", json_real(data->duration)) != 0;
    failed |= json_object_set_new(timing, "channels", json_integer(data->event_channels)) != 0;
    failed |= json_object_set_new(timing, "grouped", json_integer(grouped)) != 0;
    char *text = failed ? NULL : loci_json_print(timing, JSON_COMPACT);
    json_decref(timing);
    int status = text == NULL ? loci_fail_memory(error, data->name)
                              : loci_network_set_note(network, "timing", text, error);
    free(text);
    return status;
}

static double number_of(const json_t *timing, const char *key, double most) {
    double number = json_number_value(json_object_get(timing, key));
    return number > 0 && number <= most ? number : 0;
}

int loci_data_options_for(loci_data_options *options, const loci_network *network,
                          loci_error *error) {
    const loci_spec *spec = loci_network_spec(network);
    const char *text = loci_network_note(network, "timing");
    json_error_t why;
    if (!loci_spec_spikes(spec) || spec->coding != LOCI_CODING_EVENTS)
        return LOCI_OK;
    json_t *timing = loci_json_read(text, strlen(text), &why); /* NULL where there is none */
    if (loci_json_is_short(timing, &why))
        return loci_fail_memory(error, "data");
    options->time_steps = spec->time_steps;
    if (!(options->duration > 0))
        options->duration = number_of(timing, "duration", 1e9);
    if (options->event_channels == 0)
        options->event_channels = (uint32_t)number_of(timing, "channels", LOCI_MAX_FEATURES);
    if (options->group_channels == 0)
        options->group_channels = (uint32_t)number_of(timing, "grouped", LOCI_MAX_FEATURES);
    json_decref(timing);
    return LOCI_OK;
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

/* Whether time is where both look for it; spec is for the data otherwise. */
static int check_coding(const loci_spec *spec, const loci_dataset *data, loci_error *error) {
    bool spikes = loci_spec_spikes(spec), events = spec->coding == LOCI_CODING_EVENTS;
    uint32_t steps = loci_dataset_steps(data);
    if (spikes && events && steps == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "coding",
                         "the samples of %s have no time; events are for temporal data, others "
                         "enter by constant, poisson or latency",
                         data->name);
    if (steps > 0 && !events)
        return loci_fail(error, LOCI_E_ARGUMENT, "coding",
                         "%s holds temporal data, which enter as they are: by events", data->name);
    return LOCI_OK;
}

int loci_check_lesson(const loci_dataset *data, loci_error *error) {
    int status = loci_dataset_check_answers(data, error);
    if (status != LOCI_OK)
        return status;
    if (loci_dataset_task(data) != LOCI_TASK_CLASSIFY || loci_dataset_classes(data) != 1)
        return LOCI_OK;
    return loci_fail(error, LOCI_E_FORMAT, data->name,
                     "all samples are of one class, %s; there is nothing to tell apart",
                     LOCI_SHOWN(80, loci_dataset_class_name(data, 0)));
}

int loci_network_create_for(loci_network **out, const loci_spec *given, const loci_dataset *data,
                            uint64_t seed, loci_error *error) {
    loci_network *network;
    loci_spec spec = *given;
    loci_spec_for(&spec, data);
    int status = loci_check_lesson(data, error);
    if (status == LOCI_OK)
        status = loci_check_scaling(&spec, data, error);
    if (status == LOCI_OK)
        status = check_coding(&spec, data, error);
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
    if (status == LOCI_OK && loci_dataset_steps(data) > 0)
        status = note_timing(network, data, error);
    if (status != LOCI_OK) {
        loci_network_free(network);
        return status;
    }
    *out = network;
    return LOCI_OK;
}
