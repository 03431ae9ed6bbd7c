/* A plot: axes with ticks at round numbers, and curves between them. */
#include <math.h>
#include <string.h>

#include "figure/figure.h"

enum { MOST_TICKS = 24 };
static const double number_size = 7, label_size = 8, title_size = 8.5;

/* A hundredth of a per cent is one of ten thousand samples: less is as good as nothing. */
static double error_of(double accuracy) {
    return fmax(100 - accuracy, 0.01);
}

static double share_of(const figure_axis *axis, double value) {
    if (axis->errors)
        return log(error_of(axis->low) / error_of(value)) /
               log(error_of(axis->low) / error_of(axis->high));
    if (axis->logarithmic)
        return log(value / axis->low) / log(axis->high / axis->low);
    return (value - axis->low) / (axis->high - axis->low);
}

double figure_x(const figure_plot *plot, double value) {
    return plot->x + share_of(&plot->across, value) * plot->width;
}

double figure_y(const figure_plot *plot, double value) {
    return plot->y + (1 - share_of(&plot->up, value)) * plot->height;
}

void figure_axis_fit(figure_axis *axis, double low, double high) {
    if (axis->errors) {
        double factor = pow(error_of(low) / error_of(high), 0.1);
        factor = factor > 1 ? factor : 1.5;
        axis->low = 100 - factor * error_of(low);
        axis->high = 100 - error_of(high) / factor;
    } else if (axis->logarithmic) {
        double factor = high > low ? pow(high / low, 0.1) : 1.5;
        axis->low = low / factor;
        axis->high = high * factor;
    } else {
        double margin = high > low ? 0.1 * (high - low) : 0.1 * fabs(high) + 1e-3;
        axis->low = low - margin;
        axis->high = high + margin;
    }
}

/* ---- ticks ---- */

/* The next of ..., 0.1, 0.2, 0.5, 1, 2, 5, ... that is no less than step. */
static double round_up(double step) {
    double power = pow(10, floor(log10(step))), rest = step / power;
    return power * (rest <= 1 ? 1 : rest <= 2 ? 2 : rest <= 5 ? 5 : 10);
}

static size_t linear_ticks(const figure_axis *axis, double ticks[MOST_TICKS], size_t wanted) {
    double low = fmin(axis->low, axis->high), high = fmax(axis->low, axis->high);
    double step = round_up((high - low) / (double)wanted), slack = 1e-9 * (high - low);
    if (axis->whole && step < 1)
        step = 1;
    size_t count = 0;
    for (double k = ceil((low - slack) / step); k * step <= high + slack && count < MOST_TICKS; k++)
        ticks[count++] = k * step;
    if (count < 2 && wanted < MOST_TICKS / 2) /* one number is no scale */
        return linear_ticks(axis, ticks, 2 * wanted);
    return count;
}

/* Accuracies whose errors are round; where these are few, twice as many. */
static size_t error_ticks(const figure_axis *axis, double ticks[MOST_TICKS], size_t wanted) {
    static const double coarse[] = {80, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0},
                        fine[] = {90,  80,  70,  60,  50,  40,   30,  25,   20,   15,  12, 10,
                                  8,   7,   6,   5,   4,   3,    2.5, 2,    1.5,  1.2, 1,  0.8,
                                  0.6, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.07, 0.05, 0};
    for (const double *errors = coarse;; errors = fine) {
        size_t count = 0;
        for (size_t i = 0; errors[i] > 0 && count < MOST_TICKS; i++)
            if (100 - errors[i] >= axis->low && 100 - errors[i] <= axis->high)
                ticks[count++] = 100 - errors[i];
        if (errors == fine || count >= wanted / 2)
            return count;
    }
}

/* Powers of ten, and where they are few also 2 and 5 times these. */
static size_t logarithmic_ticks(const figure_axis *axis, double ticks[MOST_TICKS]) {
    static const double within[] = {1, 2, 5};
    double decades = log10(axis->high / axis->low);
    size_t each = decades < 2.5 ? 3 : 1, count = 0;
    for (double e = floor(log10(axis->low)); pow(10, e) <= axis->high; e++)
        for (size_t i = 0; i < each && count < MOST_TICKS; i++) {
            double value = pow(10, e) * within[i];
            if (value >= axis->low && value <= axis->high)
                ticks[count++] = value;
        }
    return count;
}

static size_t ticks_of(const figure_axis *axis, double ticks[MOST_TICKS], size_t wanted) {
    if (axis->bare)
        return 0;
    if (axis->ticks == NULL && axis->errors)
        return error_ticks(axis, ticks, wanted);
    if (axis->ticks == NULL)
        return axis->logarithmic ? logarithmic_ticks(axis, ticks)
                                 : linear_ticks(axis, ticks, wanted);
    size_t count = axis->tick_count < MOST_TICKS ? axis->tick_count : MOST_TICKS;
    memcpy(ticks, axis->ticks, count * sizeof *ticks);
    return count;
}

const char *figure_number(char text[CLI_WORD], double value, int digits) {
    snprintf(text, CLI_WORD, "%s%.*g", value < 0 ? "\xe2\x88\x92" : "", digits, fabs(value));
    return text;
}

/* 10,000 is 10k on an axis that spans decades. */
static void tick_text(const figure_axis *axis, double value, char text[CLI_WORD]) {
    if (axis->logarithmic && value >= 1e6)
        snprintf(text, CLI_WORD, "%gM", value / 1e6);
    else if (axis->logarithmic && value >= 1e3)
        snprintf(text, CLI_WORD, "%gk", value / 1e3);
    else
        figure_number(text, fabs(value) < 1e-12 ? 0 : value, 6);
}

/* ---- axes ---- */

static void line(figure *f, double x0, double y0, double x1, double y1) {
    cairo_move_to(f->cr, x0, y0);
    cairo_line_to(f->cr, x1, y1);
    cairo_stroke(f->cr);
}

static void draw_across(figure *f, const figure_plot *plot) {
    const figure_axis *axis = &plot->across;
    double bottom = plot->y + plot->height, ticks[MOST_TICKS];
    size_t count = ticks_of(axis, ticks, (size_t)(plot->width / 32) + 1);
    for (size_t i = 0; i < count; i++) {
        char text[CLI_WORD];
        double x = figure_x(plot, ticks[i]);
        figure_ink(f, figure_black, 1);
        line(f, x, bottom, x, bottom + 3);
        tick_text(axis, ticks[i], text);
        figure_text(f, x, bottom + 11, text,
                    (figure_style){.size = number_size, .align = FIGURE_CENTRE});
    }
    figure_ink(f, figure_black, 1);
    line(f, plot->x, bottom, plot->x + plot->width, bottom);
    if (axis->label != NULL)
        figure_text(
            f, plot->x + plot->width / 2, bottom + (axis->bare ? 11 : 23), axis->label,
            (figure_style){.size = label_size, .align = FIGURE_CENTRE, .room = plot->width + 30});
}

static void draw_up(figure *f, const figure_plot *plot) {
    const figure_axis *axis = &plot->up;
    double ticks[MOST_TICKS], widest = axis->room;
    size_t count = ticks_of(axis, ticks, (size_t)(plot->height / 26) + 1);
    for (size_t i = 0; i < count; i++) {
        char text[CLI_WORD];
        double y = figure_y(plot, ticks[i]);
        figure_ink(f, figure_light, 1);
        line(f, plot->x, y, plot->x + plot->width, y);
        figure_ink(f, figure_black, 1);
        line(f, plot->x - 3, y, plot->x, y);
        tick_text(axis, ticks[i], text);
        figure_text(f, plot->x - 5, y + 2.5, text,
                    (figure_style){.size = number_size, .align = FIGURE_RIGHT});
        widest = fmax(widest, figure_text_width(text, number_size));
    }
    line(f, plot->x, plot->y, plot->x, plot->y + plot->height);
    if (axis->label != NULL)
        figure_text(f, plot->x - (axis->bare ? 5 : 11) - widest, plot->y + plot->height / 2,
                    axis->label,
                    (figure_style){.size = label_size,
                                   .align = FIGURE_CENTRE,
                                   .upwards = true,
                                   .room = plot->height + 24});
}

void figure_plot_draw(figure *f, const figure_plot *plot) {
    cairo_set_line_width(f->cr, 0.6);
    cairo_set_line_cap(f->cr, CAIRO_LINE_CAP_BUTT);
    draw_up(f, plot);
    draw_across(f, plot);
    figure_ink(f, figure_black, 1);
    if (plot->title != NULL)
        figure_text(f, plot->x + plot->width / 2, plot->y - 6, plot->title,
                    (figure_style){.size = title_size,
                                   .align = FIGURE_CENTRE,
                                   .bold = true,
                                   .room = plot->width + 20});
}

void figure_clip(figure *f, const figure_plot *plot) {
    cairo_save(f->cr);
    cairo_rectangle(f->cr, plot->x - 1, plot->y - 1, plot->width + 2, plot->height + 2);
    cairo_clip(f->cr);
}

void figure_clip_end(figure *f) {
    cairo_restore(f->cr);
}

/* ---- curves ---- */

static void draw_band(figure *f, const figure_plot *plot, const figure_curve *c, size_t from,
                      size_t to) {
    for (size_t i = from; i < to; i++)
        cairo_line_to(f->cr, figure_x(plot, c->x[i]), figure_y(plot, c->y[i] + c->spread[i]));
    for (size_t i = to; i-- > from;)
        cairo_line_to(f->cr, figure_x(plot, c->x[i]), figure_y(plot, c->y[i] - c->spread[i]));
    cairo_close_path(f->cr);
    figure_ink(f, figure_series(c->series), 0.2);
    cairo_fill(f->cr);
}

static void draw_stretch(figure *f, const figure_plot *plot, const figure_curve *c, size_t from,
                         size_t to) {
    static const double dashes[] = {4, 2};
    if (c->spread != NULL)
        draw_band(f, plot, c, from, to);
    figure_ink(f, figure_series(c->series), 1);
    cairo_set_line_width(f->cr, 1.2);
    cairo_set_dash(f->cr, dashes, c->dashed ? 2 : 0, 0);
    for (size_t i = from; i < to; i++)
        cairo_line_to(f->cr, figure_x(plot, c->x[i]), figure_y(plot, c->y[i]));
    cairo_stroke(f->cr);
    cairo_set_dash(f->cr, NULL, 0, 0);
}

bool figure_shows(const figure_plot *plot, double x, double y) {
    const double slack = 1e-6;
    return x >= plot->x - slack && x <= plot->x + plot->width + slack && y >= plot->y - slack &&
           y <= plot->y + plot->height + slack;
}

/* Whole, or not at all. */
static void draw_marks(figure *f, const figure_plot *plot, const figure_curve *c, size_t from,
                       size_t to) {
    figure_ink(f, figure_series(c->series), c->faint ? 0.4 : 1);
    for (size_t i = from; i < to; i++) {
        double x = figure_x(plot, c->x[i]), y = figure_y(plot, c->y[i]);
        if (figure_shows(plot, x, y))
            figure_mark(f, c->series, x, y, 2.2);
    }
}

void figure_curve_draw(figure *f, const figure_plot *plot, const figure_curve *curve) {
    size_t from = 0;
    for (size_t i = 0; i <= curve->count; i++) {
        if (i < curve->count && !isnan(curve->y[i]))
            continue;
        if (i > from) {
            figure_clip(f, plot);
            draw_stretch(f, plot, curve, from, i);
            figure_clip_end(f);
            if (curve->marks || i - from == 1)
                draw_marks(f, plot, curve, from, i);
        }
        from = i + 1;
    }
}
