/* Sets of points in one panel, or in two side by side, under one legend. */
#include <math.h>
#include <string.h>

#include "figure/figure.h"

void figure_set_add(figure_set *set, double x, double y, double deviation, const char *label) {
    if (set->count == FIGURE_MOST_POINTS)
        return;
    set->x[set->count] = x;
    set->y[set->count] = y;
    set->labels[set->count] = label;
    set->deviation[set->count++] = deviation;
}

static const double left = 48, gap = 58, below = 32;

/* Half a bar of error on either side of a point. */
void figure_bar(figure *f, const figure_plot *plot, double x, double y, double deviation) {
    double low = figure_y(plot, y - deviation), high = figure_y(plot, y + deviation);
    double at = figure_x(plot, x);
    if (!(deviation > 0))
        return;
    figure_clip(f, plot);
    cairo_set_line_width(f->cr, 0.8);
    cairo_move_to(f->cr, at, low);
    cairo_line_to(f->cr, at, high);
    for (int end = 0; end < 2; end++) {
        cairo_move_to(f->cr, at - 2, end ? low : high);
        cairo_line_to(f->cr, at + 2, end ? low : high);
    }
    cairo_stroke(f->cr);
    figure_clip_end(f);
}

/* ---- labels ---- */

/* Whether the next point of a set is joined to this one. */
static bool goes_on(const figure_set *set, size_t i) {
    return !set->loose && i + 1 < set->count;
}

/* What labels must not hide: marks with their bars, and lines where curves are labelled. */
static void take_set(figure_boxes *taken, const figure_plot *plot, const figure_set *set,
                     bool lines) {
    for (size_t i = 0; i < set->count; i++) {
        double x = figure_x(plot, set->x[i]), y = figure_y(plot, set->y[i]);
        figure_take_mark(taken, x, y);
        if (set->deviation[i] > 0 && !set->faint)
            figure_take_line(taken, x, figure_y(plot, set->y[i] - set->deviation[i]), x,
                             figure_y(plot, set->y[i] + set->deviation[i]));
        if (lines && goes_on(set, i))
            figure_take_line(taken, x, y, figure_x(plot, set->x[i + 1]),
                             figure_y(plot, set->y[i + 1]));
    }
}

static bool is_curve(const figure_set *set) {
    return set->named && set->count > 1;
}

static void label_curves(figure *f, const figure_plot *plot, figure_boxes *taken,
                         const figure_chart *chart, size_t panel) {
    figure_end ends[FIGURE_MOST_SETS];
    size_t count = 0;
    for (size_t s = 0; s < chart->count; s++) {
        const figure_set *set = &chart->sets[s];
        if (!is_curve(set) || set->panel != panel)
            continue;
        ends[count++] = (figure_end){.x = figure_x(plot, set->x[set->count - 1]),
                                     .y = figure_y(plot, set->y[set->count - 1]),
                                     .label = set->name,
                                     .series = set->series};
    }
    figure_label_ends(f, plot, taken, ends, count);
}

/* Labels come last, when it is known where all points are. */
static void write_labels(figure *f, const figure_plot *plot, const figure_chart *chart,
                         size_t panel) {
    static figure_boxes taken;
    bool named = false;
    taken.count = 0;
    for (size_t s = 0; s < chart->count; s++)
        named |= chart->sets[s].named;
    for (size_t s = 0; s < chart->count; s++)
        if (chart->sets[s].panel == panel)
            take_set(&taken, plot, &chart->sets[s], named);
    label_curves(f, plot, &taken, chart, panel);
    for (size_t s = 0; s < chart->count; s++)
        for (size_t i = 0; i < chart->sets[s].count && chart->sets[s].panel == panel; i++) {
            const figure_set *set = &chart->sets[s];
            bool single = set->named && set->count == 1;
            const char *label = single ? set->name : set->labels[i];
            if (label != NULL)
                figure_label_point(f, plot, &taken, figure_x(plot, set->x[i]),
                                   figure_y(plot, set->y[i]), label,
                                   single ? figure_series(set->series) : figure_black);
        }
}

/* ---- points ---- */

static void draw_set(figure *f, const figure_plot *plot, const figure_set *set) {
    figure_ink(f, figure_series(set->series), 1);
    for (size_t i = 0; i < set->count; i++)
        figure_bar(f, plot, set->x[i], set->y[i], set->faint ? 0 : set->deviation[i]);
    /* points that are not joined are curves of one point each */
    size_t step = set->loose ? 1 : set->count;
    for (size_t i = 0; i < set->count; i += step)
        figure_curve_draw(f, plot,
                          &(figure_curve){.count = step,
                                          .x = set->x + i,
                                          .y = set->y + i,
                                          .series = set->series,
                                          .dashed = set->dashed,
                                          .faint = set->faint,
                                          .marks = true});
}

static void widen(double limits[2], double value) {
    if (isnan(value))
        return;
    limits[0] = fmin(limits[0], value);
    limits[1] = fmax(limits[1], value);
}

/* Labels at curves stand to the right of their ends, within the axis, but never on more than half
 * of it. */
static void make_room(const figure_chart *chart, figure_plot *plot) {
    const double step = 1.05, most = plot->x + plot->width;
    for (size_t s = 0; s < chart->count; s++) {
        const figure_set *set = &chart->sets[s];
        double room = fmin(figure_label_width(set->name) + 8, plot->width / 2);
        while (set->named && set->count > 0 && figure_x(plot, set->x[set->count - 1]) + room > most)
            plot->across.high *= step;
    }
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
    plot->up.errors = chart->errors;
    figure_axis_fit(&plot->up, up[0], up[1]);
    plot->up.high = fmin(plot->up.high, 100);
    plot->up.low = fmax(plot->up.low, 0);
    make_room(chart, plot);
}

/* One entry for each name. */
static size_t list_keys(const figure_chart *chart, figure_key *keys) {
    size_t count = 0;
    for (size_t s = 0; s < chart->count; s++) {
        const figure_set *set = &chart->sets[s];
        bool known = set->count == 0 || set->named || set->name[0] == '\0';
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
        write_labels(&f, &plot, chart, n);
    }
    return figure_save(&f, output);
}
