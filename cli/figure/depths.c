/* Histograms of the learned z of each layer's neurons, where planes are relaxed: Fig. 4 of the
 * paper. */
#include <math.h>

#include "figure/figure.h"

enum { BINS = 60 };

/* Share of a layer's sites in each bin, in per cent. */
static void count_bins(const figure_layer *layer, const double limits[2], double bins[BINS]) {
    size_t sites = layer->size * layer->sites;
    for (int b = 0; b < BINS; b++)
        bins[b] = 0;
    for (size_t i = 0; i < sites; i++) {
        double at = ((double)layer->site[i * 3 + 2] - limits[0]) / (limits[1] - limits[0]) * BINS;
        int b = at < 0 ? 0 : at >= BINS ? BINS - 1 : (int)at;
        bins[b] += 100.0 / (double)sites;
    }
}

/* The outline of bins from..to-1, all of which hold something. */
static void trace(figure *f, const figure_plot *plot, const double *bins, int from, int to) {
    double bottom = plot->y + plot->height, width = plot->width / BINS;
    cairo_move_to(f->cr, plot->x + from * width, bottom);
    for (int b = from; b < to; b++) {
        double y = figure_y(plot, bins[b]);
        cairo_line_to(f->cr, plot->x + b * width, y);
        cairo_line_to(f->cr, plot->x + (b + 1) * width, y);
    }
    cairo_line_to(f->cr, plot->x + to * width, bottom);
}

static void draw_bins(figure *f, const figure_plot *plot, const double bins[BINS], size_t series) {
    for (int from = 0; from < BINS; from++) {
        int to = from;
        while (to < BINS && bins[to] > 0)
            to++;
        if (to > from)
            trace(f, plot, bins, from, to);
        from = to;
    }
    figure_ink(f, figure_series(series), 0.35);
    cairo_fill_preserve(f->cr);
    figure_ink(f, figure_series(series), 1);
    cairo_set_line_width(f->cr, 0.8);
    cairo_stroke(f->cr);
}

static int draw(const figure_request *request, const loci_spec *spec, const figure_layer *layers,
                const double limits[2]) {
    static double bins[FIGURE_MOST_LAYERS][BINS];
    static figure_key keys[FIGURE_MOST_LAYERS];
    size_t count = spec->hidden_count + 2;
    double most = 0;
    for (size_t l = 0; l < count; l++) {
        char word[CLI_WORD], size[CLI_WORD];
        keys[l] = (figure_key){.series = l, .line = true};
        snprintf(keys[l].name, FIGURE_NAME, "%s (%s)", figure_layer_name(spec, (uint32_t)l, word),
                 cli_count(size, layers[l].size));
        count_bins(&layers[l], limits, bins[l]);
        for (int b = 0; b < BINS; b++)
            most = fmax(most, bins[l][b]);
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
        draw_bins(&f, &plot, bins[l], l);
    return figure_save(&f, request->output);
}

static int measure(const figure_request *request, const loci_network *network,
                   figure_layer *layers) {
    const loci_spec *spec = loci_network_spec(network);
    double limits[2] = {INFINITY, -INFINITY};
    int status = figure_layers(network, request->runs[0], layers);
    if (status != CLI_GO_ON)
        return status;
    for (size_t l = 0; l < spec->hidden_count + 2; l++)
        for (size_t i = 0; i < layers[l].size * layers[l].sites; i++) {
            limits[0] = fmin(limits[0], (double)layers[l].site[i * 3 + 2]);
            limits[1] = fmax(limits[1], (double)layers[l].site[i * 3 + 2]);
        }
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
