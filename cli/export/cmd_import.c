/* loci import: makes a model of arrays that `loci export --to npz` wrote. */
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "common/command_line.h"

static const char description[] =
    "Make a model of the arrays that 'loci export --to npz' wrote, as they are or edited.";
static const char notes[] =
    "Positions, charges, scales, gaps, biases, what is kept and the specification count. Weights "
    "follow from them: where only weights were changed, nothing is made. docs/exchange.md tells "
    "more.\n"
    "\n"
    "Example:\n"
    "  loci export runs/arbor-mlp-10k-s1 --to npz -o net.npz\n"
    "  loci import net.npz -o model.safetensors";

typedef struct import_request {
    const char *input, *output;
    bool force;
} import_request;

static error_t parse(int key, char *argument, struct argp_state *state) {
    import_request *request = state->input;
    return key == ARGP_KEY_ARG ? cli_take_model(&request->input, argument) : ARGP_ERR_UNKNOWN;
}

static void tell(const import_request *request, const loci_import_report *report) {
    if (report->stale_weights)
        cli_note("the weights in %s do not follow from what was changed there; they were left out "
                 "of account",
                 request->input);
    if (report->fixed_set)
        cli_note("%s keeps other connections than a cut leaves: they are a fixed set from now on",
                 request->input);
    if (report->new_count)
        cli_note("positions in %s were changed: the cut leaves another number of connections",
                 request->input);
}

static int import(const import_request *request) {
    loci_error error = {0};
    loci_import_report report;
    loci_network *network = NULL;
    struct stat info;
    char parameters[CLI_WORD];
    if (!request->force && stat(request->output, &info) == 0 && S_ISREG(info.st_mode))
        return cli_fail(request->output, "is there already; replace it with --force, or choose "
                                         "another -o");
    int status = cli_check_output("-o", request->output, request->input, NULL);
    if (status != CLI_GO_ON)
        return status;
    status = loci_import_npz(&network, request->input, &report, &error);
    if (status == LOCI_OK)
        status = loci_network_save(network, request->output, &error);
    if (status == LOCI_OK)
        tell(request, &report);
    /* not into a model that goes to standard output */
    if (status == LOCI_OK && stat(request->output, &info) == 0 && S_ISREG(info.st_mode))
        printf("%s: %s parameters\n", CLI_SHOWN(request->output),
               cli_count(parameters, loci_network_parameter_count(network)));
    loci_network_free(network);
    return status == LOCI_OK ? CLI_DONE : cli_error(&error);
}

int cmd_import(int argc, char **argv) {
    static cli_options options;
    static import_request request;
    cli_options_group(&options, "Result:");
    cli_options_text(&options, "output", 'o', "MODEL", &request.output, "the model file to write");
    cli_options_flag(&options, "force", &request.force, "replace a file that is there");
    int status = cli_parse(&options, "FILE.npz -o MODEL [--force]", description, notes, parse, argc,
                           argv, &request);
    if (status != CLI_GO_ON)
        return status;
    if (request.input == NULL)
        return cli_usage("import", "say which file: what 'loci export --to npz' wrote");
    if (request.output == NULL)
        return cli_usage("-o", "say where the model goes, for example -o model.safetensors");
    return import(&request);
}
