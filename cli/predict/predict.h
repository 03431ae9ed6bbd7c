/* loci predict: what its parts share. */
#ifndef LOCI_CLI_PREDICT_H
#define LOCI_CLI_PREDICT_H

#include "common/command_line.h"

typedef struct predict_request {
    const char *model;
    char **files; /* points into argv */
    size_t file_count;
    uint64_t top; /* 0: not given */
    bool invert, show, json, csv;
    cli_data data; /* how tables are read */
} predict_request;

/* The network and room for one sample. */
typedef struct predictor {
    loci_network *network;
    loci_prepared *prepared; /* NULL: the network is too large for that */
    const loci_spec *spec;
    json_t *names;
    float *pixels;            /* [height, width, channels], 0..1 as read */
    float *inputs;            /* likewise, as the network was trained */
    uint32_t width, channels; /* of what was read */
    float *logits;            /* [classes]; of a regressor the numbers it predicts */
    uint32_t *order;          /* [classes], best first */
    loci_activity activity;
} predictor;

static inline bool predict_regresses(const predictor *p) {
    return p->spec->task == LOCI_TASK_REGRESS;
}

/* run.c: runs the inputs, a sample of that number for random codings. A status code. */
int predictor_run(predictor *p, uint32_t number, loci_error *error);

/* report.c: turns logits into confidences that sum to 1, and sorts the classes; the smaller number
 * wins a tie. */
void predict_rank(predictor *p);
/* What was predicted, as values, or as classes: the `top` likeliest. */
void predict_print(const predictor *p, uint64_t top);
void predict_put(const predictor *p, uint64_t top, json_t *entry);

/* table.c: whether a file is one of rows; a line for each of them, or an entry of results.
 * CLI_GO_ON or an exit code. */
bool predict_is_table(const char *path);
int predict_table(predictor *p, predict_request *request, const char *path, json_t *results);

#endif
