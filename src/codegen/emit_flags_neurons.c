/* Which lines of the templates an export has: what its neurons do, and when. */
#include <string.h>

#include "codegen/emit.h"

static bool relu(const loci_export *x) {
    return !x->spiking;
}

static bool spiking(const loci_export *x) {
    return x->spiking;
}

static bool acts(const loci_export *x, int activation) {
    return !x->fixed && loci_codegen_activation(x) == activation;
}

static bool rectified(const loci_export *x) {
    return loci_codegen_activation(x) == LOCI_ACTIVATION_RELU;
}

static bool leaky(const loci_export *x) {
    return acts(x, LOCI_ACTIVATION_LEAKY_RELU);
}

static bool tanh_of(const loci_export *x) {
    return acts(x, LOCI_ACTIVATION_TANH);
}

static bool gelu(const loci_export *x) {
    return acts(x, LOCI_ACTIVATION_GELU);
}

static bool sine(const loci_export *x) {
    return acts(x, LOCI_ACTIVATION_SINE);
}

static bool beta_each(const loci_export *x) {
    return x->spiking && x->spec->train_beta == LOCI_TRAINED_NEURON;
}

static bool beta_one(const loci_export *x) {
    return x->spiking && !beta_each(x);
}

static bool threshold_each(const loci_export *x) {
    return x->spiking && x->spec->train_threshold == LOCI_TRAINED_NEURON;
}

static bool threshold_one(const loci_export *x) {
    return x->spiking && !threshold_each(x);
}

static bool latency(const loci_export *x) {
    return x->spiking && x->spec->coding == LOCI_CODING_LATENCY;
}

static bool constant(const loci_export *x) {
    return x->spiking && x->spec->coding == LOCI_CODING_CONSTANT;
}

static bool latency_span(const loci_export *x) {
    return latency(x) && x->spec->latency_span != 1;
}

static bool reset_zero(const loci_export *x) {
    return x->spiking && x->spec->reset == LOCI_RESET_ZERO;
}

static bool reset_subtract(const loci_export *x) {
    return x->spiking && x->spec->reset == LOCI_RESET_SUBTRACT;
}

static bool read_count(const loci_export *x) {
    return x->spec->readout == LOCI_READOUT_COUNT;
}

static bool read_mean(const loci_export *x) {
    return x->spec->readout == LOCI_READOUT_MEMBRANE_MEAN;
}

static bool read_max(const loci_export *x) {
    return x->spec->readout == LOCI_READOUT_MEMBRANE_MAX;
}

static bool read_last(const loci_export *x) {
    return x->spec->readout == LOCI_READOUT_MEMBRANE_LAST;
}

static bool adapts(const loci_export *x) {
    return x->adapts;
}

static bool adaptation_each(const loci_export *x) {
    return x->adapts && x->spec->train_adaptation == LOCI_TRAINED_NEURON;
}

static bool held(const loci_export *x) {
    return x->adapts && x->fixed;
}

static bool delays(const loci_export *x) {
    return x->delays;
}

static bool recurrent(const loci_export *x) {
    return x->projections > x->pairs;
}

static bool events(const loci_export *x) {
    return x->events;
}

static const struct {
    const char *name;
    loci_emit_rule *holds;
} flags[] = {
    {"activation_table", loci_codegen_has_activation_tables},
    {"adaptation_each", adaptation_each},
    {"adapts", adapts},
    {"beta_each", beta_each},
    {"beta_one", beta_one},
    {"constant", constant},
    {"delays", delays},
    {"events", events},
    {"gelu", gelu},
    {"held", held},
    {"latency", latency},
    {"latency_span", latency_span},
    {"leaky", leaky},
    {"read_count", read_count},
    {"read_last", read_last},
    {"read_max", read_max},
    {"read_mean", read_mean},
    {"read_softmax", loci_codegen_sums_softmax},
    {"rectified", rectified},
    {"recurrent", recurrent},
    {"relu", relu},
    {"reset_subtract", reset_subtract},
    {"reset_zero", reset_zero},
    {"sine", sine},
    {"spiking", spiking},
    {"tanh", tanh_of},
    {"threshold_each", threshold_each},
    {"threshold_one", threshold_one},
};

loci_emit_rule *loci_emit_neuron_rule(const char *name) {
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (strcmp(flags[i].name, name) == 0)
            return flags[i].holds;
    return NULL;
}
