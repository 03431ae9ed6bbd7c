/* The layered network in space: Fig. 1 of the paper. An oblique view: z goes to the right, the
 * first coordinate into the depth, the second, as in images, down. Planes stand at equal distances,
 * since drawn to scale they would hide each other; relaxed neurons are where they are. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure/figure.h"

enum { MOST_LINES = 400, MOST_ARBOR_SITES = 20000 };
/* Entries of the legend. */
enum { EXCITATORY, INHIBITORY, PLAIN, POSITIVE, NEGATIVE, ARBOR, MOST_KEYS };
static const double width = 516, height = 250, name_size = 8;

/* From space to the picture. */
typedef struct view {
    double reach;      /* half the side of the square that holds every layer */
    double unit;       /* points per unit of the plane */
    double z0, stride; /* z of the first layer; points per unit of z */
    double x, y;       /* where the middle of the first layer goes */
} view;

static void project(const view *v, const float at[3], double *x, double *y) {
    *x = v->x + ((double)at[2] - v->z0) * v->stride + 0.42 * v->unit * (double)at[0];
    *y = v->y + v->unit * (double)at[1] - 0.26 * v->unit * (double)at[0];
}

static int compare_floats(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Half the side of a square that holds all but the outermost hundredth of the neurons. */
static double reach_of(const figure_layer *layers, size_t count) {
    size_t neurons = 0, n = 0;
    for (size_t l = 0; l < count; l++)
        neurons += layers[l].size;
    assert(neurons > 0);
    float *far = calloc(neurons, sizeof *far);
    if (far == NULL)
        return 3;
    for (size_t l = 0; l < count; l++)
        for (size_t i = 0; i < layers[l].size; i++)
            far[n++] = fmaxf(fabsf(layers[l].at[i * 3]), fabsf(layers[l].at[i * 3 + 1]));
    qsort(far, n, sizeof *far, compare_floats);
    double reach = (double)far[(n - 1) * 99 / 100] * 1.05;
    free(far);
    return reach > 1e-6 ? reach : 1;
}

static view view_of(const figure_layer *layers, size_t count) {
    double z[2] = {INFINITY, -INFINITY};
    for (size_t l = 0; l < count; l++)
        cli_widen(z, layers[l].at + 2, layers[l].size, 3);
    view v = {.reach = reach_of(layers, count), .z0 = z[0]};
    double room = (height - 62) / 2 / 1.26; /* up and down from the middle */
    v.unit = room / v.reach;
    double side = 0.42 * room + 16;
    v.x = side;
    v.y = 14 + (height - 62) / 2;
    v.stride = (width - 2 * side) / (z[1] > z[0] ? z[1] - z[0] : 1);
    return v;
}

static bool outside(const view *v, const float at[3]) {
    return fabs((double)at[0]) > v->reach * 1.08 || fabs((double)at[1]) > v->reach * 1.08;
}

static void draw_plane(figure *f, const view *v, float z) {
    float r = (float)(v->reach * 1.04);
    const float corners[4][3] = {{-r, -r, z}, {r, -r, z}, {r, r, z}, {-r, r, z}};
    for (int c = 0; c < 4; c++) {
        double x, y;
        project(v, corners[c], &x, &y);
        cairo_line_to(f->cr, x, y);
    }
    cairo_close_path(f->cr);
    figure_ink(f, figure_light, 0.45);
    cairo_fill_preserve(f->cr);
    figure_ink(f, figure_grey, 0.6);
    cairo_set_line_width(f->cr, 0.4);
    cairo_stroke(f->cr);
}

static void line(figure *f, const view *v, const float from[3], const float to[3]) {
    double x, y;
    project(v, from, &x, &y);
    cairo_move_to(f->cr, x, y);
    project(v, to, &x, &y);
    cairo_line_to(f->cr, x, y);
    cairo_stroke(f->cr);
}

/* The weight that `wanted` of all are no smaller than, without regard to sign. 0 when memory is
 * short: then all are drawn. */
static float strong_from(const float *weights, size_t count, size_t wanted) {
    float *sizes = calloc(count, sizeof *sizes);
    for (size_t i = 0; sizes != NULL && i < count; i++)
        sizes[i] = fabsf(weights[i]);
    if (sizes != NULL)
        qsort(sizes, count, sizeof *sizes, compare_floats);
    float least = sizes == NULL ? 0 : sizes[count > wanted ? count - wanted : 0];
    free(sizes);
    return least;
}

static int draw_connections(figure *f, const view *v, const loci_network *network, uint32_t pair,
                            const figure_layer *from, const figure_layer *to) {
    const loci_spec *spec = loci_network_spec(network);
    size_t n, m;
    loci_spec_pair_shape(spec, pair, &n, &m);
    size_t count = n * m;
    uint32_t pairs = loci_spec_hidden_layers(spec) + 1;
    loci_error error = {0};
    if (loci_network_check_matrix(network, pair, "figure", &error) != LOCI_OK)
        return cli_error(&error);
    float *weights = calloc(count, sizeof *weights), most = 0;
    if (weights == NULL)
        return cli_fail("figure", "out of memory");
    if (loci_network_weights(network, pair, weights, &error) != LOCI_OK) {
        free(weights);
        return cli_error(&error);
    }
    float least = strong_from(weights, count, MOST_LINES / pairs);
    for (size_t i = 0; i < count; i++)
        most = fmaxf(most, fabsf(weights[i]));
    cairo_set_line_width(f->cr, 0.5);
    size_t drawn = 0;
    for (size_t i = 0; i < count && drawn < MOST_LINES / pairs; i++) {
        size_t sender = i / m, receiver = i % m;
        if (weights[i] == 0 || fabsf(weights[i]) < least)
            continue;
        if (pair < spec->maps_count &&
            !figure_entry_ends(spec, pair, i / m, i % m, &sender, &receiver))
            continue;
        const float *a = from->at + sender * 3, *b = to->at + receiver * 3;
        if (outside(v, a) || outside(v, b))
            continue;
        figure_ink(f, weights[i] > 0 ? figure_blue : figure_vermillion,
                   0.15 + 0.45 * (double)(fabsf(weights[i]) / most));
        line(f, v, a, b);
        drawn++;
    }
    free(weights);
    return CLI_GO_ON;
}

/* Whether a layer's sites are drawn. */
static bool has_arbors(const figure_layer *layer) {
    return layer->sites >= 2 && layer->size * layer->sites <= MOST_ARBOR_SITES;
}

/* From each neuron to its sites. */
static void draw_arbors(figure *f, const view *v, const figure_layer *layer) {
    if (!has_arbors(layer))
        return;
    cairo_set_line_width(f->cr, 0.3);
    /* the more there are, the fainter */
    double alpha = 160 / (double)(layer->size * layer->sites);
    figure_ink(f, figure_grey, alpha < 0.08 ? 0.08 : alpha > 0.4 ? 0.4 : alpha);
    for (size_t i = 0; i < layer->size; i++)
        for (size_t s = 0; s < layer->sites; s++) {
            const float *site = layer->site + (i * layer->sites + s) * 3;
            if (!outside(v, layer->at + i * 3) && !outside(v, site))
                line(f, v, layer->at + i * 3, site);
        }
}

static void draw_neurons(figure *f, const view *v, const figure_layer *layer) {
    double radius = 22 / sqrt((double)layer->size);
    radius = radius < 0.9 ? 0.9 : radius > 3 ? 3 : radius;
    for (size_t i = 0; i < layer->size; i++) {
        double x, y;
        bool inhibits = layer->charged && layer->charge[i] < 0;
        if (outside(v, layer->at + i * 3))
            continue;
        project(v, layer->at + i * 3, &x, &y);
        figure_ink(f,
                   !layer->charged ? figure_grey
                   : inhibits      ? figure_vermillion
                                   : figure_blue,
                   1);
        figure_mark(f, inhibits ? FIGURE_TRIANGLE : FIGURE_CIRCLE, x, y, radius);
    }
}

static double middle_z(const figure_layer *layer) {
    double sum = 0;
    for (size_t i = 0; i < layer->size; i++)
        sum += (double)layer->at[i * 3 + 2];
    return sum / (double)layer->size;
}

/* Below each layer its name; moved apart where layers overlap. */
static void write_names(figure *f, const view *v, const loci_spec *spec,
                        const figure_layer *layers) {
    enum { LAST = FIGURE_MOST_LAYERS };
    char texts[LAST][2 * CLI_WORD];
    double x[LAST], half[LAST];
    uint32_t count = loci_spec_hidden_layers(spec) + 2;
    assert(count >= 2 && count <= LAST);
    for (uint32_t l = 0; l < count; l++) {
        char name[CLI_WORD], size[CLI_WORD];
        double y;
        project(v, (const float[3]){0, 0, (float)middle_z(&layers[l])}, &x[l], &y);
        snprintf(texts[l], sizeof texts[l], "%s, %s", figure_layer_name(spec, l, name),
                 figure_layer_size(spec, l, size));
        half[l] = figure_text_width(texts[l], name_size) / 2 + 5;
    }
    for (uint32_t l = 1; l < count; l++)
        x[l] = fmax(x[l], x[l - 1] + half[l - 1] + half[l]);
    x[count - 1] = fmin(x[count - 1], width - half[count - 1]);
    for (uint32_t l = count - 1; l-- > 0;)
        x[l] = fmin(x[l], x[l + 1] - half[l + 1] - half[l]);
    figure_ink(f, figure_black, 1);
    for (uint32_t l = 0; l < count; l++)
        figure_text(f, x[l], height - 22, texts[l],
                    (figure_style){.size = name_size, .align = FIGURE_CENTRE});
}

/* Entries for what is there: where dendrites have charges too, a neuron that excites has negative
 * weights as well, so neurons and lines have entries of their own. Returns how many. */
static size_t list_keys(const figure_layer *layers, size_t count, figure_key keys[MOST_KEYS]) {
    static const figure_key all[MOST_KEYS] = {
        {.name = "excitatory", .marks = true, .shape = FIGURE_CIRCLE},
        {.name = "inhibitory", .marks = true, .shape = FIGURE_TRIANGLE},
        {.name = "without a sign of its own", .marks = true, .shape = FIGURE_CIRCLE},
        {.name = "positive weight", .line = true},
        {.name = "negative weight", .line = true},
        {.name = "to the sites of a neuron", .line = true},
    };
    const figure_colour colours[MOST_KEYS] = {figure_blue, figure_vermillion, figure_grey,
                                              figure_blue, figure_vermillion, figure_grey};
    bool there[MOST_KEYS] = {[POSITIVE] = true, [NEGATIVE] = true};
    size_t n = 0;
    for (size_t l = 0; l < count; l++) {
        there[PLAIN] |= !layers[l].charged;
        there[ARBOR] |= has_arbors(&layers[l]);
        for (size_t i = 0; layers[l].charged && i < layers[l].size; i++)
            there[layers[l].charge[i] < 0 ? INHIBITORY : EXCITATORY] = true;
    }
    for (size_t k = 0; k < MOST_KEYS; k++)
        if (there[k]) {
            keys[n] = all[k];
            keys[n].own_colour = true;
            keys[n++].colour = colours[k];
        }
    return n;
}

static int draw(const figure_request *request, const loci_network *network,
                const figure_layer *layers) {
    const loci_spec *spec = loci_network_spec(network);
    size_t count = loci_spec_hidden_layers(spec) + 2;
    view v = view_of(layers, count);
    figure f;
    int status = CLI_GO_ON;
    figure_key keys[MOST_KEYS];
    size_t key_count = list_keys(layers, count, keys);
    double legend = figure_legend_height(keys, key_count, width - 32);
    figure_open(&f, request->format, width, height - 11 + legend + 2);
    for (size_t l = 0; l < count && spec->planes != LOCI_PLANES_RELAXED; l++)
        draw_plane(&f, &v, (float)l);
    for (uint32_t l = 0; l + 1 < count && status == CLI_GO_ON; l++)
        status = draw_connections(&f, &v, network, l, &layers[l], &layers[l + 1]);
    for (size_t l = 0; l < count; l++)
        draw_arbors(&f, &v, &layers[l]);
    for (size_t l = 0; l < count; l++)
        draw_neurons(&f, &v, &layers[l]);
    write_names(&f, &v, spec, layers);
    figure_legend(&f, keys, key_count, 16, height - 14, width - 32);
    if (status == CLI_GO_ON)
        return figure_save(&f, request->output);
    figure_drop(&f);
    return status;
}

int figure_space(const figure_request *request) {
    figure_layer layers[FIGURE_MOST_LAYERS] = {0};
    loci_network *network = NULL;
    int status = figure_one_network(request, &network);
    if (status == CLI_GO_ON)
        status = figure_layers(network, request->runs[0], layers);
    if (status == CLI_GO_ON)
        status = draw(request, network, layers);
    figure_layers_free(layers, FIGURE_MOST_LAYERS);
    loci_network_free(network);
    return status;
}
