/* The parts of `loci eval`. */
#ifndef LOCI_CLI_EVAL_H
#define LOCI_CLI_EVAL_H

#include "common/cli.h"

/* Runs the samples of a part one by one, on one thread, through loci_prepared_run(). Fills out with
 * all details, as loci_evaluate() does, and *seconds with the mean time of one inference. CLI_GO_ON
 * or an exit code; out is to be cleared in any case. */
int eval_events(const loci_network *network, const loci_dataset *data, enum loci_split split,
                loci_evaluation *out, double *seconds);

#endif
