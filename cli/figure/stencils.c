/* What neurons in maps share: for each layer of maps a table of small pictures, a row for each map
 * that receives, a column for each that sends, all weights of a layer to one scale, which a few
 * large ones do not squeeze; before each row the map's arbor over its window. Where the last maps
 * lead to a few neurons, these have rows, too.
 */
#include <math.h>
#include <stdlib.h>

#include "figure/figure.h"

/* Maps that have a row, or a column; pictures are as large as columns leave room, in points. */
enum { MOST_ROWS = 32, MOST_COLUMNS = 48 };
static const double room = 430, tall = 270, margin = 26, apart = 24, largest_cell = 30,
                    least_cell = 7, title_height = 34;

/* A layer pair as a table. */
typedef struct table {
    uint32_t pair;
    size_t rows, columns;      /* that are shown */
    size_t receivers, senders; /* that there are */
    size_t height, width;      /* places of a picture */
    size_t n, m;               /* of the weights */
    double cell, gap, arbor;   /* of a picture and between two; before a row, 0: nothing */
    float *weights;            /* [n, m] */
    double most, largest;      /* sizes of weights: what has the full colour, and of all */
} table;

static size_t at_most(size_t count, size_t most) {
    return count < most ? count : most;
}

/* Pictures are as wide as `width` places to `height`; the larger side fills a cell. A table fits
 * a page. */
static void fit(table *t, bool arbors) {
    double columns = (double)t->columns + (arbors ? 2 : 0);
    t->cell = fmin(fmin(room / columns, tall / (double)t->rows) * 0.9, largest_cell);
    t->cell = fmax(t->cell, least_cell);
    t->gap = t->cell / 9;
    t->arbor = arbors ? t->cell + 3 * t->gap : 0;
}

static int compare_floats(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Of the weights that there are, one in fifty may be larger than what has the full colour. */
static int find_scale(table *t) {
    float *sizes = calloc(t->n * t->m, sizeof *sizes);
    size_t count = 0;
    if (sizes == NULL)
        return cli_fail("figure", "out of memory");
    for (size_t i = 0; i < t->n * t->m; i++)
        if (t->weights[i] != 0)
            sizes[count++] = fabsf(t->weights[i]);
    qsort(sizes, count, sizeof *sizes, compare_floats);
    t->largest = count > 0 ? (double)sizes[count - 1] : 0;
    t->most = count > 0 ? (double)sizes[(count - 1) * 49 / 50] : 0;
    free(sizes);
    return CLI_GO_ON;
}

static int open_table(const loci_network *network, uint32_t pair, table *t) {
    const loci_spec *spec = loci_network_spec(network);
    loci_error error = {0};
    loci_maps from, to;
    loci_spec_maps(spec, pair, &from);
    *t = (table){.pair = pair, .senders = from.count};
    bool stencil = loci_spec_maps(spec, pair + 1, &to) != 0;
    loci_spec_pair_shape(spec, pair, &t->n, &t->m);
    t->receivers = t->m;
    t->height = stencil ? spec->window[pair] : from.height;
    t->width = stencil ? spec->window[pair] : from.width;
    t->rows = at_most(t->receivers, MOST_ROWS);
    t->columns = at_most(t->senders, MOST_COLUMNS);
    fit(t, spec->wiring == LOCI_WIRING_SPATIAL);
    if (loci_network_check_matrix(network, pair, "figure", &error) != LOCI_OK)
        return cli_error(&error);
    t->weights = calloc(t->n * t->m, sizeof *t->weights);
    if (t->weights == NULL)
        return cli_fail("figure", "out of memory");
    if (loci_network_weights(network, pair, t->weights, &error) != LOCI_OK)
        return cli_error(&error);
    return find_scale(t);
}

static double height_of(const table *t) {
    return title_height + (double)t->rows * (t->cell + t->gap);
}

static double width_of(const table *t) {
    return t->arbor + (double)t->columns * (t->cell + t->gap) - t->gap;
}

/* A side of a place. */
static double place_of(const table *t) {
    return t->cell / (double)(t->height > t->width ? t->height : t->width);
}

static void frame(figure *f, const table *t, double x, double y) {
    double side = place_of(t);
    cairo_rectangle(f->cr, x, y, (double)t->width * side, (double)t->height * side);
    figure_ink(f, figure_grey, 0.5);
    cairo_set_line_width(f->cr, 0.35);
    cairo_stroke(f->cr);
}

/* The darker the larger; places beside each other leave no seam. */
static void draw_picture(figure *f, const table *t, size_t row, size_t column, double x, double y) {
    double side = place_of(t);
    for (size_t k = 0; k < t->height * t->width; k++) {
        double weight = (double)t->weights[(k * t->senders + column) * t->m + row];
        if (weight == 0 || t->most <= 0)
            continue;
        figure_ink(f, weight > 0 ? figure_blue : figure_vermillion,
                   fmin(fabs(weight) / t->most, 1));
        cairo_rectangle(f->cr, x + (double)(k % t->width) * side, y + (double)(k / t->width) * side,
                        side, side);
        cairo_fill(f->cr);
    }
    frame(f, t, x, y);
}

/* The dendrite sites of a row by their two places on the grid: a disc is as large as its charge
 * counts, filled where it excites. */
static void draw_arbor(figure *f, const table *t, const loci_network *network, size_t row, double x,
                       double y) {
    const loci_tensor *positions = cli_positions(network, t->pair, false);
    const loci_tensor *charges = cli_tensor(network, "pair", t->pair, "dendrite.charge");
    size_t sites = positions->shape[1], axes = positions->shape[2];
    double side = place_of(t), most = 0;
    double wide = (double)t->width * side, high = (double)t->height * side;
    for (size_t i = 0; charges != NULL && i < charges->count; i++)
        most = fmax(most, fabs((double)cli_values(network, charges)[i]));
    frame(f, t, x, y);
    cairo_save(f->cr);
    cairo_rectangle(f->cr, x - t->gap, y - t->gap / 2, wide + 2 * t->gap, high + t->gap);
    cairo_clip(f->cr);
    for (size_t s = 0; s < sites; s++) {
        const float *at = cli_values(network, positions) + (row * sites + s) * axes;
        double charge = most > 0 ? (double)cli_values(network, charges)[row * sites + s] / most : 1;
        double to_x = x + wide / 2 + (double)at[0] * side,
               to_y = y + high / 2 + (double)at[1] * side;
        double radius = 0.11 * t->cell * sqrt(fabs(charge));
        figure_ink(f, figure_black, 0.35);
        cairo_set_line_width(f->cr, 0.35);
        cairo_move_to(f->cr, x + wide / 2, y + high / 2);
        cairo_line_to(f->cr, to_x, to_y);
        cairo_stroke(f->cr);
        figure_ink(f, charge < 0 ? figure_vermillion : figure_blue, 1);
        figure_mark(f, FIGURE_CIRCLE, to_x, to_y, fmax(radius, 0.5));
    }
    cairo_restore(f->cr);
}

/* "image to maps 1, 8 of 14 x 14" */
static void name_table(const loci_spec *spec, const table *t, char text[4 * CLI_WORD]) {
    char from[CLI_WORD], to[CLI_WORD], size[CLI_WORD];
    const char *sender = t->pair == 0 ? "image" : figure_layer_name(spec, t->pair, from);
    snprintf(text, 4 * (size_t)CLI_WORD, "%s to %s, %s", sender,
             figure_layer_name(spec, t->pair + 1, to), figure_layer_size(spec, t->pair + 1, size));
}

/* What the full colour is, and what is left out. */
static void explain(const table *t, char text[4 * CLI_WORD]) {
    char most[CLI_WORD], largest[CLI_WORD];
    snprintf(text, 4 * (size_t)CLI_WORD, "full colour: %s, largest: %s%s",
             figure_number(most, t->most, 2), figure_number(largest, t->largest, 2),
             t->rows < t->receivers || t->columns < t->senders ? "; not all are shown" : "");
}

static const double title_size = 8.5, small_size = 7;

static double width_with_title(const loci_spec *spec, const table *t) {
    char title[4 * CLI_WORD], more[4 * CLI_WORD];
    name_table(spec, t, title);
    explain(t, more);
    return fmax(width_of(t), fmax(1.1 * figure_text_width(title, title_size),
                                  figure_text_width(more, small_size)));
}

static void write_title(figure *f, const loci_spec *spec, const table *t, double x, double y) {
    char text[4 * CLI_WORD];
    name_table(spec, t, text);
    figure_ink(f, figure_black, 1);
    figure_text(f, x, y + 13, text, (figure_style){.size = title_size, .bold = true});
    explain(t, text);
    figure_text(f, x, y + 24, text, (figure_style){.size = small_size});
}

static void draw_table(figure *f, const loci_network *network, const table *t, double x, double y) {
    write_title(f, loci_network_spec(network), t, x, y);
    for (size_t row = 0; row < t->rows; row++) {
        char number[CLI_WORD];
        double top = y + title_height + (double)row * (t->cell + t->gap);
        snprintf(number, sizeof number, "%zu", row + 1);
        figure_ink(f, figure_grey, 1);
        figure_text(f, x - 4, top + t->cell / 2 + 2, number,
                    (figure_style){.size = fmin(small_size, t->cell), .align = FIGURE_RIGHT});
        if (t->arbor > 0)
            draw_arbor(f, t, network, row, x, top);
        for (size_t column = 0; column < t->columns; column++)
            draw_picture(f, t, row, column, x + t->arbor + (double)column * (t->cell + t->gap),
                         top);
    }
}

/* Where tables stand: side by side as long as there is room. Returns the height of all. */
static double arrange(const loci_spec *spec, const table *tables, uint32_t count, double *x,
                      double *y, double *width) {
    double at = margin, top = 2, low = top;
    *width = 0;
    for (uint32_t p = 0; p < count; p++) {
        double wide = width_with_title(spec, &tables[p]);
        if (p > 0 && at + wide > margin + room + apart) {
            at = margin;
            top = low;
        }
        x[p] = at;
        y[p] = top;
        *width = fmax(*width, at + wide);
        low = fmax(low, top + height_of(&tables[p]) + 6);
        at += wide + apart + 10;
    }
    return low;
}

static int draw(const figure_request *request, const loci_network *network, const table *tables,
                uint32_t count) {
    static const figure_key keys[] = {
        {.name = "weight or charge > 0",
         .marks = true,
         .own_colour = true,
         .colour = {0, 0.447, 0.698},
         .shape = FIGURE_SQUARE},
        {.name = "weight or charge < 0",
         .marks = true,
         .own_colour = true,
         .colour = {0.835, 0.369, 0},
         .shape = FIGURE_SQUARE},
    };
    double x[LOCI_MAX_PAIRS], y[LOCI_MAX_PAIRS], width;
    double height = arrange(loci_network_spec(network), tables, count, x, y, &width);
    width = fmax(width, 230);
    double legend = figure_legend_height(keys, 2, width - margin);
    figure f;
    figure_open(&f, request->format, width + 12, height + legend + 10);
    for (uint32_t p = 0; p < count; p++)
        draw_table(&f, network, &tables[p], x[p], y[p]);
    figure_legend(&f, keys, 2, margin, height + 4, width - margin);
    return figure_save(&f, request->output);
}

int figure_stencils(const figure_request *request) {
    enum { MOST_FEW = MOST_ROWS };
    table tables[LOCI_MAX_PAIRS] = {0};
    loci_network *network = NULL;
    int status = figure_one_network(request, &network);
    if (status != CLI_GO_ON)
        return status;
    const loci_spec *spec = loci_network_spec(network);
    if (spec->maps_count == 0)
        status = cli_fail(request->runs[0], "its neurons share no arbors; only those of a network "
                                            "with --maps do");
    bool few = loci_spec_layer_size(spec, spec->maps_count + 1) <= MOST_FEW;
    uint32_t count = spec->maps_count + (few ? 1 : 0);
    for (uint32_t p = 0; p < count && status == CLI_GO_ON; p++)
        status = open_table(network, p, &tables[p]);
    if (status == CLI_GO_ON)
        status = draw(request, network, tables, count);
    for (uint32_t p = 0; p < count; p++)
        free(tables[p].weights);
    loci_network_free(network);
    return status;
}
