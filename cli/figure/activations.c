/* Each layer's neurons in their plane, coloured by what they do with the mean image of a class:
 * Fig. 6 of the paper. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure/figure.h"

static const double side = 138, left = 38, gap = 36;

/* The mean of a class's training images, as the network takes them. */
static int mean_image(const figure_request *request, const loci_network *network,
                      const loci_dataset *data, float *image, float *one) {
    size_t n = 0, features = loci_spec_pixels(loci_network_spec(network));
    for (size_t i = 0; i < loci_dataset_count(data, LOCI_TRAIN); i++) {
        if (loci_dataset_label(data, LOCI_TRAIN, i) != (int32_t)request->digit)
            continue;
        if (loci_network_sample(network, data, LOCI_TRAIN, i, one) != LOCI_OK)
            return cli_fail_sample(data);
        for (size_t p = 0; p < features; p++)
            image[p] += one[p];
        n++;
    }
    if (n == 0)
        return cli_fail(loci_dataset_name(data), "has no training images of class %u",
                        request->digit);
    for (size_t p = 0; p < features; p++)
        image[p] /= (float)n;
    return CLI_GO_ON;
}

static int compare_floats(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* All neurons but, of a large layer, the outermost half per cent on either side: a few strays would
 * squeeze the rest. Of fewer than 200 none is left out. */
static void fit(const figure_layer *layer, size_t coordinate, double limits[2]) {
    float *all = calloc(layer->size, sizeof *all);
    limits[0] = -1;
    limits[1] = 1;
    if (all == NULL)
        return;
    for (size_t i = 0; i < layer->size; i++)
        all[i] = layer->at[i * 3 + coordinate];
    qsort(all, layer->size, sizeof *all, compare_floats);
    size_t cut = layer->size / 200;
    limits[0] = (double)all[cut];
    limits[1] = (double)all[layer->size - 1 - cut];
    free(all);
}

/* A square that shows both coordinates to the same scale. */
static figure_plot plot_of(const figure_layer *layer, double x, double y) {
    figure_plot plot = {.x = x, .y = y, .width = side, .height = side};
    double a[2], b[2];
    fit(layer, 0, a);
    fit(layer, 1, b);
    double half = fmax(fmax(a[1] - a[0], b[1] - b[0]) / 2 * 1.1, 1e-3);
    plot.across = (figure_axis){.low = (a[0] + a[1]) / 2 - half, .high = (a[0] + a[1]) / 2 + half};
    /* as in images, the second coordinate grows downwards */
    plot.up = (figure_axis){.low = (b[0] + b[1]) / 2 + half, .high = (b[0] + b[1]) / 2 - half};
    plot.across.bare = plot.up.bare = layer->pitch > 0; /* sheets are where there is room */
    return plot;
}

typedef struct neuron {
    size_t index;
    float share; /* of the way from the layer's least activation to its largest */
} neuron;

static int by_share(const void *a, const void *b) {
    const neuron *x = a, *y = b;
    if (x->share != y->share)
        return x->share > y->share ? 1 : -1;
    return (x->index > y->index) - (x->index < y->index);
}

/* The most active on top. */
static void sort_neurons(const float *activation, size_t count, neuron *out, float limits[2]) {
    limits[0] = 0;
    limits[1] = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        limits[0] = fminf(limits[0], activation[i]);
        limits[1] = fmaxf(limits[1], activation[i]);
    }
    float span = limits[1] - limits[0];
    for (size_t i = 0; i < count; i++)
        out[i] = (neuron){i, span > 0 ? (activation[i] - limits[0]) / span : 0};
    qsort(out, count, sizeof *out, by_share);
}

/* Where a neuron is drawn. */
typedef struct place {
    double x, y;
    bool shown;
} place;

/* The disc on top of the middle of neuron i, of those drawn after it; NULL: its middle is free. */
static const place *covers(const place *places, size_t count, size_t i, double radius) {
    for (size_t j = count; j-- > i + 1;)
        if (places[j].shown &&
            hypot(places[j].x - places[i].x, places[j].y - places[i].y) < 1.4 * radius)
            return &places[j];
    return NULL;
}

/* A name that is short stands in its neuron; another, or that of a neuron under others, beside it,
 * on the side where there is room. */
static void write_name(figure *f, const figure_plot *plot, const place *at, const place *above,
                       double radius, const char *name, float share) {
    bool within = above == NULL && figure_text_width(name, 7) < 1.6 * radius;
    bool left_of = at->x > plot->x + side / 2;
    double first = at->x, last = at->x; /* the middles of the discs that the name is beside */
    if (above != NULL) {
        left_of = above->x > at->x;
        first = fmin(first, above->x);
        last = fmax(last, above->x);
    }
    figure_ink(f, within && share < 0.6f ? figure_white : figure_black, 1);
    if (within)
        figure_text(f, at->x, at->y + 2.5, name, (figure_style){.size = 7, .align = FIGURE_CENTRE});
    else
        figure_text(f, left_of ? first - radius - 1.5 : last + radius + 1.5, at->y + 2.5, name,
                    (figure_style){.size = 7,
                                   .align = left_of ? FIGURE_RIGHT : FIGURE_LEFT,
                                   .room = side / 2});
}

static void write_names(figure *f, const figure_plot *plot, const figure_layer *layer,
                        const neuron *neurons, const place *places, double radius,
                        const json_t *names) {
    for (size_t i = 0; i < layer->size; i++) {
        char number[CLI_WORD];
        if (places[i].shown)
            write_name(f, plot, &places[i], covers(places, layer->size, i, radius), radius,
                       cli_output_name(names, (uint32_t)neurons[i].index, number),
                       neurons[i].share);
    }
}

/* Neurons of a map fill it, as the pixels of a picture. */
static void draw_pixel(figure *f, const figure_plot *plot, const place *at, double pitch) {
    /* a little over the next, so that no seam is seen */
    double wide = fabs(figure_x(plot, pitch) - figure_x(plot, 0)) + 0.15;
    cairo_rectangle(f->cr, at->x - wide / 2, at->y - wide / 2, wide, wide);
    cairo_fill(f->cr);
}

/* Discs are drawn whole or, outside the axes, not at all. names: of an output layer, else NULL.
 * own [size]: the colours of an input of red, green and blue, else NULL. places [size]: scratch.
 * Returns how many neurons are outside. */
static size_t draw_neurons(figure *f, const figure_plot *plot, const figure_layer *layer,
                           const neuron *neurons, place *places, const json_t *names,
                           const figure_colour *own) {
    bool named = names != NULL && layer->size <= 40;
    double radius = 40 / sqrt((double)layer->size);
    size_t outside = 0;
    radius = named ? 5.2 : radius < 0.8 ? 0.8 : radius > 4 ? 4 : radius;
    for (size_t i = 0; i < layer->size; i++) {
        const float *at = layer->at + neurons[i].index * 3;
        place *to = &places[i];
        *to = (place){.x = figure_x(plot, (double)at[0]), .y = figure_y(plot, (double)at[1])};
        to->shown = figure_shows(plot, to->x, to->y);
        outside += !to->shown;
        figure_ink(f, own != NULL ? own[neurons[i].index] : figure_scale((double)neurons[i].share),
                   1);
        if (to->shown && layer->pitch > 0)
            draw_pixel(f, plot, to, layer->pitch);
        else if (to->shown)
            figure_mark(f, FIGURE_CIRCLE, to->x, to->y, radius);
    }
    if (named)
        write_names(f, plot, layer, neurons, places, radius, names);
    return outside;
}

/* From the lowest to the highest activation of the layer. */
static void draw_bar(figure *f, double x, double y, const float limits[2]) {
    enum { STEPS = 48 };
    char text[CLI_WORD];
    for (int i = 0; i < STEPS; i++) {
        figure_ink(f, figure_scale((i + 0.5) / STEPS), 1);
        cairo_rectangle(f->cr, x + i * (side - 60) / STEPS + 30, y, (side - 60) / STEPS + 0.3, 5);
        cairo_fill(f->cr);
    }
    figure_ink(f, figure_black, 1);
    figure_text(f, x + 27, y + 5, figure_number(text, (double)limits[0], 3),
                (figure_style){.size = 7, .align = FIGURE_RIGHT});
    figure_text(f, x + side - 27, y + 5, figure_number(text, (double)limits[1], 3),
                (figure_style){.size = 7});
}

/* What a panel's colours are. */
static const char *meaning(const loci_spec *spec, uint32_t l) {
    if (l == 0)
        return spec->channels == 3 ? "pixel of the mean image, in its colour"
                                   : "pixel of the mean image";
    if (l > loci_spec_hidden_layers(spec))
        return "logit";
    return loci_spec_spikes(spec) ? "spikes per time step" : "activation";
}

/* One layer. names: the classes' of an output layer, else NULL. */
static int draw_panel(figure *f, const loci_spec *spec, uint32_t l, const figure_layer *layer,
                      const float *activation, const json_t *names, const figure_colour *own,
                      double x, double y) {
    figure_plot plot = plot_of(layer, x, y);
    neuron *neurons = calloc(layer->size, sizeof *neurons);
    place *places = calloc(layer->size, sizeof *places);
    char title[2 * CLI_WORD], name[CLI_WORD], size[CLI_WORD];
    float limits[2];
    if (neurons == NULL || places == NULL) {
        free(neurons);
        free(places);
        return cli_fail("figure", "out of memory");
    }
    snprintf(title, sizeof title, "%s, %s", figure_layer_name(spec, l, name),
             figure_layer_size(spec, l, size));
    plot.title = title;
    figure_plot_draw(f, &plot);
    sort_neurons(activation, layer->size, neurons, limits);
    size_t outside = draw_neurons(f, &plot, layer, neurons, places, names, own);
    if (own == NULL)
        draw_bar(f, x, y + side + 20, limits);
    char left_out[CLI_WORD] = "", caption[2 * CLI_WORD];
    if (outside > 0)
        snprintf(left_out, sizeof left_out, "; %zu outside", outside);
    snprintf(caption, sizeof caption, "%s%s", meaning(spec, l), left_out);
    figure_ink(f, figure_black, 1);
    figure_text(f, x + side / 2, y + side + 36, caption,
                (figure_style){.size = 7.5, .align = FIGURE_CENTRE});
    free(neurons);
    free(places);
    return CLI_GO_ON;
}

static int draw(const figure_request *request, const loci_network *network,
                const figure_layer *layers, float *const *activations, const figure_colour *own,
                const char *class_name) {
    enum { COLUMNS = 4 };
    const loci_spec *spec = loci_network_spec(network);
    uint32_t count = loci_spec_hidden_layers(spec) + 2, columns = count < COLUMNS ? count : COLUMNS;
    uint32_t rows = (count + COLUMNS - 1) / COLUMNS;
    json_t *names = cli_output_names(network);
    if (names == NULL)
        names = json_array(); /* then they are numbers */
    figure f;
    char title[256];
    figure_open(&f, request->format, left + columns * (side + gap) - gap + 12,
                20 + rows * (side + 66));
    snprintf(title, sizeof title, "the mean image of class \xe2\x80\x9c%s\xe2\x80\x9d",
             CLI_CUT(100, class_name));
    figure_ink(&f, figure_black, 1);
    figure_text(
        &f, f.width / 2, 14, title,
        (figure_style){.size = 9, .align = FIGURE_CENTRE, .bold = true, .room = f.width - 20});
    int status = CLI_GO_ON;
    for (uint32_t l = 0; l < count && status == CLI_GO_ON; l++)
        status = draw_panel(&f, spec, l, &layers[l], activations[l], l + 1 < count ? NULL : names,
                            l == 0 ? own : NULL, left + l % COLUMNS * (side + gap),
                            36 + l / COLUMNS * (side + 66));
    json_decref(names);
    if (status == CLI_GO_ON)
        return figure_save(&f, request->output);
    figure_drop(&f);
    return status;
}

/* activations[l] of every layer; an input neuron's is its pixel. */
static int run(const loci_network *network, const float *image, float **activations) {
    const loci_spec *spec = loci_network_spec(network);
    loci_error error = {0};
    for (size_t i = 0; i < loci_spec_layer_size(spec, 0); i++)
        activations[0][i] = image[loci_network_pixel(network, i)];
    for (uint32_t l = 1; l <= loci_spec_hidden_layers(spec) + 1; l++)
        if (loci_network_activations(network, image, l, activations[l], &error) != LOCI_OK)
            return cli_error(&error);
    return CLI_GO_ON;
}

/* Each input neuron's pixel in its colour; NULL where it has no red, green and blue, or memory is
 * short. free() them. */
static figure_colour *colours_of(const loci_network *network, const float *image) {
    const loci_spec *spec = loci_network_spec(network);
    size_t count = loci_spec_layer_size(spec, 0);
    figure_colour *own = spec->channels == 3 ? calloc(count, sizeof *own) : NULL;
    for (size_t i = 0; own != NULL && i < count; i++) {
        const float *p = image + loci_network_pixel(network, i) / 3 * 3;
        own[i] = (figure_colour){fmin(fmax((double)p[0], 0), 1), fmin(fmax((double)p[1], 0), 1),
                                 fmin(fmax((double)p[2], 0), 1)};
    }
    return own;
}

static int show(const figure_request *request, const loci_network *network,
                const loci_dataset *data) {
    const loci_spec *spec = loci_network_spec(network);
    uint32_t count = loci_spec_hidden_layers(spec) + 2;
    assert(count >= 2 && count <= FIGURE_MOST_LAYERS);
    if (loci_spec_inputs(spec) > loci_spec_pixels(spec))
        return cli_fail("activations", "shows what an image does; these samples have time");
    figure_layer layers[FIGURE_MOST_LAYERS] = {0};
    float *activations[FIGURE_MOST_LAYERS] = {NULL};
    float *image = calloc(loci_spec_pixels(spec), 2 * sizeof *image);
    bool lost = image == NULL;
    for (uint32_t l = 0; l < count; l++) {
        activations[l] = calloc(loci_spec_layer_size(spec, l), sizeof(float));
        lost |= activations[l] == NULL;
    }
    int status = lost ? cli_fail("figure", "out of memory")
                      : figure_layers(network, request->runs[0], layers);
    if (status == CLI_GO_ON)
        status = mean_image(request, network, data, image, image + loci_spec_pixels(spec));
    if (status == CLI_GO_ON)
        status = run(network, image, activations);
    figure_colour *own = status == CLI_GO_ON ? colours_of(network, image) : NULL;
    if (status == CLI_GO_ON)
        status = draw(request, network, layers, activations, own,
                      loci_dataset_class_name(data, request->digit));
    free(own);
    for (uint32_t l = 0; l < count; l++)
        free(activations[l]);
    free(image);
    figure_layers_free(layers, FIGURE_MOST_LAYERS);
    return status;
}

/* The data of the command line, else the run's. The test part is not looked at. */
static int open_data(const figure_request *request, const loci_network *network,
                     loci_dataset **data) {
    static loci_config config;
    cli_data from = request->data;
    loci_error error = {0};
    if (from.name == NULL && !cli_is_folder(request->runs[0]))
        return cli_usage("--data", "say which images to show it, for example --data mnist; only a "
                                   "run folder knows its data");
    bool of_run = from.name == NULL;
    int status = of_run ? cli_data_of_run(&from, request->runs[0], &config, &error) : LOCI_OK;
    from.options.skip_test = 1;
    if (status == LOCI_OK)
        status = cli_data_for(&from, network, &error);
    if (status == LOCI_OK)
        status = cli_open_data(data, &from, of_run ? &config : NULL, &error);
    return status == LOCI_OK ? CLI_GO_ON : cli_error(&error);
}

static int check(const figure_request *request, const loci_network *network,
                 const loci_dataset *data) {
    const loci_spec *spec = loci_network_spec(network);
    char here[CLI_WORD], wanted[CLI_WORD];
    if (!loci_dataset_fits(data, spec))
        return cli_fail(loci_dataset_name(data), "has inputs of %s; the model takes %s",
                        cli_shape(here, loci_dataset_height(data), loci_dataset_width(data),
                                  loci_dataset_channels(data)),
                        cli_shape(wanted, spec->height, spec->width, spec->channels));
    if (request->digit >= loci_dataset_classes(data))
        return cli_usage("--digit", "%u is no class; the data have %u, counted from 0",
                         request->digit, loci_dataset_classes(data));
    return CLI_GO_ON;
}

int figure_activations(const figure_request *request) {
    loci_network *network = NULL;
    loci_dataset *data = NULL;
    int status = figure_one_network(request, &network);
    if (status == CLI_GO_ON && loci_network_spec(network)->task == LOCI_TASK_REGRESS)
        status =
            cli_fail(request->runs[0], "predicts numbers; fig6 shows the mean image of a class");
    if (status == CLI_GO_ON)
        status = open_data(request, network, &data);
    if (status == CLI_GO_ON)
        status = check(request, network, data);
    if (status == CLI_GO_ON)
        status = show(request, network, data);
    loci_dataset_free(data);
    loci_network_free(network);
    return status;
}
