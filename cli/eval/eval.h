/* The parts of `loci eval`. */
#ifndef LOCI_CLI_EVAL_H
#define LOCI_CLI_EVAL_H

#include "common/command_line.h"

/* What the command line asked for. */
typedef struct eval_request {
    const char *model;
    cli_data data;
    enum loci_split split;
    const char *predictions;
    int threads;
    bool events, json;
    bool of_run;        /* the data are those of the run folder */
    loci_config config; /* of the run folder; what data.options may point into */
} eval_request;

/* A model on data. */
typedef struct measurement {
    const eval_request *request;
    const loci_network *network;
    const loci_dataset *data;
    json_t *names;    /* of the model's outputs, or NULL */
    uint32_t outputs; /* the model's; the data may lack the last classes */
    bool regress;     /* they are numbers it predicts, not classes */
    size_t kept;      /* connections that are not cut */
    loci_evaluation result;
    int threads;
    double seconds;
    double inference; /* seconds of one; only where it was event-driven */
} measurement;

/* report.c: name of output k. */
const char *eval_name(const measurement *m, uint32_t k, char text[CLI_WORD]);
/* All of it on stdout. The first returns an exit code. */
int eval_report_json(const measurement *m);
void eval_report_text(const measurement *m);

/* predictions.c: what the model says of each sample, as CSV. CLI_GO_ON or an exit code. */
int eval_write_predictions(const char *path, const measurement *m);

/* one_by_one.c: runs the samples of a part one by one, on one thread, through loci_prepared_run().
 * Fills out with all details, as loci_evaluate() does, and *seconds with the mean time of one
 * inference. CLI_GO_ON or an exit code; out is to be cleared in any case. */
int eval_events(const loci_network *network, const loci_dataset *data, enum loci_split split,
                loci_evaluation *out, double *seconds);

#endif
