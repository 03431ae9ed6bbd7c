/* loci predict: says what pictures are, or the numbers that a network reads from them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "common/command_line.h"

enum { KEY_TOP = CLI_KEY_OWN };

static const char description[] =
    "Classify pictures (PNG or JPEG of any size), or predict numbers from them, and show what the "
    "network saw.";
static const char notes[] =
    "A picture is averaged to the size the model was trained on, and made grey unless that was in "
    "colour. Digits of MNIST "
    "are light strokes on a dark ground, centred, with a margin; a scan of dark ink on light paper "
    "needs --invert.\n"
    "\n"
    "Examples:\n"
    "  loci predict runs/arbor-mlp-10k-s1 seven.png\n"
    "  loci predict model.safetensors --invert --top 1 --json scans/*.png";

typedef struct predict_request {
    const char *model;
    char **files; /* points into argv */
    size_t file_count;
    uint64_t top; /* 0: not given */
    bool invert, show, json;
} predict_request;

static error_t parse(int key, char *argument, struct argp_state *state) {
    predict_request *request = state->input;
    switch (key) {
    case KEY_TOP:
        return cli_read_number("--top", argument, 1, 65536, &request->top) ? 0 : EINVAL;
    case ARGP_KEY_ARG:
        if (request->model == NULL)
            request->model = argument;
        else
            request->files[request->file_count++] = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The network and room for one picture. */
typedef struct predictor {
    loci_network *network;
    loci_prepared *prepared;
    const loci_spec *spec;
    json_t *names;
    float *pixels;            /* [height, width, channels], 0..1 as read */
    float *inputs;            /* likewise, as the network was trained */
    uint32_t width, channels; /* of what was read */
    float *logits;            /* [classes]; of a regressor the numbers it predicts */
    uint32_t *order;          /* [classes], best first */
    loci_activity activity;
} predictor;

static void predictor_free(predictor *p) {
    loci_prepared_free(p->prepared);
    loci_network_free(p->network);
    json_decref(p->names);
    free(p->pixels);
    free(p->inputs);
    free(p->logits);
    free(p->order);
}

static bool regresses(const predictor *p) {
    return p->spec->task == LOCI_TASK_REGRESS;
}

static int predictor_open(predictor *p, const char *path) {
    loci_error error = {0};
    if (loci_network_load(&p->network, path, &error) != LOCI_OK)
        return cli_error(&error);
    p->spec = loci_network_spec(p->network);
    if (p->spec->height == 1 && p->spec->channels == 1)
        return cli_fail(path, "this model reads tables of %u columns, not pictures",
                        p->spec->width);
    p->names = cli_output_names(p->network);
    size_t pixels = loci_spec_pixels(p->spec);
    p->pixels = calloc(pixels, sizeof *p->pixels);
    p->inputs = calloc(pixels, sizeof *p->inputs);
    p->logits = calloc(p->spec->classes, sizeof *p->logits);
    p->order = calloc(p->spec->classes, sizeof *p->order);
    if (p->pixels == NULL || p->inputs == NULL || p->logits == NULL || p->order == NULL)
        return cli_fail(path, "out of memory");
    if (loci_prepared_create(&p->prepared, p->network, &error) != LOCI_OK)
        return cli_error(&error);
    return CLI_GO_ON;
}

/* The stored input scaling speaks of raw training values, whose unit a PNG does not know: black
 * stands for the smallest of them, white for the largest. */
static void apply_input_scaling(predictor *p) {
    const float *low, *span;
    size_t count = loci_spec_pixels(p->spec);
    loci_network_input_scaling(p->network, &low, &span);
    memcpy(p->inputs, p->pixels, count * sizeof *p->inputs);
    if (low == NULL)
        return;
    float bottom = low[0], top = low[0] + span[0];
    for (size_t i = 1; i < count; i++) {
        bottom = fminf(bottom, low[i]);
        top = fmaxf(top, low[i] + span[i]);
    }
    for (size_t i = 0; i < count; i++) {
        float raw = bottom + p->pixels[i] * (top - bottom);
        p->inputs[i] = fminf(fmaxf((raw - low[i]) / span[i], 0), 1);
    }
}

/* Turns logits into confidences that sum to 1, and sorts the classes; the smaller number wins a
 * tie. */
static void rank(predictor *p) {
    uint32_t classes = p->spec->classes;
    double sum = 0;
    float most = p->logits[0];
    for (uint32_t c = 1; c < classes; c++)
        most = fmaxf(most, p->logits[c]);
    for (uint32_t c = 0; c < classes; c++)
        sum += exp((double)p->logits[c] - (double)most);
    for (uint32_t c = 0; c < classes; c++) {
        p->logits[c] = (float)(exp((double)p->logits[c] - (double)most) / sum);
        uint32_t at = c;
        for (; at > 0 && p->logits[p->order[at - 1]] < p->logits[c]; at--)
            p->order[at] = p->order[at - 1];
        p->order[at] = c;
    }
}

/* Of the pixels on the edge, as the network sees them. */
static double edge_mean(const predictor *p) {
    uint32_t height = p->spec->height, width = p->width;
    double sum = 0;
    size_t count = 0;
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            if (y == 0 || x == 0 || y == height - 1 || x == width - 1) {
                sum += (double)p->pixels[(size_t)y * width + x];
                count++;
            }
    return sum / (double)count;
}

static void warn_if_inverted(const predictor *p, const char *path, bool invert) {
    if (p->channels > 1 || edge_mean(p) <= 0.5)
        return;
    if (invert)
        cli_note("%s: the ground is light after --invert; perhaps leave it out", path);
    else
        cli_note("%s: looks like dark strokes on a light ground; models of light strokes on dark, "
                 "such as MNIST's, need --invert",
                 path);
}

static json_t *values_json(const predictor *p) {
    char text[CLI_WORD];
    json_t *list = json_array();
    for (uint32_t k = 0; k < p->spec->classes; k++) {
        json_t *one = json_object();
        json_object_set_new(one, "output", cli_json_text(cli_output_name(p->names, k, text)));
        json_object_set_new(one, "value", cli_json_real((double)p->logits[k]));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *regressed_json(const predictor *p, const char *path) {
    json_t *entry = json_object();
    json_object_set_new(entry, "file", cli_json_text(path));
    json_object_set_new(entry, "values", values_json(p));
    cli_activity_json(entry, p->spec, &p->activity);
    return entry;
}

static json_t *to_json(const predictor *p, const char *path, uint64_t top) {
    char text[CLI_WORD];
    json_t *entry = json_object(), *list = json_array();
    for (uint32_t i = 0; i < p->spec->classes && i < top; i++) {
        uint32_t c = p->order[i];
        json_t *one = json_object();
        json_object_set_new(one, "class", cli_json_text(cli_output_name(p->names, c, text)));
        json_object_set_new(one, "confidence", json_real((double)p->logits[c]));
        json_array_append_new(list, one);
    }
    json_object_set_new(entry, "file", cli_json_text(path));
    json_object_set_new(entry, "class",
                        cli_json_text(cli_output_name(p->names, p->order[0], text)));
    json_object_set_new(entry, "confidence", json_real((double)p->logits[p->order[0]]));
    json_object_set_new(entry, "top", list);
    cli_activity_json(entry, p->spec, &p->activity);
    return entry;
}

/* What it took a spiking net, layer by layer. */
static void show_spikes(const predictor *p) {
    char count[CLI_WORD], operations[CLI_WORD];
    const loci_activity *activity = &p->activity;
    for (uint32_t l = 0; l < activity->layers; l++) {
        size_t neurons = loci_spec_layer_size(p->spec, l + 1);
        double spikes = activity->layer_rate[l] * (double)neurons * p->spec->time_steps;
        printf("%s%s spikes of %zu neurons", l == 0 ? "  " : ", ",
               cli_count(count, (uint64_t)llround(spikes)), neurons);
    }
    printf("%s%s synaptic operations in %u time step%s\n", activity->layers > 0 ? "; " : "  ",
           cli_count(operations, (uint64_t)llround(activity->synaptic_operations)),
           p->spec->time_steps, p->spec->time_steps == 1 ? "" : "s");
}

static void values_text(const predictor *p) {
    char name[CLI_WORD], value[CLI_WORD];
    for (uint32_t k = 0; k < p->spec->classes; k++)
        printf("%s%s %s", k == 0 ? "" : ", ", CLI_SHOWN(cli_output_name(p->names, k, name)),
               cli_quantity(value, (double)p->logits[k]));
}

static void classes_text(const predictor *p, uint64_t top) {
    char name[CLI_WORD], percent[CLI_WORD];
    for (uint32_t i = 0; i < p->spec->classes && i < top; i++) {
        uint32_t c = p->order[i];
        if (i > 0)
            printf("%s", i == 1 ? "; then " : ", ");
        printf("%s (%s)", CLI_SHOWN(cli_output_name(p->names, c, name)),
               cli_percent(percent, (double)p->logits[c]));
    }
}

static void to_text(const predictor *p, const char *path, uint64_t top) {
    printf("%s: ", CLI_SHOWN(path));
    if (regresses(p))
        values_text(p);
    else
        classes_text(p, top);
    printf("\n");
    if (p->spec->neuron == LOCI_NEURON_LIF)
        show_spikes(p);
}

static int predict_one(predictor *p, const predict_request *request, const char *path,
                       json_t *results) {
    loci_error error = {0};
    if (loci_image_read_for(path, p->spec, request->invert, p->pixels, &p->channels, &error) !=
        LOCI_OK)
        return cli_error(&error);
    p->width = p->spec->width * p->spec->channels / p->channels;
    if (p->channels != p->spec->channels)
        cli_note("%s: read in colour: it has the pixels of a model that knows rows of %u values",
                 path, p->spec->width);
    apply_input_scaling(p);
    if (loci_prepared_run(p->prepared, p->inputs, 0, p->logits, &p->activity, &error) != LOCI_OK)
        return cli_error(&error);
    if (!regresses(p))
        rank(p);
    warn_if_inverted(p, path, request->invert);
    FILE *to = request->json ? stderr : stdout;
    if (request->show || (!request->json && cli_is_terminal(stdout)))
        cli_picture(to, p->pixels, p->spec->height, p->width, p->channels);
    if (request->json)
        json_array_append_new(results, regresses(p) ? regressed_json(p, path)
                                                    : to_json(p, path, request->top));
    else
        to_text(p, path, request->top);
    return CLI_GO_ON;
}

/* A picture that cannot be read does not keep the others from being looked at; JSON is all or
 * nothing. */
static int predict_all(predictor *p, const predict_request *request) {
    json_t *results = json_array();
    int status = CLI_DONE;
    for (size_t i = 0; i < request->file_count; i++) {
        int one = predict_one(p, request, request->files[i], results);
        if (one != CLI_GO_ON)
            status = one;
    }
    if (request->json && status == CLI_DONE) {
        json_t *object = json_object();
        json_object_set(object, "predictions", results);
        status = cli_json_print(object);
    }
    json_decref(results);
    return status;
}

int cmd_predict(int argc, char **argv) {
    static cli_options options;
    predict_request request = {.model = NULL};
    predictor p = {.network = NULL};
    cli_options_group(&options, "Picture:");
    cli_options_flag(&options, "invert", &request.invert,
                     "dark strokes on light paper: swap light and dark");
    cli_options_group(&options, "Result:");
    cli_options_add(&options, "top", KEY_TOP, "K", "name the K likeliest classes [3]");
    cli_options_flag(&options, "show", &request.show,
                     "show what the network saw, as on a terminal");
    cli_options_flag(&options, "json", &request.json, "print one JSON object");
    request.files = calloc((size_t)argc, sizeof *request.files);
    if (request.files == NULL)
        return cli_fail("predict", "out of memory");
    int status = cli_parse(&options, "MODEL [OPTION...] FILE.png...", description, notes, parse,
                           argc, argv, &request);
    if (status == CLI_GO_ON && request.model == NULL)
        status = cli_usage("predict", "say which model: a file or a run folder");
    if (status == CLI_GO_ON && request.file_count == 0)
        status = cli_usage("predict", "say which pictures: FILE.png...");
    if (status == CLI_GO_ON)
        status = predictor_open(&p, request.model);
    if (status == CLI_GO_ON && regresses(&p) && request.top > 0)
        status = cli_usage("--top", "is for classes, and this model predicts numbers");
    if (request.top == 0)
        request.top = 3;
    if (status == CLI_GO_ON)
        status = predict_all(&p, &request);
    predictor_free(&p);
    free(request.files);
    return status;
}
