/* loci watch: follows runs by what they leave in their folders. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "common/command_line.h"
#include "live/live.h"
#include "watch/watch.h"

enum { MOST_RUNS = 64 };

static const char description[] =
    "Follow runs while they train, or look at finished ones: a page with their curves over each "
    "other and the network of each, or lines in the terminal. Only their folders are read, so a "
    "run may be on another machine that shares them.";
static const char notes[] =
    "RUN is a run folder, or a folder of run folders. Ctrl-C ends it. A training of your own is "
    "seen closer by 'loci train --live'.\n"
    "\n"
    "Examples:\n"
    "  loci watch runs/arbor-mlp-10k-s1\n"
    "  loci watch runs --port 8080\n"
    "  loci watch --text runs/paper-mlp-s1 runs/paper-mlp-s2";

typedef struct watch_request {
    const char *given[MOST_RUNS]; /* as they were written */
    size_t given_count;
    char *runs[MOST_RUNS]; /* each freed at the end */
    size_t count;
    live_options live;
    bool text;
} watch_request;

static int add(watch_request *request, const char *path) {
    if (request->count == MOST_RUNS)
        return cli_usage(path, "at most %d runs", MOST_RUNS);
    char *copy = strdup(path);
    size_t length = copy != NULL ? strlen(copy) : 0;
    while (length > 1 && copy[length - 1] == '/')
        copy[--length] = '\0';
    if (copy == NULL || length >= CLI_PATH) {
        free(copy);
        return cli_fail(path, copy == NULL ? "out of memory" : "the name is too long");
    }
    request->runs[request->count++] = copy;
    return CLI_GO_ON;
}

static bool has_run(const char *path) {
    static const char *const files[] = {"config.json", "model.safetensors"};
    char name[CLI_PATH + 512];
    for (int i = 0; i < 2; i++) {
        snprintf(name, sizeof name, "%s/%s", path, files[i]);
        if (access(name, F_OK) == 0)
            return true;
    }
    return false;
}

/* Those of a folder, in the order of their names: *added is how many. */
static int add_below(watch_request *request, const char *path, size_t *added) {
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, alphasort), status = CLI_GO_ON;
    for (int i = 0; i < count; i++) {
        char name[CLI_PATH + 256 + 2];
        bool slash = path[strlen(path) - 1] == '/';
        snprintf(name, sizeof name, "%s%s%s", path, slash ? "" : "/", entries[i]->d_name);
        if (status == CLI_GO_ON && entries[i]->d_name[0] != '.' && cli_is_folder(name) &&
            has_run(name)) {
            status = add(request, name);
            ++*added;
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

/* A folder that is empty yet may be that of a run that is about to begin. */
static int add_argument(watch_request *request, const char *path) {
    size_t added = 0;
    if (strlen(path) >= CLI_PATH || !cli_is_folder(path))
        return cli_fail(path, "there is no such folder");
    if (has_run(path))
        return add(request, path);
    int status = add_below(request, path, &added);
    return status == CLI_GO_ON && added == 0 ? add(request, path) : status;
}

static error_t parse(int key, char *argument, struct argp_state *state) {
    watch_request *request = state->input;
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    if (request->given_count == MOST_RUNS) {
        cli_usage(argument, "at most %d runs", MOST_RUNS);
        return EINVAL;
    }
    request->given[request->given_count++] = argument;
    return 0;
}

static int serve(const watch_request *request, const volatile sig_atomic_t *stop) {
    live_server *server = NULL;
    int status = live_possible("watch");
    if (status == CLI_GO_ON)
        status = live_open(&server, &request->live, (const char *const *)request->runs,
                           request->count, false);
    if (status != CLI_GO_ON)
        return status;
    live_stay(server, stop);
    live_close(server);
    return CLI_DONE;
}

static int watch(watch_request *request) {
    int status = CLI_GO_ON;
    if (request->given_count == 0)
        return cli_usage("watch", "say which run: a run folder, or a folder of run folders");
    if (request->text && (request->live.port != NULL || request->live.bind != NULL))
        return cli_usage(request->live.port != NULL ? "--port" : "--bind",
                         "is of the page; --text shows none");
    for (size_t i = 0; i < request->given_count && status == CLI_GO_ON; i++)
        status = add_argument(request, request->given[i]);
    if (status != CLI_GO_ON)
        return status;
    const volatile sig_atomic_t *stop = cli_catch_signals();
    return request->text ? watch_text((const char *const *)request->runs, request->count, stop)
                         : serve(request, stop);
}

int cmd_watch(int argc, char **argv) {
    static cli_options options;
    watch_request request = {.count = 0};
    cli_options_group(&options, "Options:");
    cli_options_flag(&options, "text", &request.text,
                     "tell in the terminal, and leave when all runs are over");
    cli_options_text(&options, "port", 0, "P", &request.live.port,
                     "of the page; 0: one that is free [7411, or one that is free]");
    cli_options_text(&options, "bind", 0, "ADDRESS", &request.live.bind,
                     "let other machines have the page, by this address of yours; it takes a "
                     "token then [this machine alone]");
    int status =
        cli_parse(&options, "RUN... [OPTION...]", description, notes, parse, argc, argv, &request);
    if (status == CLI_GO_ON)
        status = watch(&request);
    for (size_t i = 0; i < request.count; i++)
        free(request.runs[i]);
    return status;
}
