/* Histograms: outlines of bins, filled. */
#include <math.h>

#include "figure/figure.h"

void figure_histogram_add(figure_histogram *h, double value) {
    double at = (value - h->low) / (h->high - h->low) * FIGURE_BINS;
    h->count++;
    if (value >= h->low && value <= h->high)
        h->bins[at < 0 ? 0 : at >= FIGURE_BINS ? FIGURE_BINS - 1 : (int)at] += 1;
}

static double share(const figure_histogram *h, int b) {
    return h->count > 0 ? 100 * h->bins[b] / (double)h->count : 0;
}

double figure_histogram_most(const figure_histogram *h) {
    double most = 0;
    for (int b = 0; b < FIGURE_BINS; b++)
        most = fmax(most, share(h, b));
    return most;
}

/* The outline of bins from..to-1, all of which hold something. */
static void trace(figure *f, const figure_plot *plot, const figure_histogram *h, int from, int to) {
    double bottom = plot->y + plot->height, width = plot->width / FIGURE_BINS;
    cairo_move_to(f->cr, plot->x + from * width, bottom);
    for (int b = from; b < to; b++) {
        double y = figure_y(plot, share(h, b));
        cairo_line_to(f->cr, plot->x + b * width, y);
        cairo_line_to(f->cr, plot->x + (b + 1) * width, y);
    }
    cairo_line_to(f->cr, plot->x + to * width, bottom);
}

void figure_histogram_draw(figure *f, const figure_plot *plot, const figure_histogram *h,
                           size_t series) {
    for (int from = 0; from < FIGURE_BINS; from++) {
        int to = from;
        while (to < FIGURE_BINS && h->bins[to] > 0)
            to++;
        if (to > from)
            trace(f, plot, h, from, to);
        from = to;
    }
    figure_ink(f, figure_series(series), 0.35);
    cairo_fill_preserve(f->cr);
    figure_ink(f, figure_series(series), 1);
    cairo_set_line_width(f->cr, 0.8);
    cairo_stroke(f->cr);
}
