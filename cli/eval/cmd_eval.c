/* loci eval: measures a model on data. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "common/command_line.h"
#include "eval/eval.h"

enum { KEY_SPLIT = CLI_KEY_OWN };

static const char description[] =
    "Measure a model: accuracy, loss, precision and recall of each class, confusions; of a spiking "
    "net also its spikes, operations and energy.";
static const char notes[] =
    "MODEL is a model file or a run folder; a run folder knows the data it was trained on, so "
    "--data may be left out.\n"
    "\n"
    "Examples:\n"
    "  loci eval runs/arbor-mlp-10k-s1\n"
    "  loci eval runs/arbor-snn-10k-s1 --event-driven\n"
    "  loci eval model.safetensors --data mnist --predictions predictions.csv";

typedef struct eval_request {
    const char *model;
    cli_data data;
    enum loci_split split;
    const char *predictions;
    int threads;
    bool events, json;
    bool of_run;        /* the data are those of the run folder */
    loci_config config; /* of the run folder; what data.options may point into */
} eval_request;

static error_t parse(int key, char *argument, struct argp_state *state) {
    eval_request *request = state->input;
    switch (key) {
    case KEY_SPLIT:
        if (strcmp(argument, "train") != 0 && strcmp(argument, "test") != 0) {
            cli_usage("--split", "'%s' is none of train, test", argument);
            return EINVAL;
        }
        request->split = strcmp(argument, "train") == 0 ? LOCI_TRAIN : LOCI_TEST;
        return 0;
    case ARGP_KEY_ARG:
        return cli_take_model(&request->model, argument);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Without --data: what the run folder was trained on. */
static int complete_data(eval_request *request) {
    cli_data *data = &request->data;
    data->options.skip_test = request->split == LOCI_TRAIN;
    data->options.test_optional = 1;
    if (data->name != NULL)
        return CLI_GO_ON;
    struct stat info;
    loci_error error = {0};
    if (stat(request->model, &info) != 0)
        return cli_fail(request->model, "cannot open: %s", strerror(errno));
    if (!cli_is_folder(request->model))
        return cli_usage("--data", "say what to measure on, for example --data mnist; only a run "
                                   "folder knows its data");
    if (cli_data_of_run(data, request->model, &request->config, &error) != LOCI_OK)
        return cli_error(&error);
    request->of_run = true;
    return CLI_GO_ON;
}

/* A model on data. */
typedef struct measurement {
    const eval_request *request;
    const loci_network *network;
    const loci_dataset *data;
    json_t *names;    /* the model's class names, or NULL */
    uint32_t classes; /* the model's; the data may lack the last ones */
    size_t kept;      /* connections that are not cut */
    loci_evaluation result;
    int threads;
    double seconds;
    double inference; /* seconds of one; only where it was event-driven */
} measurement;

static const char *name_of(const measurement *m, uint32_t c, char text[CLI_WORD]) {
    const char *name = loci_dataset_class_name(m->data, c);
    return name != NULL ? name : cli_class_name(m->names, c, text);
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

static int write_predictions(const char *path, const measurement *m) {
    char *text = NULL;
    size_t size = 0;
    loci_error error = {0};
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL)
        return cli_fail(path, "out of memory");
    fputs("index,label,predicted,confidence\n", memory);
    for (size_t i = 0; i < m->result.count; i++) {
        char name[CLI_WORD];
        int32_t label = loci_dataset_label(m->data, m->request->split, i);
        fprintf(memory, "%zu,", i);
        put_field(memory, name_of(m, (uint32_t)label, name));
        putc(',', memory);
        put_field(memory, name_of(m, (uint32_t)m->result.prediction[i], name));
        fprintf(memory, ",%.6f\n", (double)m->result.confidence[i]);
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

static class_result class_of(const measurement *m, uint32_t c) {
    class_result out = {0};
    size_t classes = m->classes;
    const size_t *confusion = m->result.confusion;
    for (uint32_t other = 0; other < classes; other++) {
        out.samples += confusion[c * classes + other];
        out.predicted += confusion[other * classes + c];
    }
    out.correct = confusion[c * classes + c];
    out.precision = out.predicted > 0 ? (double)out.correct / (double)out.predicted : NAN;
    out.recall = out.samples > 0 ? (double)out.correct / (double)out.samples : NAN;
    return out;
}

static int report_json(const measurement *m) {
    size_t connections = loci_network_connections(m->network);
    bool test = m->request->split == LOCI_TEST;
    json_t *object = json_object(), *list = json_array(), *matrix = json_array();
    json_object_set_new(object, "preset", cli_json_text(loci_network_note(m->network, "preset")));
    json_object_set_new(object, "dataset", cli_json_text(loci_dataset_name(m->data)));
    json_object_set_new(object, "split", json_string(test ? "test" : "train"));
    json_object_set_new(object, "samples", json_integer((json_int_t)m->result.count));
    json_object_set_new(object, "threads", json_integer(m->threads));
    json_object_set_new(object, test ? "test_accuracy" : "train_accuracy",
                        json_real(m->result.accuracy));
    json_object_set_new(object, test ? "test_loss" : "train_loss", json_real(m->result.loss));
    json_object_set_new(object, "parameters",
                        json_integer((json_int_t)loci_network_parameter_count(m->network)));
    json_object_set_new(object, "connections", json_integer((json_int_t)connections));
    json_object_set_new(object, "connections_kept", json_integer((json_int_t)m->kept));
    json_object_set_new(object, "sparsity", json_real(1 - (double)m->kept / (double)connections));
    json_object_set_new(object, "seconds_total", json_real(m->seconds));
    cli_activity_json(object, loci_network_spec(m->network), &m->result.activity);
    if (m->request->events)
        json_object_set_new(object, "microseconds_per_inference", json_real(1e6 * m->inference));
    for (uint32_t c = 0; c < m->classes; c++) {
        class_result one = class_of(m, c);
        char text[CLI_WORD];
        json_t *entry = json_object(), *row = json_array();
        json_object_set_new(entry, "class", cli_json_text(name_of(m, c, text)));
        json_object_set_new(entry, "samples", json_integer((json_int_t)one.samples));
        json_object_set_new(entry, "precision", cli_json_real(one.precision));
        json_object_set_new(entry, "recall", cli_json_real(one.recall));
        json_array_append_new(list, entry);
        for (uint32_t p = 0; p < m->classes; p++)
            json_array_append_new(
                row, json_integer((json_int_t)m->result.confusion[(size_t)c * m->classes + p]));
        json_array_append_new(matrix, row);
    }
    json_object_set_new(object, "classes", list);
    json_object_set_new(object, "confusion", matrix);
    return cli_json_print(object);
}

static int name_width(const measurement *m, int least, int most) {
    for (uint32_t c = 0; c < m->classes; c++) {
        char text[CLI_WORD];
        int columns = cli_width(name_of(m, c, text));
        least = columns > least ? columns : least;
    }
    return least < most ? least : most;
}

static void print_classes(const measurement *m, int width) {
    printf("\n%-*s  %9s  %9s  %9s\n", width, "class", "samples", "precision", "recall");
    for (uint32_t c = 0; c < m->classes; c++) {
        char name[CLI_WORD], column[CLI_COLUMN], samples[CLI_WORD], precision[CLI_WORD],
            recall[CLI_WORD];
        class_result one = class_of(m, c);
        printf("%s  %9s  %9s  %9s\n", cli_column(column, name_of(m, c, name), width),
               cli_count(samples, one.samples), cli_percent(precision, one.precision),
               cli_percent(recall, one.recall));
    }
}

static void print_confusion(const measurement *m, int width) {
    enum { MOST = 12 }; /* what fits a screen */
    char name[CLI_WORD], column[CLI_COLUMN];
    size_t classes = m->classes;
    if (classes > MOST) {
        printf("\n%zu classes: the confusion matrix is in --json\n", classes);
        return;
    }
    int cell = name_width(m, 1, 8);
    for (size_t i = 0; i < classes * classes; i++) {
        int digits = snprintf(NULL, 0, "%zu", m->result.confusion[i]);
        cell = digits > cell ? digits : cell;
    }
    printf("\nconfusions (rows: true class, columns: predicted; '.' is 0)\n%*s", width, "");
    for (uint32_t p = 0; p < classes; p++)
        printf("  %s", cli_column(column, name_of(m, p, name), -cell));
    printf("\n");
    for (uint32_t c = 0; c < classes; c++) {
        printf("%s", cli_column(column, name_of(m, c, name), width));
        for (uint32_t p = 0; p < classes; p++) {
            size_t n = m->result.confusion[c * classes + p];
            if (n > 0)
                printf("  %*zu", cell, n);
            else
                printf("  %*s", cell, ".");
        }
        printf("\n");
    }
}

static void report_text(const measurement *m) {
    char percent[CLI_WORD], correct[CLI_WORD], count[CLI_WORD];
    int width = name_width(m, 5, 16);
    printf("%s on %s (%s part): %s right, %s of %s; loss %.4f\n", CLI_SHOWN(m->request->model),
           loci_dataset_name(m->data), m->request->split == LOCI_TEST ? "test" : "training",
           cli_percent(percent, m->result.accuracy), cli_count(correct, m->result.correct),
           cli_count(count, m->result.count), m->result.loss);
    size_t connections = loci_network_connections(m->network);
    if (m->kept < connections)
        printf("%s of %s connections %s (sparsity %s)\n", cli_count(count, m->kept),
               cli_count(correct, connections),
               loci_network_pruned_by(m->network) == LOCI_UNPRUNED ? "within range" : "kept",
               cli_percent(percent, 1 - (double)m->kept / (double)connections));
    print_classes(m, width);
    print_confusion(m, width);
    cli_activity_print(loci_network_spec(m->network), &m->result.activity);
    if (m->request->events)
        printf("\nevent-driven, one input at a time: %.3g microseconds per inference\n",
               1e6 * m->inference);
}

/* All inputs at once on all threads, or one by one. */
static int run(measurement *m, loci_pool *pool) {
    const eval_request *request = m->request;
    loci_error error = {0};
    double start = loci_seconds();
    int status = CLI_GO_ON;
    if (request->events) {
        status = eval_events(m->network, m->data, request->split, &m->result, &m->inference);
    } else if (loci_evaluate(m->network, m->data, request->split, pool, 1, &m->result, &error) !=
               LOCI_OK) {
        status = cli_error(&error);
    }
    m->seconds = loci_seconds() - start;
    return status;
}

static int measure(measurement *m, loci_pool *pool) {
    const eval_request *request = m->request;
    m->classes = loci_network_spec(m->network)->classes;
    m->threads = loci_pool_threads(pool);
    if (loci_dataset_count(m->data, request->split) == 0)
        return cli_fail(loci_dataset_name(m->data),
                        "has no test part; measure the training part with --split train, or name "
                        "other data with --data");
    int status = cli_check_classes(m->network, m->data);
    if (status == CLI_GO_ON)
        status = run(m, pool);
    if (status == CLI_GO_ON && request->predictions != NULL)
        status = write_predictions(request->predictions, m);
    if (status != CLI_GO_ON)
        return status;
    if (request->json)
        return report_json(m);
    report_text(m);
    return CLI_DONE;
}

static int evaluate(eval_request *request) {
    loci_error error = {0};
    loci_network *network = NULL;
    loci_dataset *data = NULL;
    loci_pool *pool = NULL;
    int status = complete_data(request);
    if (status == CLI_GO_ON && request->predictions != NULL)
        status =
            cli_check_output("--predictions", request->predictions, request->model, &request->data);
    if (status != CLI_GO_ON)
        return status;
    status = CLI_FAILED;
    size_t kept;
    if (loci_network_load(&network, request->model, &error) != LOCI_OK ||
        loci_network_count_kept(network, &kept, &error) != LOCI_OK ||
        cli_open_data(&data, &request->data, request->of_run ? &request->config : NULL, &error) !=
            LOCI_OK) {
        status = cli_error(&error);
    } else if ((pool = cli_pool(request->events ? 1 : request->threads)) != NULL) {
        measurement m = {.request = request, .network = network, .data = data, .kept = kept};
        m.names = cli_class_names(network);
        status = measure(&m, pool);
        loci_evaluation_clear(&m.result);
        json_decref(m.names);
    }
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
    cli_options_flag(&options, "event-driven", &request.events,
                     "run one input after the other, doing nothing for what is silent; tell the "
                     "time of an inference");
    cli_options_text(&options, "predictions", 0, "FILE", &request.predictions,
                     "write index,label,predicted,confidence of every sample as CSV");
    cli_options_flag(&options, "json", &request.json, "print everything as one JSON object");
    cli_options_threads(&options, &request.threads);
    int status = cli_parse(&options, "MODEL --data NAME|PATH [OPTION...]\nRUN [OPTION...]",
                           description, notes, parse, argc, argv, &request);
    if (status != CLI_GO_ON)
        return status;
    if (request.model == NULL)
        return cli_usage("eval", "say which model: a file or a run folder");
    if (request.events && request.threads > 1)
        return cli_usage("--event-driven", "runs on one thread; leave --threads out");
    return evaluate(&request);
}
