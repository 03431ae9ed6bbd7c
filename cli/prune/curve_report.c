/* Accuracy, or R2, against sparsity, from the runs of a curve: as a table, as JSON, as a file. */
#include <math.h>
#include <string.h>

#include "prune/prune.h"

/* The points' results; curve->points is what `points` has room for. */
static void collect(loci_curve *curve, loci_curve_point *room, const prune_request *request,
                    const prune_point *points, size_t count) {
    const loci_config *config = &points[0].run.config;
    *curve = (loci_curve){.by = "weight", .count = count, .points = room};
    snprintf(curve->model, sizeof curve->model, "%s", request->model);
    snprintf(curve->dataset, sizeof curve->dataset, "%s", points[0].run.summary.dataset);
    snprintf(curve->when, sizeof curve->when, "%s", request->when);
    if (config->spec.wiring != LOCI_WIRING_DENSE) /* such a net has no distances */
        loci_train_get(&config->train, "prune-by", curve->by, sizeof curve->by);
    loci_train_get(&config->train, "prune-scope", curve->scope, sizeof curve->scope);
    for (size_t i = 0; i < count; i++) {
        const loci_summary *s = &points[i].run.summary;
        room[i] = (loci_curve_point){.sparsity = s->sparsity,
                                     .connections_kept = s->connections_kept,
                                     .test_accuracy = s->test_accuracy,
                                     .validation_accuracy = s->validation_accuracy,
                                     .test = s->test,
                                     .validation = s->validation};
        curve->task = s->task;
    }
}

int prune_save_curve(const prune_request *request, const prune_point *points, size_t count) {
    loci_curve curve;
    loci_curve_point room[PRUNE_MOST_POINTS];
    collect(&curve, room, request, points, count);
    return cli_curve_write(&curve, request->finetune,
                           request->run.out != NULL ? request->run.out : request->model);
}

static void report_regressor(const prune_point *points, size_t count) {
    char a[CLI_WORD], b[CLI_WORD], c[CLI_WORD], d[CLI_WORD];
    bool validated = isfinite(points[0].run.summary.validation.rmse);
    printf("%9s  %12s  %12s  %13s\n", "sparsity", "connections",
           validated ? "held out: R2" : "test: R2", "RMSE");
    for (size_t i = 0; i < count; i++) {
        const loci_summary *s = &points[i].run.summary;
        const loci_regression *score = validated ? &s->validation : &s->test;
        printf("%9s  %12s  %12s  %13s\n", cli_percent(a, s->sparsity),
               cli_count(b, s->connections_kept), cli_r2(c, score->r2),
               cli_quantity(d, score->rmse));
    }
}

void prune_report_curve(const prune_point *points, size_t count) {
    if (points[0].run.summary.task == LOCI_TASK_REGRESS) {
        report_regressor(points, count);
        return;
    }
    char a[CLI_WORD], b[CLI_WORD], c[CLI_WORD];
    bool validated = points[0].run.summary.validation_accuracy >= 0;
    printf("%9s  %12s  %8s\n", "sparsity", "connections", validated ? "held out" : "test");
    for (size_t i = 0; i < count; i++) {
        const loci_summary *s = &points[i].run.summary;
        double accuracy = validated ? s->validation_accuracy : s->test_accuracy;
        printf("%9s  %12s  %8s\n", cli_percent(a, s->sparsity), cli_count(b, s->connections_kept),
               accuracy >= 0 ? cli_percent(c, accuracy) : "-");
    }
}

void prune_report_choice(const prune_point *point) {
    bool net = point->run.config.train.prune_scope == LOCI_PRUNE_SCOPE_NET;
    if (point->chosen)
        printf("  cut by weight%s, as charges are free; --by and --scope say otherwise\n",
               net ? " over the whole net" : "");
}

int prune_report_json(const prune_request *request, const prune_point *points, size_t count) {
    loci_curve curve;
    loci_curve_point room[PRUNE_MOST_POINTS];
    json_t *object;
    if (request->point_count > 0) {
        collect(&curve, room, request, points, count);
        object = cli_curve_json(&curve, request->finetune);
    } else {
        object = train_read_summary(&points[0].run);
        collect(&curve, room, request, points, 1);
        json_object_set_new(object, "by", json_string(curve.by));
        json_object_set_new(object, "scope", json_string(curve.scope));
    }
    return object != NULL ? cli_json_print(object) : CLI_FAILED;
}
