#include "common/command_line.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_HELP = 0x300, KEY_VERSION };

void cli_options_group(cli_options *options, const char *heading) {
    assert(options->count < CLI_MOST_OPTIONS);
    options->list[options->count++] =
        (struct argp_option){.doc = heading, .group = ++options->group};
}

void cli_options_add(cli_options *options, const char *name, int key, const char *argument,
                     const char *help) {
    assert(options->count < CLI_MOST_OPTIONS);
    options->list[options->count++] = (struct argp_option){
        .name = name, .key = key, .arg = argument, .doc = help, .group = options->group};
}

/* Where the value of the next option is noted. */
static int note_in(cli_options *options, cli_place place) {
    options->places[options->count] = place;
    return CLI_KEY_NOTED + (int)options->count;
}

void cli_options_flag(cli_options *options, const char *name, bool *flag, const char *help) {
    int key = note_in(options, (cli_place){.flag = flag});
    cli_options_add(options, name, key, NULL, help);
}

void cli_options_text(cli_options *options, const char *name, char letter, const char *argument,
                      const char **text, const char *help) {
    int key = note_in(options, (cli_place){.text = text});
    cli_options_add(options, name, letter != 0 ? letter : key, argument, help);
}

void cli_options_threads(cli_options *options, int *threads) {
    int key = note_in(options, (cli_place){.threads = threads});
    cli_options_add(options, "threads", key, "N", "threads [one per core]");
}

/* One row of a table; value is its default. */
static void add_field(cli_options *options, const loci_field *field, int key, const char *value) {
    char *help = options->docs[options->count];
    if (*value != '\0' && field->argument != NULL)
        snprintf(help, sizeof options->docs[0], "%s [%s]", field->help, value);
    else
        snprintf(help, sizeof options->docs[0], "%s", field->help);
    cli_options_add(options, field->name, key, field->argument, help);
}

void cli_options_add_spec(cli_options *options) {
    size_t count;
    const loci_field *fields = loci_spec_fields(&count);
    loci_spec spec;
    loci_spec_defaults(&spec);
    for (size_t i = 0; i < count; i++) {
        char value[128] = "";
        /* the data say what these are */
        if (strcmp(fields[i].name, "hidden") != 0 && strcmp(fields[i].name, "task") != 0)
            loci_spec_get(&spec, fields[i].name, value, sizeof value);
        add_field(options, &fields[i], CLI_KEY_SPEC + (int)i, value);
    }
}

void cli_options_add_train(cli_options *options) {
    size_t count;
    const loci_field *fields = loci_train_fields(&count);
    loci_train_options train;
    loci_train_options_defaults(&train);
    for (size_t i = 0; i < count; i++) {
        char value[128] = "";
        loci_train_get(&train, fields[i].name, value, sizeof value);
        add_field(options, &fields[i], CLI_KEY_TRAIN + (int)i, value);
    }
}

static int unknown(const cli_options *options, const char *command, const char *name,
                   const char *as_written) {
    const char *names[CLI_MOST_OPTIONS];
    for (size_t i = 0; i < options->count; i++)
        names[i] = options->list[i].name;
    const char *near = loci_suggest(name, names, options->count);
    if (near != NULL)
        return cli_usage(as_written, "no such option; did you mean --%s?", near);
    return cli_usage(as_written, "no such option; '%s --help' lists them", command);
}

static int fail_empty(const char *option) {
    return cli_usage(option, "its value is empty; give one, or leave the option out");
}

/* Checks "--name" or "--name=value"; *takes_next: its value is the next word. */
static int check_long(const cli_options *options, const char *command, const char *word,
                      bool *takes_next) {
    char name[64], written[72];
    const char *equals = strchr(word, '=');
    size_t length = equals != NULL ? (size_t)(equals - word) : strlen(word);
    cli_shown(name, length - 2 < sizeof name ? length - 1 : sizeof name, word + 2);
    snprintf(written, sizeof written, "--%s", name);
    for (size_t i = 0; i < options->count; i++) {
        const struct argp_option *option = &options->list[i];
        if (option->name == NULL || strcmp(option->name, name) != 0)
            continue;
        if (option->arg == NULL && equals != NULL)
            return cli_usage(written, "takes no value");
        if (equals != NULL && equals[1] == '\0')
            return fail_empty(written);
        *takes_next = option->arg != NULL && equals == NULL;
        return CLI_GO_ON;
    }
    return unknown(options, command, name, written);
}

/* Checks "-x", "-xy" or "-xVALUE". */
static int check_short(const cli_options *options, const char *command, const char *word,
                       bool *takes_next) {
    for (const char *letter = word + 1; *letter != '\0'; letter++) {
        const struct argp_option *option = NULL;
        for (size_t i = 0; i < options->count && option == NULL; i++)
            if (options->list[i].key == (unsigned char)*letter)
                option = &options->list[i];
        if (option == NULL)
            return unknown(options, command, word + 1, word);
        if (option->arg != NULL) {
            *takes_next = letter[1] == '\0';
            return CLI_GO_ON;
        }
    }
    return CLI_GO_ON;
}

/* argp would print two lines and take abbreviations, which break when an option is added. An empty
 * word is a variable of a script that is not set; taken for nothing, it would change the result. */
static int check_words(const cli_options *options, int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        bool takes_next = false;
        if (word[0] == '\0')
            return cli_usage(argv[0], "word %d after it is empty", i);
        if (word[0] != '-' || word[1] == '\0')
            continue;
        if (strcmp(word, "--") == 0)
            break;
        int status = word[1] == '-' ? check_long(options, argv[0], word, &takes_next)
                                    : check_short(options, argv[0], word, &takes_next);
        if (status != CLI_GO_ON)
            return status;
        if (takes_next && i + 1 == argc)
            return cli_usage(word, "needs a value; see '%s --help'", argv[0]);
        if (takes_next && argv[i + 1][0] == '\0')
            return fail_empty(word);
        i += takes_next;
    }
    return CLI_GO_ON;
}

/* --help and --version win over everything else, mistakes included. */
static int asked_for(int argc, char **argv) {
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return KEY_HELP;
        if (strcmp(argv[i], "--version") == 0 || strcmp(argv[i], "-V") == 0)
            return KEY_VERSION;
    }
    return 0;
}

/* What argp hands from one option to the next. */
typedef struct parsing {
    cli_options *options;
    argp_parser_t parser;
    void *input;
} parsing;

static error_t take_threads(int *threads, const char *argument) {
    uint64_t number;
    if (!cli_read_number("--threads", argument, 1, 256, &number))
        return EINVAL;
    *threads = (int)number;
    return 0;
}

/* Notes an option that is only noted; ARGP_ERR_UNKNOWN where it is none. */
static error_t take_noted(cli_options *options, int key, const char *argument) {
    for (size_t i = 0; i < options->count; i++) {
        const cli_place *place = &options->places[i];
        if (options->list[i].name == NULL || options->list[i].key != key)
            continue;
        options->given[i] = ++options->given_count;
        if (place->threads != NULL)
            return take_threads(place->threads, argument);
        if (place->flag != NULL)
            *place->flag = true;
        else if (place->text != NULL)
            *place->text = argument;
        else
            return ARGP_ERR_UNKNOWN;
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

/* What is more than noted is left to the command's parser. */
static error_t take(int key, char *argument, struct argp_state *state) {
    parsing *p = state->input;
    error_t status = take_noted(p->options, key, argument);
    if (status != ARGP_ERR_UNKNOWN)
        return status;
    state->input = p->input;
    status = p->parser(key, argument, state);
    state->input = p;
    return status;
}

int cli_parse(cli_options *options, const char *usage, const char *description, const char *notes,
              argp_parser_t parser, int argc, char **argv, void *input) {
    cli_options_group(options, "Other:");
    cli_options_add(options, "help", KEY_HELP, NULL, "show this help and exit");
    cli_options_add(options, "version", KEY_VERSION, NULL, "show the version and exit");
    switch (asked_for(argc, argv)) {
    case KEY_HELP:
        cli_help(options, argv[0], usage, description, notes);
        return CLI_DONE;
    case KEY_VERSION:
        printf("loci %s\n", loci_version());
        return CLI_DONE;
    }
    int status = check_words(options, argc, argv);
    if (status != CLI_GO_ON)
        return status;
    struct argp argp = {options->list, take, NULL, NULL, NULL, NULL, NULL};
    parsing p = {options, parser, input};
    int failed =
        argp_parse(&argp, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_NO_EXIT, NULL, &p);
    if (failed == ENOMEM)
        return cli_fail("options", "out of memory");
    return failed != 0 ? CLI_USAGE : CLI_GO_ON;
}

bool cli_read_number(const char *option, const char *text, uint64_t low, uint64_t high,
                     uint64_t *value) {
    char *end = NULL;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    /* strtoull takes "-1" and " 1" too */
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || number < low ||
        number > high) {
        cli_usage(option, "'%s' is not a whole number from %llu to %llu", text,
                  (unsigned long long)low, (unsigned long long)high);
        return false;
    }
    *value = number;
    return true;
}

loci_pool *cli_pool(int threads) {
    loci_pool *pool = NULL;
    loci_error error = {0};
    int cores = loci_cores();
    threads = threads == 0 ? cli_team_threads() : threads;
    if (threads > cores)
        cli_note("%d threads on %d core%s; more threads than cores do not make it faster", threads,
                 cores, cores == 1 ? "" : "s");
    if (loci_pool_create(&pool, threads, &error) != LOCI_OK)
        cli_error(&error);
    return pool;
}

error_t cli_take_model(const char **model, const char *argument) {
    if (*model != NULL) {
        cli_usage(argument, "one model at a time; '%s' is there already", *model);
        return EINVAL;
    }
    *model = argument;
    return 0;
}

int cli_copy_text(char *to, size_t size, const char *from, const char *option) {
    if (from == NULL)
        return CLI_GO_ON;
    if (strlen(from) >= size)
        return cli_usage(option, "longer than %zu bytes", size - 1);
    strcpy(to, from);
    return CLI_GO_ON;
}
