#include "infer/activity.h"

#include <string.h>

double loci_count_crossings(const loci_sparse *active, const uint32_t *fan_out, size_t m) {
    size_t count = 0;
    if (fan_out == NULL)
        return (double)active->entries * (double)m;
    for (size_t row = 0; row < active->rows; row++)
        for (uint32_t t = active->start[row]; t < active->end[row]; t++)
            count += fan_out[active->index[t]];
    return (double)count;
}

/* Multiply-adds of the net without zeros skipped. */
static double all_operations(const loci_spec *spec) {
    double sum = 0;
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec); l++)
        sum += loci_spec_pair_operations(spec, l);
    return sum;
}

void loci_tally_activity(const loci_tally *tally, const loci_spec *spec, loci_activity *out) {
    memset(out, 0, sizeof *out);
    if (!loci_spec_spikes(spec) || tally->samples == 0)
        return;
    double samples = (double)tally->samples, neurons = 0, steps = spec->time_steps;
    out->layers = loci_spec_hidden_layers(spec) +
                  (uint32_t)loci_spec_fires(spec, loci_spec_hidden_layers(spec) + 1);
    for (uint32_t l = 0; l < out->layers; l++) {
        double size = (double)loci_spec_layer_size(spec, l + 1),
               spikes = tally->spikes[l] / samples;
        out->layer_rate[l] = spikes / (size * steps);
        out->spikes += spikes;
        neurons += size;
    }
    out->spike_rate = neurons > 0 ? out->spikes / (neurons * steps) : 0;
    for (uint32_t l = 1; l <= loci_spec_hidden_layers(spec); l++)
        out->synaptic_operations += tally->crossings[l] / samples;
    double entering = tally->crossings[0] / samples;
    if (spec->coding == LOCI_CODING_CONSTANT)
        out->input_operations = entering;
    else
        out->synaptic_operations += entering;
    out->dense_operations = all_operations(spec) * steps;
}

void loci_activity_energy(const loci_spec *spec, const loci_activity *activity,
                          loci_energy *energy) {
    const double add = 0.9e-12, multiply_add = 4.6e-12; /* Horowitz 2014, table for 45 nm, 0.9 V */
    energy->spiking =
        activity->synaptic_operations * add + activity->input_operations * multiply_add;
    energy->dense = all_operations(spec) * multiply_add;
}
