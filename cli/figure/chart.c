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

static const double left = 48, gap = 58, below = 32, label_size = 6.5;

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

/* ---- labels, which go where nothing else is ---- */

enum { MOST_BOXES = 2 * FIGURE_MOST_SETS * FIGURE_MOST_POINTS };

typedef struct box {
    double x, y, width, height; /* x, y: upper left */
} box;

/* What is taken: by points, and by labels that stand already. */
typedef struct boxes {
    box list[MOST_BOXES];
    size_t count;
} boxes;

static bool is_free(const boxes *taken, const box *wanted) {
    for (size_t i = 0; i < taken->count; i++) {
        const box *b = &taken->list[i];
        if (wanted->x < b->x + b->width && b->x < wanted->x + wanted->width &&
            wanted->y < b->y + b->height && b->y < wanted->y + wanted->height)
            return false;
    }
    return true;
}

static void take(boxes *taken, box one) {
    if (taken->count < MOST_BOXES)
        taken->list[taken->count++] = one;
}

/* Beside a point: to the right, to the left, above, below; or further above, with a line to it.
 * Where all is taken, to the right. */
static void write_label(figure *f, const figure_plot *plot, boxes *taken, double x, double y,
                        const char *label) {
    enum { FAR = 4 };
    double width = figure_text_width(label, label_size), height = label_size;
    const box places[] = {{x + 4, y - height / 2, width, height},
                          {x - 5 - width, y - height / 2, width, height},
                          {x - width / 2, y - 4 - height, width, height},
                          {x - width / 2, y + 4, width, height},
                          {x - width / 2, y - 5 - 2 * height, width, height},
                          {x - width / 2, y - 6 - 3 * height, width, height}};
    size_t chosen = 0;
    for (size_t i = sizeof places / sizeof *places; i-- > 0;)
        if (places[i].x >= plot->x && places[i].x + width <= plot->x + plot->width + 10 &&
            places[i].y + height <= plot->y + plot->height && is_free(taken, &places[i]))
            chosen = i;
    take(taken, places[chosen]);
    figure_ink(f, figure_black, 1);
    if (chosen >= FAR) {
        cairo_set_line_width(f->cr, 0.4);
        cairo_move_to(f->cr, x, places[chosen].y + height + 1);
        cairo_line_to(f->cr, x, y);
        cairo_stroke(f->cr);
    }
    figure_text(f, places[chosen].x, places[chosen].y + 0.85 * height, label,
                (figure_style){.size = label_size});
}

/* Whether a point is too low for the axis: no mark can tell where it is. */
static bool is_sunk(const figure_plot *plot, const figure_set *set, size_t i) {
    return set->y[i] < plot->up.low;
}

static void draw_arrow(figure *f, double x, double bottom) {
    figure_ink(f, figure_grey, 1);
    cairo_set_line_width(f->cr, 0.8);
    cairo_move_to(f->cr, x, bottom - 11);
    cairo_line_to(f->cr, x, bottom - 2);
    cairo_move_to(f->cr, x - 2, bottom - 4.5);
    cairo_line_to(f->cr, x, bottom - 2);
    cairo_line_to(f->cr, x + 2, bottom - 4.5);
    cairo_stroke(f->cr);
}

/* An arrow down, and beside it, in rows from the axis up, whose value lies there. */
static void write_sunk(figure *f, const figure_plot *plot, boxes *taken, const figure_set *set,
                       size_t i) {
    enum { ROWS = 8 };
    char text[FIGURE_NAME + CLI_WORD];
    snprintf(text, sizeof text, "%s%s%.1f", set->name, set->name[0] != '\0' ? ": " : "", set->y[i]);
    double x = figure_x(plot, set->x[i]), bottom = plot->y + plot->height;
    double width = figure_text_width(text, label_size), row = label_size + 1.5;
    bool right = x + 5 + width <= plot->x + plot->width;
    box place = {right ? x + 5 : x - 5 - width, bottom - row - 1, width, label_size};
    for (int k = 1; k < ROWS && !is_free(taken, &place); k++)
        place.y -= row;
    draw_arrow(f, x, bottom);
    take(taken, place);
    take(taken, (box){x - 2, bottom - 11, 4, 11});
    /* lines on their way down may pass here */
    figure_ink(f, figure_white, 1);
    cairo_rectangle(f->cr, place.x - 1, place.y - 1, place.width + 2, place.height + 2);
    cairo_fill(f->cr);
    figure_ink(f, figure_series(set->series), 1);
    figure_text(f, place.x, place.y + 0.85 * label_size, text, (figure_style){.size = label_size});
}

/* Labels come last, when it is known where all points are. */
static void write_labels(figure *f, const figure_plot *plot, const figure_chart *chart,
                         size_t panel) {
    enum { MARKS, SUNK, LABELS, PASSES };
    static boxes taken;
    taken.count = 0;
    for (int pass = MARKS; pass < PASSES; pass++)
        for (size_t s = 0; s < chart->count; s++)
            for (size_t i = 0; i < chart->sets[s].count && chart->sets[s].panel == panel; i++) {
                const figure_set *set = &chart->sets[s];
                double x = figure_x(plot, set->x[i]), y = figure_y(plot, set->y[i]);
                if (is_sunk(plot, set, i)) {
                    if (pass == SUNK)
                        write_sunk(f, plot, &taken, set, i);
                } else if (pass == MARKS) {
                    take(&taken, (box){x - 3, y - 3, 6, 6});
                } else if (pass == LABELS && set->labels[i] != NULL) {
                    write_label(f, plot, &taken, x, y, set->labels[i]);
                }
            }
}

/* ---- points ---- */

static void draw_set(figure *f, const figure_plot *plot, const figure_set *set) {
    figure_ink(f, figure_series(set->series), 1);
    for (size_t i = 0; i < set->count; i++)
        if (!is_sunk(plot, set, i))
            figure_bar(f, plot, set->x[i], set->y[i], set->deviation[i]);
    /* points that are not joined are curves of one point each */
    size_t step = set->loose ? 1 : set->count;
    for (size_t i = 0; i < set->count; i += step)
        figure_curve_draw(f, plot,
                          &(figure_curve){.count = step,
                                          .x = set->x + i,
                                          .y = set->y + i,
                                          .series = set->series,
                                          .dashed = set->dashed,
                                          .marks = true});
}

static void widen(double limits[2], double value) {
    if (isnan(value))
        return;
    limits[0] = fmin(limits[0], value);
    limits[1] = fmax(limits[1], value);
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
        write_labels(&f, &plot, chart, n);
    }
    return figure_save(&f, output);
}
