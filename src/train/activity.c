#include "train/activity.h"

#include <string.h>

void loci_tally_activity(const loci_tally *tally, const loci_spec *spec, loci_activity *out) {
    memset(out, 0, sizeof *out);
    if (spec->neuron != LOCI_NEURON_LIF || tally->samples == 0)
        return;
    double samples = (double)tally->samples, neurons = 0, steps = spec->time_steps;
    out->layers = spec->hidden_count + (spec->readout == LOCI_READOUT_COUNT);
    for (uint32_t l = 0; l < out->layers; l++) {
        double size = (double)loci_spec_layer_size(spec, l + 1),
               spikes = tally->spikes[l] / samples;
        out->layer_rate[l] = spikes / (size * steps);
        out->spikes += spikes;
        out->synaptic_operations +=
            spikes * (double)loci_spec_layer_size(spec, l + 2); /* 0 past the output */
        neurons += size;
    }
    out->spike_rate = neurons > 0 ? out->spikes / (neurons * steps) : 0;
    double entering = tally->inputs / samples * (double)loci_spec_layer_size(spec, 1);
    if (spec->coding == LOCI_CODING_CONSTANT)
        out->input_operations = entering;
    else
        out->synaptic_operations += entering;
    out->dense_operations = (double)loci_spec_connections(spec) * steps;
}

void loci_activity_energy(const loci_spec *spec, const loci_activity *activity,
                          loci_energy *energy) {
    const double add = 0.9e-12, multiply_add = 4.6e-12; /* Horowitz 2014, table for 45 nm, 0.9 V */
    energy->spiking =
        activity->synaptic_operations * add + activity->input_operations * multiply_add;
    energy->dense = (double)loci_spec_connections(spec) * multiply_add;
}
