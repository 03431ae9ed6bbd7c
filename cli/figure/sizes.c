/* Accuracy against dimensions and against parameters, of whatever runs there are. */
#include <math.h>

#include "figure/figure.h"

static double across_of(const figure_point *p, bool dimensions) {
    return dimensions ? p->dimensions : p->parameters;
}

/* Points of one kind, which are sorted, joined by a line. */
static void draw_kind(figure *f, const figure_plot *plot, const figure_point *points, size_t count,
                      figure_kind wanted, bool dimensions) {
    double x[FIGURE_MOST_GROUPS], y[FIGURE_MOST_GROUPS];
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (points[i].kind != wanted)
            continue;
        x[n] = across_of(&points[i], dimensions);
        y[n++] = points[i].accuracy;
        figure_ink(f, figure_series(wanted), 1);
        figure_bar(f, plot, x[n - 1], points[i].accuracy, points[i].deviation);
    }
    figure_curve_draw(f, plot,
                      &(figure_curve){.count = n, .x = x, .y = y, .series = wanted, .marks = true});
}

static void draw_plot(figure *f, const figure_point *points, size_t count, double left, double top,
                      bool dimensions) {
    figure_plot plot = {.x = left, .y = top, .width = 194, .height = 150};
    double across[2] = {INFINITY, -INFINITY}, up[2] = {INFINITY, -INFINITY};
    double ticks[FIGURE_MOST_GROUPS];
    size_t tick_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (dimensions && points[i].kind != FIGURE_SPATIAL)
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
    plot.up.low = fmax(plot.up.low, 0);
    figure_plot_draw(f, &plot);
    for (int k = 0; k < (dimensions ? FIGURE_SPATIAL + 1 : FIGURE_KINDS); k++)
        draw_kind(f, &plot, points, count, (figure_kind)k, dimensions);
}

static int draw(const figure_request *request, const figure_point *points, size_t count) {
    figure_key keys[FIGURE_KINDS] = {0};
    size_t n = 0;
    bool present[FIGURE_KINDS] = {false}, dimensions = false;
    double first = 0;
    for (size_t i = 0; i < count; i++) {
        present[points[i].kind] = true;
        if (points[i].kind != FIGURE_SPATIAL)
            continue;
        dimensions |= first > 0 && points[i].dimensions != first;
        first = points[i].dimensions;
    }
    for (size_t k = 0; k < FIGURE_KINDS; k++)
        if (present[k]) {
            keys[n] = (figure_key){.series = k, .line = true, .marks = true};
            snprintf(keys[n++].name, FIGURE_NAME, "%s", figure_kind_name((figure_kind)k));
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
    static figure_point points[FIGURE_MOST_GROUPS];
    size_t count;
    int status = figure_points(request, points, &count);
    return status == CLI_GO_ON ? draw(request, points, count) : status;
}
