/* loci reproduce: trains what a table or a figure needs, and writes it down beside the paper's. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "reproduce/reproduce.h"

enum { KEY_SEEDS = CLI_KEY_OWN, KEY_EPOCHS, KEY_OUT };

enum { MOST_TARGETS = 32 };

typedef struct reproduce_words {
    reproduction *all;
    const char *targets[MOST_TARGETS];
    size_t count;
} reproduce_words;

static const char description[] =
    "Repeat the tables and figures of the paper (Erb et al. 2025, arXiv 2506.13410): train what is "
    "missing, and write DIR/results.md and DIR/index.html, ours beside the paper's.";
static const char notes[] =
    "TARGET is any of\n"
    "  table1     networks without time, against conventional ones\n"
    "  table2     spiking networks, likewise\n"
    "  table3     every neuron's own z\n"
    "  fig1       the network in space\n"
    "  fig3       pruning during and after training\n"
    "  fig4       where relaxed neurons go\n"
    "  fig5       more dimensions, beside conventional nets of as many parameters\n"
    "  fig6       the neurons' activity for the mean images of digits\n"
    "  frontier   this project's own: accuracy against parameters\n"
    "  ablations  this project's own: arbor-mlp-10k with one thing changed\n"
    "  laws       this project's own: other laws of distance, other activations\n"
    "  all        all of these, in this order\n"
    "  time       this project's own, of temporal data alone: delays and recurrence\n"
    "\n"
    "The data are MNIST, for time SHD, unless --data names others. Runs are kept in "
    "DIR/runs/PRESET[-VARIANT][-eEPOCHS]-sSEED. One that is finished is not "
    "repeated, one that was interrupted goes on; so does the whole when the same command is given "
    "again. What 'loci train PRESET --data NAME --seed N --out DIR/runs/PRESET-sN' made is taken "
    "as well. Started several times, on one machine or on many that share DIR, the processes share "
    "the runs out, and take over what was left by one that was killed. The full protocol takes a "
    "day or more on a small machine; --epochs shortens it, and "
    "the page "
    "then says so in its first line.\n"
    "\n"
    "Examples:\n"
    "  loci reproduce table1 --data mnist --seeds 1\n"
    "  loci reproduce all --dry-run\n"
    "  loci reproduce all --data glyphs --epochs 2 --seeds 1 --out short";

static void add_options(cli_options *options, reproduction *all) {
    cli_data_add_classes(options, &all->request.data);
    cli_options_group(options, "Reproduction:");
    cli_options_add(options, "seeds", KEY_SEEDS, "N,N,...", "a run for each [1,2,3]");
    cli_options_add(options, "epochs", KEY_EPOCHS, "N",
                    "shorten every run to N epochs [the protocol's]");
    cli_options_add(options, "out", KEY_OUT, "DIR", "where runs and page go [reproduce]");
    cli_options_threads(options, &all->request.threads);
    cli_options_flag(options, "dry-run", &all->dry,
                     "list the runs, how far they are and the time they take; train nothing");
    cli_options_flag(options, "no-train", &all->no_train,
                     "write the page from the runs there are; train nothing");
    cli_options_flag(options, "no-wait", &all->request.no_wait,
                     "leave runs that other processes are at work on; write the page without them");
    cli_options_flag(options, "json", &all->request.json, "print everything as one JSON object");
    cli_options_flag(options, "quiet", &all->request.quiet, "no progress");
}

static error_t take_target(reproduce_words *words, const char *name) {
    if (words->count == MOST_TARGETS) {
        cli_usage(name, "at most %d targets", MOST_TARGETS);
        return EINVAL;
    }
    words->targets[words->count++] = name;
    return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state) {
    reproduce_words *words = state->input;
    reproduction *all = words->all;
    uint64_t number;
    switch (key) {
    case KEY_SEEDS:
        if (train_take_seeds(&all->request, argument, true) != 0)
            return EINVAL;
        if (all->request.seed_count > REPRODUCE_MOST_SEEDS) {
            cli_usage("--seeds", "at most %d seeds", REPRODUCE_MOST_SEEDS);
            return EINVAL;
        }
        return 0;
    case KEY_EPOCHS:
        if (!cli_read_number("--epochs", argument, 1, 100000, &number))
            return EINVAL;
        all->epochs = (uint32_t)number;
        all->epochs_text = argument;
        return 0;
    case KEY_OUT:
        if (argument[0] == '\0') {
            cli_usage("--out", "an empty name");
            return EINVAL;
        }
        all->out = argument;
        return 0;
    case ARGP_KEY_ARG:
        return take_target(words, argument);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int unknown(const char *name) {
    const char *names[MOST_TARGETS] = {"all"};
    size_t count = 1;
    for (; reproduce_target_at(count - 1) != NULL; count++)
        names[count] = reproduce_target_at(count - 1)->name;
    const char *near = loci_suggest(name, names, count);
    if (near != NULL)
        return cli_usage(name, "no such table or figure; did you mean '%s'?", near);
    return cli_usage(name, "no such table or figure; 'loci reproduce --help' lists them");
}

static bool is_wanted(const reproduce_words *words, const reproduce_target *target) {
    for (size_t i = 0; i < words->count; i++)
        if (strcmp(words->targets[i], target->name) == 0 ||
            (strcmp(words->targets[i], "all") == 0 && !target->temporal))
            return true;
    return false;
}

static bool is_known(const char *name) {
    for (size_t i = 0; reproduce_target_at(i) != NULL; i++)
        if (strcmp(reproduce_target_at(i)->name, name) == 0)
            return true;
    return strcmp(name, "all") == 0;
}

/* No data have time for some networks and none for others. */
static int check_together(const reproduction *all) {
    for (size_t s = 1; s < all->section_count; s++)
        if (all->sections[s].target->temporal != all->sections[0].target->temporal)
            return cli_usage(all->sections[s].target->name,
                             "is of temporal data, the others are not; reproduce it by itself");
    return CLI_GO_ON;
}

/* Sections in the order of the list, whatever that of the command line. */
static int choose(const reproduce_words *words) {
    reproduction *all = words->all;
    if (words->count == 0)
        return cli_usage("reproduce", "say what: table1, fig3, all, ...; 'loci reproduce --help' "
                                      "lists them");
    for (size_t i = 0; i < words->count; i++)
        if (!is_known(words->targets[i]))
            return unknown(words->targets[i]);
    all->sections = calloc(MOST_TARGETS, sizeof *all->sections);
    if (all->sections == NULL)
        return cli_fail("reproduce", "out of memory");
    all->section_count = 0;
    for (size_t i = 0; reproduce_target_at(i) != NULL; i++)
        if (is_wanted(words, reproduce_target_at(i)))
            all->sections[all->section_count++].target = reproduce_target_at(i);
    return check_together(all);
}

static const char *usual_data(const reproduction *all) {
    return all->sections[0].target->temporal ? "shd" : "mnist";
}

static void print_section(const reproduction *all, const reproduce_section *section) {
    printf("%s\n", section->target->title);
    for (size_t i = 0; i < section->row_count; i++) {
        const reproduce_row *row = &section->rows[i];
        reproduce_result result;
        char ours[CLI_WORD], theirs[CLI_WORD];
        reproduce_measure(all, section, row, &result);
        printf("  %-52s %s", row->label,
               reproduce_accuracy_text(ours, result.mean, result.deviation));
        if (row->paper.accuracy > 0)
            printf("  (paper %s)", reproduce_paper_text(theirs, &row->paper));
        printf("\n");
    }
}

static int report(const reproduction *all) {
    if (all->request.json) {
        json_t *object = reproduce_json(all);
        return object != NULL ? cli_json_print(object) : cli_fail("reproduce", "out of memory");
    }
    if (all->dry)
        return reproduce_show_plan(all);
    for (size_t s = 0; s < all->section_count; s++)
        print_section(all, &all->sections[s]);
    printf("%s/results.md\n", CLI_SHOWN(all->out));
    return CLI_DONE;
}

/* Runs that will never have a result make the whole incomplete. */
static int check_all(const reproduction *all) {
    for (size_t r = 0; r < all->run_count; r++)
        if (all->runs[r].why != NULL)
            return CLI_FAILED;
    return CLI_GO_ON;
}

/* Whatever stops the training, what there is is written down. */
static int reproduce(reproduction *all) {
    int status = reproduce_plan(all);
    if (status != CLI_GO_ON)
        return status;
    if (all->dry) {
        status = reproduce_estimate(all);
        return status == CLI_GO_ON ? report(all) : status;
    }
    if (all->no_train && !cli_is_folder(all->out))
        return cli_fail(all->out, "there are no runs yet");
    int trained = all->no_train ? CLI_GO_ON : reproduce_train(all);
    status = reproduce_draw(all);
    int written = reproduce_write_page(all);
    if (trained != CLI_GO_ON)
        return trained;
    if (status == CLI_GO_ON)
        status = written;
    if (status == CLI_GO_ON)
        status = check_all(all);
    return status == CLI_GO_ON ? report(all) : status;
}

int cmd_reproduce(int argc, char **argv) {
    static cli_options options;
    static reproduction all;
    reproduce_words words = {.all = &all};
    all = (reproduction){.out = "reproduce"};
    add_options(&options, &all);
    int status =
        cli_parse(&options, "TARGET... [OPTION...]", description, notes, parse, argc, argv, &words);
    if (status != CLI_GO_ON)
        return status;
    train_request *request = &all.request;
    request->again = "give the same command again to go on";
    if (request->seed_count == 0)
        while (request->seed_count < 3) {
            request->seeds[request->seed_count] = request->seed_count + 1;
            request->seed_count++;
        }
    status = choose(&words);
    if (status == CLI_GO_ON && request->data.name == NULL)
        request->data.name = usual_data(&all);
    if (status == CLI_GO_ON)
        status = reproduce(&all);
    reproduce_clear(&all);
    return status;
}
