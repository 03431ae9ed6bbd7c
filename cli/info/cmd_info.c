/* loci info: shows what a model or a preset is made of. */
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "common/command_line.h"
#include "info/info.h"

static const char description[] =
    "Show what a model (a file or a run folder) or a preset is made of: layers, sites, parameters "
    "by kind; of a trained model also what training made of it. Without an argument: list the "
    "presets.";
static const char notes[] = "Examples:\n"
                            "  loci info\n"
                            "  loci info arbor-mlp-10k\n"
                            "  loci info runs/arbor-mlp-10k-s1 --json";

typedef struct info_request {
    const char *name;
    bool json;
} info_request;

static error_t parse(int key, char *argument, struct argp_state *state) {
    info_request *request = state->input;
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    if (request->name != NULL) {
        cli_usage(argument, "one model or preset at a time; '%s' is there already", request->name);
        return EINVAL;
    }
    request->name = argument;
    return 0;
}

static int list_presets(bool json) {
    const char *name;
    if (!json)
        printf("Presets; 'loci info NAME' shows one, 'loci train NAME --data ...' trains it:\n\n");
    json_t *list = json_array();
    for (size_t i = 0; (name = loci_preset_name(i)) != NULL; i++) {
        json_t *one = json_object();
        json_object_set_new(one, "name", json_string(name));
        json_object_set_new(one, "summary", json_string(loci_preset_summary(i)));
        json_array_append_new(list, one);
        if (!json) {
            int column = printf("  %-18s ", name);
            cli_wrap(stdout, loci_preset_summary(i), column, column);
        }
    }
    if (!json) {
        json_decref(list);
        return CLI_DONE;
    }
    json_t *object = json_object();
    json_object_set_new(object, "presets", list);
    return cli_json_print(object);
}

static int open_model(info_subject *it) {
    loci_error error = {0};
    struct stat info;
    char path[4096];
    if (loci_network_load(&it->network, it->name, &error) != LOCI_OK)
        return cli_error(&error);
    it->spec = *loci_network_spec(it->network);
    snprintf(path, sizeof path, "%s/model.safetensors", it->name);
    if (stat(path, &info) == 0 || stat(it->name, &info) == 0)
        it->bytes = (double)info.st_size;
    int status = info_measure(it->network, it->statistics);
    return status == CLI_GO_ON ? info_measure_delays(it->network, it->delays) : status;
}

/* What presets for temporal data are counted on: recordings as those of spoken words. */
static void give_channels(loci_spec *spec) {
    spec->height = 1;
    spec->width = 140;
    spec->classes = 20;
}

static int open_subject(info_subject *it) {
    loci_error error = {0};
    struct stat info;
    if (loci_preset(it->name, &it->spec, &it->train, &error) == LOCI_OK) {
        if (it->spec.coding == LOCI_CODING_EVENTS)
            give_channels(&it->spec);
        if (loci_spec_resolve(&it->spec, &error) != LOCI_OK)
            return cli_error(&error);
    } else if (strpbrk(it->name, "/.") == NULL && stat(it->name, &info) != 0) {
        return cli_usage_error(&error, ""); /* no such file: it was meant as a preset */
    } else {
        int status = open_model(it);
        if (status != CLI_GO_ON)
            return status;
    }
    if (loci_spec_spikes(&it->spec))
        info_neurons(&it->spec, it->network, it->neurons);
    loci_spec_count(&it->spec, &it->counts);
    it->conventional = loci_spec_connections(&it->spec);
    it->connections =
        it->network != NULL ? loci_network_connections(it->network) : it->conventional;
    for (uint32_t l = 1; l <= loci_spec_hidden_layers(&it->spec) + 1; l++) {
        loci_maps maps; /* which share their biases */
        it->conventional += loci_spec_maps(&it->spec, l, &maps) != 0
                                ? maps.count
                                : loci_spec_layer_size(&it->spec, l);
    }
    return CLI_GO_ON;
}

int cmd_info(int argc, char **argv) {
    static cli_options options;
    static info_subject it;
    info_request request = {.name = NULL};
    cli_options_group(&options, "Result:");
    cli_options_flag(&options, "json", &request.json, "print one JSON object");
    int status = cli_parse(&options, "[MODEL|PRESET] [OPTION...]", description, notes, parse, argc,
                           argv, &request);
    if (status != CLI_GO_ON)
        return status;
    if (request.name == NULL)
        return list_presets(request.json);
    it.name = request.name;
    status = open_subject(&it);
    if (status == CLI_GO_ON && request.json) {
        status = info_report_json(&it);
    } else if (status == CLI_GO_ON) {
        info_report_text(&it);
        status = CLI_DONE;
    }
    loci_network_free(it.network);
    return status;
}
