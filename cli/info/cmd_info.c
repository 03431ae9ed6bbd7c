/* loci info: shows what a model or a preset is made of. */
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "common/command_line.h"
#include "info/info.h"

enum { KEY_JSON = CLI_KEY_OWN };

static const char description[] =
    "Show what a model (a file or a run folder) or a preset is made of: layers, sites, parameters "
    "by kind; of a trained model also what training made of it. Without an argument: list the "
    "presets.";
static const char notes[] = "Examples:\n"
                            "  loci info\n"
                            "  loci info arbor-mlp-10k\n"
                            "  loci info runs/arbor-mlp-10k-s1 --json";

typedef struct info_request {
    const char *name;
    bool json;
} info_request;

/* What is shown: of a preset the network is NULL. */
typedef struct subject {
    const char *name;
    loci_spec spec; /* resolved */
    loci_train_options train;
    loci_network *network;
    double bytes; /* of the model file */
    loci_parameter_counts counts;
    size_t connections, conventional;
    pair_statistics statistics[LOCI_MAX_PAIRS];
    neuron_statistics neurons[LOCI_MAX_PAIRS]; /* of a spiking net */
} subject;

static error_t parse(int key, char *argument, struct argp_state *state) {
    info_request *request = state->input;
    switch (key) {
    case KEY_JSON:
        request->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (request->name != NULL)
            return cli_usage(argument, "one model or preset at a time; '%s' is there already",
                             request->name),
                   EINVAL;
        request->name = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int list_presets(bool json) {
    const char *name;
    if (!json)
        printf("Presets; 'loci info NAME' shows one, 'loci train NAME --data ...' trains it:\n\n");
    json_t *list = json_array();
    for (size_t i = 0; (name = loci_preset_name(i)) != NULL; i++) {
        json_t *one = json_object();
        json_object_set_new(one, "name", json_string(name));
        json_object_set_new(one, "summary", json_string(loci_preset_summary(i)));
        json_array_append_new(list, one);
        if (!json) {
            int column = printf("  %-18s ", name);
            cli_wrap(stdout, loci_preset_summary(i), column, column);
        }
    }
    if (!json) {
        json_decref(list);
        return CLI_DONE;
    }
    json_t *object = json_object();
    json_object_set_new(object, "presets", list);
    return cli_json_print(object);
}

/* The summary of a preset; that of its family for one like dense-mlp-14. */
static const char *summary_of(const char *preset) {
    const char *name;
    for (size_t i = 0; (name = loci_preset_name(i)) != NULL; i++) {
        size_t stem = strlen(name) - 1; /* a family's name ends with H */
        if (strcmp(name, preset) == 0 || (name[stem] == 'H' && strncmp(name, preset, stem) == 0 &&
                                          preset[stem] >= '0' && preset[stem] <= '9'))
            return loci_preset_summary(i);
    }
    return "";
}

static int open_model(subject *it) {
    loci_error error = {0};
    struct stat info;
    char path[4096];
    if (loci_network_load(&it->network, it->name, &error) != LOCI_OK)
        return cli_error(&error);
    it->spec = *loci_network_spec(it->network);
    snprintf(path, sizeof path, "%s/model.safetensors", it->name);
    if (stat(path, &info) == 0 || stat(it->name, &info) == 0)
        it->bytes = (double)info.st_size;
    return info_measure(it->network, it->statistics);
}

static int open_subject(subject *it) {
    loci_error error = {0};
    struct stat info;
    if (loci_preset(it->name, &it->spec, &it->train, &error) == LOCI_OK) {
        if (loci_spec_resolve(&it->spec, &error) != LOCI_OK)
            return cli_error(&error);
    } else if (strpbrk(it->name, "/.") == NULL && stat(it->name, &info) != 0) {
        return cli_usage_error(&error, ""); /* no such file: it was meant as a preset */
    } else {
        int status = open_model(it);
        if (status != CLI_GO_ON)
            return status;
    }
    if (it->spec.neuron == LOCI_NEURON_LIF)
        info_neurons(&it->spec, it->network, it->neurons);
    loci_spec_count(&it->spec, &it->counts);
    it->conventional = loci_spec_connections(&it->spec);
    it->connections =
        it->network != NULL ? loci_network_connections(it->network) : it->conventional;
    for (uint32_t l = 1; l <= it->spec.hidden_count + 1; l++)
        it->conventional += loci_spec_layer_size(&it->spec, l);
    return CLI_GO_ON;
}

static json_t *number(size_t n) {
    return json_integer((json_int_t)n);
}

/* NaN for a net too large to look at. */
static double kept_of(const subject *it) {
    double sum = 0;
    for (uint32_t pair = 0; pair <= it->spec.hidden_count; pair++)
        sum += it->statistics[pair].kept;
    return sum;
}

static const char *pruned_by(const subject *it) {
    static const char *const names[] = {"distance", "weight", "range", "set"};
    int by = loci_network_pruned_by(it->network);
    return by == LOCI_UNPRUNED ? "" : names[by];
}

static json_t *json_of_pair(const subject *it, uint32_t pair) {
    const loci_spec *spec = &it->spec;
    const pair_statistics *s = &it->statistics[pair];
    json_t *one = json_object();
    json_object_set_new(one, "from", number(loci_spec_layer_size(spec, pair)));
    json_object_set_new(one, "to", number(loci_spec_layer_size(spec, pair + 1)));
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
    json_object_set_new(one, "connections_kept",
                        isfinite(s->kept) ? number((size_t)s->kept) : json_null());
    json_object_set_new(one, "wiring_length", cli_json_real(s->wiring));
    json_t *lengths = json_array();
    for (size_t k = 0; k < 5; k++)
        json_array_append_new(lengths, cli_json_real(s->length[k]));
    json_object_set_new(one, "lengths", lengths);
    return one;
}

static int report_json(const subject *it) {
    json_t *object = json_object(), *kinds = json_object();
    json_t *layers = json_array(), *pairs = json_array();
    const char *preset = it->network != NULL ? loci_network_note(it->network, "preset") : it->name;
    json_object_set_new(object, "preset", cli_json_text(preset));
    if (it->network != NULL) {
        json_object_set_new(object, "dataset",
                            cli_json_text(loci_network_note(it->network, "dataset")));
        json_object_set_new(object, "bytes", number((size_t)it->bytes));
    }
    for (uint32_t l = 0; l <= it->spec.hidden_count + 1; l++)
        json_array_append_new(layers, number(loci_spec_layer_size(&it->spec, l)));
    for (uint32_t pair = 0; pair <= it->spec.hidden_count; pair++)
        json_array_append_new(pairs, json_of_pair(it, pair));
    json_object_set_new(kinds, "positions", number(it->counts.positions));
    json_object_set_new(kinds, "charges", number(it->counts.charges));
    json_object_set_new(kinds, "gaps", number(it->counts.gaps));
    json_object_set_new(kinds, "scales", number(it->counts.scales));
    json_object_set_new(kinds, "biases", number(it->counts.biases));
    json_object_set_new(kinds, "weights", number(it->counts.weights));
    json_object_set_new(kinds, "betas", number(it->counts.betas));
    json_object_set_new(kinds, "thresholds", number(it->counts.thresholds));
    json_object_set_new(object, "layers", layers);
    json_object_set_new(object, "parameters", number(it->counts.total));
    json_object_set_new(object, "parameters_by_kind", kinds);
    json_object_set_new(object, "connections", number(it->connections));
    if (it->network != NULL) {
        double kept = kept_of(it);
        json_object_set_new(object, "connections_kept",
                            isfinite(kept) ? number((size_t)kept) : json_null());
        json_object_set_new(object, "sparsity", cli_json_real(1 - kept / (double)it->connections));
        json_object_set_new(object, "pruned_by", cli_json_text(pruned_by(it)));
    }
    json_object_set_new(object, "conventional_parameters", number(it->conventional));
    json_object_set_new(object, "pairs", pairs);
    if (it->spec.neuron == LOCI_NEURON_LIF)
        json_object_set_new(object, "neurons", info_neurons_json(&it->spec, it->neurons));
    json_object_set_new(object, "options", cli_json_spec(&it->spec));
    return cli_json_print(object);
}

/* Writes "NAME VALUE, NAME VALUE..." over as many lines as it takes. */
typedef struct paragraph {
    int column;
} paragraph;

static void put_option(paragraph *at, const char *name, const char *value) {
    enum { INDENT = 2, WIDTH = 78 };
    int length = (int)(strlen(name) + strlen(value)) + 1;
    bool first = at->column == 0;
    bool breaks = !first && at->column + 2 + length > WIDTH;
    if (!first)
        printf(breaks ? ",\n" : ", ");
    if (first || breaks)
        printf("%*s", INDENT, "");
    printf("%s %s", name, value);
    at->column = first || breaks ? INDENT + length : at->column + 2 + length;
}

static void print_options(const subject *it) {
    size_t count;
    char value[512];
    paragraph at = {0};
    const loci_field *fields = loci_spec_fields(&count);
    printf("\nmodel options\n");
    for (size_t i = 0; i < count; i++) {
        bool spiking = it->spec.neuron == LOCI_NEURON_LIF || strcmp(fields[i].name, "neuron") == 0;
        if (fields[i].nets == LOCI_NETS_SPATIAL && it->spec.wiring == LOCI_WIRING_DENSE)
            continue;
        if (fields[i].nets == LOCI_NETS_SPIKING && !spiking)
            continue;
        if (loci_spec_get(&it->spec, fields[i].name, value, sizeof value) == LOCI_OK)
            put_option(&at, fields[i].name, value);
    }
    printf("\n");
    if (it->network != NULL)
        return;
    at.column = 0;
    fields = loci_train_fields(&count);
    printf("\ntraining options\n");
    for (size_t i = 0; i < count; i++)
        if (loci_train_get(&it->train, fields[i].name, value, sizeof value) == LOCI_OK)
            put_option(&at, fields[i].name, value);
    printf("\n");
}

static void print_layers(const subject *it) {
    const loci_spec *spec = &it->spec;
    bool spatial = spec->wiring == LOCI_WIRING_SPATIAL;
    char count[CLI_WORD], name[CLI_WORD];
    printf("\n%-15s  %11s", "layers", "connections");
    if (spatial)
        printf("  %10s  %14s  %6s", "axon sites", "dendrite sites", "gap");
    printf("\n");
    for (uint32_t pair = 0; pair <= spec->hidden_count; pair++) {
        size_t n = loci_spec_layer_size(spec, pair), m = loci_spec_layer_size(spec, pair + 1);
        snprintf(name, sizeof name, "%zu -> %zu", n, m);
        printf("%-15s  %11s", name, cli_count(count, (uint64_t)n * m));
        if (spatial)
            printf("  %10u  %14u", spec->axon_sites[pair], spec->dendrite_sites[pair]);
        if (spatial && spec->planes != LOCI_PLANES_RELAXED)
            printf("  %6g", spec->gap[pair]);
        else if (spatial)
            printf("  %6s", "-");
        printf("\n");
    }
}

static void print_kind(const char *name, size_t n) {
    char count[CLI_WORD];
    if (n > 0)
        printf("  %-13s  %11s\n", name, cli_count(count, n));
}

static void print_parameters(const subject *it) {
    const loci_parameter_counts *counts = &it->counts;
    char count[CLI_WORD], bytes[CLI_WORD];
    printf("\n%-15s  %11s\n", "parameters", cli_count(count, counts->total));
    print_kind("positions", counts->positions);
    print_kind("charges", counts->charges);
    print_kind("gaps", counts->gaps);
    print_kind("scales", counts->scales);
    print_kind("biases", counts->biases);
    print_kind("weights", counts->weights);
    print_kind("betas", counts->betas);
    print_kind("thresholds", counts->thresholds);
    if (it->spec.wiring == LOCI_WIRING_SPATIAL)
        printf("%-15s  %11s  a conventional net of this size; %.1f times as many\n", "conventional",
               cli_count(count, it->conventional),
               (double)it->conventional / (double)counts->total);
    if (it->network != NULL)
        printf("%-15s  %11s\n", "model file", cli_bytes(bytes, it->bytes));
}

static const char *decimal(char text[CLI_WORD], double value) {
    if (isfinite(value))
        snprintf(text, CLI_WORD, "%.4g", value);
    else
        snprintf(text, CLI_WORD, "-");
    return text;
}

static void print_statistics(const subject *it) {
    char name[CLI_WORD], a[CLI_WORD], b[CLI_WORD], c[CLI_WORD], d[CLI_WORD], e[CLI_WORD];
    bool spatial = it->spec.wiring == LOCI_WIRING_SPATIAL;
    printf("\n%-15s  %10s  %10s  %8s", "trained", "excitatory", "inhibitory", "mean |w|");
    printf(spatial ? "  %8s  %8s  %s\n" : "\n", "gap", "scale", "distances");
    for (uint32_t pair = 0; pair <= it->spec.hidden_count; pair++) {
        const pair_statistics *s = &it->statistics[pair];
        snprintf(name, sizeof name, "%zu -> %zu", loci_spec_layer_size(&it->spec, pair),
                 loci_spec_layer_size(&it->spec, pair + 1));
        printf("%-15s  %10s  %10s  %8s", name, cli_percent(a, s->excitatory),
               cli_percent(b, s->inhibitory), decimal(c, s->mean_weight));
        if (spatial)
            printf("  %8s  %8s  %s", decimal(c, s->gap), decimal(d, s->scale),
                   cli_range(e, s->shortest, s->longest));
        printf("\n");
    }
}

/* Connections kept, and how long they are. */
static void print_wiring(const subject *it) {
    char name[CLI_WORD], a[CLI_WORD], b[CLI_WORD], w[6][CLI_WORD];
    bool spatial = it->spec.wiring == LOCI_WIRING_SPATIAL;
    double kept = kept_of(it), wiring = 0;
    printf("\n%-15s  %11s  %8s", "wiring", "connections", "of all");
    printf(spatial ? "  %8s  %8s  %8s  %8s  %8s  %12s\n" : "\n", "shortest", "10%", "median", "90%",
           "longest", "total length");
    for (uint32_t pair = 0; pair <= it->spec.hidden_count; pair++) {
        const pair_statistics *s = &it->statistics[pair];
        size_t n = loci_spec_layer_size(&it->spec, pair);
        size_t m = loci_spec_layer_size(&it->spec, pair + 1);
        snprintf(name, sizeof name, "%zu -> %zu", n, m);
        wiring += s->wiring;
        if (!isfinite(s->kept))
            continue;
        printf("%-15s  %11s  %8s", name, cli_count(a, (uint64_t)s->kept),
               cli_percent(b, s->kept / ((double)n * (double)m)));
        for (size_t k = 0; spatial && k < 5; k++)
            printf("  %8s", decimal(w[k], s->length[k]));
        printf(spatial ? "  %12s\n" : "\n", decimal(w[5], s->wiring));
    }
    if (!isfinite(kept))
        return;
    printf("%-15s  %11s  %8s", "all", cli_count(a, (uint64_t)kept),
           cli_percent(b, kept / (double)it->connections));
    if (spatial)
        printf("  %60s", decimal(w[0], wiring));
    printf("\n");
    if (it->connections != loci_spec_connections(&it->spec))
        printf("  the shares of the layers are of what shrinking left; that of all is of the %s "
               "connections before\n",
               cli_count(a, it->connections));
    if (*pruned_by(it) != '\0')
        printf("  pruned by %s\n", pruned_by(it));
}

static void print_title(const subject *it) {
    if (it->network == NULL) {
        const char *summary = summary_of(it->name);
        printf("%s%s%s\n", it->name, *summary != '\0' ? ": " : "", summary);
        printf("(for images of %u x %u and %u classes; the data decide)\n", it->spec.height,
               it->spec.width, it->spec.classes);
        return;
    }
    const char *preset = loci_network_note(it->network, "preset");
    const char *dataset = loci_network_note(it->network, "dataset");
    printf("%s: %s", CLI_SHOWN(it->name), *preset != '\0' ? CLI_SHOWN(preset) : "a network");
    if (*dataset != '\0')
        printf(", trained on %s", CLI_SHOWN(dataset));
    printf("\n%u x %u inputs, %u classes\n", it->spec.height, it->spec.width, it->spec.classes);
    if (it->spec.inputs > 0)
        printf("%u of the %zu pixels are looked at; the others are connected to nothing\n",
               it->spec.inputs, loci_spec_pixels(&it->spec));
}

static void report_text(const subject *it) {
    print_title(it);
    print_layers(it);
    print_parameters(it);
    if (it->network != NULL) {
        print_statistics(it);
        print_wiring(it);
    }
    if (it->spec.neuron == LOCI_NEURON_LIF)
        info_neurons_print(&it->spec, it->neurons);
    print_options(it);
}

int cmd_info(int argc, char **argv) {
    static cli_options options;
    static subject it;
    info_request request = {.name = NULL};
    cli_options_group(&options, "Result:");
    cli_options_add(&options, "json", KEY_JSON, NULL, "print one JSON object");
    int status = cli_parse(&options, "[MODEL|PRESET] [OPTION...]", description, notes, parse, argc,
                           argv, &request);
    if (status != CLI_GO_ON)
        return status;
    if (request.name == NULL)
        return list_presets(request.json);
    it.name = request.name;
    status = open_subject(&it);
    if (status == CLI_GO_ON && request.json) {
        status = report_json(&it);
    } else if (status == CLI_GO_ON) {
        report_text(&it);
        status = CLI_DONE;
    }
    loci_network_free(it.network);
    return status;
}
