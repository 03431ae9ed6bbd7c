/* Defaults, checks and counts of a specification. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include <loci/spec.h>

#include "base/error.h"
#include "network/maps.h"
#include "option/fields.h"
#include "wiring/law.h"

/* No padding: specs are compared byte by byte. */
_Static_assert(sizeof(loci_spec) == (34 + 2 * LOCI_MAX_HIDDEN + 5 * LOCI_MAX_PAIRS) * sizeof(int) +
                                        (4 * LOCI_MAX_PAIRS + 14) * sizeof(double),
               "loci_spec has padding");

void loci_spec_defaults(loci_spec *spec) {
    *spec = (loci_spec){
        .height = 28,
        .width = 28,
        .channels = 1,
        .classes = 10,
        .hidden_count = 1,
        .hidden = {256},
        .window = {5},
        .pool = {2},
        .stride = {1},
        .wiring = LOCI_WIRING_SPATIAL,
        .dim = 3,
        .planes = LOCI_PLANES_FIXED,
        .input = LOCI_INPUT_RANDOM,
        .sign = LOCI_SIGN_CHARGE,
        .tied = LOCI_TIED_AUTO,
        .scale = LOCI_SCALE_TRAINED,
        .axon_sites = {1},
        .dendrite_sites = {1},
        .gap = {0.1},
        .range = {-1},
        .law = LOCI_LAW_INVERSE,
        .length = {-1},
        .softening = -1,
        .steepness = 5,
        .logit_scale = 1,
        .spread = 1,
        .extent = 2,
        .noise = 0.02,
        .neuron = LOCI_NEURON_RELU,
        .activation = LOCI_ACTIVATION_RELU,
        .time_steps = 25,
        .coding = LOCI_CODING_CONSTANT,
        .readout = LOCI_READOUT_MEMBRANE_MEAN,
        .surrogate = LOCI_SURROGATE_ARCTANGENT,
        .slope = 2,
        .beta = 0.95,
        .threshold = 1,
        .reset = LOCI_RESET_SUBTRACT,
        .longest_delay = 25,
        .speed = {0.25},
        .recurrent_gap = 0.1,
        .latency_span = 1,
        .adaptation_decay = 0.97,
        .adaptation_spike = 0.5,
    };
}

static int check_shape(const loci_spec *spec, loci_error *error) {
    /* 2^24 inputs is a 4096 x 4096 image; beyond that sizes would no longer fit comfortably in
     * products */
    const uint32_t most = 1u << 24;
    if (spec->height < 1 || spec->width < 1 || spec->height > most || spec->width > most ||
        (uint64_t)spec->height * spec->width > most)
        return loci_fail(error, LOCI_E_ARGUMENT, "input",
                         "%u x %u is not an image of 1 to 2^24 pixels", spec->height, spec->width);
    if (spec->channels < 1 || spec->channels > most || loci_spec_pixels(spec) > most)
        return loci_fail(error, LOCI_E_ARGUMENT, "input",
                         "%u x %u pixels of %u channels; 1 to 2^24 values are possible",
                         spec->height, spec->width, spec->channels);
    if (spec->inputs > loci_spec_pixels(spec))
        return loci_fail(error, LOCI_E_ARGUMENT, "input", "%u input neurons for %zu pixels",
                         spec->inputs, loci_spec_pixels(spec));
    uint32_t fewest = spec->task == LOCI_TASK_REGRESS ? 1 : 2;
    if (spec->classes < fewest || spec->classes > 65536)
        return loci_fail(error, LOCI_E_ARGUMENT, "classes", "%u is not in %u..65536", spec->classes,
                         fewest);
    if (spec->hidden_count > LOCI_MAX_HIDDEN)
        return loci_fail(error, LOCI_E_ARGUMENT, "hidden", "%u layers; at most %d",
                         spec->hidden_count, LOCI_MAX_HIDDEN);
    if (spec->maps_count > LOCI_MAX_HIDDEN - spec->hidden_count)
        return loci_fail(error, LOCI_E_ARGUMENT, "maps",
                         "%u layers of maps and %u others; at most %d in all", spec->maps_count,
                         spec->hidden_count, LOCI_MAX_HIDDEN);
    for (uint32_t i = 0; i < spec->hidden_count; i++)
        if (spec->hidden[i] < 1 || spec->hidden[i] > LOCI_MAX_NEURONS)
            return loci_fail(error, LOCI_E_ARGUMENT, "hidden", "%u is not in 1..%d",
                             spec->hidden[i], LOCI_MAX_NEURONS);
    return LOCI_OK;
}

/* Written so that a NaN fails. */
static int check_range(const char *name, double value, double low, double high, loci_error *error) {
    if (value >= low && value <= high)
        return LOCI_OK;
    return loci_fail(error, LOCI_E_ARGUMENT, name, "%g is not in %g..%g", value, low, high);
}

/* Every single number and name by the table of options; lists are checked when they are resolved.
 */
static int check_options(const loci_spec *spec, loci_error *error) {
    size_t count;
    const loci_field *fields = loci_spec_fields(&count);
    int status = loci_fields_check(fields, count, spec, error);
    if (status == LOCI_OK && spec->softening != -1)
        status = check_range("softening", spec->softening, 0, 1e3, error);
    return status;
}

/* A list shorter than the layer pairs goes on with its last entry; a longer one is a mistake. 0 is
 * "as the one before", -1, where it is allowed, what it is without a value. */
static int resolve_list(loci_spec *spec, double *list, const char *name, double low, double high,
                        bool without, loci_error *error) {
    uint32_t pairs = loci_spec_hidden_layers(spec) + 1;
    for (uint32_t l = 0; l < LOCI_MAX_PAIRS; l++) {
        if (l >= pairs && list[l] != 0)
            return loci_fail(
                error, LOCI_E_ARGUMENT, name,
                "%u values for %u layer pairs; give one number for all or one per pair", l + 1,
                pairs);
        if (l >= pairs)
            continue;
        if (l > 0 && list[l] == 0)
            list[l] = list[l - 1];
        if (without && list[l] == -1)
            continue;
        int status = check_range(name, list[l], low, high, error);
        if (status != LOCI_OK)
            return status;
    }
    return LOCI_OK;
}

static int resolve_counts(loci_spec *spec, uint32_t *list, const char *name, loci_error *error) {
    double numbers[LOCI_MAX_PAIRS];
    for (uint32_t l = 0; l < LOCI_MAX_PAIRS; l++)
        numbers[l] = list[l];
    int status = resolve_list(spec, numbers, name, 1, 64, false, error);
    for (uint32_t l = 0; l < LOCI_MAX_PAIRS; l++)
        list[l] = (uint32_t)numbers[l];
    return status;
}

static int resolve_lists(loci_spec *spec, loci_error *error) {
    int status = resolve_counts(spec, spec->axon_sites, "axon-sites", error);
    if (status == LOCI_OK)
        status = resolve_counts(spec, spec->dendrite_sites, "dendrite-sites", error);
    if (status == LOCI_OK)
        status = resolve_list(spec, spec->gap, "gap", 1e-4, 1e4, false, error);
    if (status == LOCI_OK)
        status = resolve_list(spec, spec->range, "range", 1e-4, 1e4, true, error);
    if (status == LOCI_OK)
        status = resolve_list(spec, spec->length, "length", 1e-4, 1e4, true, error);
    if (status == LOCI_OK)
        status = resolve_list(spec, spec->speed, "speed", 1e-6, 1e6, false, error);
    return status;
}

static int resolve_tied(loci_spec *spec, loci_error *error) {
    int one_site = 1;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec); l++)
        one_site &= spec->axon_sites[l] == 1 && spec->dendrite_sites[l] == 1;
    int can = one_site && spec->input != LOCI_INPUT_SHEET && spec->maps_count == 0;
    if (spec->tied == LOCI_TIED_YES && !can)
        return loci_fail(
            error, LOCI_E_ARGUMENT, "tied",
            "tied positions need one site per neuron and side and a trained input layer; "
            "give --tied no");
    if (spec->tied == LOCI_TIED_AUTO)
        spec->tied = can ? LOCI_TIED_YES : LOCI_TIED_NO;
    return LOCI_OK;
}

/* Trained where it is finite; so one of them must be. */
static int resolve_range(loci_spec *spec, loci_error *error) {
    bool finite = false;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec); l++)
        finite |= spec->range[l] > 0;
    if (spec->train_range != LOCI_TRAINED_NO && !finite)
        return loci_fail(error, LOCI_E_ARGUMENT, "train-range",
                         "there is no range to train; give one to start from with --range R");
    return LOCI_OK;
}

/* A law without a length forgets it, as a preset may have one; a law with a length has it from the
 * spread unless it is given. */
static int resolve_law(loci_spec *spec, loci_error *error) {
    if (!loci_law_has_length(spec->law))
        spec->train_length = LOCI_TRAINED_NO; /* the lengths go in loci_spec_resolve() */
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec); l++)
        if (loci_law_has_length(spec->law) && spec->length[l] == -1)
            spec->length[l] = fmin(fmax(spec->spread, 1e-4), 1e4);
    if (spec->law == LOCI_LAW_EXPONENTIAL && spec->planes == LOCI_PLANES_RELAXED &&
        spec->softening == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "softening",
                         "the exponential law has a kink where two sites meet; without planes give "
                         "a softening above 0");
    return LOCI_OK;
}

/* What a net does not use is set to one fixed value, so that equal nets have equal specs. */
static void forget_geometry(loci_spec *spec, const loci_spec *plain) {
    spec->dim = plain->dim;
    spec->planes = plain->planes;
    spec->input = plain->input;
    spec->sign = plain->sign;
    spec->tied = LOCI_TIED_NO;
    spec->scale = LOCI_SCALE_ONE;
    memcpy(spec->axon_sites, plain->axon_sites, sizeof spec->axon_sites);
    memcpy(spec->dendrite_sites, plain->dendrite_sites, sizeof spec->dendrite_sites);
    memcpy(spec->gap, plain->gap, sizeof spec->gap);
    memcpy(spec->range, plain->range, sizeof spec->range);
    spec->train_range = plain->train_range;
    spec->law = plain->law;
    memcpy(spec->length, plain->length, sizeof spec->length);
    spec->train_length = plain->train_length;
    spec->softening = 0;
    spec->steepness = plain->steepness;
    spec->spread = plain->spread;
    spec->extent = plain->extent;
    spec->noise = plain->noise;
}

static void forget_time(loci_spec *spec, const loci_spec *plain) {
    spec->time_steps = plain->time_steps;
    spec->coding = plain->coding;
    spec->readout = plain->readout;
    spec->surrogate = plain->surrogate;
    spec->slope = plain->slope;
    spec->beta = plain->beta;
    spec->threshold = plain->threshold;
    spec->reset = plain->reset;
    spec->train_beta = plain->train_beta;
    spec->train_threshold = plain->train_threshold;
    spec->delay = plain->delay;
    spec->recurrent = plain->recurrent;
    spec->latency_span = plain->latency_span;
}

/* Delays, loops and adaptation of a net that has none: with one step nothing is carried on to
 * another. */
static void forget_unused_time(loci_spec *spec, const loci_spec *plain) {
    bool once = spec->time_steps == 1;
    bool fires = loci_spec_hidden_layers(spec) > 0 || spec->readout == LOCI_READOUT_COUNT;
    if (once || !fires)
        spec->neuron = LOCI_NEURON_LIF;
    if (once || loci_spec_hidden_layers(spec) == 0)
        spec->recurrent = 0;
    if (once || spec->wiring == LOCI_WIRING_DENSE)
        spec->delay = plain->delay;
    if (spec->recurrent == 0 || spec->wiring == LOCI_WIRING_DENSE)
        spec->recurrent_gap = plain->recurrent_gap;
    if (spec->coding != LOCI_CODING_LATENCY)
        spec->latency_span = plain->latency_span;
}

/* What stands for a net that has no delays, or no adaptation; lists are resolved by then. */
static void forget_constants(loci_spec *spec, const loci_spec *plain) {
    if (spec->delay == LOCI_DELAY_NONE) {
        memcpy(spec->speed, plain->speed, sizeof spec->speed);
        spec->train_speed = plain->train_speed;
        spec->longest_delay = plain->longest_delay;
    }
    if (spec->recurrent == 0)
        spec->recurrent_gap = plain->recurrent_gap;
    if (spec->neuron != LOCI_NEURON_ADLIF) {
        spec->adaptation_decay = plain->adaptation_decay;
        spec->adaptation_membrane = plain->adaptation_membrane;
        spec->adaptation_spike = plain->adaptation_spike;
        spec->train_adaptation = plain->train_adaptation;
    }
}

/* Whether the input neurons can lie as they are to. */
static int check_input(const loci_spec *spec, loci_error *error) {
    bool sheet = spec->input == LOCI_INPUT_SHEET;
    if (spec->input != LOCI_INPUT_RANDOM && spec->dim == 2 && spec->planes != LOCI_PLANES_RELAXED)
        return loci_fail(
            error, LOCI_E_ARGUMENT, "dim",
            "a pixel grid needs two coordinates beside the plane axis; use --dim 3 or more");
    /* a sheet's positions are no parameters: in a model file nothing else stands for its size */
    if (sheet && loci_spec_layer_size(spec, 0) * spec->dim > (size_t)3 << 24)
        return loci_fail(error, LOCI_E_ARGUMENT, "input",
                         "too large a sheet: pixels times dimensions may be 3 * 2^24");
    if (sheet && spec->axon_sites[0] != 1)
        return loci_fail(
            error, LOCI_E_ARGUMENT, "axon-sites",
            "the inputs of a sheet have one site each; give 1 for the first layer pair");
    if (sheet && spec->dendrite_sites[0] == 1)
        return loci_fail(error, LOCI_E_ARGUMENT, "dendrite-sites",
                         "a sheet's inputs have no charge, so the first dendrites need one: at "
                         "least 2 sites each");
    return LOCI_OK;
}

/* Spikes stand for numbers from 0 to 1. */
static int check_scaling(const loci_spec *spec, loci_error *error) {
    if (spec->input_scaling == LOCI_SCALING_STANDARD && loci_spec_spikes(spec) &&
        spec->coding != LOCI_CODING_CONSTANT)
        return loci_fail(error, LOCI_E_ARGUMENT, "input-scaling",
                         "spikes stand for inputs from 0 to 1; give --input-scaling range, or "
                         "--coding constant");
    return LOCI_OK;
}

/* Whether the outputs can be what the task wants of them. */
static int check_task(const loci_spec *spec, loci_error *error) {
    if (spec->task == LOCI_TASK_REGRESS && loci_spec_spikes(spec) &&
        spec->readout == LOCI_READOUT_COUNT)
        return loci_fail(error, LOCI_E_ARGUMENT, "readout",
                         "a count of spikes is never below 0 and no number to predict; read the "
                         "membrane, for example --readout membrane-mean");
    return LOCI_OK;
}

static int resolve_geometry(loci_spec *spec, loci_error *error) {
    int status = resolve_tied(spec, error);
    if (status != LOCI_OK)
        return status;
    if (spec->softening == -1)
        spec->softening = spec->planes == LOCI_PLANES_RELAXED ? 0.01 : 0;
    status = resolve_range(spec, error);
    if (status == LOCI_OK)
        status = resolve_law(spec, error);
    return status == LOCI_OK ? check_input(spec, error) : status;
}

int loci_spec_resolve(loci_spec *spec, loci_error *error) {
    bool spatial = spec->wiring != LOCI_WIRING_DENSE;
    int status = check_shape(spec, error);
    if (status == LOCI_OK)
        status = check_options(spec, error);
    if (status != LOCI_OK)
        return status;
    for (uint32_t i = spec->hidden_count; i < LOCI_MAX_HIDDEN; i++)
        spec->hidden[i] = 0;
    loci_spec plain;
    loci_spec_defaults(&plain);
    if (!loci_spec_spikes(spec))
        forget_time(spec, &plain);
    else
        forget_unused_time(spec, &plain);
    if (loci_spec_spikes(spec) || loci_spec_hidden_layers(spec) == 0)
        spec->activation = plain.activation;
    if (!spatial)
        forget_geometry(spec, &plain);
    status = loci_spec_resolve_maps(spec, &plain, error);
    if (status == LOCI_OK)
        status = resolve_lists(spec, error);
    if (status == LOCI_OK)
        status = check_task(spec, error);
    if (status == LOCI_OK)
        status = check_scaling(spec, error);
    if (status == LOCI_OK && spatial)
        status = resolve_geometry(spec, error);
    if (status == LOCI_OK && !loci_law_has_length(spec->law))
        memcpy(spec->length, plain.length, sizeof spec->length);
    if (status == LOCI_OK)
        forget_constants(spec, &plain);
    return status;
}
