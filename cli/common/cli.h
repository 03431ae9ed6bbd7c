/* What the subcommands share: exit codes, the error line, words for numbers, JSON, signals. */
#ifndef LOCI_CLI_CLI_H
#define LOCI_CLI_CLI_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>
#include <loci/loci.h>

/* What the program returns to the shell. */
enum {
    CLI_DONE = 0,
    CLI_FAILED = 1,        /* data, files, models, divergence */
    CLI_USAGE = 2,         /* unknown option, preset or value */
    CLI_INTERRUPTED = 130, /* a signal asked to stop; state was saved */
    CLI_GO_ON = -1         /* inside the program: nothing to leave for yet */
};

enum { CLI_PATH = 1024 }; /* bytes of a run folder's name */

/* error_line.c: one line on stderr, `loci: WHERE: WHAT; HINT`. Each returns the exit code to leave
 * with. */
int cli_error(const loci_error *error);
int cli_usage_error(const loci_error *error,
                    const char *prefix); /* prefix goes before error->where */
int cli_usage(const char *where, const char *format, ...) __attribute__((format(printf, 2, 3)));
int cli_fail(const char *where, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cli_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Whether nothing is printed from now on: of several processes one alone speaks. The first error
 * line is kept. */
enum { CLI_LINES = 2048 }; /* bytes of it */
void cli_keep_lines(bool keeps);
/* [CLI_LINES] that line, or "". */
const char *cli_kept_line(void);

/* team.c: several processes of one command, as mpirun starts them. Others than the first one print
 * nothing. Whatever they do together begins where cli_agree() gave CLI_GO_ON in all. */
/* Joins them where there are several; shares: the command can share its work out. CLI_GO_ON or an
 * exit code. */
int cli_team_open(const char *command, bool shares);
/* Waits for all, and leaves with one status. */
int cli_team_close(int status);
/* The team, borrowed; NULL = this process is alone. */
const loci_team *cli_team(void);
/* Whether this process is the one that reads, writes and speaks for all. */
bool cli_leads(void);
/* CLI_GO_ON where it is that in all processes, else the exit code of the first that has a reason to
 * leave, whose error line is printed once; of one alone its own. */
int cli_agree(int status);
/* The first process gives bytes to all others. */
void cli_share(void *bytes, size_t size);
/* Threads that a process should have by itself: its share of the machine. 0: it is alone. */
int cli_team_threads(void);

/* format.c: words for numbers. Each fills text and returns it. */
enum { CLI_WORD = 48 };
const char *cli_count(char text[CLI_WORD], uint64_t n);        /* 10,576 */
const char *cli_duration(char text[CLI_WORD], double seconds); /* 1 min 42 s */
/* 28 x 28; of several channels 28 x 28 x 3 */
const char *cli_shape(char text[CLI_WORD], uint32_t height, uint32_t width, uint32_t channels);
const char *cli_bytes(char text[CLI_WORD], double bytes);   /* 41.2 kB */
const char *cli_percent(char text[CLI_WORD], double share); /* 0.9845 -> 98.45% */
/* In units of the data, four digits: 0.01234, 12.34, 123,456. "-" where it is not finite. */
const char *cli_quantity(char text[CLI_WORD], double value);
/* How far off a regressor is: R2 alone, and all three: "R2 0.823, MAE 3.12, RMSE 4.07". */
const char *cli_r2(char text[CLI_WORD], double r2);
const char *cli_regression(char text[4 * CLI_WORD], const loci_regression *regression);

/* shown_text.c: what came from outside as loci_text_show() has it, in at most size - 1 bytes;
 * returns out. The texts of CLI_SHOWN, whole, and CLI_CUT, of so many bytes, live until the end of
 * the block. */
enum { CLI_TEXT = 4096, CLI_COLUMN = 320 };
#define CLI_SHOWN(text) CLI_CUT(CLI_TEXT - 1, text)
#define CLI_CUT(bytes, text) cli_shown((char[(bytes) + 1]){0}, (bytes) + 1, text)
const char *cli_shown(char *out, size_t size, const char *text);
int cli_width(const char *text); /* columns of it */
/* Cut or padded to so many columns, at most 64; width < 0: blanks come before it. */
const char *cli_column(char out[CLI_COLUMN], const char *text, int width);

/* csv_field.c: a field of a line of values separated by commas, quoted where it must be. */
void cli_put_field(FILE *to, const char *text);

/* json_memory.c: a shortage of memory ends no reading of JSON halfway; called once, at the start.
 */
void cli_guard_json(void);

/* json_output.c */
json_t *cli_json_text(const char *text); /* a JSON string; shown where it is not UTF-8 */
int cli_json_print(json_t *object);      /* one line on stdout; takes the reference; exit code */
/* As FOLDER/NAME, all or nothing; CLI_GO_ON or an exit code. */
int cli_json_write(const json_t *object, const char *folder, const char *name);
json_t *cli_json_real(double value); /* null where it is not finite */
/* PREFIXr2, PREFIXmae, PREFIXrmse. */
void cli_json_regression(json_t *object, const char *prefix, const loci_regression *regression);
/* The names of its classes, or of what it predicts, that a model carries, an array; NULL: they have
 * numbers. */
json_t *cli_output_names(const loci_network *network);
/* Name of output c from such an array; its number, in text, where there is none. */
const char *cli_output_name(const json_t *names, uint32_t c, char text[CLI_WORD]);

/* mean.c: mean and standard deviation (n - 1) of values [count] that are not NaN; NaN where there
 * are none. */
void cli_mean(const double *values, size_t count, double *mean, double *deviation);

/* activity_report.c: what a spiking net did, per inference; nothing for one that does not spike. */
void cli_activity_json(json_t *object, const loci_spec *spec, const loci_activity *activity);
void cli_activity_print(const loci_spec *spec, const loci_activity *activity);

/* terminal.c */
bool cli_is_terminal(FILE *stream);
/* Whether a line there can be written anew: a terminal, and no dumb one. */
bool cli_rewrites(FILE *stream);
int cli_terminal_width(FILE *stream); /* columns; 80 where unknown */

/* signals.c: from now on SIGINT, SIGTERM and SIGHUP raise *flag, unless they were ignored when the
 * program began; a second SIGINT or SIGTERM ends it at once. */
const volatile sig_atomic_t *cli_catch_signals(void);
/* Raises it, as a signal would. */
void cli_ask_to_stop(void);
/* Whether it is raised, be it in another thread. */
static inline bool cli_is_raised(const volatile sig_atomic_t *flag) {
    return __atomic_load_n(flag, __ATOMIC_RELAXED) != 0;
}

/* sparsity_curve.c: a curve as JSON, and as DIRECTORY/sparsity_curve.json: CLI_GO_ON or an exit
 * code.
 */
json_t *cli_curve_json(const loci_curve *curve, uint32_t finetune);
int cli_curve_write(const loci_curve *curve, uint32_t finetune, const char *directory);

/* tensors.c: a network's numbers by name, "pair0.gap" being scope "pair", index 0, name "gap". NULL
 * where it has no such tensor. */
const loci_tensor *cli_tensor(const loci_network *network, const char *scope, uint32_t index,
                              const char *name);
/* The positions on one side of a layer pair: the pair's own, or the layer's where they are tied. */
const loci_tensor *cli_positions(const loci_network *network, uint32_t pair, bool axons);
const float *cli_values(const loci_network *network, const loci_tensor *tensor);
/* Widens limits, {least, most}, so that they hold every stride-th of numbers, `count` of them. */
void cli_widen(double limits[2], const float *values, size_t count, size_t stride);

/* grid_sites.c: whether the senders of a layer pair are maps, or an image that leads to some. */
bool cli_on_grid(const loci_spec *spec, uint32_t pair);
/* Their sites [count, coordinates], of a pair that leads to maps those of a stencil's entries, as
 * its axon sites act; to be freed. NULL when memory is short. Of a spatial network. */
float *cli_grid_sites(const loci_network *network, uint32_t pair, size_t *count,
                      size_t *coordinates);

/* page_template.c: where the template of a network's page is; false when it was not built. */
bool cli_page_template(char *path, size_t size);

/* picture.c: prints an image [height, width, channels] of values 0..1: in characters, the lighter
 * the denser; the first three of several channels in colour where the terminal can, or
 * CLICOLOR_FORCE is set, unless NO_COLOR is. */
void cli_picture(FILE *to, const float *pixels, uint32_t height, uint32_t width, uint32_t channels);

#endif
