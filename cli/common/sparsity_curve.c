/* How good a network is against its sparsity: the file sparsity_curve.json that the viewer and
 * figures read. */
#include <math.h>

#include "common/cli.h"

static json_t *points_json(const loci_curve *curve) {
    json_t *list = json_array();
    for (size_t i = 0; i < curve->count; i++) {
        const loci_curve_point *p = &curve->points[i];
        json_t *point = json_object();
        json_object_set_new(point, "sparsity", json_real(p->sparsity));
        json_object_set_new(point, "connections_kept",
                            json_integer((json_int_t)p->connections_kept));
        if (curve->task == LOCI_TASK_REGRESS) {
            cli_json_regression(point, "test_", &p->test);
            if (isfinite(p->validation.r2))
                cli_json_regression(point, "validation_", &p->validation);
            json_array_append_new(list, point);
            continue;
        }
        json_object_set_new(point, "test_accuracy",
                            p->test_accuracy >= 0 ? json_real(p->test_accuracy) : json_null());
        if (p->validation_accuracy >= 0)
            json_object_set_new(point, "validation_accuracy", json_real(p->validation_accuracy));
        json_array_append_new(list, point);
    }
    return list;
}

json_t *cli_curve_json(const loci_curve *curve, uint32_t finetune) {
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

int cli_curve_write(const loci_curve *curve, uint32_t finetune, const char *directory) {
    json_t *object = cli_curve_json(curve, finetune);
    int status = cli_json_write(object, directory, "sparsity_curve.json");
    json_decref(object);
    return status;
}
