/* What `loci info` tells about spiking neurons. */
#include <math.h>

#include "info/info.h"

json_t *info_neurons_json(const loci_spec *spec, const neuron_statistics *neurons) {
    json_t *list = json_array();
    for (uint32_t l = 0; l <= spec->hidden_count; l++) {
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

static const char *constant(char text[CLI_WORD], const double range[2], bool trained) {
    if (!isfinite(range[0]))
        snprintf(text, CLI_WORD, "-");
    else if (range[0] < range[1])
        snprintf(text, CLI_WORD, "%.4g..%.4g", range[0], range[1]);
    else
        snprintf(text, CLI_WORD, trained ? "%.4g" : "%.4g (fixed)", range[0]);
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
    printf("\nspiking: leaky integrate-and-fire neurons over %u time step%s\n", spec->time_steps,
           spec->time_steps == 1 ? "" : "s");
    printf("  input %s, readout %s, reset %s, surrogate %s (slope %s)\n", coding, readout, reset,
           surrogate, slope);
    printf("  %-13s  %11s  %16s  %16s\n", "layer", "neurons", "beta", "threshold");
    for (uint32_t l = 0; l <= spec->hidden_count; l++) {
        const neuron_statistics *n = &neurons[l];
        char name[CLI_WORD], count[CLI_WORD];
        snprintf(name, sizeof name, "hidden %u", l + 1);
        printf("  %-13s  %11s  %16s  %16s\n", l < spec->hidden_count ? name : "output",
               cli_count(count, loci_spec_layer_size(spec, l + 1)),
               constant(beta, n->beta, n->trains_beta),
               constant(threshold, n->threshold, n->trains_threshold));
    }
}
