/* Histograms of what one geometry makes of pairs of sites: how long they are, how late spikes
 * arrive, how much they count. A row for each bundle of connections. */
#include <math.h>
#include <stdlib.h>

#include "figure/figure.h"

enum { LENGTH, DELAY, WEIGHT, KINDS, MOST_ROWS = 2 * LOCI_MAX_PAIRS };

static const double left = 52, width = 128, gap = 54, height = 76, row_height = 128, top = 34;

/* What is known of a bundle of connections. */
typedef struct bundle {
    size_t count;
    double far; /* the longest way */
    figure_histogram histogram[KINDS];
    double size;    /* sum of |weight| */
    double beyond;  /* ways whose weight lies outside of its axis */
    double clamped; /* ways as late as can be */
    double most;    /* the longest delay that there can be */
} bundle;

static double value_of(const loci_way *way, int kind) {
    return kind == LENGTH  ? (double)way->length
           : kind == DELAY ? (double)way->delay
                           : (double)way->weight;
}

static void widen(void *context, const loci_way *ways, size_t count) {
    bundle *x = context;
    for (size_t i = 0; i < count; i++) {
        x->far = fmax(x->far, (double)ways[i].length);
        x->size += fabs((double)ways[i].weight);
    }
    x->count += count;
}

static void count_up(void *context, const loci_way *ways, size_t count) {
    bundle *x = context;
    for (size_t i = 0; i < count; i++) {
        for (int k = 0; k < KINDS; k++)
            figure_histogram_add(&x->histogram[k], value_of(&ways[i], k));
        x->beyond += fabs((double)ways[i].weight) > x->histogram[WEIGHT].high;
        x->clamped += (double)ways[i].delay >= x->most;
    }
}

/* Lengths and delays have one axis for all bundles, so that these can be compared. Weights, whose
 * scales differ, have one each, 0 in the middle and no wider than most of them need: a few sites
 * that meet would squeeze the rest. */
static void choose_axes(bundle *rows, uint32_t count, double longest) {
    double far = 0;
    for (uint32_t p = 0; p < count; p++)
        far = fmax(far, rows[p].far);
    for (uint32_t p = 0; p < count; p++) {
        double w = rows[p].count > 0 ? 4 * rows[p].size / (double)rows[p].count : 0;
        const double high[KINDS] = {far > 0 ? far : 1, longest, w > 0 ? w : 1};
        for (int k = 0; k < KINDS; k++)
            rows[p].histogram[k] =
                (figure_histogram){.low = k == WEIGHT ? -high[k] : 0, .high = high[k]};
        rows[p].most = longest;
    }
}

static int measure(const loci_network *network, bundle *rows, uint32_t count) {
    const loci_spec *spec = loci_network_spec(network);
    loci_error error = {0};
    int status = LOCI_OK;
    for (uint32_t p = 0; p < count && status == LOCI_OK; p++) {
        rows[p] = (bundle){0};
        status = loci_network_ways(network, p, widen, &rows[p], &error);
    }
    choose_axes(rows, count, fmax((double)spec->longest_delay, 1));
    for (uint32_t p = 0; p < count && status == LOCI_OK; p++)
        status = loci_network_ways(network, p, count_up, &rows[p], &error);
    return status == LOCI_OK ? CLI_GO_ON : cli_error(&error);
}

/* "input to hidden 1", "hidden 1 to itself" */
static void name_row(const loci_spec *spec, uint32_t p, char text[FIGURE_NAME]) {
    char from[CLI_WORD], to[CLI_WORD];
    bool loop = p > loci_spec_hidden_layers(spec);
    uint32_t layer = loop ? p - loci_spec_hidden_layers(spec) : p;
    figure_layer_name(spec, layer, from);
    const char *sender = layer == 0 ? "input" : from;
    const char *receiver = loop ? "itself" : figure_layer_name(spec, layer + 1, to);
    snprintf(text, FIGURE_NAME, "%s to %s", sender, receiver);
}

static void draw_panel(figure *f, const bundle *row, int kind, double x, double y, size_t series) {
    static const char *const labels[KINDS] = {"length", "delay (steps)", "weight"};
    const figure_histogram *h = &row->histogram[kind];
    figure_plot plot = {.x = x, .y = y, .width = width, .height = height};
    plot.across = (figure_axis){
        .low = h->low, .high = h->high, .label = labels[kind], .whole = kind == DELAY};
    plot.up = (figure_axis){.low = 0, .high = fmax(1.05 * figure_histogram_most(h), 1e-3)};
    plot.up.label = kind == LENGTH ? "share (%)" : NULL;
    figure_plot_draw(f, &plot);
    figure_histogram_draw(f, &plot, h, series);
    double apart = kind == DELAY ? row->clamped : kind == WEIGHT ? row->beyond : 0;
    if (apart <= 0)
        return;
    char text[FIGURE_NAME], share[CLI_WORD];
    snprintf(text, sizeof text, kind == DELAY ? "%s at the longest" : "%s further out",
             cli_percent(share, apart / (double)h->count));
    figure_ink(f, figure_black, 1);
    figure_text(f, x + width, y - 4, text, (figure_style){.size = 7, .align = FIGURE_RIGHT});
}

static int draw(const figure_request *request, const loci_spec *spec, const bundle *rows,
                uint32_t count) {
    bool delays = loci_spec_spikes(spec) && spec->delay == LOCI_DELAY_DISTANCE;
    double columns = delays ? 3 : 2;
    figure f;
    figure_open(&f, request->format, left + columns * (width + gap) - gap + 16,
                top + count * row_height - 10);
    for (uint32_t p = 0; p < count; p++) {
        char name[FIGURE_NAME];
        double x = left, y = top + p * row_height;
        name_row(spec, p, name);
        figure_ink(&f, figure_black, 1);
        figure_text(&f, 12, y - 14, name, (figure_style){.size = 8.5, .bold = true});
        for (int kind = 0; kind < KINDS; kind++) {
            if (kind == DELAY && !delays)
                continue;
            draw_panel(&f, &rows[p], kind, x, y, p);
            x += width + gap;
        }
    }
    return figure_save(&f, request->output);
}

int figure_delays(const figure_request *request) {
    static bundle rows[MOST_ROWS];
    loci_network *network = NULL;
    int status = figure_one_network(request, &network);
    if (status != CLI_GO_ON)
        return status;
    const loci_spec *spec = loci_network_spec(network);
    bool loops = loci_spec_spikes(spec) && spec->recurrent != 0;
    uint32_t count =
        loci_spec_hidden_layers(spec) + 1 + (loops ? loci_spec_hidden_layers(spec) : 0);
    if (spec->wiring == LOCI_WIRING_DENSE)
        status = cli_fail(request->runs[0], "a conventional network; its connections have no "
                                            "length, and take no time");
    else
        status = measure(network, rows, count);
    if (status == CLI_GO_ON)
        status = draw(request, spec, rows, count);
    loci_network_free(network);
    return status;
}
