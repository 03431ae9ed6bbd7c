/* Accuracy against sparsity: as a table, as JSON, as the file the viewer and figures read. */
#include <string.h>

#include "prune.h"

static json_t *points_json(const prune_point *points, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const loci_summary *s = &points[i].run.summary;
        json_t *point = json_object();
        json_object_set_new(point, "sparsity", json_real(s->sparsity));
        json_object_set_new(point, "connections_kept",
                            json_integer((json_int_t)s->connections_kept));
        json_object_set_new(point, "test_accuracy",
                            s->test_accuracy >= 0 ? json_real(s->test_accuracy) : json_null());
        if (s->validation_accuracy >= 0)
            json_object_set_new(point, "validation_accuracy", json_real(s->validation_accuracy));
        json_array_append_new(list, point);
    }
    return list;
}

static json_t *curve_json(const prune_request *request, const prune_point *points, size_t count) {
    char by[32] = "weight", scope[32] = "";
    const loci_config *config = &points[0].run.config;
    if (config->spec.wiring != LOCI_WIRING_DENSE) /* such a net has no distances */
        loci_train_get(&config->train, "prune-by", by, sizeof by);
    loci_train_get(&config->train, "prune-scope", scope, sizeof scope);
    json_t *object = json_object();
    json_object_set_new(object, "model", cli_json_text(request->model));
    json_object_set_new(object, "dataset", cli_json_text(points[0].run.summary.dataset));
    json_object_set_new(object, "when", json_string(request->when));
    json_object_set_new(object, "finetune", json_integer(request->finetune));
    json_object_set_new(object, "by", json_string(by));
    json_object_set_new(object, "scope", json_string(scope));
    json_object_set_new(object, "points", points_json(points, count));
    return object;
}

int prune_save_curve(const prune_request *request, const prune_point *points, size_t count) {
    char path[CLI_PATH + 32];
    loci_error error = {0};
    json_t *object = curve_json(request, points, count);
    char *text = json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    json_decref(object);
    if (text == NULL)
        return cli_fail("prune", "out of memory");
    snprintf(path, sizeof path, "%s/sparsity_curve.json",
             request->run.out != NULL ? request->run.out : request->model);
    int status = loci_write_file(path, text, strlen(text), &error);
    free(text);
    return status == LOCI_OK ? CLI_GO_ON : cli_error(&error);
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
    json_t *object = request->point_count > 0 ? curve_json(request, points, count)
                                              : train_read_summary(&points[0].run);
    return object != NULL ? cli_json_print(object) : CLI_FAILED;
}
