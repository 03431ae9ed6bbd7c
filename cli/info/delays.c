/* How late the spikes of a network with delays arrive. */
#include <math.h>

#include "info/info.h"

uint32_t info_delay_count(const loci_spec *spec) {
    bool delays = loci_spec_spikes(spec) && spec->delay == LOCI_DELAY_DISTANCE;
    uint32_t loops = spec->recurrent != 0 ? loci_spec_hidden_layers(spec) : 0;
    return delays ? loci_spec_hidden_layers(spec) + 1 + loops : 0;
}

/* Sums until all ways were seen. */
typedef struct sums {
    delay_statistics *out;
    double most; /* the longest delay that there can be */
    double sum, clamped;
} sums;

static void add(void *context, const loci_way *ways, size_t count) {
    sums *x = context;
    for (size_t k = 0; k < count; k++) {
        double delay = (double)ways[k].delay;
        x->out->shortest = fmin(x->out->shortest, delay);
        x->out->longest = fmax(x->out->longest, delay);
        x->sum += delay;
        x->clamped += delay >= x->most;
    }
    x->out->ways += count;
}

/* A loop begins with the speed of the pair that leads to its layer. */
static double speed_of(const loci_network *network, uint32_t projection) {
    const loci_spec *spec = loci_network_spec(network);
    bool loop = projection > loci_spec_hidden_layers(spec);
    uint32_t pair = loop ? projection - loci_spec_hidden_layers(spec) - 1 : projection;
    const loci_tensor *speed =
        loop ? cli_tensor(network, "recurrent", projection - loci_spec_hidden_layers(spec),
                          "log_speed")
             : cli_tensor(network, "pair", pair, "log_speed");
    return speed != NULL ? exp((double)*cli_values(network, speed)) : spec->speed[pair];
}

/* Too many ways to look at. */
static bool is_large(const loci_spec *spec, uint32_t p) {
    bool loop = p > loci_spec_hidden_layers(spec);
    uint32_t from = loop ? p - loci_spec_hidden_layers(spec) : p;
    return loci_spec_layer_size(spec, from) * loci_spec_layer_size(spec, loop ? from : p + 1) >
           LOCI_MATRIX_MOST;
}

int info_measure_delays(const loci_network *network, delay_statistics *delays) {
    const loci_spec *spec = loci_network_spec(network);
    loci_error error = {0};
    for (uint32_t p = 0; p < info_delay_count(spec); p++) {
        delay_statistics *out = &delays[p];
        *out = (delay_statistics){
            .speed = speed_of(network, p), .shortest = INFINITY, .longest = -INFINITY};
        sums x = {.out = out, .most = (double)spec->longest_delay};
        if (is_large(spec, p)) {
            out->mean = out->clamped = out->shortest = out->longest = NAN;
            continue;
        }
        if (loci_network_ways(network, p, add, &x, &error) != LOCI_OK)
            return cli_error(&error);
        bool any = out->ways > 0;
        out->mean = any ? x.sum / (double)out->ways : NAN;
        out->clamped = any ? x.clamped / (double)out->ways : NAN;
        out->shortest = any ? out->shortest : NAN;
        out->longest = any ? out->longest : NAN;
    }
    return CLI_GO_ON;
}

json_t *info_delay_json(const delay_statistics *delays) {
    json_t *object = json_object();
    json_object_set_new(object, "site_pairs", json_integer((json_int_t)delays->ways));
    json_object_set_new(object, "speed", cli_json_real(delays->speed));
    json_object_set_new(object, "shortest", cli_json_real(delays->shortest));
    json_object_set_new(object, "mean", cli_json_real(delays->mean));
    json_object_set_new(object, "longest", cli_json_real(delays->longest));
    json_object_set_new(object, "clamped", cli_json_real(delays->clamped));
    return object;
}

json_t *info_loops_json(const info_subject *it) {
    json_t *list = json_array();
    for (uint32_t l = 1; l <= loci_spec_hidden_layers(&it->spec); l++) {
        json_t *one = json_object();
        json_object_set_new(one, "neurons",
                            json_integer((json_int_t)loci_spec_layer_size(&it->spec, l)));
        json_object_set_new(one, "delay",
                            info_delay_json(&it->delays[loci_spec_hidden_layers(&it->spec) + l]));
        json_array_append_new(list, one);
    }
    return list;
}

static const char *steps(char text[CLI_WORD], double value) {
    if (isfinite(value))
        snprintf(text, CLI_WORD, "%.2f", value);
    else
        snprintf(text, CLI_WORD, "-");
    return text;
}

void info_delays_print(const info_subject *it) {
    const loci_spec *spec = &it->spec;
    uint32_t count = info_delay_count(spec);
    if (count == 0)
        return;
    printf("\n%-15s  %11s  %8s  %8s  %8s  %8s  %s\n", "delays (steps)", "site pairs", "speed",
           "shortest", "mean", "longest", "clamped");
    for (uint32_t p = 0; p < count; p++) {
        const delay_statistics *s = &it->delays[p];
        bool loop = p > loci_spec_hidden_layers(spec);
        uint32_t from = loop ? p - loci_spec_hidden_layers(spec) : p;
        char name[CLI_WORD], ways[CLI_WORD], a[CLI_WORD], b[CLI_WORD], c[CLI_WORD], d[CLI_WORD];
        if (loop)
            snprintf(name, sizeof name, "hidden %u, loop", from);
        else
            snprintf(name, sizeof name, "%zu -> %zu", loci_spec_layer_size(spec, from),
                     loci_spec_layer_size(spec, from + 1));
        printf("%-15s  %11s  %8.4g  %8s  %8s  %8s  %7s\n", name, cli_count(ways, s->ways), s->speed,
               steps(a, s->shortest), steps(b, s->mean), steps(c, s->longest),
               cli_percent(d, s->clamped));
    }
    printf("  clamped: what would take longer than %u steps, and does not\n", spec->longest_delay);
}
