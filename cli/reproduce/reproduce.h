/* The parts of `loci reproduce`. A target is a table or a figure; it has rows; a row is one kind of
 * network, made by one run per seed. Runs are shared: what two rows need is trained once. */
#ifndef LOCI_CLI_REPRODUCE_H
#define LOCI_CLI_REPRODUCE_H

#include "common/paper.h"
#include "common/training.h"
#include "figure/figure.h"

enum { REPRODUCE_MOST_SEEDS = 10, REPRODUCE_MOST_FIGURES = 4, REPRODUCE_MOST_ROWS = 64 };

/* ---- what there is to reproduce ---- */

/* A network of this project: a preset, and what is changed. */
typedef struct reproduce_network {
    const char *label, *preset;
    const char *options; /* beyond the preset's: "--dim 4 --shift 0" */
    const char *variant; /* what tells its run folders from the preset's own; "": nothing does */
} reproduce_network;

/* own_networks.c: lists end with one without a label. */
extern const reproduce_network reproduce_frontier[], reproduce_frontier_fashion[],
    reproduce_ablations[], reproduce_laws[], reproduce_time_nets[];

/* A teacher, of which there is one run with the first seed, and those that learn from it. */
typedef struct reproduce_lesson {
    const reproduce_network *teacher, *taught;
} reproduce_lesson;

/* Likewise; these lists end with one without a teacher. */
extern const reproduce_lesson reproduce_lessons[], reproduce_lessons_fashion[];

struct reproduction;
struct reproduce_section;

/* Its rows are the paper's networks, those of Fig. 3 with all their cuts, or ours. */
typedef struct reproduce_target {
    const char *name, *title;
    const char *about;        /* what the page says of it; NULL: nothing */
    const char *const *paper; /* presets, up to a NULL */
    bool pruned;
    const reproduce_network *own;
    const reproduce_network *fashion; /* in place of own for Fashion-MNIST, or NULL */
    const reproduce_lesson *lessons, *fashion_lessons; /* likewise; or NULL */
    bool single;   /* shows one network: the first seed is enough */
    bool temporal; /* of data in time alone, which 'all' is not */
    /* Draws what can be drawn from the runs there are, or NULL. CLI_GO_ON or an exit code. */
    int (*draw)(const struct reproduction *all, struct reproduce_section *section);
} reproduce_target;

/* targets.c; NULL past the end. */
const reproduce_target *reproduce_target_at(size_t i);

/* ---- the command ---- */

typedef struct reproduce_row {
    char label[64];
    const char *preset;
    char options[256], variant[40];   /* as a network has them */
    const reproduce_network *teacher; /* learns from its run with the first seed; or NULL */
    bool single;                      /* the first seed is enough */
    double cut; /* share of the connections cut off the trained network, once; 0: none */
    bool curve; /* belongs to the curve of such cuts, that without one included */
    paper_value paper;
    size_t runs[REPRODUCE_MOST_SEEDS]; /* of each seed: its place among the runs */
} reproduce_row;

typedef enum reproduce_state {
    REPRODUCE_TO_DO,
    REPRODUCE_STARTED,
    REPRODUCE_DONE,
    REPRODUCE_ANOTHER /* its folder holds a run with other options */
} reproduce_state;

typedef struct reproduce_run {
    train_run run;
    reproduce_state state;
    char other[200];        /* what makes the run that is there another one; "": nothing does */
    const char *why;        /* why there will be no result; NULL: nothing went wrong */
    uint32_t preset_epochs; /* those of the preset */
    bool curve;             /* a curve of cuts is wanted of it */
    loci_curve cuts;        /* that curve; count 0: not there yet */
    /* of reproduce_estimate() */
    double seconds_per_epoch; /* -1: not known */
    uint32_t epochs_done;
} reproduce_run;

typedef struct reproduce_section {
    const reproduce_target *target;
    reproduce_row rows[REPRODUCE_MOST_ROWS];
    size_t row_count;
    char figures[REPRODUCE_MOST_FIGURES][16]; /* drawn: file names without the end */
    size_t figure_count;
} reproduce_section;

typedef struct reproduction {
    const char *out;
    train_request request; /* data, seeds, threads, json, quiet */
    uint32_t epochs;       /* 0: those of the presets */
    const char *epochs_text;
    bool dry;      /* list the runs, no more */
    bool no_train; /* show what is there */
    reproduce_section *sections;
    size_t section_count;
    reproduce_run *runs;
    size_t run_count, run_room;
    bool interrupted;
} reproduction;

/* dataset.c */
/* The name of the data: what their runs say, else the last part of what was asked for. */
const char *reproduce_dataset(const reproduction *all, char name[FIGURE_NAME]);
/* Whether the paper's figures and ours are of the same data. */
bool reproduce_is_mnist(const reproduction *all);

/* rows.c: fills the rows of a section with what its target shows of these data. */
void reproduce_list_rows(reproduce_section *section, const char *dataset);

/* plan_runs.c: lists the rows, finds which runs they need and how far these are. CLI_GO_ON or
 * an exit code. */
int reproduce_plan(reproduction *all);
void reproduce_clear(reproduction *all);
/* Whether two configurations for the same data differ in network or training, and in what.
 * CLI_GO_ON or an exit code. */
int reproduce_differ(const loci_config *there, const loci_config *wanted, bool *differ,
                     cli_difference *out);
/* How many seeds a row of a section has. */
size_t reproduce_seeds(const reproduction *all, const reproduce_section *section,
                       const reproduce_row *row);

/* dry_run.c: how long the runs take: what those there are took, a short trial of others. A
 * note where there are no data to try with. CLI_GO_ON or an exit code. */
int reproduce_estimate(reproduction *all);
/* Seconds that have gone into the runs and that are left; false: not known of all. */
bool reproduce_time(const reproduction *all, double *done, double *left);
/* The plan on stdout. An exit code. */
int reproduce_show_plan(const reproduction *all);

/* train_missing.c: trains what is missing. CLI_GO_ON or an exit code; what there is counts in any
 * case. */
int reproduce_train(reproduction *all);

/* cuts.c: a finished run's curve of cuts, from its folder if it is there. CLI_GO_ON or an
 * exit code. */
int reproduce_read_cuts(reproduce_run *run);
int reproduce_measure_cuts(reproduce_run *run, const loci_dataset *data, loci_pool *pool);
/* A point of it; NULL: not there. */
const loci_curve_point *reproduce_cut(const reproduce_run *run, double share);
/* Why a network that was cut too far has no result. */
extern const char reproduce_nothing_left[];

/* result.c: what came of a row. */
typedef struct reproduce_result {
    double accuracy[REPRODUCE_MOST_SEEDS]; /* of each seed; NaN: missing */
    double mean, deviation;                /* of those there are; NaN where there are too few */
    size_t count;                          /* of those */
    size_t parameters, connections, kept;  /* of the first of those; 0: there is none */
    double seconds;                        /* mean of a run's training */
    uint32_t epochs;
} reproduce_result;
void reproduce_measure(const reproduction *all, const reproduce_section *section,
                       const reproduce_row *row, reproduce_result *out);
/* The command that makes a row by hand; the caller frees it. NULL when memory is short. */
char *reproduce_command(const reproduction *all, const reproduce_section *section,
                        const reproduce_row *row);

/* results_page.c: OUT/results.md and OUT/index.html; nothing where OUT is not there yet.
 * CLI_GO_ON or an exit code. */
int reproduce_write_page(const reproduction *all);
/* "92.17% +- 0.24"; NaN: not there. */
const char *reproduce_accuracy_text(char text[CLI_WORD], double mean, double deviation);
/* What the paper says, likewise; "(D)": digitised. */
const char *reproduce_paper_text(char text[CLI_WORD], const paper_value *paper);
/* results_json.c: the same as one JSON object; NULL when memory is short. */
json_t *reproduce_json(const reproduction *all);

/* figures.c */
int reproduce_draw(reproduction *all);
int reproduce_draw_space(const reproduction *all, reproduce_section *section);
int reproduce_draw_depths(const reproduction *all, reproduce_section *section);
int reproduce_draw_activations(const reproduction *all, reproduce_section *section);
int reproduce_draw_pruning(const reproduction *all, reproduce_section *section);
int reproduce_draw_dimensions(const reproduction *all, reproduce_section *section);
int reproduce_draw_frontier(const reproduction *all, reproduce_section *section);

#endif
