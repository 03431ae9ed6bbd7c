/* Accuracy against sparsity: as a table, as JSON, as the file the viewer and figures read. */
#include <string.h>

#include "prune/prune.h"

static json_t *points_json(const loci_curve *curve) {
    json_t *list = json_array();
    for (size_t i = 0; i < curve->count; i++) {
        const loci_curve_point *p = &curve->points[i];
        json_t *point = json_object();
        json_object_set_new(point, "sparsity", json_real(p->sparsity));
        json_object_set_new(point, "connections_kept",
                            json_integer((json_int_t)p->connections_kept));
        json_object_set_new(point, "test_accuracy",
                            p->test_accuracy >= 0 ? json_real(p->test_accuracy) : json_null());
        if (p->validation_accuracy >= 0)
            json_object_set_new(point, "validation_accuracy", json_real(p->validation_accuracy));
        json_array_append_new(list, point);
    }
    return list;
}

static json_t *curve_json(const loci_curve *curve, uint32_t finetune) {
    json_t *object = json_object();
    json_object_set_new(object, "model", cli_json_text(curve->model));
    json_object_set_new(object, "dataset", cli_json_text(curve->dataset));
    json_object_set_new(object, "when", json_string(curve->when));
    json_object_set_new(object, "finetune", json_integer(finetune));
    json_object_set_new(object, "by", json_string(curve->by));
    json_object_set_new(object, "scope", json_string(curve->scope));
    json_object_set_new(object, "points", points_json(curve));
    return object;
}

int prune_write_curve(const loci_curve *curve, uint32_t finetune, const char *directory) {
    char path[CLI_PATH + 32];
    loci_error error = {0};
    json_t *object = curve_json(curve, finetune);
    char *text = json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    json_decref(object);
    if (text == NULL)
        return cli_fail("prune", "out of memory");
    snprintf(path, sizeof path, "%s/sparsity_curve.json", directory);
    int status = loci_write_file(path, text, strlen(text), &error);
    free(text);
    return status == LOCI_OK ? CLI_GO_ON : cli_error(&error);
}

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
        room[i] = (loci_curve_point){s->sparsity, s->connections_kept, s->test_accuracy,
                                     s->validation_accuracy};
    }
}

int prune_save_curve(const prune_request *request, const prune_point *points, size_t count) {
    loci_curve curve;
    loci_curve_point room[PRUNE_MOST_POINTS];
    collect(&curve, room, request, points, count);
    return prune_write_curve(&curve, request->finetune,
                             request->run.out != NULL ? request->run.out : request->model);
}

void prune_report_curve(const prune_point *points, size_t count) {
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

int prune_report_json(const prune_request *request, const prune_point *points, size_t count) {
    loci_curve curve;
    loci_curve_point room[PRUNE_MOST_POINTS];
    json_t *object;
    if (request->point_count > 0) {
        collect(&curve, room, request, points, count);
        object = curve_json(&curve, request->finetune);
    } else {
        object = train_read_summary(&points[0].run);
    }
    return object != NULL ? cli_json_print(object) : CLI_FAILED;
}
