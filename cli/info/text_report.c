/* What `loci info` prints for people. */
#include <math.h>
#include <string.h>

#include "info/info.h"

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

static bool is_among(const char *name, const char *const *names) {
    while (*names != NULL && strcmp(name, *names) != 0)
        names++;
    return *names != NULL;
}

/* An image under maps stands still; without maps nothing is said of them. */
static bool is_of_other_nets(const loci_spec *spec, const char *name) {
    static const char *const of_maps[] = {"maps", "window", "pool", "stride", NULL};
    static const char *const of_input[] = {"input", "extent", "noise", NULL};
    return is_among(name, spec->maps_count > 0 ? of_input : of_maps);
}

/* Whether an option says anything about this network. */
static bool acts(const loci_spec *spec, const loci_field *field) {
    bool spiking = loci_spec_spikes(spec);
    bool of_length = strcmp(field->name, "length") == 0 || strcmp(field->name, "train-length") == 0;
    if (of_length && !info_has_length(spec))
        return false;
    if (is_of_other_nets(spec, field->name))
        return false;
    if (strcmp(field->name, "task") == 0) /* of classes it goes without saying */
        return spec->task != LOCI_TASK_CLASSIFY;
    switch (field->nets) {
    case LOCI_NETS_SPATIAL:
        return spec->wiring == LOCI_WIRING_SPATIAL;
    case LOCI_NETS_SPIKING:
        return spiking || strcmp(field->name, "neuron") == 0;
    case LOCI_NETS_CONTINUOUS:
        return !spiking;
    default:
        return true;
    }
}

static void print_options(const info_subject *it) {
    size_t count;
    char value[512];
    paragraph at = {0};
    const loci_field *fields = loci_spec_fields(&count);
    printf("\nmodel options\n");
    for (size_t i = 0; i < count; i++)
        if (acts(&it->spec, &fields[i]) &&
            loci_spec_get(&it->spec, fields[i].name, value, sizeof value) == LOCI_OK)
            put_option(&at, fields[i].name, value);
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

static void print_layers(const info_subject *it) {
    const loci_spec *spec = &it->spec;
    bool spatial = spec->wiring == LOCI_WIRING_SPATIAL;
    char count[CLI_WORD], name[2 * CLI_WORD];
    printf("\n%-15s  %11s", "layers", "connections");
    if (spatial)
        printf("  %10s  %14s  %6s", "axon sites", "dendrite sites", "gap");
    printf("\n");
    for (uint32_t pair = 0; pair <= loci_spec_hidden_layers(spec); pair++) {
        size_t n, m;
        loci_spec_pair_shape(spec, pair, &n, &m);
        printf("%-15s  %11s", info_pair_name(name, spec, pair), cli_count(count, (uint64_t)n * m));
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

static void print_parameters(const info_subject *it) {
    const loci_parameter_counts *counts = &it->counts;
    char count[CLI_WORD], bytes[CLI_WORD];
    uint32_t bits, charge_bits;
    printf("\n%-15s  %11s\n", "parameters", cli_count(count, counts->total));
    if (it->network != NULL && loci_network_rounding(it->network, &bits, &charge_bits))
        printf("  they act rounded: positions to %u bits, charges to %u\n", bits, charge_bits);
    bits = it->network != NULL ? loci_network_weight_bits(it->network) : 0;
    if (bits > 0)
        printf("  weights act rounded to %u bits%s\n", bits, bits == 2 ? ": -1, 0 and 1" : "");
    print_kind("positions", counts->positions);
    print_kind("charges", counts->charges);
    print_kind("gaps", counts->gaps);
    print_kind("scales", counts->scales);
    print_kind("biases", counts->biases);
    print_kind("weights", counts->weights);
    print_kind("betas", counts->betas);
    print_kind("thresholds", counts->thresholds);
    print_kind("ranges", counts->ranges);
    print_kind("lengths", counts->lengths);
    print_kind("speeds", counts->speeds);
    print_kind("adaptations", counts->adaptations);
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

static const char *interval(char text[CLI_WORD], double a, double b) {
    if (isfinite(a) && isfinite(b))
        snprintf(text, CLI_WORD, "%.3g..%.3g", a, b);
    else
        snprintf(text, CLI_WORD, "-");
    return text;
}

static void print_statistics(const info_subject *it) {
    char name[2 * CLI_WORD], a[CLI_WORD], b[CLI_WORD], c[CLI_WORD], d[CLI_WORD], e[CLI_WORD];
    bool spatial = it->spec.wiring == LOCI_WIRING_SPATIAL;
    printf("\n%-15s  %10s  %10s  %8s", "trained", "excitatory", "inhibitory", "mean |w|");
    bool length = info_has_length(&it->spec);
    if (spatial)
        printf("  %8s  %8s%s  %s", "gap", "scale", length ? "    length" : "", "distances");
    printf("\n");
    for (uint32_t pair = 0; pair <= loci_spec_hidden_layers(&it->spec); pair++) {
        const pair_statistics *s = &it->statistics[pair];
        printf("%-15s  %10s  %10s  %8s", info_pair_name(name, &it->spec, pair),
               cli_percent(a, s->excitatory), cli_percent(b, s->inhibitory),
               decimal(c, s->mean_weight));
        if (spatial)
            printf("  %8s  %8s", decimal(c, s->gap), decimal(d, s->scale));
        if (length)
            printf("  %8s", decimal(c, s->law_length));
        if (spatial)
            printf("  %s", interval(e, s->shortest, s->longest));
        printf("\n");
    }
}

/* Connections kept, and how long they are. */
static void print_wiring(const info_subject *it) {
    char name[2 * CLI_WORD], a[CLI_WORD], b[CLI_WORD], w[6][CLI_WORD];
    bool spatial = it->spec.wiring == LOCI_WIRING_SPATIAL;
    double kept = info_kept(it), wiring = 0;
    printf("\n%-15s  %11s  %8s", "wiring", "connections", "of all");
    printf(spatial ? "  %8s  %8s  %8s  %8s  %8s  %12s\n" : "\n", "shortest", "10%", "median", "90%",
           "longest", "total length");
    for (uint32_t pair = 0; pair <= loci_spec_hidden_layers(&it->spec); pair++) {
        const pair_statistics *s = &it->statistics[pair];
        size_t n, m;
        loci_spec_pair_shape(&it->spec, pair, &n, &m);
        info_pair_name(name, &it->spec, pair);
        wiring += s->wiring;
        if (!isfinite(s->kept)) {
            if (n * m > INFO_MOST_CONNECTIONS)
                printf("%-15s  %11s  too many to look at; that is done up to %s\n", name,
                       cli_count(a, (uint64_t)n * m), cli_count(b, INFO_MOST_CONNECTIONS));
            continue;
        }
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
    if (*info_pruned_by(it) != '\0')
        printf("  pruned by %s\n", info_pruned_by(it));
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

static void print_title(const info_subject *it) {
    if (it->network == NULL) {
        const char *summary = summary_of(it->name);
        printf("%s%s%s\n", it->name, *summary != '\0' ? ": " : "", summary);
        if (it->spec.coding == LOCI_CODING_EVENTS)
            printf("(for %u channels", it->spec.width);
        else
            printf("(for images of %u x %u", it->spec.height, it->spec.width);
        printf(" and %u classes; the data decide)\n", it->spec.classes);
        return;
    }
    const char *preset = loci_network_note(it->network, "preset");
    const char *dataset = loci_network_note(it->network, "dataset");
    printf("%s: %s", CLI_SHOWN(it->name), *preset != '\0' ? CLI_SHOWN(preset) : "a network");
    if (*dataset != '\0')
        printf(", trained on %s", CLI_SHOWN(dataset));
    char shape[CLI_WORD];
    bool flat = it->spec.height == 1 && it->spec.channels == 1;
    if (flat)
        printf("\n%u input%s, ", it->spec.width, it->spec.width == 1 ? "" : "s");
    else
        printf("\n%s inputs, ",
               cli_shape(shape, it->spec.height, it->spec.width, it->spec.channels));
    info_print_names(it);
    if (it->spec.inputs > 0)
        printf("%u of the %zu %s are looked at; the others are connected to nothing\n",
               it->spec.inputs, loci_spec_pixels(&it->spec),
               flat ? "inputs" : (it->spec.channels > 1 ? "values" : "pixels"));
}

void info_report_text(const info_subject *it) {
    print_title(it);
    info_maps_print(&it->spec);
    print_layers(it);
    print_parameters(it);
    if (it->network != NULL) {
        print_statistics(it);
        print_wiring(it);
        info_delays_print(it);
    }
    if (loci_spec_spikes(&it->spec))
        info_neurons_print(&it->spec, it->neurons);
    print_options(it);
}
