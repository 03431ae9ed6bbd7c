/* Labels, which go where nothing else is: beside points, and at the ends of curves. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "figure/figure.h"

static const double size = 6.5, row = 8.5;

/* ---- what is taken ---- */

static bool is_free(const figure_boxes *taken, const figure_box *wanted) {
    for (size_t i = 0; i < taken->count; i++) {
        const figure_box *b = &taken->list[i];
        if (wanted->x < b->x + b->width && b->x < wanted->x + wanted->width &&
            wanted->y < b->y + b->height && b->y < wanted->y + wanted->height)
            return false;
    }
    return true;
}

static void take(figure_boxes *taken, figure_box one) {
    if (taken->count < FIGURE_MOST_BOXES)
        taken->list[taken->count++] = one;
}

void figure_take_mark(figure_boxes *taken, double x, double y) {
    take(taken, (figure_box){x - 3, y - 3, 6, 6});
}

/* As small boxes one behind the other, so that what is beside a steep line stays free. */
void figure_take_line(figure_boxes *taken, double x0, double y0, double x1, double y1) {
    int steps = (int)(hypot(x1 - x0, y1 - y0) / 4) + 1;
    for (int i = 0; i <= steps; i++)
        take(taken,
             (figure_box){x0 + (x1 - x0) * i / steps - 1, y0 + (y1 - y0) * i / steps - 1, 2, 2});
}

/* ---- beside points ---- */

static bool fits(const figure_plot *plot, const figure_boxes *taken, const figure_box *place) {
    return place->x >= plot->x + 1 && place->x + place->width <= plot->x + plot->width + 10 &&
           place->y >= plot->y - size && place->y + place->height <= plot->y + plot->height &&
           is_free(taken, place);
}

/* A line from a label to its point, where it is not beside it. */
typedef struct leader {
    double x0, y0, x1, y1;
} leader;

static leader leader_to(const figure_box *place, double x, double y) {
    bool above = place->y < y;
    return (leader){fmin(fmax(x, place->x), place->x + place->width),
                    above ? place->y + place->height + 1 : place->y - 1, x, y};
}

static bool is_within(const figure_box *b, double x, double y) {
    return x > b->x && x < b->x + b->width && y > b->y && y < b->y + b->height;
}

/* Whether it crosses no label: nothing else that is taken is as high as one. */
static bool is_clear(const figure_boxes *taken, const leader *line) {
    double width = line->x1 - line->x0, height = line->y1 - line->y0;
    int steps = (int)(hypot(width, height) / 2) + 1;
    for (size_t i = 0; i < taken->count; i++)
        for (int k = 0; k <= steps && taken->list[i].height == size; k++)
            if (is_within(&taken->list[i], line->x0 + width * k / steps,
                          line->y0 + height * k / steps))
                return false;
    return true;
}

/* In rows around the point, the nearest first. far: the row is neither the point's own nor the
 * next, and the line to it may cross a label only if crossing says so. */
static bool try_rows(const figure_plot *plot, const figure_boxes *taken, double x, double y,
                     figure_box *place, bool *far, bool crossing) {
    enum { CENTRE, RIGHT, LEFT, SIDES, ROWS = 9 };
    const double at[SIDES] = {x - place->width / 2, x + 4, x - 5 - place->width};
    for (int k = 0; k < 2 * ROWS; k++) {
        int rows = k % 2 ? -(k + 1) / 2 : k / 2;
        *far = abs(rows) > 1;
        place->y = y + rows * row - place->height / 2;
        for (int side = rows == 0 ? RIGHT : CENTRE; side < SIDES; side++) {
            place->x = at[side];
            leader line = leader_to(place, x, y);
            if (fits(plot, taken, place) && (!*far || crossing || is_clear(taken, &line)))
                return true;
        }
    }
    return false;
}

static void find_place(const figure_plot *plot, const figure_boxes *taken, double x, double y,
                       figure_box *place, bool *far) {
    if (try_rows(plot, taken, x, y, place, far, false) ||
        try_rows(plot, taken, x, y, place, far, true))
        return;
    *far = false;
    place->x = x + 4;
    place->y = y - place->height / 2;
}

/* In the current colour; later labels keep off it. */
static void draw_leader(figure *f, figure_boxes *taken, leader line) {
    cairo_set_line_width(f->cr, 0.4);
    cairo_move_to(f->cr, line.x0, line.y0);
    cairo_line_to(f->cr, line.x1, line.y1);
    cairo_stroke(f->cr);
    figure_take_line(taken, line.x0, line.y0, line.x1, line.y1);
}

void figure_label_point(figure *f, const figure_plot *plot, figure_boxes *taken, double x, double y,
                        const char *label, figure_colour colour) {
    figure_box place = {0, 0, figure_text_width(label, size), size};
    bool far;
    find_place(plot, taken, x, y, &place, &far);
    take(taken, place);
    figure_ink(f, colour, 1);
    if (far)
        draw_leader(f, taken, leader_to(&place, x, y));
    figure_text(f, place.x, place.y + 0.85 * size, label, (figure_style){.size = size});
}

/* ---- at the ends of curves ---- */

/* Moves heights that are in order apart until they are a row from each other, and no further than
 * that takes: what overlaps becomes a block about its middle. */
static void spread(double *y, size_t count, double low, double high) {
    double sum[FIGURE_MOST_SETS];
    size_t length[FIGURE_MOST_SETS], blocks = 0;
    for (size_t i = 0; i < count; i++) {
        sum[blocks] = y[i] - (double)i * row;
        length[blocks++] = 1;
        for (; blocks > 1 && sum[blocks - 2] / (double)length[blocks - 2] >
                                 sum[blocks - 1] / (double)length[blocks - 1];
             blocks--) {
            sum[blocks - 2] += sum[blocks - 1];
            length[blocks - 2] += length[blocks - 1];
        }
    }
    for (size_t b = 0, i = 0; b < blocks; b++)
        for (size_t k = 0; k < length[b]; k++, i++) {
            double first = sum[b] / (double)length[b];
            y[i] = fmax(low, fmin(first, high - (double)count * row)) + (double)i * row;
        }
}

/* How much is wrong with a column at x: labels that lie on something, or are cut at the edge. */
static size_t column_cost(const figure_boxes *taken, const figure_end *ends, const double *y,
                          size_t count, double x, double edge) {
    size_t cost = 0;
    for (size_t i = 0; i < count; i++) {
        double width = figure_text_width(ends[i].label, size);
        cost += !is_free(taken, &(figure_box){x, y[i] - size / 2, width, size});
        cost += x + width > edge ? 2 : 0;
    }
    return cost;
}

/* The best column to the right of x, the nearest of those. */
static double find_column(const figure_boxes *taken, const figure_end *ends, const double *y,
                          size_t count, double x, double edge) {
    const double step = 6, furthest = 72;
    double best = x;
    size_t least = SIZE_MAX;
    for (double more = 0; more <= furthest && least > 0; more += step) {
        size_t cost = column_cost(taken, ends, y, count, x + more, edge);
        if (cost < least) {
            least = cost;
            best = x + more;
        }
    }
    return best;
}

/* The labels of ends that are near each other stand in one column, each at its end's height or next
 * to its neighbours'; where something else is in its way, a label goes where a point's would. */
static void label_column(figure *f, const figure_plot *plot, figure_boxes *taken,
                         const figure_end *ends, size_t count) {
    double y[FIGURE_MOST_SETS], right = 0, edge = plot->x + plot->width + 10;
    for (size_t i = 0; i < count; i++) {
        y[i] = ends[i].y;
        right = fmax(right, ends[i].x);
    }
    spread(y, count, plot->y + size / 2, plot->y + plot->height);
    double column = find_column(taken, ends, y, count, right + 8, edge);
    for (size_t i = 0; i < count; i++) {
        figure_box place = {column, y[i] - size / 2, figure_text_width(ends[i].label, size), size};
        if (!is_free(taken, &place)) {
            figure_label_point(f, plot, taken, ends[i].x, ends[i].y, ends[i].label,
                               figure_series(ends[i].series));
            continue;
        }
        figure_ink(f, figure_series(ends[i].series), 1);
        if (fabs(y[i] - ends[i].y) > 1 || column > ends[i].x + 12)
            draw_leader(f, taken, (leader){ends[i].x + 3, ends[i].y, column - 2, y[i]});
        take(taken, place);
        figure_text(f, column, y[i] + 0.35 * size, ends[i].label,
                    (figure_style){.size = size, .room = fmax(edge - column, 1)});
    }
}

static void sort(figure_end *ends, size_t count, bool across) {
    for (size_t i = 1; i < count; i++)
        for (size_t k = i;
             k > 0 && (across ? ends[k].x < ends[k - 1].x : ends[k].y < ends[k - 1].y); k--) {
            figure_end other = ends[k];
            ends[k] = ends[k - 1];
            ends[k - 1] = other;
        }
}

void figure_label_ends(figure *f, const figure_plot *plot, figure_boxes *taken, figure_end *ends,
                       size_t count) {
    const double near = 40;
    size_t first = 0;
    sort(ends, count, true);
    for (size_t i = 1; i <= count; i++)
        if (i == count || ends[i].x > ends[first].x + near) {
            sort(ends + first, i - first, false);
            label_column(f, plot, taken, ends + first, i - first);
            first = i;
        }
}

double figure_label_width(const char *label) {
    return figure_text_width(label, size);
}
