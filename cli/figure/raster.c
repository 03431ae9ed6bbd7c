/* One sample through a spiking network: what enters, what each layer fires, and the membranes of an
 * output that is read by them, over the time steps. */
#include <math.h>
#include <stdlib.h>

#include "figure/figure.h"

static const double left = 52, width = 330, gap = 14, top = 24, below = 34;
/* What numbers of four digits take: names of layers stand in line. */
static const double numbers = 18;

/* What is drawn: each layer over the steps. */
typedef struct raster {
    const loci_network *network;
    const loci_spec *spec;
    uint32_t steps;
    float *membranes[FIGURE_MOST_LAYERS], *spikes[FIGURE_MOST_LAYERS]; /* [T, neurons] */
    int64_t truth, said; /* classes; -1 of a regressor */
} raster;

static bool has_membranes(const raster *x, uint32_t l) {
    return l > 0 && loci_spec_fires(x->spec, l) == 0;
}

static double height_of(const raster *x, uint32_t l) {
    double rows = (double)loci_spec_layer_size(x->spec, l);
    return has_membranes(x, l) ? 100 : fmin(fmax(44, 2 * rows), 120);
}

static double largest(const float *values, size_t count) {
    double limits[2] = {0, 0};
    cli_widen(limits, values, count, 1);
    return fmax(limits[1], -limits[0]);
}

/* The class of output j in its colour: what is right is blue, what was said instead vermillion. */
static figure_colour colour_of(const raster *x, size_t j) {
    if ((int64_t)j == x->truth)
        return figure_blue;
    return (int64_t)j == x->said ? figure_vermillion : figure_grey;
}

/* A mark for each spike, as large as steps and neurons leave room; of an input in numbers the
 * darker the more enters, in one bar where it is the same in all steps. */
static void draw_spikes(figure *f, const figure_plot *plot, const raster *x, uint32_t l) {
    size_t size = loci_spec_layer_size(x->spec, l);
    double wide = 0.8 * width / x->steps, high = fmax(0.8 * plot->height / (double)size, 0.8);
    double most = largest(x->spikes[l], x->steps * size);
    bool constant = l == 0 && x->spec->coding == LOCI_CODING_CONSTANT;
    bool output = l > loci_spec_hidden_layers(x->spec) && x->truth >= 0;
    for (uint32_t t = 0; t < (constant ? 1 : x->steps); t++)
        for (size_t j = 0; j < size; j++) {
            double value = fabs((double)x->spikes[l][t * size + j]);
            if (value <= 0)
                continue;
            figure_ink(f, output ? colour_of(x, j) : figure_black, 0.15 + 0.85 * value / most);
            cairo_rectangle(f->cr, constant ? left : figure_x(plot, t + 1.0) - wide / 2,
                            figure_y(plot, (double)j) - high / 2, constant ? width : wide, high);
            cairo_fill(f->cr);
        }
}

static void draw_line(figure *f, const figure_plot *plot, const raster *x, uint32_t l, size_t j) {
    size_t size = loci_spec_layer_size(x->spec, l);
    bool marked = (int64_t)j == x->truth || (int64_t)j == x->said;
    figure_ink(f, x->truth < 0 ? figure_series(j) : colour_of(x, j),
               marked || x->truth < 0 ? 1 : 0.6);
    cairo_set_line_width(f->cr, marked || x->truth < 0 ? 1.3 : 0.6);
    for (uint32_t t = 0; t < x->steps; t++)
        cairo_line_to(f->cr, figure_x(plot, t + 1.0),
                      figure_y(plot, (double)x->membranes[l][t * size + j]));
    cairo_stroke(f->cr);
}

/* Those that the names are about lie on top. */
static void draw_membranes(figure *f, const figure_plot *plot, const raster *x, uint32_t l) {
    size_t size = loci_spec_layer_size(x->spec, l);
    for (size_t j = 0; j < size; j++)
        if ((int64_t)j != x->truth && (int64_t)j != x->said)
            draw_line(f, plot, x, l, j);
    if (x->said >= 0)
        draw_line(f, plot, x, l, (size_t)x->said);
    if (x->truth >= 0)
        draw_line(f, plot, x, l, (size_t)x->truth);
}

/* Neurons from the top down; membranes as numbers are. */
static figure_axis axis_of(const raster *x, uint32_t l, const char *label) {
    size_t size = loci_spec_layer_size(x->spec, l);
    figure_axis axis = {.low = (double)size - 0.5, .high = -0.5, .whole = true, .label = label};
    if (!has_membranes(x, l))
        return axis;
    double limits[2] = {0, 0};
    cli_widen(limits, x->membranes[l], x->steps * size, 1);
    axis = (figure_axis){.label = label};
    figure_axis_fit(&axis, limits[0], limits[1]);
    return axis;
}

static void draw_layer(figure *f, const raster *x, uint32_t l, double y) {
    char name[CLI_WORD], label[FIGURE_NAME];
    bool last = l > loci_spec_hidden_layers(x->spec), membranes = has_membranes(x, l);
    snprintf(label, sizeof label, "%s%s", figure_layer_name(x->spec, l, name),
             membranes ? ", membrane" : "");
    figure_plot plot = {.x = left, .y = y, .width = width, .height = height_of(x, l)};
    plot.across = (figure_axis){.low = 0.5, .high = x->steps + 0.5, .whole = true};
    plot.across.bare = !last;
    plot.across.label = last ? "time step" : NULL;
    plot.up = axis_of(x, l, label);
    plot.up.room = numbers;
    figure_plot_draw(f, &plot);
    figure_clip(f, &plot);
    if (membranes)
        draw_membranes(f, &plot, x, l);
    else
        draw_spikes(f, &plot, x, l);
    figure_clip_end(f);
}

/* Puts a word behind those that are there, in its colour. */
static void write_word(figure *f, double *x, const char *word, figure_colour colour) {
    const figure_style style = {.size = 9, .room = fmax(left + width - *x, 1)};
    figure_ink(f, colour, 1);
    figure_text(f, *x, 14, word, style);
    *x += figure_text_width(word, style.size) + 3;
}

/* "sample 3: seven, taken for nine", the classes in the colours of their outputs. */
static void write_title(figure *f, const figure_request *request, const raster *x) {
    char text[CLI_WORD], number[CLI_WORD];
    double at = left;
    json_t *names = cli_output_names(x->network);
    snprintf(text, sizeof text, "sample %llu%s", (unsigned long long)request->sample,
             x->truth >= 0 ? ":" : "");
    write_word(f, &at, text, figure_black);
    if (x->truth >= 0)
        write_word(f, &at, cli_output_name(names, (uint32_t)x->truth, number), figure_blue);
    if (x->truth >= 0 && x->said != x->truth) {
        write_word(f, &at, "taken for", figure_black);
        write_word(f, &at, cli_output_name(names, (uint32_t)x->said, number), figure_vermillion);
    }
    json_decref(names);
}

static int draw(const figure_request *request, const raster *x) {
    double height = top + below, y = top;
    uint32_t layers = loci_spec_hidden_layers(x->spec) + 2;
    for (uint32_t l = 0; l < layers; l++)
        height += height_of(x, l) + (l + 1 < layers ? gap : 0);
    figure f;
    figure_open(&f, request->format, left + width + 16, height);
    write_title(&f, request, x);
    for (uint32_t l = 0; l < layers; l++) {
        draw_layer(&f, x, l, y);
        y += height_of(x, l) + gap;
    }
    return figure_save(&f, request->output);
}

/* ---- what was said ---- */

/* exp(V) over its sum, of one step. */
static double softmax(const float *v, size_t size, size_t j) {
    double limits[2] = {INFINITY, -INFINITY}, sum = 0;
    cli_widen(limits, v, size, 1);
    for (size_t k = 0; k < size; k++)
        sum += exp((double)v[k] - limits[1]);
    return exp((double)v[j] - limits[1]) / sum;
}

/* The output's number by the readout, but for its factor. */
static double read_out(const raster *x, uint32_t l, size_t j) {
    size_t size = loci_spec_layer_size(x->spec, l);
    double sum = 0, most = -INFINITY, now = 0;
    for (uint32_t t = 0; t < x->steps; t++) {
        size_t at = t * size + j;
        now = x->spec->readout == LOCI_READOUT_COUNT ? (double)x->spikes[l][at]
              : x->spec->readout == LOCI_READOUT_SOFTMAX_SUM
                  ? softmax(x->membranes[l] + t * size, size, j)
                  : (double)x->membranes[l][at];
        sum += now;
        most = fmax(most, now);
    }
    return x->spec->readout == LOCI_READOUT_MEMBRANE_MAX    ? most
           : x->spec->readout == LOCI_READOUT_MEMBRANE_LAST ? now
                                                            : sum;
}

static int64_t said(const raster *x) {
    uint32_t l = loci_spec_hidden_layers(x->spec) + 1;
    int64_t best = 0;
    for (size_t j = 1; j < x->spec->classes; j++)
        if (read_out(x, l, j) > read_out(x, l, (size_t)best))
            best = (int64_t)j;
    return best;
}

/* ---- */

static int trace(const figure_request *request, const loci_dataset *data, raster *x) {
    loci_error error = {0};
    if (request->sample >= loci_dataset_count(data, LOCI_TEST))
        return cli_usage("--sample", "%llu is no sample; the test part has %zu, counted from 0",
                         (unsigned long long)request->sample, loci_dataset_count(data, LOCI_TEST));
    for (uint32_t l = 0; l <= loci_spec_hidden_layers(x->spec) + 1; l++) {
        size_t size = loci_spec_layer_size(x->spec, l);
        x->membranes[l] = calloc(x->steps * size, sizeof(float));
        x->spikes[l] = calloc(x->steps * size, sizeof(float));
        if (x->membranes[l] == NULL || x->spikes[l] == NULL)
            return cli_fail("figure", "out of memory");
        if (loci_network_trace(x->network, data, LOCI_TEST, request->sample, l, x->membranes[l],
                               x->spikes[l], &error) != LOCI_OK)
            return cli_error(&error);
    }
    bool classes = x->spec->task == LOCI_TASK_CLASSIFY;
    x->truth = classes ? loci_dataset_label(data, LOCI_TEST, request->sample) : -1;
    x->said = classes ? said(x) : -1;
    return CLI_GO_ON;
}

int figure_raster(const figure_request *request) {
    loci_network *network = NULL;
    loci_dataset *data = NULL;
    raster x = {0};
    int status = figure_one_network(request, &network);
    if (status != CLI_GO_ON)
        return status;
    x.network = network;
    x.spec = loci_network_spec(network);
    x.steps = x.spec->time_steps;
    if (!loci_spec_spikes(x.spec))
        status = cli_fail(request->runs[0], "its neurons do not spike; only those of a network "
                                            "with --neuron lif or adlif do");
    if (status == CLI_GO_ON)
        status = figure_test_part(request, network, &data);
    if (status == CLI_GO_ON)
        status = trace(request, data, &x);
    if (status == CLI_GO_ON)
        status = draw(request, &x);
    for (uint32_t l = 0; l < FIGURE_MOST_LAYERS; l++) {
        free(x.membranes[l]);
        free(x.spikes[l]);
    }
    loci_dataset_free(data);
    loci_network_free(network);
    return status;
}
