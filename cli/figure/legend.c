/* A legend in rows above the plot, where it hides nothing. */
#include "figure/figure.h"

static const double size = 7.5, row = 11, sample = 18, gap = 12;

/* Width of an entry: a line or mark, the name, and the space after it. */
static double entry_width(const figure_key *key, double width) {
    double wanted = sample + 4 + figure_text_width(key->name, size);
    return wanted < width ? wanted : width;
}

/* Where the next entry goes: on in this row, or at the start of a new one. */
static void place(double *x, double *y, double entry, double width) {
    if (*x > 0 && *x + entry > width) {
        *x = 0;
        *y += row;
    }
}

double figure_legend_height(const figure_key *keys, size_t count, double width) {
    double x = 0, y = 0;
    for (size_t i = 0; i < count; i++) {
        double entry = entry_width(&keys[i], width);
        place(&x, &y, entry, width);
        x += entry + gap;
    }
    return count > 0 ? y + row : 0;
}

static void draw_sample(figure *f, const figure_key *key, double x, double y) {
    static const double dashes[] = {4, 2};
    figure_ink(f, key->own_colour ? key->colour : figure_series(key->series), 1);
    if (key->line) {
        cairo_set_line_width(f->cr, 1.2);
        cairo_set_dash(f->cr, dashes, key->dashed ? 2 : 0, 0);
        cairo_move_to(f->cr, x, y);
        cairo_line_to(f->cr, x + sample, y);
        cairo_stroke(f->cr);
        cairo_set_dash(f->cr, NULL, 0, 0);
    }
    if (key->marks)
        figure_mark(f, key->own_colour ? key->shape : key->series, x + sample / 2, y, 2.2);
}

void figure_legend(figure *f, const figure_key *keys, size_t count, double left, double top,
                   double width) {
    double x = 0, y = 0;
    for (size_t i = 0; i < count; i++) {
        double entry = entry_width(&keys[i], width);
        place(&x, &y, entry, width);
        draw_sample(f, &keys[i], left + x, top + y + row / 2);
        figure_ink(f, figure_black, 1);
        figure_text(f, left + x + sample + 4, top + y + row / 2 + 2.6, keys[i].name,
                    (figure_style){.size = size, .room = entry - sample - 4 + 0.1});
        x += entry + gap;
    }
}
