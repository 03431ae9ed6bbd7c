/* loci view: writes a network as a web page. */
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "common/command_line.h"

static const char description[] =
    "Write a network as one web page: its neurons in space, how they moved during training, what "
    "it makes of test samples and of what you draw, and, of a network in time, spikes on their "
    "way. "
    "The page needs no server and no connection.";
static const char notes[] =
    "MODEL is a model file or a run folder. A run folder also has the training to show, and knows "
    "the data it was trained on, so --data may be left out; without data the page has no test "
    "images.\n"
    "\n"
    "Examples:\n"
    "  loci view runs/arbor-mlp-10k-s1 -o net.html\n"
    "  loci view model.safetensors --data mnist -o net.html";

typedef struct view_request {
    const char *model, *output, *page;
    cli_data data;
    bool data_given;
    int threads;
    loci_config config; /* of the run folder; what data.options may point into */
} view_request;

static error_t parse(int key, char *argument, struct argp_state *state) {
    view_request *request = state->input;
    return key == ARGP_KEY_ARG ? cli_take_model(&request->model, argument) : ARGP_ERR_UNKNOWN;
}

/* Opens the data that were asked for, or else those of the run; *data stays NULL, after a line that
 * says so, where there are none. CLI_GO_ON or an exit code. */
static int open_data(view_request *request, loci_dataset **data) {
    loci_error error = {0};
    bool asked = request->data.name != NULL, found = true;
    if (!asked && !cli_is_folder(request->model)) {
        cli_note("%s names no data; the page goes without test images (--data NAME adds them)",
                 request->model);
        return CLI_GO_ON;
    }
    if (!asked) {
        int status = cli_data_of_run(&request->data, request->model, &request->config, &error);
        if (status == LOCI_E_NOT_FOUND && request->config.data[0] == '\0') {
            cli_note("%s has no config.json to name its data; the page goes without test images "
                     "(--data NAME adds them)",
                     request->model);
            return CLI_GO_ON;
        }
        if (status != LOCI_OK && status != LOCI_E_NOT_FOUND)
            return cli_error(&error);
        found = status == LOCI_OK;
        request->data.options.skip_test = request->config.no_test;
    }
    request->data.options.test_optional = 1;
    if (found &&
        cli_open_data(data, &request->data, asked ? NULL : &request->config, &error) == LOCI_OK)
        return CLI_GO_ON;
    if (asked)
        return cli_error(&error);
    cli_note("%s: %s; the page goes without test images", error.where, error.message);
    return CLI_GO_ON;
}

static int write_page(const view_request *request, const char *page, const loci_network *network,
                      const loci_dataset *data) {
    loci_error error = {0};
    loci_view_options options;
    loci_view_options_defaults(&options);
    options.run = cli_is_folder(request->model) ? request->model : NULL;
    options.data = data;
    options.pool = cli_pool(request->threads);
    if (options.pool == NULL)
        return CLI_FAILED;
    int status = loci_view_write(request->output, network, page, &options, &error);
    loci_pool_free(options.pool);
    if (status != LOCI_OK)
        return cli_error(&error);
    struct stat info;
    char size[CLI_WORD];
    if (stat(request->output, &info) == 0 && S_ISREG(info.st_mode))
        printf("%s: %s; open it in a web browser\n", CLI_SHOWN(request->output),
               cli_bytes(size, (double)info.st_size));
    return CLI_DONE;
}

static int view(view_request *request) {
    char page[4096];
    loci_error error = {0};
    loci_network *network = NULL;
    loci_dataset *data = NULL;
    if (request->page == NULL && !cli_page_template(page, sizeof page))
        return cli_fail("view", "the template of the page was not built; install nodejs and npm, "
                                "then run make again, or name one with --template");
    int status = cli_check_output("-o", request->output, request->model, NULL);
    if (status == CLI_GO_ON && request->page != NULL)
        status = cli_check_output("-o", request->output, request->page, NULL);
    if (status != CLI_GO_ON)
        return status;
    if (loci_network_load(&network, request->model, &error) != LOCI_OK)
        return cli_error(&error);
    cli_data_for(&request->data, network);
    status = open_data(request, &data);
    if (status == CLI_GO_ON)
        status = cli_check_output("-o", request->output, NULL, &request->data);
    if (status == CLI_GO_ON && data != NULL)
        status = cli_check_outputs(network, data);
    if (status == CLI_GO_ON)
        status = write_page(request, request->page != NULL ? request->page : page, network, data);
    loci_dataset_free(data);
    loci_network_free(network);
    return status;
}

int cmd_view(int argc, char **argv) {
    static cli_options options;
    static view_request request;
    cli_data_add(&options, &request.data);
    cli_options_group(&options, "Result:");
    cli_options_text(&options, "output", 'o', "FILE", &request.output,
                     "where the page goes, FILE.html");
    cli_options_text(&options, "template", 0, "FILE", &request.page,
                     "another template than the one that came with loci");
    cli_options_threads(&options, &request.threads);
    int status = cli_parse(&options, "RUN|MODEL [--data NAME|PATH] -o FILE.html", description,
                           notes, parse, argc, argv, &request);
    if (status != CLI_GO_ON)
        return status;
    if (request.model == NULL)
        return cli_usage("view", "say which network: a run folder or a model file");
    if (request.output == NULL)
        return cli_usage("-o", "say where the page goes, for example -o net.html");
    return view(&request);
}
