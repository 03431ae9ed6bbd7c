/* The loci program: picks the subcommand. */
#include <errno.h>
#include <string.h>

#include "commands.h"
#include "common/cli.h"

typedef struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} command;

static const command commands[] = {
    {"train", cmd_train, "train a network and keep its run in a folder"},
    {"eval", cmd_eval, "measure a model on data: accuracy, classes, confusions"},
    {"predict", cmd_predict, "what a model says of your own pictures, rows, recordings"},
    {"prune", cmd_prune, "cut connections of a model, and measure what is left"},
    {"info", cmd_info, "show what a model or a preset is made of; alone: list the presets"},
    {"view", cmd_view, "write a network as a web page to look at and play with"},
    {"watch", cmd_watch, "follow runs while they train, as web pages or in the terminal"},
    {"figure", cmd_figure, "draw runs and networks, ready for a paper"},
    {"reproduce", cmd_reproduce, "repeat the paper's tables and figures, and our own"},
    {"export", cmd_export, "write a network for other programs"},
    {"import", cmd_import, "make a model of arrays that 'loci export' wrote and you changed"},
    {"data", cmd_data, "list, fetch and inspect data sets"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void print_help(void) {
    printf("Usage: loci COMMAND [OPTION...]\n"
           "Train neural networks by moving neurons: a weight follows from where two neurons sit.\n"
           "\n"
           "Commands:\n");
    for (int i = 0; i < COMMANDS; i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].summary);
    printf("\n"
           "Options:\n"
           "  -h, --help     show this help and exit; 'loci COMMAND --help' tells about one\n"
           "  --version      show the version and exit\n"
           "\n"
           "Examples:\n"
           "  loci train arbor-mlp-2k --data glyphs\n"
           "  loci eval runs/arbor-mlp-2k-s1 --data glyphs\n"
           "  loci predict runs/arbor-mlp-2k-s1 digit.png\n"
           "\n"
           "Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted (state saved).\n");
}

static int unknown(const char *name) {
    const char *names[COMMANDS + 2] = {"--help", "--version"};
    for (int i = 0; i < COMMANDS; i++)
        names[i + 2] = commands[i].name;
    const char *near = loci_suggest(name, names, COMMANDS + 2);
    const char *kind = name[0] == '-' ? "option" : "command";
    if (near != NULL)
        return cli_usage(name, "no such %s; did you mean '%s'?", kind, near);
    return cli_usage(name, "no such %s; 'loci --help' lists them", kind);
}

static int run(int argc, char **argv) {
    if (argc < 2)
        return cli_usage("", "no command; 'loci --help' lists them");
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        print_help();
        return CLI_DONE;
    }
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        printf("loci %s\n", loci_version());
        return CLI_DONE;
    }
    for (int i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, name) != 0)
            continue;
        char full[32];
        snprintf(full, sizeof full, "loci %s", name);
        argv[1] = full; /* what --help calls the program */
        int status = cli_team_open(full, commands[i].run == cmd_train);
        return status == CLI_GO_ON ? commands[i].run(argc - 1, argv + 1) : status;
    }
    return unknown(name);
}

static int check_environment(void) {
    char path[64];
    loci_error error = {0};
    if (loci_code_path(path, sizeof path, &error) == LOCI_OK)
        return CLI_DONE;
    return cli_usage(error.where, "%s", error.message);
}

int main(int argc, char **argv) {
    signal(SIGXFSZ, SIG_IGN); /* a limit on file sizes is an error like a full disk */
    cli_guard_json();
    int status = check_environment();
    if (status == CLI_DONE)
        status = run(argc, argv);
    /* a result that did not reach its reader is no result */
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == CLI_DONE)
        status = cli_fail("standard output", "cannot write: %s", strerror(errno));
    return cli_team_close(status);
}
