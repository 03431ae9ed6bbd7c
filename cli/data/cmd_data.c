/* loci data: lists, downloads and inspects data sets. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "data/data.h"

static const char description[] =
    "List the data sets known by name, download one, or look into one (a name or a path).";
static const char notes[] = "Examples:\n"
                            "  loci data list\n"
                            "  loci data fetch mnist\n"
                            "  loci data info glyphs\n"
                            "  loci data info table.csv --label species --json\n"
                            "  loci data info houses.csv --target price";

enum { KEY_TASK = CLI_KEY_OWN };

static error_t take_task(loci_data_options *options, const char *argument) {
    loci_spec spec;
    loci_error error = {0};
    loci_spec_defaults(&spec);
    if (loci_spec_set(&spec, "task", argument, &error) != LOCI_OK) {
        cli_usage_error(&error, "--");
        return EINVAL;
    }
    options->task = spec.task;
    return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state) {
    data_request *request = state->input;
    if (key == KEY_TASK)
        return take_task(&request->data.options, argument);
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    if (request->action == NULL)
        request->action = argument;
    else if (request->name == NULL)
        request->name = argument;
    else {
        cli_usage(argument, "one data set at a time; '%s' is there already", request->name);
        return EINVAL;
    }
    return 0;
}

static int list_json(const char *directory) {
    json_t *object = json_object(), *list = json_array();
    const loci_catalogue_entry *entry;
    for (size_t i = 0; (entry = loci_catalogue(i)) != NULL; i++) {
        char path[PATH_MAX];
        bool found = loci_catalogue_locate(entry->name, directory, path, sizeof path) == LOCI_OK;
        json_t *one = json_object();
        json_object_set_new(one, "name", json_string(entry->name));
        json_object_set_new(one, "description", json_string(entry->description));
        json_object_set_new(one, "licence", json_string(entry->licence));
        json_object_set_new(one, "source", json_string(entry->source));
        json_object_set_new(one, "built_in", json_boolean(entry->built_in));
        json_object_set_new(one, "found", found ? cli_json_text(path) : json_null());
        json_array_append_new(list, one);
    }
    json_object_set_new(object, "datasets", list);
    return cli_json_print(object);
}

static int list(const data_request *request) {
    const char *directory = request->data.options.directory;
    const loci_catalogue_entry *entry;
    if (request->name != NULL)
        return cli_usage(request->name,
                         "'loci data list' takes no name; 'loci data info %s' looks "
                         "into one",
                         request->name);
    if (request->json)
        return list_json(directory);
    for (size_t i = 0; (entry = loci_catalogue(i)) != NULL; i++) {
        char path[PATH_MAX];
        bool found = loci_catalogue_locate(entry->name, directory, path, sizeof path) == LOCI_OK;
        printf("%s%s\n", i > 0 ? "\n" : "", entry->name);
        printf("  %s\n", entry->description);
        if (found)
            printf("  found    %s\n", CLI_SHOWN(path));
        else
            printf("  found    not here; 'loci data fetch %s' downloads it\n", entry->name);
        printf("  licence  %s\n", entry->licence);
        printf("  source   %s\n", entry->source);
    }
    return CLI_DONE;
}

/* A download's progress, and whether to go on with it. */
typedef struct fetch_show {
    const volatile sig_atomic_t *stop;
    bool live;
    bool drawn;
} fetch_show;

static int fetch_progress(void *user, const char *file, uint64_t done, uint64_t total) {
    fetch_show *show = user;
    char a[CLI_WORD], b[CLI_WORD];
    if (show->live) {
        fprintf(stderr, "\r\033[K%s  %s", file, cli_bytes(a, (double)done));
        if (total > 0)
            fprintf(stderr, " of %s", cli_bytes(b, (double)total));
        fflush(stderr);
        show->drawn = true;
    }
    return cli_is_raised(show->stop);
}

static int fetch(const data_request *request) {
    loci_error error = {0};
    loci_fetch_options options;
    fetch_show show = {.stop = cli_catch_signals(), .live = cli_rewrites(stderr)};
    loci_fetch_options_defaults(&options);
    options.directory = request->data.options.directory;
    options.base_url = request->url;
    options.progress = fetch_progress;
    options.user = &show;
    int status = loci_fetch(request->name, &options, &error);
    if (show.drawn)
        fprintf(stderr, "\r\033[K");
    if (status == LOCI_E_UNSUPPORTED) {
        printf("%s is built in; nothing to fetch\n", request->name);
        return CLI_DONE;
    }
    if (status != LOCI_OK)
        return cli_error(&error);
    char path[PATH_MAX] = "the cache";
    loci_catalogue_locate(request->name, options.directory, path, sizeof path);
    printf("%s: complete and verified, in %s\n", request->name, CLI_SHOWN(path));
    return CLI_DONE;
}

/* The actions that need a data set's name. */
static int act_on(const data_request *request) {
    bool is_fetch = strcmp(request->action, "fetch") == 0;
    if (!is_fetch && request->url != NULL)
        return cli_usage("--url", "only for 'loci data fetch'");
    if (is_fetch && request->json)
        return cli_usage("--json", "'loci data fetch' reports no figures");
    if (request->name == NULL)
        return cli_usage(request->action, "say which data set; 'loci data list' names them");
    return is_fetch ? fetch(request) : data_info(request);
}

int cmd_data(int argc, char **argv) {
    static cli_options options;
    static const char *const actions[] = {"list", "fetch", "info"};
    data_request request = {.action = NULL};
    cli_options_group(&options, "Data:");
    cli_data_add_files(&options, &request.data);
    cli_options_add(&options, "task", KEY_TASK, "NAME",
                    "what they are to teach: classify, regress (numbers) [as the data say]");
    cli_options_text(&options, "url", 0, "URL", &request.url,
                     "fetch: a mirror to use instead of the catalogue's own");
    cli_options_flag(&options, "json", &request.json, "list, info: print one JSON object");
    int status =
        cli_parse(&options, "list [OPTION...]\nfetch NAME [OPTION...]\ninfo NAME|PATH [OPTION...]",
                  description, notes, parse, argc, argv, &request);
    if (status != CLI_GO_ON)
        return status;
    if (request.action == NULL)
        return cli_usage("data", "say what to do: list, fetch NAME or info NAME");
    if (strcmp(request.action, "list") == 0)
        return list(&request);
    if (strcmp(request.action, "fetch") == 0 || strcmp(request.action, "info") == 0)
        return act_on(&request);
    const char *near = loci_suggest(request.action, actions, 3);
    if (near != NULL)
        return cli_usage(request.action, "no such action; did you mean '%s'?", near);
    return cli_usage(request.action, "no such action; there are list, fetch and info");
}
