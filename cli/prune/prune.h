/* The parts of `loci prune`. */
#ifndef LOCI_CLI_PRUNE_H
#define LOCI_CLI_PRUNE_H

#include "common/training.h"

enum { PRUNE_MOST_POINTS = 64 };

/* What the command line asked for. */
typedef struct prune_request {
    const char *model, *sparsity, *when;
    const char *points[PRUNE_MOST_POINTS]; /* of --curve */
    size_t point_count;
    uint32_t finetune;
    bool freeze, shrink;
    train_request run; /* what it shares with training */
} prune_request;

/* One sparsity, and the run that prunes to it. */
typedef struct prune_point {
    const char *sparsity; /* as it was written */
    bool disconnected; /* nothing would be left between inputs and outputs: no point of a curve */
    bool untested; /* the model was trained without looking at the test part: there may be none */
    bool chosen;   /* by what is cut follows from the model: nobody said */
    train_run run;
} prune_point;

/* plan_points.c: fills configuration and directory of a point. CLI_GO_ON or an exit code. A point
 * of a curve that leaves no way through the network is marked, not refused. */
int prune_plan(prune_point *point, prune_request *request, size_t n);

/* shrink_model.c: shrinks the model of a run that is pruned, says what went, and has the run's
 * summary, here and in its folder, tell of the smaller one. CLI_GO_ON or an exit code. */
int prune_shrink_run(train_run *run, const loci_dataset *data, loci_pool *pool);
/* The model as it is, made smaller. An exit code. */
int prune_shrink_only(const prune_request *request);

/* curve_report.c */
int prune_save_curve(const prune_request *request, const prune_point *points, size_t count);
void prune_report_curve(const prune_point *points, size_t count);
/* By what was cut, where that was chosen; else nothing. */
void prune_report_choice(const prune_point *point);
int prune_report_json(const prune_request *request, const prune_point *points, size_t count);

#endif
