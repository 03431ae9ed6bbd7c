/* Parameters that one network takes from another: what is told about options that differ is
 * compared with what the two networks make of the same inputs. */
#include "run_fixture.h"

#include "network/contents.h"
#include "option/fields.h"

/* Networks in which options act, or have nothing to act on: names and values in turn. */
static const char *const bases[][20] = {
    {"hidden", "8"},
    {"hidden", "8", "sign", "mask", "planes", "learned"},
    {"hidden", "8,5", "sign", "mask", "scale", "one", "planes", "relaxed"},
    {"hidden", "8", "range", "1.5", "tied", "no"},
    {"hidden", "8", "range", "1.5", "train-range", "layer", "input", "grid"},
    {"hidden", "8", "input", "sheet", "dendrite-sites", "2"},
    {"hidden", "8", "law", "exponential"},
    {"hidden", "8", "law", "exponential", "length", "0.7", "activation", "tanh"},
    {"hidden", "8", "law", "gaussian", "length", "2", "train-length", "layer", "range", "3"},
    {"hidden", "0", "law", "inverse-square", "input", "grid"},
    {"hidden", "8", "wiring", "dense", "activation", "sine"},
    {"hidden", "8,6", "neuron", "lif", "threshold", "0.02", "time-steps", "6"},
    {"hidden", "8", "neuron", "lif", "threshold", "0.02", "time-steps", "6", "readout", "count",
     "coding", "latency"},
    {"hidden", "8", "neuron", "lif", "threshold", "0.02", "time-steps", "6", "train-beta", "layer",
     "train-threshold", "neuron"},
    {"hidden", "8", "neuron", "lif", "threshold", "0.02", "time-steps", "6", "wiring", "dense"},
    {"hidden", "0", "neuron", "lif", "time-steps", "6"},
    {"hidden", "8", "neuron", "lif", "threshold", "0.02", "time-steps", "1", "readout", "count"},
    {"hidden", "8,6", "neuron", "lif", "threshold", "0.02", "time-steps", "16", "delay", "distance",
     "speed", "1.5", "longest-delay", "3", "recurrent", "yes", "planes", "fixed"},
    {"hidden", "8", "neuron", "lif", "threshold", "0.02", "time-steps", "12", "delay", "distance",
     "longest-delay", "5", "train-speed", "layer", "coding", "latency", "latency-span", "0.5"},
    {"hidden", "8", "neuron", "adlif", "threshold", "0.02", "time-steps", "8", "recurrent", "yes",
     "readout", "softmax-sum", "adaptation-spike", "0.02"},
    {"hidden",        "8",          "neuron",    "adlif",  "threshold",
     "0.02",          "time-steps", "12",        "delay",  "distance",
     "longest-delay", "3",          "recurrent", "yes",    "train-adaptation",
     "neuron",        "law",        "gaussian",  "length", "0.7"},
    {"hidden", "8", "neuron", "adlif", "threshold", "0.02", "time-steps", "1", "readout", "count"},
    {"hidden", "0", "neuron", "adlif", "time-steps", "6", "coding", "latency"},
    {"hidden", "8", "neuron", "adlif", "threshold", "0.02", "time-steps", "8", "wiring", "dense",
     "recurrent", "yes"},
    {"maps", "3,4", "hidden", "0", "dim", "5", "dendrite-sites", "3", "gap", "0.6", "window", "3"},
    {"maps", "4", "hidden", "6", "dim", "4", "dendrite-sites", "2", "sign", "mask", "range", "3",
     "pool", "1"},
    {"maps", "4", "hidden", "6", "wiring", "dense", "stride", "2", "pool", "1"},
    {"maps", "6", "dim", "5", "dendrite-sites", "3", "neuron", "lif", "threshold", "0.3",
     "time-steps", "20", "hidden", "5"},
};
enum { BASES = sizeof bases / sizeof *bases };

static loci_spec base_spec(size_t i) {
    loci_spec spec;
    loci_spec_defaults(&spec);
    spec.height = spec.width = SMALL_SIDE;
    spec.classes = SMALL_CLASSES;
    for (size_t k = 0; k < 20 && bases[i][k] != NULL; k += 2)
        assert_int_equal(loci_spec_set(&spec, bases[i][k], bases[i][k + 1], NULL), LOCI_OK);
    return spec;
}

/* The spec with another value of the option, the n-th; false past the last. */
static bool change(loci_spec *spec, const loci_field *field, size_t n) {
    char text[256], value[64];
    loci_spec_get(spec, field->name, text, sizeof text);
    if (field->names != NULL) {
        if (field->names[n] == NULL)
            return false;
        return loci_spec_set(spec, field->name, field->names[n], NULL) == LOCI_OK;
    }
    if (n > 0 || field->type == LOCI_FIELD_SIZES)
        return false;
    double number = strtod(text, NULL);
    if (strcmp(field->name, "window") == 0)
        number += 2; /* it is odd */
    else if (field->type == LOCI_FIELD_UINT || field->type == LOCI_FIELD_UINT_LIST || number > 1)
        number += 1;
    else
        number = number <= 0 ? 0.7 : number < 0.6 ? 1.5 * number : number / 2;
    snprintf(value, sizeof value, "%g", number);
    if (loci_spec_set(spec, field->name, value, NULL) != LOCI_OK)
        fail_msg("--%s %s", field->name, value);
    return true;
}

static bool same_tensors(const loci_network *a, const loci_network *b) {
    if (a->tensor_count != b->tensor_count)
        return false;
    for (size_t i = 0; i < a->tensor_count; i++)
        if (strcmp(a->tensors[i].name, b->tensors[i].name) != 0 ||
            memcmp(a->tensors[i].shape, b->tensors[i].shape, sizeof a->tensors[i].shape) != 0)
            return false;
    return true;
}

static double loss_of(const loci_network *network) {
    loci_evaluation result;
    assert_int_equal(loci_evaluate(network, data, LOCI_TEST, NULL, 0, &result, NULL), LOCI_OK);
    return result.loss;
}

/* What they are for differs, or what their inputs are scaled to: no data are for both. */
static bool differ_in_data(const loci_network *a, const loci_network *b) {
    return a->spec.task != b->spec.task || a->spec.input_scaling != b->spec.input_scaling;
}

/* Data in time are for the one, still ones for the other. */
static bool differ_in_time(const loci_network *a, const loci_network *b) {
    bool one = loci_spec_spikes(&a->spec) && a->spec.coding == LOCI_CODING_EVENTS;
    return one != (loci_spec_spikes(&b->spec) && b->spec.coding == LOCI_CODING_EVENTS);
}

/* Counts the comparisons, so that the test is known to have made them. */
static size_t told, silent, refused;

/* A length that nobody gave is the spread; with nothing to adapt to, an adaptive neuron is a plain
 * one. */
static bool follows(const loci_field *given, const loci_field *found) {
    if (strcmp(found->name, "neuron") == 0)
        return strcmp(given->name, "time-steps") == 0 || strcmp(given->name, "readout") == 0;
    return strcmp(given->name, "spread") == 0 && strcmp(found->name, "length") == 0;
}

static void compare(const loci_network *from, const loci_spec *to, const loci_field *field) {
    loci_network *network;
    if (loci_network_create(&network, to, 1, NULL) != LOCI_OK)
        return; /* no such network */
    if (!same_tensors(from, network)) {
        loci_network_free(network);
        return; /* refused without looking at options */
    }
    memcpy(network->parameters, from->parameters, from->parameter_count * sizeof(float));
    const loci_field *found = loci_spec_difference(&from->spec, &network->spec, 0);
    bool acts = differ_in_data(from, network) || differ_in_time(from, network) ||
                loss_of(from) != loss_of(network);
    if ((found != NULL) != acts)
        fail_msg("--%s: %s, but the network %s", field->name, found != NULL ? "told" : "not told",
                 acts ? "is another one" : "is the same");
    if (found != NULL) {
        if (!follows(field, found))
            assert_string_equal(found->name, field->name);
        if (strcmp(found->name, field->name) == 0)
            assert_null(loci_spec_difference(&from->spec, &network->spec, 1));
        if (differ_in_data(from, network))
            assert_int_equal(found->carried, LOCI_CARRIED_REFUSED);
    }
    refused += found != NULL && found->carried == LOCI_CARRIED_REFUSED;
    told += found != NULL;
    silent += found == NULL && memcmp(&from->spec, &network->spec, sizeof from->spec) != 0;
    loci_network_free(network);
}

static void test_every_option(void **state) {
    (void)state;
    size_t count;
    const loci_field *fields = loci_spec_fields(&count);
    for (size_t i = 0; i < BASES; i++) {
        const loci_spec spec = base_spec(i);
        loci_network *from;
        assert_int_equal(loci_network_create(&from, &spec, 7, NULL), LOCI_OK);
        assert_null(loci_spec_difference(&from->spec, &from->spec, 0));
        for (size_t f = 0; f < count; f++) {
            loci_spec other = spec;
            for (size_t n = 0; change(&other, &fields[f], n); n++) {
                compare(from, &other, &fields[f]);
                other = spec;
            }
        }
        loci_network_free(from);
    }
    assert_true(told > 80 && silent > 60 && refused > 0);
}

/* ---- runs ---- */

static int start_from_calm(loci_config *config, loci_error *error) {
    loci_run_options options;
    loci_run_options_defaults(&options);
    options.note = keep_note;
    note_count = 0;
    snprintf(config->init, sizeof config->init, "%s", calm);
    return train(config, run, &options, NULL, error);
}

static void test_runs_tell(void **state) {
    (void)state;
    loci_config config = small_config(1);
    assert_int_equal(start_from_calm(&config, NULL), LOCI_OK);
    assert_int_equal(note_count, 0);
    scratch_remove(run);
    config.spec.softening = 0.5;
    config.spec.logit_scale = 0.1;
    config.spec.spread = 3; /* only where a network starts */
    assert_int_equal(start_from_calm(&config, NULL), LOCI_OK);
    assert_int_equal(note_count, 1);
    assert_string_equal(notes[0], "the model to start from was trained with softening 0 (here "
                                  "0.5), logit-scale 1 (here 0.1)");
}

/* All that differs is named, with both values; also where tensors do. */
static void test_runs_tell_all(void **state) {
    (void)state;
    loci_config config = small_config(1);
    loci_error error = {0};
    config.spec.law = LOCI_LAW_GAUSSIAN;
    config.spec.activation = LOCI_ACTIVATION_TANH;
    config.spec.range[0] = 2.5;
    assert_int_equal(start_from_calm(&config, NULL), LOCI_OK);
    assert_int_equal(note_count, 1);
    assert_string_equal(notes[0],
                        "the model to start from was trained with range -1,-1 (here 2.5,2.5), "
                        "law inverse (here gaussian), activation relu (here tanh)");
    scratch_remove(run);
    config.spec.planes = LOCI_PLANES_FIXED;
    assert_int_equal(start_from_calm(&config, &error), LOCI_E_MISMATCH);
    assert_message(&error,
                   "its pair0.log_scale is another one than this network's; it was trained with "
                   "planes learned (here fixed), range -1,-1 (here 2.5,2.5), law inverse (here "
                   "gaussian), activation relu (here tanh)");
    config.spec.neuron = LOCI_NEURON_LIF;
    config.spec.law = LOCI_LAW_INVERSE;
    config.spec.range[0] = -1;
    assert_int_equal(start_from_calm(&config, &error), LOCI_E_MISMATCH);
    assert_message(&error, "planes learned (here fixed), neuron relu (here lif)");
    config.spec.planes = LOCI_PLANES_LEARNED;
    assert_int_equal(start_from_calm(&config, NULL), LOCI_OK);
    assert_int_equal(note_count, 1);
    assert_string_equal(notes[0],
                        "the model to start from was trained with neuron relu (here lif)");
}

static void test_runs_refuse(void **state) {
    (void)state;
    loci_config config = small_config(1);
    loci_error error = {0};
    config.spec.sign = LOCI_SIGN_MASK;
    assert_int_equal(start_from_calm(&config, &error), LOCI_E_MISMATCH);
    assert_string_equal(error.where, calm);
    assert_message(&error, "its sign is charge, this network's mask; give --sign charge");
    assert_int_not_equal(access(run, F_OK), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_every_option),
        TEST(test_runs_tell),
        TEST(test_runs_tell_all),
        TEST(test_runs_refuse),
    };
    return cmocka_run_group_tests(tests, prepare, clean);
}
