/* loci eval: measures a model on data. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "options.h"

enum { KEY_SPLIT = CLI_KEY_OWN, KEY_PREDICTIONS, KEY_THREADS, KEY_JSON };

static const char description[] =
    "Measure a model: accuracy, loss, precision and recall of each class, confusions.";
static const char notes[] =
    "MODEL is a model file or a run folder; a run folder knows the data it was trained on, so "
    "--data may be left out.\n"
    "\n"
    "Examples:\n"
    "  loci eval runs/arbor-mlp-10k-s1\n"
    "  loci eval model.safetensors --data mnist --predictions predictions.csv";

typedef struct eval_request {
    const char *model;
    cli_data data;
    enum loci_split split;
    const char *predictions;
    int threads;
    bool json;
    loci_config config; /* of the run folder; what data.options may point into */
} eval_request;

static error_t parse(int key, char *argument, struct argp_state *state) {
    eval_request *request = state->input;
    uint64_t number;
    if (cli_data_take(&request->data, key, argument))
        return 0;
    switch (key) {
    case KEY_SPLIT:
        if (strcmp(argument, "train") != 0 && strcmp(argument, "test") != 0)
            return cli_usage("--split", "'%s' is none of train, test", argument), EINVAL;
        request->split = strcmp(argument, "train") == 0 ? LOCI_TRAIN : LOCI_TEST;
        return 0;
    case KEY_PREDICTIONS:
        request->predictions = argument;
        return 0;
    case KEY_THREADS:
        if (!cli_read_number("--threads", argument, 1, 256, &number))
            return EINVAL;
        request->threads = (int)number;
        return 0;
    case KEY_JSON:
        request->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (request->model != NULL)
            return cli_usage(argument, "one model at a time; '%s' is there already",
                             request->model),
                   EINVAL;
        request->model = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const char *or_null(const char *text) {
    return text[0] != '\0' ? text : NULL;
}

/* Without --data: what the run folder was trained on. */
static int complete_data(eval_request *request) {
    cli_data *data = &request->data;
    if (data->name != NULL)
        return CLI_GO_ON;
    if (loci_config_load(&request->config, request->model, NULL) != LOCI_OK)
        return cli_usage("--data", "say what to measure on, for example --data mnist; only a run "
                                   "folder knows its data");
    const loci_config *config = &request->config;
    data->name = config->data;
    if (data->options.directory == NULL)
        data->options.directory = or_null(config->data_dir);
    if (data->options.label_column == NULL)
        data->options.label_column = or_null(config->label_column);
    if (data->options.test_file == NULL)
        data->options.test_file = or_null(config->test_file);
    return CLI_GO_ON;
}

/* A field with a comma, quote or line feed is quoted, as RFC 4180 says. */
static void put_field(FILE *to, const char *text) {
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, to);
        return;
    }
    putc('"', to);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putc('"', to);
        putc(*text, to);
    }
    putc('"', to);
}

static int write_predictions(const char *path, const loci_dataset *data, enum loci_split split,
                             const loci_evaluation *result) {
    char *text = NULL;
    size_t size = 0;
    loci_error error = {0};
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL)
        return cli_fail(path, "out of memory");
    fputs("index,label,predicted,confidence\n", memory);
    for (size_t i = 0; i < result->count; i++) {
        int32_t label = loci_dataset_label(data, split, i);
        fprintf(memory, "%zu,", i);
        put_field(memory, loci_dataset_class_name(data, (uint32_t)label));
        putc(',', memory);
        put_field(memory, loci_dataset_class_name(data, (uint32_t)result->prediction[i]));
        fprintf(memory, ",%.6f\n", (double)result->confidence[i]);
    }
    int failed = ferror(memory) != 0;
    failed |= fclose(memory) != 0;
    int status = CLI_GO_ON;
    if (failed)
        status = cli_fail(path, "out of memory");
    else if (loci_write_file(path, text, size, &error) != LOCI_OK)
        status = cli_error(&error);
    free(text);
    return status;
}

/* What the confusion matrix says about one class. */
typedef struct class_result {
    size_t samples, predicted, correct;
    double precision, recall; /* NaN: never predicted, no samples */
} class_result;

static class_result class_of(const loci_evaluation *result, uint32_t classes, uint32_t c) {
    class_result out = {0};
    for (uint32_t other = 0; other < classes; other++) {
        out.samples += result->confusion[(size_t)c * classes + other];
        out.predicted += result->confusion[(size_t)other * classes + c];
    }
    out.correct = result->confusion[(size_t)c * classes + c];
    out.precision = out.predicted > 0 ? (double)out.correct / (double)out.predicted : NAN;
    out.recall = out.samples > 0 ? (double)out.correct / (double)out.samples : NAN;
    return out;
}

static json_t *real_or_null(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static int report_json(const eval_request *request, const loci_network *network,
                       const loci_dataset *data, const loci_evaluation *result, int threads,
                       double seconds) {
    const loci_spec *spec = loci_network_spec(network);
    uint32_t classes = loci_dataset_classes(data);
    size_t connections = loci_spec_connections(spec);
    bool test = request->split == LOCI_TEST;
    json_t *object = json_object(), *list = json_array(), *matrix = json_array();
    json_object_set_new(object, "preset", cli_json_text(loci_network_note(network, "preset")));
    json_object_set_new(object, "dataset", cli_json_text(loci_dataset_name(data)));
    json_object_set_new(object, "split", json_string(test ? "test" : "train"));
    json_object_set_new(object, "samples", json_integer((json_int_t)result->count));
    json_object_set_new(object, "threads", json_integer(threads));
    json_object_set_new(object, test ? "test_accuracy" : "train_accuracy",
                        json_real(result->accuracy));
    json_object_set_new(object, test ? "test_loss" : "train_loss", json_real(result->loss));
    json_object_set_new(object, "parameters",
                        json_integer((json_int_t)loci_network_parameter_count(network)));
    json_object_set_new(object, "connections", json_integer((json_int_t)connections));
    json_object_set_new(object, "connections_kept", json_integer((json_int_t)connections));
    json_object_set_new(object, "sparsity", json_real(0));
    json_object_set_new(object, "seconds_total", json_real(seconds));
    for (uint32_t c = 0; c < classes; c++) {
        class_result one = class_of(result, classes, c);
        json_t *entry = json_object(), *row = json_array();
        json_object_set_new(entry, "class", cli_json_text(loci_dataset_class_name(data, c)));
        json_object_set_new(entry, "samples", json_integer((json_int_t)one.samples));
        json_object_set_new(entry, "precision", real_or_null(one.precision));
        json_object_set_new(entry, "recall", real_or_null(one.recall));
        json_array_append_new(list, entry);
        for (uint32_t p = 0; p < classes; p++)
            json_array_append_new(
                row, json_integer((json_int_t)result->confusion[(size_t)c * classes + p]));
        json_array_append_new(matrix, row);
    }
    json_object_set_new(object, "classes", list);
    json_object_set_new(object, "confusion", matrix);
    return cli_json_print(object);
}

static int name_width(const loci_dataset *data) {
    int most = 5;
    for (uint32_t c = 0; c < loci_dataset_classes(data); c++) {
        int length = (int)strlen(loci_dataset_class_name(data, c));
        most = length > most ? length : most;
    }
    return most < 16 ? most : 16;
}

static void print_classes(const loci_dataset *data, const loci_evaluation *result, int width) {
    uint32_t classes = loci_dataset_classes(data);
    printf("\n%-*s  %9s  %9s  %9s\n", width, "class", "samples", "precision", "recall");
    for (uint32_t c = 0; c < classes; c++) {
        char samples[CLI_WORD], precision[CLI_WORD], recall[CLI_WORD];
        class_result one = class_of(result, classes, c);
        printf("%-*.*s  %9s  %9s  %9s\n", width, width, loci_dataset_class_name(data, c),
               cli_count(samples, one.samples), cli_percent(precision, one.precision),
               cli_percent(recall, one.recall));
    }
}

/* The matrix itself while it fits a screen, else the commonest mistakes. */
static void print_confusion(const loci_dataset *data, const loci_evaluation *result, int width) {
    enum { MOST = 12 };
    uint32_t classes = loci_dataset_classes(data);
    if (classes > MOST) {
        printf("\n%u classes: the confusion matrix is in --json\n", classes);
        return;
    }
    int cell = 1;
    for (size_t i = 0; i < (size_t)classes * classes; i++) {
        int digits = snprintf(NULL, 0, "%zu", result->confusion[i]);
        cell = digits > cell ? digits : cell;
    }
    for (uint32_t c = 0; c < classes; c++) {
        int length = (int)strlen(loci_dataset_class_name(data, c));
        cell = length > cell ? (length < 8 ? length : 8) : cell;
    }
    printf("\nconfusions (rows: true class, columns: predicted; '.' is 0)\n%*s", width, "");
    for (uint32_t p = 0; p < classes; p++)
        printf("  %*.*s", cell, cell, loci_dataset_class_name(data, p));
    printf("\n");
    for (uint32_t c = 0; c < classes; c++) {
        printf("%-*.*s", width, width, loci_dataset_class_name(data, c));
        for (uint32_t p = 0; p < classes; p++) {
            size_t n = result->confusion[(size_t)c * classes + p];
            if (n > 0)
                printf("  %*zu", cell, n);
            else
                printf("  %*s", cell, ".");
        }
        printf("\n");
    }
}

static void report_text(const eval_request *request, const loci_dataset *data,
                        const loci_evaluation *result) {
    char percent[CLI_WORD], correct[CLI_WORD], count[CLI_WORD];
    int width = name_width(data);
    printf("%s on %s (%s part): %s right, %s of %s; loss %.4f\n", request->model,
           loci_dataset_name(data), request->split == LOCI_TEST ? "test" : "training",
           cli_percent(percent, result->accuracy), cli_count(correct, result->correct),
           cli_count(count, result->count), result->loss);
    print_classes(data, result, width);
    print_confusion(data, result, width);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int measure(const eval_request *request, const loci_network *network,
                   const loci_dataset *data, loci_pool *pool) {
    loci_error error = {0};
    loci_evaluation result = {0};
    double start = now();
    if (loci_evaluate(network, data, request->split, pool, 1, &result, &error) != LOCI_OK)
        return cli_error(&error);
    double seconds = now() - start;
    int status = CLI_GO_ON;
    if (request->predictions != NULL)
        status = write_predictions(request->predictions, data, request->split, &result);
    if (status == CLI_GO_ON && request->json)
        status = report_json(request, network, data, &result, loci_pool_threads(pool), seconds);
    else if (status == CLI_GO_ON)
        report_text(request, data, &result);
    loci_evaluation_clear(&result);
    return status == CLI_GO_ON ? CLI_DONE : status;
}

static int evaluate(eval_request *request) {
    loci_error error = {0};
    loci_network *network = NULL;
    loci_dataset *data = NULL;
    loci_pool *pool = NULL;
    int status = complete_data(request);
    if (status != CLI_GO_ON)
        return status;
    status = CLI_FAILED;
    if (loci_network_load(&network, request->model, &error) != LOCI_OK ||
        loci_dataset_open(&data, request->data.name, &request->data.options, &error) != LOCI_OK)
        status = cli_error(&error);
    else if ((pool = cli_pool(request->threads)) != NULL)
        status = measure(request, network, data, pool);
    loci_pool_free(pool);
    loci_dataset_free(data);
    loci_network_free(network);
    return status;
}

int cmd_eval(int argc, char **argv) {
    static cli_options options;
    static eval_request request = {.split = LOCI_TEST};
    cli_data_add(&options, &request.data);
    cli_options_add(&options, "split", KEY_SPLIT, "PART", "which part, test or train [test]");
    cli_options_group(&options, "Result:");
    cli_options_add(&options, "predictions", KEY_PREDICTIONS, "FILE",
                    "write index,label,predicted,confidence of every sample as CSV");
    cli_options_add(&options, "json", KEY_JSON, NULL, "print everything as one JSON object");
    cli_options_add(&options, "threads", KEY_THREADS, "N", "threads [one per core]");
    int status = cli_parse(&options, "MODEL --data NAME|PATH [OPTION...]\nRUN [OPTION...]",
                           description, notes, parse, argc, argv, &request);
    if (status != CLI_GO_ON)
        return status;
    if (request.model == NULL)
        return cli_usage("eval", "say which model: a file or a run folder");
    return evaluate(&request);
}
