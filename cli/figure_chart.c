/* Sets of points in one panel, or in two side by side, under one legend. */
#include <math.h>
#include <string.h>

#include "figure.h"

static const double left = 48, gap = 58, below = 32, label_size = 6.5;

/* Half a bar of error on either side of a point. */
void figure_bar(figure *f, const figure_plot *plot, double x, double y, double deviation) {
    double low = figure_y(plot, y - deviation), high = figure_y(plot, y + deviation);
    double at = figure_x(plot, x);
    if (!(deviation > 0))
        return;
    cairo_set_line_width(f->cr, 0.8);
    cairo_move_to(f->cr, at, low);
    cairo_line_to(f->cr, at, high);
    for (int end = 0; end < 2; end++) {
        cairo_move_to(f->cr, at - 2, end ? low : high);
        cairo_line_to(f->cr, at + 2, end ? low : high);
    }
    cairo_stroke(f->cr);
}

/* Beside a point, on the side where there is room. */
static void write_label(figure *f, const figure_plot *plot, double x, double y, const char *label) {
    bool right = x > plot->x + 0.7 * plot->width;
    figure_ink(f, figure_black, 1);
    figure_text(f, right ? x - 5 : x + 5, y + 2.3, label,
                (figure_style){.size = label_size, .align = right ? FIGURE_RIGHT : FIGURE_LEFT});
}

/* A point below the axis is shown at its end, with its value. */
static void draw_sunk(figure *f, const figure_plot *plot, const figure_set *set, size_t i) {
    char value[CLI_WORD];
    double x = figure_x(plot, set->x[i]), y = plot->y + plot->height - 3;
    figure_ink(f, figure_series(set->series), 1);
    figure_mark(f, set->series, x, y, 2.2);
    snprintf(value, sizeof value, "%.1f", set->y[i]);
    write_label(f, plot, x, y, value);
}

static void draw_set(figure *f, const figure_plot *plot, const figure_set *set) {
    double y[FIGURE_MOST_POINTS];
    for (size_t i = 0; i < set->count; i++) {
        bool sunk = set->y[i] < plot->up.low;
        y[i] = sunk ? NAN : set->y[i];
        figure_ink(f, figure_series(set->series), 1);
        if (sunk)
            draw_sunk(f, plot, set, i);
        else if (set->deviation[i] > 0)
            figure_bar(f, plot, set->x[i], y[i], set->deviation[i]);
    }
    /* points that are not joined are curves of one point each */
    size_t step = set->loose ? 1 : set->count;
    for (size_t i = 0; i < set->count; i += step)
        figure_curve_draw(f, plot,
                          &(figure_curve){.count = step,
                                          .x = set->x + i,
                                          .y = y + i,
                                          .series = set->series,
                                          .dashed = set->dashed,
                                          .marks = true});
    for (size_t i = 0; i < set->count; i++)
        if (set->labels[i] != NULL && !isnan(y[i]))
            write_label(f, plot, figure_x(plot, set->x[i]), figure_y(plot, y[i]), set->labels[i]);
}

static void widen(double range[2], double value) {
    if (isnan(value))
        return;
    range[0] = fmin(range[0], value);
    range[1] = fmax(range[1], value);
}

/* Axes that hold every point; both panels have the same. */
static void fit(const figure_chart *chart, figure_plot *plot) {
    double across[2] = {INFINITY, -INFINITY}, up[2] = {INFINITY, -INFINITY};
    for (size_t s = 0; s < chart->count; s++)
        for (size_t i = 0; i < chart->sets[s].count; i++) {
            const figure_set *set = &chart->sets[s];
            widen(across, set->x[i]);
            widen(up, set->y[i] - set->deviation[i]);
            widen(up, set->y[i] + set->deviation[i]);
        }
    plot->across = chart->across;
    plot->up.label = chart->up;
    if (chart->across.low == chart->across.high)
        figure_axis_fit(&plot->across, across[0], across[1]);
    figure_axis_fit(&plot->up, fmax(up[0], chart->least), up[1]);
    plot->up.high = fmin(plot->up.high, 100);
    plot->up.low = fmax(plot->up.low, 0);
}

/* One entry for each name. */
static size_t list_keys(const figure_chart *chart, figure_key *keys) {
    size_t count = 0;
    for (size_t s = 0; s < chart->count; s++) {
        const figure_set *set = &chart->sets[s];
        bool known = set->count == 0 || set->name[0] == '\0';
        for (size_t k = 0; k < count; k++)
            known |= strcmp(keys[k].name, set->name) == 0;
        if (known)
            continue;
        keys[count] = (figure_key){
            .series = set->series, .dashed = set->dashed, .marks = true, .line = !set->loose};
        strcpy(keys[count++].name, set->name);
    }
    return count;
}

int figure_chart_draw(const figure_chart *chart, figure_format format, const char *output) {
    figure_key keys[FIGURE_MOST_SETS];
    size_t key_count = list_keys(chart, keys);
    double width = left + (double)chart->panels * (chart->width + gap) - gap + 14;
    double title = chart->titles[0] != NULL ? 14 : 0;
    double top = figure_legend_height(keys, key_count, width - 38) + 14 + title;
    figure f;
    figure_open(&f, format, width, top + chart->height + below);
    figure_legend(&f, keys, key_count, 24, 6, width - 38);
    for (size_t n = 0; n < chart->panels; n++) {
        figure_plot plot = {.x = left + (double)n * (chart->width + gap),
                            .y = top,
                            .width = chart->width,
                            .height = chart->height,
                            .title = chart->titles[n]};
        fit(chart, &plot);
        figure_plot_draw(&f, &plot);
        for (size_t s = 0; s < chart->count; s++)
            if (chart->sets[s].panel == n)
                draw_set(&f, &plot, &chart->sets[s]);
    }
    return figure_save(&f, output);
}
