/* What a spiking net did, and what that would cost. */
#include <math.h>

#include "common/cli.h"

void cli_activity_json(json_t *object, const loci_spec *spec, const loci_activity *activity) {
    if (!loci_spec_spikes(spec))
        return;
    loci_energy energy;
    loci_activity_energy(spec, activity, &energy);
    json_t *rates = json_array(), *estimate = json_object();
    for (uint32_t l = 0; l < activity->layers; l++)
        json_array_append_new(rates, json_real(activity->layer_rate[l]));
    json_object_set_new(estimate, "spiking", json_real(energy.spiking));
    json_object_set_new(estimate, "dense", json_real(energy.dense));
    json_object_set_new(estimate, "source", json_string(LOCI_ENERGY_SOURCE));
    json_object_set_new(object, "time_steps", json_integer(spec->time_steps));
    json_object_set_new(object, "spike_rate", json_real(activity->spike_rate));
    json_object_set_new(object, "spike_rate_per_layer", rates);
    json_object_set_new(object, "spikes", json_real(activity->spikes));
    json_object_set_new(object, "synaptic_operations", json_real(activity->synaptic_operations));
    json_object_set_new(object, "input_operations", json_real(activity->input_operations));
    json_object_set_new(object, "dense_operations", json_real(activity->dense_operations));
    json_object_set_new(object, "energy_estimate_joule", estimate);
}

static const char *joules(char text[CLI_WORD], double energy) {
    static const char *const units[] = {"pJ", "nJ", "uJ", "mJ"};
    size_t unit = 0;
    for (energy *= 1e12; energy >= 999.5 && unit + 1 < sizeof units / sizeof *units; unit++)
        energy /= 1000;
    snprintf(text, CLI_WORD, "%.3g %s", energy, units[unit]);
    return text;
}

static const char *rounded(char text[CLI_WORD], double value) {
    return cli_count(text, (uint64_t)llround(value));
}

void cli_activity_print(const loci_spec *spec, const loci_activity *activity) {
    if (!loci_spec_spikes(spec))
        return;
    loci_energy energy;
    loci_activity_energy(spec, activity, &energy);
    char name[CLI_WORD], a[CLI_WORD], b[CLI_WORD];
    printf("\nspiking, per inference of %u time step%s\n", spec->time_steps,
           spec->time_steps == 1 ? "" : "s");
    printf("  %-20s  %9s  %10s  %10s\n", "layer", "neurons", "spikes", "spike rate");
    for (uint32_t l = 0; l < activity->layers; l++) {
        size_t neurons = loci_spec_layer_size(spec, l + 1);
        double spikes = activity->layer_rate[l] * (double)neurons * spec->time_steps;
        snprintf(name, sizeof name, "%s %u",
                 l < loci_spec_hidden_layers(spec) ? "hidden" : "output", l + 1);
        printf("  %-20s  %9s  %10.1f  %10s\n", l < loci_spec_hidden_layers(spec) ? name : "output",
               cli_count(a, neurons), spikes, cli_percent(b, activity->layer_rate[l]));
    }
    printf("  %-20s  %9s additions of a weight", "synaptic operations",
           rounded(a, activity->synaptic_operations));
    if (spec->coding == LOCI_CODING_CONSTANT)
        printf(", and %s multiply-adds of the input", rounded(a, activity->input_operations));
    printf("\n  %-20s  %9s multiply-adds, every weight in every step\n", "dense operations",
           rounded(a, activity->dense_operations));
    printf("  %-20s  %9s; %s for a conventional net of as many weights\n", "energy, an estimate",
           joules(a, energy.spiking), joules(b, energy.dense));
    printf("  %-20s  (arithmetic only, memory left out; " LOCI_ENERGY_SOURCE ")\n", "");
}
