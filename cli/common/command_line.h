/* Command-line options: from tables to argp, with one clear line for every mistake. */
#ifndef LOCI_CLI_COMMAND_LINE_H
#define LOCI_CLI_COMMAND_LINE_H

#include <argp.h>

#include "common/cli.h"

enum { CLI_MOST_OPTIONS = 128 };

/* Keys of options without a letter. Those that are only noted have CLI_KEY_NOTED + place. Rows of
 * the library's tables get CLI_KEY_SPEC + row and CLI_KEY_TRAIN + row; a subcommand's own options
 * start at CLI_KEY_OWN. */
enum { CLI_KEY_NOTED = 0x100, CLI_KEY_OWN = 0x200, CLI_KEY_SPEC = 0x1000, CLI_KEY_TRAIN = 0x2000 };

/* A heading of --help and the options below it, by name, blanks between them. */
typedef struct cli_help_group {
    const char *heading, *names;
} cli_help_group;

/* Where an option's value goes; all NULL: to the parser. */
typedef struct cli_place {
    bool *flag;
    const char **text;
    int *threads;
} cli_place;

typedef struct cli_options {
    struct argp_option list[CLI_MOST_OPTIONS + 1]; /* ends with zeros */
    cli_place places[CLI_MOST_OPTIONS];
    size_t given[CLI_MOST_OPTIONS]; /* when on the command line, counted from 1; 0: never */
    size_t count, given_count;
    int group;
    char docs[CLI_MOST_OPTIONS][240]; /* help texts made from tables */
    /* How --help shows them, up to a heading NULL; NULL: in groups as they were added. */
    const cli_help_group *layout;
} cli_options;

/* Starts a group of options with a heading. Set *options to zeros before the first. */
void cli_options_group(cli_options *options, const char *heading);
/* Adds an option; argument NULL: it takes none. Texts are kept by reference. */
void cli_options_add(cli_options *options, const char *name, int key, const char *argument,
                     const char *help);
/* Options that are only noted, which the parser does not see: whether one was there, what was
 * written (letter 0: it has no short form), and --threads N. */
void cli_options_flag(cli_options *options, const char *name, bool *flag, const char *help);
void cli_options_text(cli_options *options, const char *name, char letter, const char *argument,
                      const char **text, const char *help);
void cli_options_threads(cli_options *options, int *threads);
/* Adds the model options, and the training options, with their defaults. */
void cli_options_add_spec(cli_options *options);
void cli_options_add_train(cli_options *options);

/* Parses. CLI_GO_ON, or the exit code to leave with: CLI_USAGE after an error line, CLI_DONE after
 * --help or --version. The parser prints its own error line and returns EINVAL. usage holds what
 * follows the options, a line for each way to call the command; notes end the help. */
int cli_parse(cli_options *options, const char *usage, const char *description, const char *notes,
              argp_parser_t parser, int argc, char **argv, void *input);

/* help.c: what --help prints. */
void cli_help(const cli_options *options, const char *command, const char *usage,
              const char *description, const char *notes);
/* Prints text wrapped at blanks, from column `column` on; further lines begin at column `indent`.
 */
void cli_wrap(FILE *to, const char *text, int column, int indent);

/* Reads a whole number from low to high; on a mistake prints the error line and returns false. */
bool cli_read_number(const char *option, const char *text, uint64_t low, uint64_t high,
                     uint64_t *value);

/* The one MODEL of a command: for parsers. 0, or EINVAL after an error line. */
error_t cli_take_model(const char **model, const char *argument);

/* --data and its relatives. */
typedef struct cli_data {
    const char *name; /* NULL: not given */
    loci_data_options options;
    const char *missing, *validation_group;               /* as given; NULL: not */
    bool header, no_header, pixels, bias;                 /* likewise */
    const char *header_text, *missing_text, *pixels_text; /* as a configuration has them */
    const char *bias_text;                                /* likewise */
    const char *duration_text, *group_channels_text;      /* as given; NULL: not */
    const loci_spec *network; /* they are for; NULL: for one that is made for them. Borrowed */
} cli_data;

void cli_data_add(cli_options *options, cli_data *data);
/* And what is decided of a table in training, and known to the model from then on. */
void cli_data_add_training(cli_options *options, cli_data *data);
/* All of that but --data itself, for a command that names the data in another way. */
void cli_data_add_files(cli_options *options, cli_data *data);
/* How a table is read alone, for a command whose files are its arguments. */
void cli_data_add_reading(cli_options *options, cli_data *data);
/* data_options.c: what was given goes into a configuration, its other texts stay. CLI_GO_ON, or
 * CLI_USAGE after an error line. */
int cli_data_to_config(loci_config *config, cli_data *data);
/* What was not given is as a run's configuration has it, which data then points into; but for what
 * its model knows by itself. */
void cli_data_of_config(cli_data *data, loci_config *config);
/* Prints the name of data that were opened and the options given for them, as a shell takes them.
 */
void cli_data_command(cli_data *data);
/* Takes what a configuration says of its data out, but for their name. */
void cli_data_forget(loci_config *config);
/* The first option, file names left out, that was given another value than a configuration has, and
 * the two; NULL = none. */
const char *cli_data_differs(const loci_config *config, cli_data *data, const char **there,
                             const char **here);
/* Whether two configurations name the same data, read in the same way. */
bool cli_data_same(const loci_config *a, const loci_config *b);
/* Copies a text, NULL = leaves what is there. CLI_GO_ON, or CLI_USAGE after an error line. */
int cli_copy_text(char *to, size_t size, const char *from, const char *option);
/* All but what is there for numbers and weights, for a command that knows classes only. */
void cli_data_add_classes(cli_options *options, cli_data *data);

/* run_data.c: where a command names no data, what the run folder was trained on, wherever that is
 * from here. Fills config, which data then points into; options that were given stay. Returns a
 * library status; LOCI_E_NOT_FOUND with config->data "" where the folder has no config.json. */
int cli_data_of_run(cli_data *data, const char *run, loci_config *config, loci_error *error);
/* Opens data, and says what there is to know of how they were read; where a run named them, whose
 * configuration is `config` then, else NULL, also if they are not what it was trained on. Returns a
 * library status. */
int cli_open_data(loci_dataset **out, cli_data *data, const loci_config *config, loci_error *error);
/* A value that only the library looks at is an option's all the same: "colour" becomes "--colour".
 */
void cli_name_option(loci_error *error);
/* The same of a name and options; network: that they are for, or NULL. */
int cli_open_named(loci_dataset **out, const char *name, const loci_data_options *options,
                   const loci_spec *network, const loci_config *config, loci_error *error);
bool cli_is_folder(const char *path);
/* loci_network_load(); of a preset's name the error says what to do with it. */
int cli_load_model(loci_network **out, const char *path, loci_error *error);
/* loci_config_load(); of a folder that is no run the error says so. */
int cli_load_run(loci_config *config, const char *folder, loci_error *error);
/* Data are read as the model's were: its columns, its classes or numbers, in the shape it takes.
 * Before they are opened. LOCI_OK or LOCI_E_MEMORY. */
int cli_data_for(cli_data *data, const loci_network *network, loci_error *error);
/* Equal numbers of outputs are not equal outputs: a table may name others, or in another order.
 * CLI_GO_ON, or an exit code after an error line. Says so, too, where the model stores no input
 * scaling for data that would need one. */
int cli_check_outputs(const loci_network *network, const loci_dataset *data);
/* Of a sample that was there and cannot be read any more: the error, and its line; the second
 * returns the exit code. */
void cli_sample_error(const loci_dataset *data, loci_error *error);
int cli_fail_sample(const loci_dataset *data);

/* output.c: refuses an output (a file, or a run folder) that would destroy what the command reads:
 * a model, run or other file, and data; each may be NULL. CLI_GO_ON, or CLI_USAGE after an error
 * line.
 */
int cli_check_output(const char *option, const char *output, const char *input,
                     const cli_data *data);

/* difference.c: the first option of network or training that differs, and its two values. */
typedef struct cli_difference {
    const char *option;
    char a[1024], b[1024];
} cli_difference;

bool cli_options_differ(const loci_config *a, const loci_config *b, cli_difference *out);

/* --threads N, 0 = all cores. Says so when N is more than there are. NULL after an error line. */
loci_pool *cli_pool(int threads);

#endif
