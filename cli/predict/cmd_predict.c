/* loci predict: says what pictures are, or the numbers that a network reads from them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "predict/predict.h"

enum { KEY_TOP = CLI_KEY_OWN };

/* Classes that are named of a picture. */
enum { USUAL_TOP = 3 };

static const char description[] =
    "Classify pictures (PNG or JPEG of any size) or the rows of tables, or predict numbers from "
    "them.";
static const char notes[] =
    "A picture is averaged to the size the model was trained on, and made grey unless that was in "
    "colour. Digits of MNIST "
    "are light strokes on a dark ground, centred, with a margin; a scan of dark ink on light paper "
    "needs --invert.\n"
    "\n"
    "A table is read as the one the model was trained on, by the names of its columns; it needs no "
    "labels. There is a line for each row.\n"
    "\n"
    "Examples:\n"
    "  loci predict runs/arbor-mlp-10k-s1 seven.png\n"
    "  loci predict model.safetensors --invert --top 1 --json scans/*.png\n"
    "  loci predict runs/iris new.csv --csv";

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

static void predictor_free(predictor *p) {
    loci_prepared_free(p->prepared);
    loci_network_free(p->network);
    json_decref(p->names);
    free(p->pixels);
    free(p->inputs);
    free(p->logits);
    free(p->order);
}

static int predictor_open(predictor *p, const char *path) {
    loci_error error = {0};
    if (cli_load_model(&p->network, path, &error) != LOCI_OK)
        return cli_error(&error);
    p->spec = loci_network_spec(p->network);
    p->names = cli_output_names(p->network);
    size_t pixels = loci_spec_pixels(p->spec);
    p->pixels = calloc(pixels, sizeof *p->pixels);
    p->inputs = calloc(loci_spec_inputs(p->spec), sizeof *p->inputs);
    p->logits = calloc(p->spec->classes, sizeof *p->logits);
    p->order = calloc(p->spec->classes, sizeof *p->order);
    if (p->pixels == NULL || p->inputs == NULL || p->logits == NULL || p->order == NULL)
        return cli_fail(path, "out of memory");
    int status = loci_prepared_create(&p->prepared, p->network, &error);
    if (status == LOCI_E_UNSUPPORTED && p->spec->neuron == LOCI_NEURON_RELU)
        return CLI_GO_ON; /* too large for a matrix: what is near is found for each input */
    return status == LOCI_OK ? CLI_GO_ON : cli_error(&error);
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

static json_t *to_json(const predictor *p, const char *path, uint64_t top) {
    json_t *entry = json_object();
    json_object_set_new(entry, "file", cli_json_text(path));
    predict_put(p, top, entry);
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

static void to_text(const predictor *p, const char *path, uint64_t top) {
    printf("%s: ", CLI_SHOWN(path));
    predict_print(p, top);
    printf("\n");
    if (loci_spec_spikes(p->spec))
        show_spikes(p);
}

static int predict_one(predictor *p, const predict_request *request, const char *path,
                       json_t *results) {
    loci_error error = {0};
    if (p->spec->height == 1 && p->spec->channels == 1)
        return cli_fail(path,
                        "this model reads tables of %u inputs, not pictures: .csv, .tsv, "
                        ".txt, also .gz, or .npz",
                        p->spec->width);
    if (loci_image_read_for(path, p->spec, request->invert, p->pixels, &p->channels, &error) !=
        LOCI_OK)
        return cli_error(&error);
    p->width = p->spec->width * p->spec->channels / p->channels;
    if (p->channels != p->spec->channels)
        cli_note("%s: read in colour: it has the pixels of a model that knows rows of %u values",
                 path, p->spec->width);
    apply_input_scaling(p);
    if (predictor_run(p, 0, &error) != LOCI_OK)
        return cli_error(&error);
    if (!predict_regresses(p))
        predict_rank(p);
    warn_if_inverted(p, path, request->invert);
    FILE *to = request->json ? stderr : stdout;
    if (request->show || (!request->json && cli_is_terminal(stdout)))
        cli_picture(to, p->pixels, p->spec->height, p->width, p->channels);
    if (request->json)
        json_array_append_new(results,
                              to_json(p, path, request->top > 0 ? request->top : USUAL_TOP));
    else
        to_text(p, path, request->top > 0 ? request->top : USUAL_TOP);
    return CLI_GO_ON;
}

/* A picture that cannot be read does not keep the others from being looked at; JSON is all or
 * nothing. */
static int predict_all(predictor *p, predict_request *request) {
    json_t *results = json_array();
    int status = CLI_DONE;
    for (size_t i = 0; i < request->file_count; i++) {
        const char *file = request->files[i];
        int one = predict_is_table(file) ? predict_table(p, request, file, results)
                                         : predict_one(p, request, file, results);
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

/* The first file that is a table, or that is none; NULL: there is none such. */
static const char *file_of_kind(const predict_request *request, bool table) {
    for (size_t i = 0; i < request->file_count; i++)
        if (predict_is_table(request->files[i]) == table)
            return request->files[i];
    return NULL;
}

/* An option that would change nothing is a mistake. */
static int check_use(const predict_request *request) {
    const cli_data *data = &request->data;
    const char *picture = file_of_kind(request, false);
    const char *of_tables = data->options.separator != NULL ? "--separator"
                            : data->header                  ? "--header"
                            : data->no_header               ? "--no-header"
                            : data->missing != NULL         ? "--missing"
                                                            : NULL;
    const char *of_pictures = request->invert ? "--invert" : request->show ? "--show" : NULL;
    if (file_of_kind(request, true) == NULL && of_tables != NULL)
        return cli_usage(of_tables, "is for tables, and %s is none", CLI_SHOWN(picture));
    if (picture == NULL && of_pictures != NULL)
        return cli_usage(of_pictures, "is for pictures, and %s is none",
                         CLI_SHOWN(request->files[0]));
    if (!request->csv)
        return CLI_GO_ON;
    if (request->json)
        return cli_usage("--csv", "--csv and --json exclude each other");
    if (picture != NULL)
        return cli_usage("--csv", "is for tables, and %s is none", CLI_SHOWN(picture));
    if (request->file_count > 1)
        return cli_usage("--csv", "is for one table at a time");
    if (request->top > 0)
        return cli_usage("--csv", "names one class a row; --json names as many as --top says");
    return CLI_GO_ON;
}

int cmd_predict(int argc, char **argv) {
    static cli_options options;
    predict_request request = {.model = NULL};
    predictor p = {.network = NULL};
    cli_options_group(&options, "Picture:");
    cli_options_flag(&options, "invert", &request.invert,
                     "dark strokes on light paper: swap light and dark");
    cli_data_add_reading(&options, &request.data);
    cli_options_group(&options, "Result:");
    cli_options_add(&options, "top", KEY_TOP, "K", "name the K likeliest classes [3; of a row 1]");
    cli_options_flag(&options, "show", &request.show,
                     "show what the network saw of a picture, as on a terminal");
    cli_options_flag(&options, "csv", &request.csv,
                     "print row,class,confidence, or row and the values, of a table");
    cli_options_flag(&options, "json", &request.json, "print one JSON object");
    request.files = calloc((size_t)argc, sizeof *request.files);
    if (request.files == NULL)
        return cli_fail("predict", "out of memory");
    int status = cli_parse(&options, "MODEL [OPTION...] FILE.png|FILE.csv...", description, notes,
                           parse, argc, argv, &request);
    if (status == CLI_GO_ON && request.model == NULL)
        status = cli_usage("predict", "say which model: a file or a run folder");
    if (status == CLI_GO_ON && request.file_count == 0)
        status = cli_usage("predict", "say which pictures or tables: FILE.png..., FILE.csv");
    if (status == CLI_GO_ON)
        status = check_use(&request);
    if (status == CLI_GO_ON)
        status = predictor_open(&p, request.model);
    if (status == CLI_GO_ON && predict_regresses(&p) && request.top > 0)
        status = cli_usage("--top", "is for classes, and this model predicts numbers");
    if (status == CLI_GO_ON)
        status = predict_all(&p, &request);
    predictor_free(&p);
    free(request.files);
    return status;
}
