/* loci export: writes a network for other programs. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "export/export.h"

static const char description[] = "Write a network in a form that other programs read.";
static const char notes[] =
    "MODEL is a model file or a run folder. docs/exchange.md says what is in the files, "
    "docs/export.md what is in the source. --to c, and --to onnx with --bits 8, choose scales on "
    "the "
    "training part of some data and measure on the test part; a run folder knows them. Networks in "
    "time are written as C, too: "
    "delays, recurrent layers, adaptive neurons, events, which NAME_step() takes as they come.\n"
    "\n"
    "Examples:\n"
    "  loci export runs/arbor-mlp-10k-s1 --to c -o firmware/net\n"
    "  loci export runs/arbor-mlp-10k-s1 --to c --mode weights --bits 4 --flash 64k -o net\n"
    "  loci export runs/arbor-mlp-10k-s1 --to onnx -o net.onnx\n"
    "  loci export runs/arbor-mlp-10k-s1 --to onnx --bits 8 -o net8.onnx\n"
    "  loci export runs/arbor-snn-10k-s1 --to nir -o net.nir\n"
    "  loci export model.safetensors --to npz -o net.npz";

static int export_npz(const export_request *request, const loci_network *network) {
    loci_error error = {0};
    if (loci_exchange_npz(network, request->output, &error) != LOCI_OK)
        return cli_error(&error);
    export_print_file(request->output);
    return CLI_DONE;
}

static int export_nir(const export_request *request, const loci_network *network) {
    loci_error error = {0};
    double dt = request->dt != NULL ? strtod(request->dt, NULL) : LOCI_NIR_DT;
    if (loci_exchange_nir(network, dt, request->output, &error) != LOCI_OK)
        return cli_error(&error);
    export_print_file(request->output);
    return CLI_DONE;
}

static const struct format {
    const char *name;
    export_function *write;
} formats[] = {
    {"c", export_c},
    {"npz", export_npz},
    {"onnx", export_onnx},
    {"nir", export_nir},
};
enum { FORMATS = sizeof formats / sizeof *formats };

static error_t parse(int key, char *argument, struct argp_state *state) {
    export_request *request = state->input;
    return key == ARGP_KEY_ARG ? cli_take_model(&request->model, argument)
                               : export_c_take(request, key, argument);
}

/* NULL after an error line. */
static const struct format *find_format(const char *name) {
    char list[128] = "";
    const char *names[FORMATS];
    for (int i = 0; i < FORMATS; i++) {
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", formats[i].name);
        names[i] = formats[i].name;
    }
    const char *near = loci_suggest(name, names, FORMATS);
    if (near != NULL)
        cli_usage("--to", "'%s' is none of %s; did you mean '%s'?", name, list, near);
    else
        cli_usage("--to", "'%s' is none of %s", name, list);
    return NULL;
}

static int check_dt(const export_request *request) {
    char *end;
    if (request->dt == NULL)
        return CLI_GO_ON;
    if (strcmp(request->format, "nir") != 0)
        return cli_usage("--dt", "is for --to nir; other formats know no seconds");
    double dt = strtod(request->dt, &end);
    if (end == request->dt || *end != '\0' || !(dt >= 1e-9 && dt <= 1e3))
        return cli_usage("--dt", "'%s' is no number of seconds from 1e-9 to 1000", request->dt);
    return CLI_GO_ON;
}

/* Whether an option is about data; of those for --to c the others stand in one group. */
static bool is_data(const cli_options *options, const export_request *request, size_t i) {
    return options->list[i].group != options->list[request->only_c].group;
}

/* Whether ONNX in 8 bits has an option of --to c, too. */
static bool is_shared(const cli_options *options, const export_request *request, size_t i) {
    static const char *const shared[] = {"bits", "samples", "threads", "json"};
    for (size_t k = 0; k < sizeof shared / sizeof *shared; k++)
        if (options->list[i].name != NULL && strcmp(shared[k], options->list[i].name) == 0)
            return true;
    return is_data(options, request, i);
}

/* CLI_USAGE after an error line where an option was given that the format does not have, else
 * CLI_GO_ON. */
static int refuse_options(const cli_options *options, const export_request *request) {
    size_t last = request->only_c; /* a heading, which is never given */
    bool onnx = strcmp(request->format, "onnx") == 0;
    bool quantised = onnx && export_onnx_is_quantised(request);
    char written[32];
    for (size_t i = request->only_c; i < options->count; i++) {
        bool bits = options->list[i].name != NULL && strcmp(options->list[i].name, "bits") == 0;
        bool taken = (quantised && is_shared(options, request, i)) || (onnx && bits);
        if (options->given[i] > options->given[last] && !taken)
            last = i;
    }
    if (last == request->only_c)
        return CLI_GO_ON;
    snprintf(written, sizeof written, "--%s",
             is_data(options, request, last) ? "data" : options->list[last].name);
    return cli_usage(written, is_shared(options, request, last)
                                  ? "is for --to c, and for --to onnx with --bits 8"
                                  : "is for --to c");
}

/* CLI_GO_ON, or CLI_USAGE after an error line. */
static int check(const cli_options *options, const export_request *request,
                 const struct format *format) {
    bool is_c = format->write == export_c;
    if (request->output == NULL)
        return cli_usage("-o", "say where it goes, for example -o net%s%s", is_c ? "" : ".",
                         is_c ? "" : format->name);
    int status = check_dt(request);
    if (status == CLI_GO_ON && !is_c)
        status = refuse_options(options, request);
    /* a folder of C takes the place of nothing but another one */
    if (status == CLI_GO_ON && !is_c)
        status = cli_check_output("-o", request->output, request->model, NULL);
    return status;
}

int cmd_export(int argc, char **argv) {
    static cli_options options;
    static export_request request;
    cli_options_group(&options, "Result:");
    cli_options_text(
        &options, "to", 0, "FORMAT", &request.format,
        "c (source for small machines, a folder), npz (arrays for NumPy; 'loci import' "
        "brings them back), onnx, nir (spiking "
        "networks)");
    cli_options_text(&options, "output", 'o', "FILE|DIR", &request.output,
                     "where it goes; a file that is there is replaced");
    cli_options_text(&options, "dt", 0, "SECONDS", &request.dt,
                     "nir: what a time step lasts [0.0001]");
    export_c_add(&options, &request);
    int status = cli_parse(&options, "MODEL --to FORMAT -o FILE|DIR [OPTION...]", description,
                           notes, parse, argc, argv, &request);
    if (status != CLI_GO_ON)
        return status;
    if (request.model == NULL)
        return cli_usage("export", "say which network: a run folder or a model file");
    if (request.format == NULL)
        return cli_usage("--to", "say which format, for example --to onnx");
    const struct format *format = find_format(request.format);
    if (format == NULL)
        return CLI_USAGE;
    status = check(&options, &request, format);
    if (status != CLI_GO_ON)
        return status;
    loci_error error = {0};
    loci_network *network = NULL;
    if (cli_load_model(&network, request.model, &error) != LOCI_OK)
        return cli_error(&error);
    status = format->write(&request, network);
    loci_network_free(network);
    return status;
}
