/* loci eval: measures a model on data. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "eval/eval.h"

enum { KEY_SPLIT = CLI_KEY_OWN };

static const char description[] =
    "Measure a model: accuracy, loss, precision and recall of each class, confusions; of one that "
    "predicts numbers R2, mean absolute and root mean square error; of a spiking net also its "
    "spikes, "
    "operations and energy.";
static const char notes[] =
    "MODEL is a model file or a run folder; a run folder knows the data it was trained on, so "
    "--data may be left out.\n"
    "\n"
    "Examples:\n"
    "  loci eval runs/arbor-mlp-10k-s1\n"
    "  loci eval runs/arbor-snn-10k-s1 --event-driven\n"
    "  loci eval model.safetensors --data mnist --predictions predictions.csv";

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
        return CLI_GO_ON; /* opening it says what is wrong */
    if (!cli_is_folder(request->model))
        return cli_usage("--data", "say what to measure on, for example --data mnist; only a run "
                                   "folder knows its data");
    if (cli_data_of_run(data, request->model, &request->config, &error) != LOCI_OK)
        return cli_error(&error);
    request->of_run = true;
    return CLI_GO_ON;
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

/* Whoever brings a file of answers may think that all of it is measured. */
static void note_part(const measurement *m) {
    const eval_request *request = m->request;
    const loci_dataset *data = m->data;
    size_t test = loci_dataset_count(data, LOCI_TEST),
           all = test + loci_dataset_count(data, LOCI_TRAIN);
    if (request->of_run || request->split != LOCI_TEST || !loci_dataset_parted(data))
        return;
    /* version 0.1 went by rows' numbers */
    bool by_number =
        request->data.options.reading == LOCI_READING_FIRST && loci_is_table(request->data.name);
    cli_note("%s: %zu of its %zu samples, chosen by %s, are measured; %s", request->data.name, test,
             all, by_number ? "the numbers of their rows" : "what they hold",
             loci_dataset_columns(data) != NULL ? "--test FILE measures all of a table"
                                                : "--split train measures the others");
}

static int measure(measurement *m, loci_pool *pool) {
    const eval_request *request = m->request;
    m->outputs = loci_network_spec(m->network)->classes;
    m->regress = loci_network_spec(m->network)->task == LOCI_TASK_REGRESS;
    m->threads = loci_pool_threads(pool);
    if (loci_dataset_count(m->data, request->split) == 0)
        return cli_fail(loci_dataset_name(m->data),
                        "has no test part; measure the training part with --split train, or name "
                        "other data with --data");
    int status = cli_check_outputs(m->network, m->data);
    if (status == CLI_GO_ON)
        status = run(m, pool);
    if (status == CLI_GO_ON)
        note_part(m);
    if (status == CLI_GO_ON && request->predictions != NULL)
        status = eval_write_predictions(request->predictions, m);
    if (status != CLI_GO_ON)
        return status;
    if (request->json)
        return eval_report_json(m);
    eval_report_text(m);
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
    int loaded = cli_load_model(&network, request->model, &error);
    if (loaded == LOCI_OK)
        loaded = cli_data_for(&request->data, network, &error);
    if (loaded != LOCI_OK || loci_network_count_kept(network, &kept, &error) != LOCI_OK ||
        cli_open_data(&data, &request->data, request->of_run ? &request->config : NULL, &error) !=
            LOCI_OK) {
        status = cli_error(&error);
    } else if ((pool = cli_pool(request->events ? 1 : request->threads)) != NULL) {
        measurement m = {.request = request, .network = network, .data = data, .kept = kept};
        m.names = cli_output_names(network);
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
    cli_options_text(
        &options, "predictions", 0, "FILE", &request.predictions,
        "write index,label,predicted,confidence of every sample as CSV; of numbers the "
        "target and what is predicted, for each output");
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
