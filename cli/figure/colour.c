/* Colours and marks. */
#include <math.h>

#include "figure/figure.h"

const figure_colour figure_white = {1, 1, 1}, figure_black = {0, 0, 0},
                    figure_grey = {0.35, 0.35, 0.35}, figure_light = {0.88, 0.88, 0.88},
                    figure_blue = {0, 0.447, 0.698}, figure_vermillion = {0.835, 0.369, 0};

figure_colour figure_series(size_t i) {
    /* without the palette's yellow, which is faint on white */
    static const figure_colour colours[FIGURE_COLOURS] = {
        {0, 0.447, 0.698}, {0.835, 0.369, 0},     {0, 0.620, 0.451}, {0.800, 0.475, 0.655},
        {0.902, 0.624, 0}, {0.337, 0.706, 0.914}, {0, 0, 0},
    };
    return colours[i % FIGURE_COLOURS];
}

enum { SHAPES = 5 };

size_t figure_series_of(size_t colour, size_t shape) {
    size_t i = colour;
    while (i % SHAPES != shape)
        i += FIGURE_COLOURS;
    return i;
}

figure_colour figure_scale(double share) {
    static const figure_colour steps[] = {
        {0.267, 0.005, 0.329}, {0.283, 0.141, 0.458}, {0.254, 0.265, 0.530}, {0.207, 0.372, 0.553},
        {0.164, 0.471, 0.558}, {0.128, 0.567, 0.551}, {0.135, 0.659, 0.518}, {0.267, 0.749, 0.441},
        {0.478, 0.821, 0.318}, {0.741, 0.873, 0.150}, {0.993, 0.906, 0.144},
    };
    enum { LAST = sizeof steps / sizeof *steps - 1 };
    double at = (share > 0 ? share < 1 ? share : 1 : 0) * LAST;
    int i = (int)fmin(at, LAST - 1);
    double t = at - i;
    return (figure_colour){(1 - t) * steps[i].r + t * steps[i + 1].r,
                           (1 - t) * steps[i].g + t * steps[i + 1].g,
                           (1 - t) * steps[i].b + t * steps[i + 1].b};
}

void figure_ink(figure *f, figure_colour colour, double alpha) {
    if (alpha >= 1)
        cairo_set_source_rgb(f->cr, colour.r, colour.g, colour.b);
    else
        cairo_set_source_rgba(f->cr, colour.r, colour.g, colour.b, alpha);
}

/* A polygon of `corners`, one of them at `turn` of a full turn from the top; all have about the
 * circle's area. */
static void polygon(cairo_t *cr, int corners, double turn, double x, double y, double radius) {
    double angle = 2 * 3.14159265358979 / corners;
    radius *= sqrt(3.14159265358979 / (0.5 * corners * sin(angle)));
    for (int i = 0; i < corners; i++) {
        double at = angle * (i + turn * corners);
        cairo_line_to(cr, x + radius * sin(at), y - radius * cos(at));
    }
    cairo_close_path(cr);
}

void figure_mark(figure *f, size_t shape, double x, double y, double radius) {
    cairo_new_path(f->cr);
    switch (shape % SHAPES) {
    case FIGURE_CIRCLE:
        cairo_arc(f->cr, x, y, radius, 0, 2 * 3.14159265358979);
        break;
    case FIGURE_SQUARE:
        polygon(f->cr, 4, 1 / 8.0, x, y, radius);
        break;
    case FIGURE_TRIANGLE:
        polygon(f->cr, 3, 0, x, y, radius);
        break;
    case FIGURE_DIAMOND:
        polygon(f->cr, 4, 0, x, y, radius);
        break;
    default:
        polygon(f->cr, 3, 0.5, x, y, radius);
    }
    cairo_fill(f->cr);
}
