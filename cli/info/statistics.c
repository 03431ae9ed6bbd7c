/* What training made of a network, measured from its tensors and weights. */
#include <math.h>
#include <stdlib.h>

#include "info/info.h"

/* Sites on one side of a layer pair. */
typedef struct site_list {
    const float *at; /* [count, coordinates] */
    size_t count, coordinates;
} site_list;

static site_list sites_of(const loci_network *network, const loci_tensor *positions) {
    size_t coordinates = positions->shape[positions->rank - 1];
    return (site_list){cli_values(network, positions), positions->count / coordinates, coordinates};
}

/* Shortest and longest way between sites. A large net is sampled: every step-th site. */
static void measure_ways(const loci_spec *spec, site_list a, site_list b, pair_statistics *out) {
    enum { MOST_SITES = 4096 };
    size_t step_a = a.count / MOST_SITES + 1, step_b = b.count / MOST_SITES + 1;
    double least = INFINITY, most = 0;
    for (size_t i = 0; i < a.count; i += step_a)
        for (size_t j = 0; j < b.count; j += step_b) {
            double square = 0;
            for (size_t c = 0; c < a.coordinates; c++) {
                double d =
                    (double)a.at[i * a.coordinates + c] - (double)b.at[j * a.coordinates + c];
                square += d * d;
            }
            least = fmin(least, square);
            most = fmax(most, square);
        }
    double gap = isfinite(out->gap) ? out->gap : 0;
    double extra = gap * gap + spec->softening * spec->softening;
    out->shortest = sqrt(least + extra);
    out->longest = sqrt(most + extra);
}

static int measure_distances(const loci_network *network, uint32_t pair, pair_statistics *out) {
    const loci_spec *spec = loci_network_spec(network);
    const loci_tensor *p = cli_positions(network, pair, true),
                      *q = cli_positions(network, pair, false);
    if (!cli_on_grid(spec, pair)) {
        /* a sheet's inputs have no tensor */
        if (p != NULL && q != NULL)
            measure_ways(spec, sites_of(network, p), sites_of(network, q), out);
        return CLI_GO_ON;
    }
    site_list grid;
    float *at = cli_grid_sites(network, pair, &grid.count, &grid.coordinates);
    if (at == NULL)
        return cli_fail("info", "out of memory");
    grid.at = at;
    measure_ways(spec, grid, sites_of(network, q), out);
    free(at);
    return CLI_GO_ON;
}

static int compare_lengths(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* lengths [count] of kept connections. */
static void describe_lengths(float *lengths, size_t count, pair_statistics *out) {
    static const double shares[5] = {0, 0.1, 0.5, 0.9, 1};
    qsort(lengths, count, sizeof *lengths, compare_lengths);
    out->wiring = 0;
    for (size_t i = 0; i < count; i++)
        out->wiring += (double)lengths[i];
    for (size_t k = 0; count > 0 && k < 5; k++)
        out->length[k] = (double)lengths[(size_t)(shares[k] * (double)(count - 1) + 0.5)];
}

/* What is kept, and how long it is. */
static int measure_wiring(const loci_network *network, uint32_t pair, pair_statistics *out) {
    const loci_spec *spec = loci_network_spec(network);
    size_t n, m, kept;
    loci_spec_pair_shape(spec, pair, &n, &m);
    size_t all = n * m;
    loci_error error = {0};
    if (all > INFO_MOST_CONNECTIONS)
        return CLI_GO_ON;
    uint8_t *mask = malloc(all);
    float *lengths = malloc(all * sizeof *lengths);
    int status = mask == NULL || lengths == NULL
                     ? cli_fail("info", "out of memory")
                     : loci_network_kept(network, pair, mask, &kept, &error);
    if (status == LOCI_OK)
        out->kept = (double)kept;
    if (status == LOCI_OK && spec->wiring == LOCI_WIRING_SPATIAL)
        status = loci_network_lengths(network, pair, lengths, &error);
    if (status == LOCI_OK && spec->wiring == LOCI_WIRING_SPATIAL) {
        size_t count = 0;
        for (size_t i = 0; i < all; i++)
            if (mask[i] != 0)
                lengths[count++] = lengths[i];
        describe_lengths(lengths, count, out);
    }
    free(mask);
    free(lengths);
    if (status == LOCI_OK)
        return CLI_GO_ON;
    return error.code != LOCI_OK ? cli_error(&error) : status;
}

static int measure_weights(const loci_network *network, uint32_t pair, pair_statistics *out) {
    const loci_spec *spec = loci_network_spec(network);
    size_t n, m;
    loci_spec_pair_shape(spec, pair, &n, &m);
    size_t count = n * m;
    loci_error error = {0};
    if (count > INFO_MOST_CONNECTIONS)
        return CLI_GO_ON;
    float *weights = calloc(count, sizeof *weights);
    if (weights == NULL)
        return cli_fail("info", "out of memory");
    if (loci_network_weights(network, pair, weights, &error) != LOCI_OK) {
        free(weights);
        return cli_error(&error);
    }
    size_t above = 0, below = 0;
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        above += weights[i] > 0;
        below += weights[i] < 0;
        sum += fabs((double)weights[i]);
    }
    free(weights);
    out->excitatory = (double)above / (double)count;
    out->inhibitory = (double)below / (double)count;
    out->mean_weight = sum / (double)count;
    return CLI_GO_ON;
}

bool info_has_length(const loci_spec *spec) {
    return spec->wiring == LOCI_WIRING_SPATIAL &&
           (spec->law == LOCI_LAW_EXPONENTIAL || spec->law == LOCI_LAW_GAUSSIAN);
}

/* What the numbers of a spatial pair are, trained or not. */
static void measure_numbers(const loci_network *network, uint32_t pair, pair_statistics *out) {
    const loci_spec *spec = loci_network_spec(network);
    const loci_tensor *gap = cli_tensor(network, "pair", pair, "gap");
    const loci_tensor *scale = cli_tensor(network, "pair", pair, "log_scale");
    const loci_tensor *range = cli_tensor(network, "pair", pair, "range");
    if (spec->planes != LOCI_PLANES_RELAXED)
        out->gap = gap != NULL ? fabs((double)*cli_values(network, gap)) : spec->gap[pair];
    out->scale = scale != NULL ? exp((double)*cli_values(network, scale)) : 1;
    const loci_tensor *length = cli_tensor(network, "pair", pair, "log_length");
    if (info_has_length(spec))
        out->law_length =
            length != NULL ? exp((double)*cli_values(network, length)) : spec->length[pair];
    if (range != NULL || spec->range[pair] > 0)
        out->range = range != NULL ? fabs((double)*cli_values(network, range)) : spec->range[pair];
}

int info_measure(const loci_network *network, pair_statistics *statistics) {
    const loci_spec *spec = loci_network_spec(network);
    int status = CLI_GO_ON;
    for (uint32_t pair = 0; pair <= loci_spec_hidden_layers(spec) && status == CLI_GO_ON; pair++) {
        pair_statistics *out = &statistics[pair];
        *out = (pair_statistics){.gap = NAN,
                                 .scale = NAN,
                                 .excitatory = NAN,
                                 .inhibitory = NAN,
                                 .mean_weight = NAN,
                                 .shortest = NAN,
                                 .longest = NAN,
                                 .range = INFINITY,
                                 .law_length = NAN,
                                 .kept = NAN,
                                 .wiring = NAN,
                                 .length = {NAN, NAN, NAN, NAN, NAN}};
        if (spec->wiring == LOCI_WIRING_SPATIAL) {
            measure_numbers(network, pair, out);
            status = measure_distances(network, pair, out);
        }
        if (status == CLI_GO_ON)
            status = measure_weights(network, pair, out);
        if (status == CLI_GO_ON)
            status = measure_wiring(network, pair, out);
    }
    return status;
}

double info_kept(const info_subject *it) {
    double sum = 0;
    for (uint32_t pair = 0; pair <= loci_spec_hidden_layers(&it->spec); pair++)
        sum += it->statistics[pair].kept;
    return sum;
}

const char *info_pruned_by(const info_subject *it) {
    static const char *const names[] = {"distance", "weight", "range", "set"};
    int by = loci_network_pruned_by(it->network);
    return by == LOCI_UNPRUNED ? "" : names[by];
}
