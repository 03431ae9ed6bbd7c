/* loci view: writes a network as a web page. */
#include <assert.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "common/command_line.h"

static const char description[] =
    "Write a network as one web page: its neurons in space, how they moved during training, what "
    "it makes of test samples and of what you draw, and, of a network in time, spikes on their "
    "way. "
    "The page needs no server and no connection. Of two networks it shows one at a time, from the "
    "same side, and says how they differ.";
static const char notes[] =
    "MODEL is a model file or a run folder. A run folder also has the training to show, and knows "
    "the data it was trained on, so --data may be left out; without data the page has no test "
    "images.\n"
    "\n"
    "Examples:\n"
    "  loci view runs/arbor-mlp-10k-s1 -o net.html\n"
    "  loci view model.safetensors --data mnist -o net.html\n"
    "  loci view runs/arbor-mlp-10k-s1 runs/arbor-snn-10k-s1 -o both.html";

/* One of the networks of a page. */
typedef struct view_side {
    const char *model;
    cli_data data;
    loci_config config; /* of the run folder; what data.options may point into */
    loci_network *network;
    loci_dataset *dataset; /* NULL where there are none */
} view_side;

typedef struct view_request {
    const char *output, *page;
    cli_data data; /* as asked for, for all sides */
    int threads;
    view_side side[2];
    size_t sides;
} view_request;

static error_t parse(int key, char *argument, struct argp_state *state) {
    view_request *request = state->input;
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    if (request->sides == 2) {
        cli_usage(argument, "a page holds two models at most; '%s' and '%s' are there already",
                  request->side[0].model, request->side[1].model);
        return EINVAL;
    }
    request->side[request->sides++].model = argument;
    return 0;
}

/* Opens the data that were asked for, or else those of the run; *data stays NULL, after a line that
 * says so, where there are none. CLI_GO_ON or an exit code. */
static int open_data(view_side *request) {
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
    if (found && cli_open_data(&request->dataset, &request->data, asked ? NULL : &request->config,
                               &error) == LOCI_OK)
        return CLI_GO_ON;
    if (asked)
        return cli_error(&error);
    cli_note("%s: %s; the page goes without test images", error.where, error.message);
    return CLI_GO_ON;
}

static int write_page(const view_request *request, const char *page) {
    loci_error error = {0};
    loci_view_options options[2];
    loci_view_entry entries[2];
    assert(request->sides == 1 || request->sides == 2);
    loci_pool *pool = cli_pool(request->threads);
    if (pool == NULL)
        return CLI_FAILED;
    for (size_t i = 0; i < request->sides; i++) {
        const view_side *side = &request->side[i];
        loci_view_options_defaults(&options[i]);
        options[i].run = cli_is_folder(side->model) ? side->model : NULL;
        options[i].data = side->dataset;
        options[i].pool = pool;
        entries[i] = (loci_view_entry){side->model, side->network, &options[i]};
    }
    int status = request->sides == 2 ? loci_view_compare(request->output, entries, page, &error)
                                     : loci_view_write(request->output, entries[0].network, page,
                                                       entries[0].options, &error);
    loci_pool_free(pool);
    if (status != LOCI_OK)
        return cli_error(&error);
    struct stat info;
    char size[CLI_WORD];
    if (stat(request->output, &info) == 0 && S_ISREG(info.st_mode))
        printf("%s: %s; open it in a web browser\n", CLI_SHOWN(request->output),
               cli_bytes(size, (double)info.st_size));
    return CLI_DONE;
}

/* Loads a network and opens its data. CLI_GO_ON or an exit code. */
static int open_side(const view_request *request, view_side *side) {
    loci_error error = {0};
    if (cli_load_model(&side->network, side->model, &error) != LOCI_OK)
        return cli_error(&error);
    side->data = request->data;
    if (cli_data_for(&side->data, side->network, &error) != LOCI_OK)
        return cli_error(&error);
    int status = open_data(side);
    if (status == CLI_GO_ON)
        status = cli_check_output("-o", request->output, NULL, &side->data);
    if (status == CLI_GO_ON && side->dataset != NULL)
        status = cli_check_outputs(side->network, side->dataset);
    return status;
}

static int view(view_request *request) {
    char page[4096];
    if (request->page == NULL && !cli_page_template(page, sizeof page))
        return cli_fail("view", "the template of the page was not built; install nodejs and npm, "
                                "then run make again, or name one with --template");
    int status = CLI_GO_ON;
    for (size_t i = 0; i < request->sides && status == CLI_GO_ON; i++)
        status = cli_check_output("-o", request->output, request->side[i].model, NULL);
    if (status == CLI_GO_ON && request->page != NULL)
        status = cli_check_output("-o", request->output, request->page, NULL);
    for (size_t i = 0; i < request->sides && status == CLI_GO_ON; i++)
        status = open_side(request, &request->side[i]);
    if (status == CLI_GO_ON)
        status = write_page(request, request->page != NULL ? request->page : page);
    for (size_t i = 0; i < request->sides; i++) {
        loci_dataset_free(request->side[i].dataset);
        loci_network_free(request->side[i].network);
    }
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
    int status = cli_parse(&options, "RUN|MODEL [RUN|MODEL] [--data NAME|PATH] -o FILE.html",
                           description, notes, parse, argc, argv, &request);
    if (status != CLI_GO_ON)
        return status;
    if (request.sides == 0)
        return cli_usage("view", "say which network: a run folder or a model file");
    if (request.output == NULL)
        return cli_usage("-o", "say where the page goes, for example -o net.html");
    return view(&request);
}
