/* What `loci info --json` prints. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "info/info.h"

static json_t *number(size_t n) {
    return json_integer((json_int_t)n);
}

/* NULL when memory is short. */
static json_t *options_json(const loci_spec *spec) {
    char *text = loci_spec_json(spec);
    json_t *object = text == NULL ? NULL : json_loads(text, JSON_ALLOW_NUL, NULL);
    free(text);
    return object;
}

static json_t *json_of_pair(const info_subject *it, uint32_t pair) {
    const loci_spec *spec = &it->spec;
    const pair_statistics *s = &it->statistics[pair];
    json_t *one = json_object();
    json_object_set_new(one, "from", number(loci_spec_layer_size(spec, pair)));
    json_object_set_new(one, "to", number(loci_spec_layer_size(spec, pair + 1)));
    if (pair < spec->maps_count) {
        size_t n, m;
        loci_spec_pair_shape(spec, pair, &n, &m);
        json_object_set_new(one, "stencil", json_pack("[I, I]", (json_int_t)n, (json_int_t)m));
    }
    if (it->network == NULL)
        return one;
    json_object_set_new(one, "gap", cli_json_real(s->gap));
    json_object_set_new(one, "scale", cli_json_real(s->scale));
    json_object_set_new(one, "excitatory", cli_json_real(s->excitatory));
    json_object_set_new(one, "inhibitory", cli_json_real(s->inhibitory));
    json_object_set_new(one, "mean_weight", cli_json_real(s->mean_weight));
    json_object_set_new(one, "shortest_distance", cli_json_real(s->shortest));
    json_object_set_new(one, "longest_distance", cli_json_real(s->longest));
    json_object_set_new(one, "range", cli_json_real(s->range));
    if (info_has_length(spec))
        json_object_set_new(one, "law_length", cli_json_real(s->law_length));
    json_object_set_new(one, "connections_kept",
                        isfinite(s->kept) ? number((size_t)s->kept) : json_null());
    json_object_set_new(one, "wiring_length", cli_json_real(s->wiring));
    json_t *lengths = json_array();
    for (size_t k = 0; k < 5; k++)
        json_array_append_new(lengths, cli_json_real(s->length[k]));
    json_object_set_new(one, "lengths", lengths);
    if (info_delay_count(spec) > 0)
        json_object_set_new(one, "delay", info_delay_json(&it->delays[pair]));
    return one;
}

static json_t *json_of_kinds(const loci_parameter_counts *counts) {
    json_t *kinds = json_object();
    json_object_set_new(kinds, "positions", number(counts->positions));
    json_object_set_new(kinds, "charges", number(counts->charges));
    json_object_set_new(kinds, "gaps", number(counts->gaps));
    json_object_set_new(kinds, "scales", number(counts->scales));
    json_object_set_new(kinds, "biases", number(counts->biases));
    json_object_set_new(kinds, "weights", number(counts->weights));
    json_object_set_new(kinds, "betas", number(counts->betas));
    json_object_set_new(kinds, "thresholds", number(counts->thresholds));
    if (counts->ranges > 0)
        json_object_set_new(kinds, "ranges", number(counts->ranges));
    if (counts->lengths > 0)
        json_object_set_new(kinds, "lengths", number(counts->lengths));
    if (counts->speeds > 0)
        json_object_set_new(kinds, "speeds", number(counts->speeds));
    if (counts->adaptations > 0)
        json_object_set_new(kinds, "adaptations", number(counts->adaptations));
    return kinds;
}

/* Names of what a regressor predicts, and the mean and deviation that it learnt them by. */
static json_t *json_of_outputs(const info_subject *it) {
    const float *mean, *deviation;
    json_t *list = json_array(), *names = cli_output_names(it->network);
    loci_network_target_scaling(it->network, &mean, &deviation);
    for (uint32_t k = 0; k < it->spec.classes; k++) {
        char text[CLI_WORD];
        json_t *one = json_object();
        json_object_set_new(one, "output", cli_json_text(cli_output_name(names, k, text)));
        json_object_set_new(one, "mean", cli_json_real(mean != NULL ? (double)mean[k] : NAN));
        json_object_set_new(one, "deviation",
                            cli_json_real(deviation != NULL ? (double)deviation[k] : NAN));
        json_array_append_new(list, one);
    }
    json_decref(names);
    return list;
}

int info_report_json(const info_subject *it) {
    json_t *object = json_object(), *layers = json_array(), *pairs = json_array();
    const char *preset = it->network != NULL ? loci_network_note(it->network, "preset") : it->name;
    json_object_set_new(object, "preset", cli_json_text(preset));
    if (it->network != NULL) {
        json_object_set_new(object, "dataset",
                            cli_json_text(loci_network_note(it->network, "dataset")));
        json_object_set_new(object, "bytes", number((size_t)it->bytes));
    }
    if (it->network != NULL && it->spec.task == LOCI_TASK_REGRESS) {
        json_object_set_new(object, "task", json_string("regress"));
        json_object_set_new(object, "outputs", json_of_outputs(it));
    }
    if (it->network != NULL && it->spec.task == LOCI_TASK_CLASSIFY) {
        json_t *names = cli_output_names(it->network);
        json_object_set_new(object, "classes", names != NULL ? names : json_null());
    }
    json_t *columns = it->network != NULL ? info_columns(it->network) : NULL;
    if (columns != NULL)
        json_object_set_new(object, "columns", columns);
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(&it->spec) + 1; l++)
        json_array_append_new(layers, number(loci_spec_layer_size(&it->spec, l)));
    for (uint32_t pair = 0; pair <= loci_spec_hidden_layers(&it->spec); pair++)
        json_array_append_new(pairs, json_of_pair(it, pair));
    json_object_set_new(object, "layers", layers);
    if (it->spec.maps_count > 0)
        json_object_set_new(object, "maps", info_maps_json(&it->spec));
    json_object_set_new(object, "parameters", number(it->counts.total));
    json_object_set_new(object, "parameters_by_kind", json_of_kinds(&it->counts));
    uint32_t bits, charge_bits;
    if (it->network != NULL && loci_network_rounding(it->network, &bits, &charge_bits)) {
        json_object_set_new(object, "position_bits", json_integer(bits));
        json_object_set_new(object, "charge_bits", json_integer(charge_bits));
    }
    bits = it->network != NULL ? loci_network_weight_bits(it->network) : 0;
    if (bits > 0)
        json_object_set_new(object, "weight_bits", json_integer(bits));
    json_object_set_new(object, "connections", number(it->connections));
    if (it->network != NULL) {
        double kept = info_kept(it);
        json_object_set_new(object, "connections_kept",
                            isfinite(kept) ? number((size_t)kept) : json_null());
        json_object_set_new(object, "sparsity", cli_json_real(1 - kept / (double)it->connections));
        json_object_set_new(object, "pruned_by", cli_json_text(info_pruned_by(it)));
    }
    json_object_set_new(object, "conventional_parameters", number(it->conventional));
    json_object_set_new(object, "pairs", pairs);
    if (it->network != NULL && info_delay_count(&it->spec) > loci_spec_hidden_layers(&it->spec) + 1)
        json_object_set_new(object, "loops", info_loops_json(it));
    if (loci_spec_spikes(&it->spec))
        json_object_set_new(object, "neurons", info_neurons_json(&it->spec, it->neurons));
    json_object_set_new(object, "options", options_json(&it->spec));
    return cli_json_print(object);
}
