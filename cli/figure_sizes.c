/* Accuracy against dimensions and against parameters: Fig. 5 of the paper. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure.h"

/* Kinds of networks; each is a series. */
typedef enum kind { SPATIAL, CONVENTIONAL, ARBOR, SPIKING, SPIKING_CONVENTIONAL, KINDS } kind;
static const char *const kind_names[KINDS] = {"spatial", "conventional", "arbors",
                                              "spatial spiking", "conventional spiking"};

/* A group of runs as one point. */
typedef struct point {
    kind kind;
    double parameters, dimensions;
    double accuracy, deviation; /* per cent */
} point;

static kind kind_of(const loci_spec *spec) {
    bool spikes = spec->neuron == LOCI_NEURON_LIF, several = false;
    if (spec->wiring == LOCI_WIRING_DENSE)
        return spikes ? SPIKING_CONVENTIONAL : CONVENTIONAL;
    for (uint32_t l = 0; l <= spec->hidden_count; l++)
        several |= spec->axon_sites[l] > 1 || spec->dendrite_sites[l] > 1;
    return spikes ? SPIKING : several ? ARBOR : SPATIAL;
}

static int measure(const figure_group *group, point *out) {
    double accuracies[FIGURE_MOST_RUNS];
    *out = (point){.kind = kind_of(&group->config.spec), .dimensions = group->config.spec.dim};
    for (size_t r = 0; r < group->count; r++) {
        loci_summary summary;
        loci_error error = {0};
        int read = loci_summary_read(&summary, group->runs[r], &error);
        if (read == LOCI_E_NOT_FOUND)
            return cli_fail(group->runs[r], "has no summary.json: the run is not finished");
        if (read != LOCI_OK)
            return cli_error(&error);
        if (summary.test_accuracy < 0)
            return cli_fail(group->runs[r], "its test accuracy was not measured");
        accuracies[r] = 100 * summary.test_accuracy;
        out->parameters = (double)summary.parameters;
    }
    figure_mean(accuracies, group->count, &out->accuracy, &out->deviation);
    return CLI_GO_ON;
}

static double across_of(const point *p, bool dimensions) {
    return dimensions ? p->dimensions : p->parameters;
}

static void draw_bar(figure *f, const figure_plot *plot, const point *p, double x) {
    double low = figure_y(plot, p->accuracy - p->deviation),
           high = figure_y(plot, p->accuracy + p->deviation);
    if (!(p->deviation > 0))
        return;
    cairo_set_line_width(f->cr, 0.8);
    cairo_move_to(f->cr, x, low);
    cairo_line_to(f->cr, x, high);
    for (int end = 0; end < 2; end++) {
        cairo_move_to(f->cr, x - 2, end ? low : high);
        cairo_line_to(f->cr, x + 2, end ? low : high);
    }
    cairo_stroke(f->cr);
}

/* Points of one kind, which are sorted, joined by a line. */
static void draw_kind(figure *f, const figure_plot *plot, const point *points, size_t count,
                      kind wanted, bool dimensions) {
    double x[FIGURE_MOST_GROUPS], y[FIGURE_MOST_GROUPS];
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (points[i].kind != wanted)
            continue;
        x[n] = across_of(&points[i], dimensions);
        y[n++] = points[i].accuracy;
        figure_ink(f, figure_series(wanted), 1);
        draw_bar(f, plot, &points[i], figure_x(plot, x[n - 1]));
    }
    figure_curve_draw(f, plot,
                      &(figure_curve){.count = n, .x = x, .y = y, .series = wanted, .marks = true});
}

static void draw_plot(figure *f, const point *points, size_t count, double left, double top,
                      bool dimensions) {
    figure_plot plot = {.x = left, .y = top, .width = 194, .height = 150};
    double across[2] = {INFINITY, -INFINITY}, up[2] = {INFINITY, -INFINITY};
    double ticks[FIGURE_MOST_GROUPS];
    size_t tick_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (dimensions && points[i].kind != SPATIAL)
            continue;
        if (tick_count == 0 || ticks[tick_count - 1] != points[i].dimensions)
            ticks[tick_count++] = points[i].dimensions;
        across[0] = fmin(across[0], across_of(&points[i], dimensions));
        across[1] = fmax(across[1], across_of(&points[i], dimensions));
        up[0] = fmin(up[0], points[i].accuracy - points[i].deviation);
        up[1] = fmax(up[1], points[i].accuracy + points[i].deviation);
    }
    plot.across = (figure_axis){.logarithmic = true,
                                .label = dimensions ? "dimensions of space" : "parameters",
                                .ticks = dimensions ? ticks : NULL,
                                .tick_count = tick_count};
    plot.up.label = "test accuracy (%)";
    figure_axis_fit(&plot.across, across[0], across[1]);
    figure_axis_fit(&plot.up, up[0], up[1]);
    plot.up.high = fmin(plot.up.high, 100);
    figure_plot_draw(f, &plot);
    for (int k = 0; k < (dimensions ? SPATIAL + 1 : KINDS); k++)
        draw_kind(f, &plot, points, count, (kind)k, dimensions);
}

static int by_parameters(const void *a, const void *b) {
    double x = ((const point *)a)->parameters, y = ((const point *)b)->parameters;
    return (x > y) - (x < y);
}

static int draw(const figure_request *request, const point *points, size_t count) {
    figure_key keys[KINDS] = {0};
    size_t n = 0;
    bool present[KINDS] = {false}, dimensions = false;
    double first = 0;
    for (size_t i = 0; i < count; i++) {
        present[points[i].kind] = true;
        if (points[i].kind != SPATIAL)
            continue;
        dimensions |= first > 0 && points[i].dimensions != first;
        first = points[i].dimensions;
    }
    for (size_t k = 0; k < KINDS; k++)
        if (present[k]) {
            keys[n] = (figure_key){.series = k, .line = true, .marks = true};
            snprintf(keys[n++].name, FIGURE_NAME, "%s", kind_names[k]);
        }
    figure f;
    double width = dimensions ? 516 : 258;
    double top = figure_legend_height(keys, n, width - 38) + 14;
    figure_open(&f, request->format, width, top + 150 + 32);
    figure_legend(&f, keys, n, 26, 6, width - 38);
    if (dimensions)
        draw_plot(&f, points, count, 52, top, true);
    draw_plot(&f, points, count, dimensions ? 310 : 52, top, false);
    return figure_save(&f, request->output);
}

int figure_sizes(const figure_request *request) {
    static figure_group groups[FIGURE_MOST_GROUPS];
    point points[FIGURE_MOST_GROUPS];
    size_t count;
    int status = figure_group_runs(request, groups, &count);
    for (size_t g = 0; g < count && status == CLI_GO_ON; g++)
        status = measure(&groups[g], &points[g]);
    if (status != CLI_GO_ON)
        return status;
    qsort(points, count, sizeof *points, by_parameters);
    return draw(request, points, count);
}
