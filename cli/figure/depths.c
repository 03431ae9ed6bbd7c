/* Histograms of the learned z of each layer's neurons, where planes are relaxed: Fig. 4 of the
 * paper. */
#include <math.h>

#include "figure/figure.h"

static void count_bins(const figure_layer *layer, figure_histogram *h) {
    for (size_t i = 0; i < layer->size * layer->sites; i++)
        figure_histogram_add(h, (double)layer->site[i * 3 + 2]);
}

static int draw(const figure_request *request, const loci_spec *spec, const figure_layer *layers,
                const double limits[2]) {
    static figure_histogram bins[FIGURE_MOST_LAYERS];
    static figure_key keys[FIGURE_MOST_LAYERS];
    size_t count = loci_spec_hidden_layers(spec) + 2;
    double most = 0;
    for (size_t l = 0; l < count; l++) {
        char word[CLI_WORD], size[CLI_WORD];
        keys[l] = (figure_key){.series = l, .line = true};
        snprintf(keys[l].name, FIGURE_NAME, "%s (%s)", figure_layer_name(spec, (uint32_t)l, word),
                 cli_count(size, layers[l].size));
        bins[l] = (figure_histogram){.low = limits[0], .high = limits[1]};
        count_bins(&layers[l], &bins[l]);
        most = fmax(most, figure_histogram_most(&bins[l]));
    }
    figure f;
    double top = figure_legend_height(keys, count, 250) + 14;
    figure_plot plot = {.x = 44, .y = top, .width = 230, .height = 150};
    plot.across = (figure_axis){.low = limits[0], .high = limits[1], .label = "learned z"};
    plot.up = (figure_axis){.low = 0, .high = 1.05 * most, .label = "share of the layer (%)"};
    figure_open(&f, request->format, 288, top + 150 + 32);
    figure_legend(&f, keys, count, 24, 6, 250);
    figure_plot_draw(&f, &plot);
    for (size_t l = 0; l < count; l++)
        figure_histogram_draw(&f, &plot, &bins[l], l);
    return figure_save(&f, request->output);
}

static int measure(const figure_request *request, const loci_network *network,
                   figure_layer *layers) {
    const loci_spec *spec = loci_network_spec(network);
    double limits[2] = {INFINITY, -INFINITY};
    int status = figure_layers(network, request->runs[0], layers);
    if (status != CLI_GO_ON)
        return status;
    for (size_t l = 0; l < loci_spec_hidden_layers(spec) + 2; l++)
        cli_widen(limits, layers[l].site + 2, layers[l].size * layers[l].sites, 3);
    if (limits[1] - limits[0] < 1e-6)
        limits[1] = limits[0] + 1e-6;
    return draw(request, spec, layers, limits);
}

int figure_depths(const figure_request *request) {
    figure_layer layers[FIGURE_MOST_LAYERS] = {0};
    loci_network *network = NULL;
    int status = figure_one_network(request, &network);
    if (status != CLI_GO_ON)
        return status;
    const loci_spec *spec = loci_network_spec(network);
    if (spec->wiring == LOCI_WIRING_DENSE || spec->planes != LOCI_PLANES_RELAXED)
        status = cli_fail(request->runs[0], "its neurons learn no z; only those of a network with "
                                            "--planes relaxed do");
    else
        status = measure(request, network, layers);
    figure_layers_free(layers, FIGURE_MOST_LAYERS);
    loci_network_free(network);
    return status;
}
