/* The parts of `loci figure`: a drawing surface, plots with axes, and one function a figure.
 * Lengths are in points, 1/72 inch. */
#ifndef LOCI_CLI_FIGURE_H
#define LOCI_CLI_FIGURE_H

#include <cairo.h>

#include "common/command_line.h"

enum { FIGURE_MOST_RUNS = 256, FIGURE_MOST_GROUPS = 64, FIGURE_NAME = 96 };

/* ---- canvas.c ---- */

typedef enum figure_format { FIGURE_SVG, FIGURE_PDF, FIGURE_PNG } figure_format;

/* Picks the format from how the file is called; false when it is none of .svg, .pdf, .png. */
bool figure_format_of(const char *path, figure_format *format);

/* A picture under way. Starts white. */
typedef struct figure {
    cairo_t *cr;
    double width, height;
    figure_format format;
    unsigned char *bytes; /* what cairo has written so far */
    size_t size, room;
    bool lost; /* memory was short */
} figure;

void figure_open(figure *f, figure_format format, double width, double height);
/* Writes the picture, all or nothing. Exit code. */
int figure_save(figure *f, const char *path);
/* Gives it up. */
void figure_drop(figure *f);

/* ---- lettering.c ---- */

enum { FIGURE_LEFT = 0, FIGURE_CENTRE = 1, FIGURE_RIGHT = 2 };

typedef struct figure_style {
    double size;
    int align;   /* what of the text is at x */
    double room; /* a longer text is cut, with an ellipsis; 0: it may be as long as it is */
    bool bold;
    bool upwards; /* turned by a quarter: it reads from bottom to top */
} figure_style;

/* Puts text, UTF-8 or not, with its baseline at y, in the current colour. */
void figure_text(figure *f, double x, double y, const char *text, figure_style style);
/* How wide the text is, before there is a figure to put it in. */
double figure_text_width(const char *text, double size);

/* ---- colour.c ---- */

typedef struct figure_colour {
    double r, g, b;
} figure_colour;

extern const figure_colour figure_white, figure_black, figure_grey, figure_light, figure_blue,
    figure_vermillion;
/* Colours of series, told apart by people who are colour-blind too (Okabe, Ito 2008). Series that
 * are FIGURE_COLOURS apart have one colour and different marks. */
enum { FIGURE_COLOURS = 7 };
figure_colour figure_series(size_t i);
/* A scale from dark blue to yellow that is even in lightness (viridis), share 0..1. */
figure_colour figure_scale(double share);
void figure_ink(figure *f, figure_colour colour, double alpha);

/* Marks of series: circle, square, triangle, diamond, ... */
void figure_mark(figure *f, size_t shape, double x, double y, double radius);
/* The series that has this colour and this mark. */
size_t figure_series_of(size_t colour, size_t shape);
enum { FIGURE_CIRCLE = 0, FIGURE_SQUARE = 1, FIGURE_TRIANGLE = 2, FIGURE_DIAMOND = 3 };

/* ---- plot.c ---- */

typedef struct figure_axis {
    double low, high; /* low above high: values grow to the left, or downwards */
    bool logarithmic;
    bool
        errors; /* per cent: what is missing to 100 is logarithmic, and what is near 100 has room */
    const char *label;
    bool whole;          /* ticks at whole numbers only */
    bool bare;           /* no ticks and no numbers */
    double room;         /* of numbers, at least: labels of plots below each other stand in line */
    const double *ticks; /* where they go; NULL: at round numbers */
    size_t tick_count;
} figure_axis;

typedef struct figure_plot {
    double x, y, width, height; /* of the space between the axes; y is the top */
    figure_axis across, up;
    const char *title; /* may be NULL */
} figure_plot;

/* Widens an axis so that values from low to high have room, a tenth on either side. */
void figure_axis_fit(figure_axis *axis, double low, double high);
/* A number with so many digits, as it is printed: with a minus sign, not a hyphen. */
const char *figure_number(char text[CLI_WORD], double value, int digits);
/* Axes, ticks, labels, title. */
void figure_plot_draw(figure *f, const figure_plot *plot);
double figure_x(const figure_plot *plot, double value);
double figure_y(const figure_plot *plot, double value);
/* Whether a point of the picture lies between the axes. */
bool figure_shows(const figure_plot *plot, double x, double y);
/* Between these two, what lies outside the axes is not drawn. */
void figure_clip(figure *f, const figure_plot *plot);
void figure_clip_end(figure *f);

/* A line through points, with marks where there are few, and a band of `spread` around it where it
 * is not NULL. A NaN is a gap. */
typedef struct figure_curve {
    size_t count;
    const double *x, *y, *spread;
    size_t series; /* its colour and mark */
    bool dashed, marks;
    bool faint; /* its marks stand behind others */
} figure_curve;
void figure_curve_draw(figure *f, const figure_plot *plot, const figure_curve *curve);

/* Room that a legend of these names takes, and the legend itself: rows of line, mark and name. */
typedef struct figure_key {
    char name[FIGURE_NAME];
    size_t series;
    bool dashed, marks, line;
    bool own_colour; /* colour and shape instead of series */
    figure_colour colour;
    size_t shape;
} figure_key;
/* legend.c */
double figure_legend_height(const figure_key *keys, size_t count, double width);
void figure_legend(figure *f, const figure_key *keys, size_t count, double x, double y,
                   double width);

/* chart.c: an error bar about a point */
void figure_bar(figure *f, const figure_plot *plot, double x, double y, double deviation);

/* ---- chart.c: sets of points in panels side by side ---- */

enum { FIGURE_MOST_POINTS = 24, FIGURE_MOST_SETS = 96, FIGURE_MOST_PANELS = 2 };

typedef struct figure_set {
    char name[FIGURE_NAME]; /* in the legend, where a name stands once; "": not there */
    size_t panel, series;
    bool dashed, loose; /* loose: points are not joined */
    bool named; /* the name stands at the curve's end or beside its only point, not in the legend */
    bool faint;
    size_t count;
    double x[FIGURE_MOST_POINTS], y[FIGURE_MOST_POINTS];
    double deviation[FIGURE_MOST_POINTS];   /* 0: none is shown */
    const char *labels[FIGURE_MOST_POINTS]; /* beside the points; NULL: nothing */
} figure_set;

typedef struct figure_chart {
    size_t panels;                          /* 1 or 2 */
    const char *titles[FIGURE_MOST_PANELS]; /* NULL: none */
    double width, height;                   /* of a panel */
    figure_axis across;                     /* low = high: as wide as the points ask for */
    const char *up;                         /* label of the other axis, in per cent */
    bool errors;                            /* that axis is one of errors */
    figure_set *sets;
    size_t count;
} figure_chart;

/* A further point; label may be NULL. Points beyond the most that there may be are left out. */
void figure_set_add(figure_set *set, double x, double y, double deviation, const char *label);
/* Exit code. */
int figure_chart_draw(const figure_chart *chart, figure_format format, const char *output);

/* ---- labels.c: labels that hide nothing ---- */

enum { FIGURE_MOST_BOXES = 16384 };

typedef struct figure_box {
    double x, y, width, height; /* x, y: upper left */
} figure_box;

/* What is taken: by marks, by lines, and by labels that stand already. Beyond the most that there
 * may be, labels may lie on something. */
typedef struct figure_boxes {
    figure_box list[FIGURE_MOST_BOXES];
    size_t count;
} figure_boxes;
void figure_take_mark(figure_boxes *taken, double x, double y);
void figure_take_line(figure_boxes *taken, double x0, double y0, double x1, double y1);

/* Beside a point of the picture, or further away with a line to it; where all is taken, to the
 * right. */
void figure_label_point(figure *f, const figure_plot *plot, figure_boxes *taken, double x, double y,
                        const char *label, figure_colour colour);

/* The last point of a curve, in the picture, and what stands there. */
typedef struct figure_end {
    double x, y;
    const char *label;
    size_t series;
} figure_end;
/* At most FIGURE_MOST_SETS; sorts them. */
void figure_label_ends(figure *f, const figure_plot *plot, figure_boxes *taken, figure_end *ends,
                       size_t count);
double figure_label_width(const char *label);

/* ---- groups.c ---- */

/* Runs that differ in nothing but the seed. */
typedef struct figure_group {
    char name[FIGURE_NAME];
    loci_config config; /* of its first run */
    const char *runs[FIGURE_MOST_RUNS];
    size_t count;
} figure_group;

typedef struct figure_request {
    const char *name, *output;
    figure_format format;
    const char *runs[FIGURE_MOST_RUNS];
    size_t count;
    cli_data data;
    uint32_t digit;
    uint64_t sample;
    double width; /* of the picture; 0: the figure's own */
    bool follow;
} figure_request;

/* follow.c: draws, and again whenever the metrics of its runs grow, until all are over or a signal
 * comes. Exit code. */
int figure_follow(const figure_request *request, int (*draw)(const figure_request *));

/* Sorts runs into groups [FIGURE_MOST_GROUPS] by their config.json, in the order given. CLI_GO_ON
 * or an exit code. */
int figure_group_runs(const figure_request *request, figure_group *groups, size_t *count);
/* The last part of a path, without slashes. */
void figure_base_name(const char *path, char out[FIGURE_NAME]);
/* Takes off the "-s3" that tells seeds apart. */
void figure_drop_seed(char *name);

/* ---- points.c: runs as points ---- */

typedef enum figure_kind {
    FIGURE_SPATIAL,
    FIGURE_CONVENTIONAL,
    FIGURE_ARBOR,
    FIGURE_SPIKING,
    FIGURE_SPIKING_ARBOR,
    FIGURE_SPIKING_CONVENTIONAL,
    FIGURE_SHARED_ARBOR,
    FIGURE_SPIKING_SHARED_ARBOR,
    FIGURE_CONVOLUTIONAL,
    FIGURE_KINDS
} figure_kind;
const char *figure_kind_name(figure_kind kind);

/* A group of runs. */
typedef struct figure_point {
    figure_kind kind;
    double parameters, dimensions;
    double accuracy, deviation; /* per cent */
    bool taught;                /* by another network */
    char dataset[64];
} figure_point;

/* The runs of a request as points [FIGURE_MOST_GROUPS], the smallest networks first. CLI_GO_ON or
 * an exit code. */
int figure_points(const figure_request *request, figure_point *points, size_t *count);

/* ---- sites.c: where the neurons of a network are ---- */

typedef struct figure_layer {
    size_t size, sites; /* neurons; sites of each */
    /* [size, 3] middle of a neuron's sites; the last coordinate is z, the layer's number where
     * there are planes. */
    float *at;
    float *site;   /* [size, sites, 3] */
    float *charge; /* [size] sum of the axon sites' charges */
    bool charged;  /* there are such */
    double pitch;  /* between neurons of maps; 0: it has none */
} figure_layer;
enum { FIGURE_MOST_LAYERS = LOCI_MAX_PAIRS + 1 };

/* Loads the network of a figure that shows one. CLI_GO_ON or an exit code. */
int figure_one_network(const figure_request *request, loci_network **network);
/* Fills layers[hidden_count + 2], all 0 before. CLI_GO_ON or an exit code; figure_layers_free() in
 * any case. */
int figure_layers(const loci_network *network, const char *run, figure_layer *layers);
void figure_layers_free(figure_layer *layers, size_t count);
/* "input", "hidden 2", "output" */
const char *figure_layer_name(const loci_spec *spec, uint32_t l, char text[CLI_WORD]);

/* maps.c: layers whose neurons stand in maps */

/* How the maps of a layer lie in its plane, in units of that. */
typedef struct figure_sheet {
    loci_maps maps;
    size_t columns, rows; /* of sheets */
    double cell, pitch;   /* between the middles of sheets, and of neurons */
} figure_sheet;
/* False where a layer has no maps. */
bool figure_sheets(const loci_spec *spec, uint32_t l, figure_sheet *sheet);
/* Where neuron i of the layer is. */
void figure_sheet_place(const figure_sheet *sheet, size_t neuron, float at[2]);
/* Which neurons an entry of the stencil of a layer pair joins, where it leads to the middle of a
 * map; of a pooled square its first place. False: it lies beyond the edge, where there is none. */
bool figure_entry_ends(const loci_spec *spec, uint32_t pair, size_t entry, size_t map,
                       size_t *sender, size_t *receiver);
/* "128"; of maps "8 of 14 x 14" */
const char *figure_layer_size(const loci_spec *spec, uint32_t l, char text[CLI_WORD]);

/* data.c: the data of the command line, else the run's, which have a test part. CLI_GO_ON or an
 * exit code. */
int figure_test_part(const figure_request *request, const loci_network *network,
                     loci_dataset **data);

/* histogram.c: shares of values in bins of one width, in per cent of all that were counted. */
enum { FIGURE_BINS = 60 };
typedef struct figure_histogram {
    double low, high; /* values outside of these are counted, in no bin */
    size_t count;
    double bins[FIGURE_BINS];
} figure_histogram;
void figure_histogram_add(figure_histogram *h, double value);
/* The largest share. */
double figure_histogram_most(const figure_histogram *h);
/* Filled, in the colour of a series; the axis across is that of the histogram. */
void figure_histogram_draw(figure *f, const figure_plot *plot, const figure_histogram *h,
                           size_t series);

/* ---- the figures; each returns an exit code ---- */

int figure_space(const figure_request *request);       /* fig1 */
int figure_pruning(const figure_request *request);     /* fig3 */
int figure_depths(const figure_request *request);      /* fig4 */
int figure_sizes(const figure_request *request);       /* fig5 */
int figure_activations(const figure_request *request); /* fig6 */
int figure_dimensions(const figure_request *request);  /* dims */
int figure_frontier(const figure_request *request);    /* frontier */
int figure_predictions(const figure_request *request); /* predictions */
int figure_raster(const figure_request *request);      /* raster */
int figure_stencils(const figure_request *request);    /* stencils */
int figure_delays(const figure_request *request);      /* delays */
int figure_training(const figure_request *request);    /* training */

#endif
