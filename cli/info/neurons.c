/* The constants of spiking neurons: what they are, and what `loci info` tells about them. */
#include <math.h>

#include "info/info.h"

/* Smallest and largest value of a trained constant in a layer; left as it is where there is none.
 */
static void limits_of(const loci_network *network, uint32_t layer, const char *name,
                      double limits[2]) {
    const loci_tensor *tensor = network != NULL ? cli_tensor(network, "layer", layer, name) : NULL;
    if (tensor == NULL)
        return;
    const float *value = cli_values(network, tensor);
    limits[0] = INFINITY;
    limits[1] = -INFINITY;
    cli_widen(limits, value, tensor->count, 1);
}

void info_neurons(const loci_spec *spec, const loci_network *network, neuron_statistics *out) {
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec); l++) {
        bool fires = loci_spec_fires(spec, l + 1);
        double theta = fires ? spec->threshold : NAN;
        out[l] = (neuron_statistics){{spec->beta, spec->beta},
                                     {theta, theta},
                                     spec->train_beta != LOCI_TRAINED_NO,
                                     fires && spec->train_threshold != LOCI_TRAINED_NO};
        limits_of(network, l + 1, "beta", out[l].beta);
        limits_of(network, l + 1, "threshold", out[l].threshold);
        for (int i = 0; i < 2; i++) /* beta acts clamped */
            out[l].beta[i] = fmin(fmax(out[l].beta[i], 0), 1);
    }
}

json_t *info_neurons_json(const loci_spec *spec, const neuron_statistics *neurons) {
    json_t *list = json_array();
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec); l++) {
        const neuron_statistics *n = &neurons[l];
        json_t *one = json_object(), *beta = json_array(), *threshold = json_array();
        for (int i = 0; i < 2; i++) {
            json_array_append_new(beta, cli_json_real(n->beta[i]));
            json_array_append_new(threshold, cli_json_real(n->threshold[i]));
        }
        json_object_set_new(one, "beta", beta);
        json_object_set_new(one, "threshold", threshold);
        json_array_append_new(list, one);
    }
    return list;
}

static const char *constant(char text[CLI_WORD], const double limits[2], bool trained) {
    if (!isfinite(limits[0]))
        snprintf(text, CLI_WORD, "-");
    else if (limits[0] < limits[1])
        snprintf(text, CLI_WORD, "%.4g..%.4g", limits[0], limits[1]);
    else
        snprintf(text, CLI_WORD, trained ? "%.4g" : "%.4g (fixed)", limits[0]);
    return text;
}

void info_neurons_print(const loci_spec *spec, const neuron_statistics *neurons) {
    char coding[64] = "", readout[64] = "", reset[64] = "", surrogate[64] = "", slope[64] = "";
    char beta[CLI_WORD], threshold[CLI_WORD];
    loci_spec_get(spec, "coding", coding, sizeof coding);
    loci_spec_get(spec, "readout", readout, sizeof readout);
    loci_spec_get(spec, "reset", reset, sizeof reset);
    loci_spec_get(spec, "surrogate", surrogate, sizeof surrogate);
    loci_spec_get(spec, "slope", slope, sizeof slope);
    printf("\nspiking: %sleaky integrate-and-fire neurons over %u time step%s\n",
           spec->neuron == LOCI_NEURON_ADLIF ? "adaptive " : "", spec->time_steps,
           spec->time_steps == 1 ? "" : "s");
    printf("  input %s, readout %s, reset %s, surrogate %s (slope %s)\n", coding, readout, reset,
           surrogate, slope);
    printf("  %-13s  %11s  %16s  %16s\n", "layer", "neurons", "beta", "threshold");
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(spec); l++) {
        const neuron_statistics *n = &neurons[l];
        char name[CLI_WORD], count[CLI_WORD];
        loci_maps maps;
        snprintf(name, sizeof name, "hidden %u", l + 1);
        printf("  %-13s  %11s  %16s  %16s", l < loci_spec_hidden_layers(spec) ? name : "output",
               cli_count(count, loci_spec_layer_size(spec, l + 1)),
               constant(beta, n->beta, n->trains_beta),
               constant(threshold, n->threshold, n->trains_threshold));
        if (loci_spec_maps(spec, l + 1, &maps) != 0)
            printf("  in %u map%s", maps.count, maps.count == 1 ? "" : "s");
        printf("\n");
    }
}
