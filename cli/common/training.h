/* Training a network into a run folder: what the commands that train share. */
#ifndef LOCI_CLI_TRAINING_H
#define LOCI_CLI_TRAINING_H

#include "common/command_line.h"
#include "common/spark.h"

enum { CLI_MOST_SEEDS = 100 };

/* A model or training option as it was written. */
typedef struct given_option {
    const loci_field *field;
    const char *text;
    bool is_spec; /* of the model; else of the training */
} given_option;

/* Who else follows the runs of a command, by their numbers: a run is told of from its begin to its
 * end. */
typedef struct train_follower {
    void *user;
    /* data: borrowed until the end; prunes: what is kept changes as it learns */
    void (*begin)(void *user, size_t number, const loci_dataset *data, bool prunes);
    void (*progress)(void *user, size_t number, const loci_progress *progress,
                     const volatile sig_atomic_t *stop);
    void (*end)(void *user, size_t number, int status); /* as loci_run_train() returned it */
} train_follower;

/* What the command line asked for. */
typedef struct train_request {
    const char *preset; /* NULL: the options and the data say what to build, or --resume knows */
    given_option given[CLI_MOST_OPTIONS];
    size_t given_count;
    cli_data data;
    uint64_t seeds[CLI_MOST_SEEDS];
    size_t seed_count; /* 0: neither --seed nor --seeds was given */
    bool several;      /* --seeds */
    int threads;       /* 0: all cores */
    const char *out, *init, *teacher;
    const char *again; /* what to do after an interruption; NULL: resume that run */
    bool resume, force, no_test, json, quiet, dry_run;
    const char *count;              /* "[3/8] ", before what is said of a run; NULL: nothing */
    bool share;                     /* a run that another process is at work on is left to it */
    bool no_wait;                   /* and not waited for */
    bool test_optional;             /* data without a test part are no mistake */
    const train_follower *follower; /* while there is one, else NULL */
} train_request;

/* One run of the command. */
typedef struct train_run {
    size_t number; /* of the command's runs, from 0 */
    loci_config config;
    char directory[CLI_PATH];
    loci_summary summary;
    int task;           /* enum loci_task that the data are read for; -1: as they say */
    bool is_new;        /* it is not one to be gone on with */
    char chosen[512];   /* a line about what was chosen from the data, or "" */
    bool shaped;        /* the configuration knows the shape of samples: its network is there */
    bool finished;      /* it is to be gone on with, and nothing is left to do: summary tells */
    bool elsewhere;     /* another process is at work on it */
    bool failed_before; /* when this command began, the folder said so already */
    loci_error error;   /* why it failed; all 0 unless it did */
} train_run;

/* training_config.c: --seed N, or --seeds N,N,... 0, or EINVAL after an error line. */
error_t train_take_seeds(train_request *request, const char *text, bool several);
/* training_config.c: the row of one of the library's tables, of the model's options or of the
 * training's, that a name stands in; NULL: none. */
const loci_field *train_find_field(const char *name, bool *is_spec);
/* training_config.c: the error line of a training that was, or would be, run; the exit code. An
 * option that only the data could show to be wrong is wrong usage all the same. */
int train_failed(const loci_error *error);
/* training_config.c: whether an option was given. */
bool train_gave(const train_request *request, const char *name);
/* training_config.c: whether a word alone is no preset: a number, or one that comes after a preset
 * (else NULL). If so the error line is said. */
bool train_is_word_too_many(const char *word, const char *preset);
/* training_config.c: notes an option as given; text is kept by reference. The last one of a name
 * counts. */
void train_give(train_request *request, const loci_field *field, bool is_spec, const char *text);

/* training_config.c: fills config and directory of the run with the request's n-th seed, from the
 * preset and the options, or from the folder of the run to go on with. CLI_GO_ON or an exit code.
 */
int train_plan(train_run *run, train_request *request, size_t n);

/* training_config.c: copies the texts of the request that name data and a model to start from.
 * CLI_GO_ON, or CLI_USAGE after an error line. */
int train_copy_texts(loci_config *config, train_request *request);

/* training_config.c: once data are open the task is known, what was not given of a new run is
 * chosen from them, and options that were given are looked at again. CLI_GO_ON or an exit code. */
int train_take_data(train_run *run, const loci_dataset *data, const train_request *request);

/* training_run.c: opens the data that a run's configuration names, or those given in their place: a
 * library status, the error left empty where it was said already, or CLI_GO_ON or an exit code. */
int train_try_data(loci_dataset **data, const train_run *run, train_request *request,
                   loci_error *error);
int train_open_data(loci_dataset **data, const train_run *run, train_request *request);
/* Runs it, showing what people see. CLI_GO_ON, with run->elsewhere set where it turned out to be
 * another process's, or an exit code. */
int train_one(train_run *run, const loci_dataset *data, loci_pool *pool,
              const volatile sig_atomic_t *stop, const train_request *request);
/* sharing.c: how it stands with a run that others may be at work on, too. */
typedef enum train_standing {
    TRAIN_OPEN,      /* nobody is */
    TRAIN_ELSEWHERE, /* another process is */
    TRAIN_COMPLETE,  /* summary tells */
    TRAIN_FAILED     /* another process found out while this command ran; error tells */
} train_standing;
train_standing train_look(train_run *run);
/* sharing.c: waits for runs of other processes, at first a tenth of a second and saying so, in the
 * end two seconds. False: it is of no use, by a signal or --no-wait, which says so. Begins with 0.
 */
typedef struct train_waiting {
    int tenths;
} train_waiting;
bool train_wait(train_waiting *waiting, size_t elsewhere, const volatile sig_atomic_t *stop,
                const train_request *request);
/* The run's summary.json, the one place where a summary becomes JSON; NULL after an error line. */
json_t *train_read_summary(const train_run *run);

/* training_show.c: what people see while it runs. */
typedef struct train_show {
    bool quiet, live;  /* live: a line of stderr can be written anew */
    double shown;      /* clock when the line was last drawn, seconds */
    loci_metrics test; /* of the epoch that was last measured on the test part */
    uint32_t epoch;    /* the one under way, for the message after Ctrl-C */
    cli_trace loss;    /* of the progress line, over time */
    /* borrowed */
    const train_run *run;
    const loci_dataset *data;
    loci_pool *pool;
    const char *count;
} train_show;

/* What is shown of this run, which begins when train_show_begin() is called. */
void train_show_start(train_show *show, const train_run *run, const loci_dataset *data,
                      loci_pool *pool, const train_request *request);
void train_show_begin(void *show);
void train_show_progress(void *show, const loci_progress *progress);
void train_show_note(void *show, const char *text);
/* Takes the progress line off the screen. */
void train_show_clear(train_show *show);
void train_show_result(const train_run *run);
/* What a run will need, found by trying; of several runs all take the time. An exit code. */
int train_show_needs(const train_run *run, size_t count, const loci_dataset *data, loci_pool *pool,
                     bool json);

#endif
