/* sparsity_curve.json. */
#include <loci/record.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "infer/regression.h"
#include "train/run_folder.h"

enum { MOST_CURVE = 1 << 24 };

/* A share from 0 to 1, or -1 for what was not measured. */
static bool share_in(const json_t *json, const char *key, double *out) {
    return loci_json_real(json, key, out) && (*out == -1 || (*out >= 0 && *out <= 1));
}

/* R2, or an error of at least 0, under "PART_NAME"; NaN for what was not measured. */
static bool regression_in(const json_t *json, const char *part, loci_regression *out) {
    const struct {
        const char *name;
        double *value, least;
    } scores[] = {{"r2", &out->r2, -INFINITY}, {"mae", &out->mae, 0}, {"rmse", &out->rmse, 0}};
    *out = loci_regression_none();
    for (size_t i = 0; i < sizeof scores / sizeof *scores; i++) {
        char key[32];
        snprintf(key, sizeof key, "%s_%s", part, scores[i].name);
        const json_t *value = json_object_get(json, key);
        if (json_is_number(value) && json_number_value(value) >= scores[i].least)
            *scores[i].value = json_number_value(value);
        else if (!json_is_null(value))
            return false;
    }
    return out->r2 <= 1 || isnan(out->r2);
}

static bool is_regression(const json_t *point) {
    return json_object_get(point, "test_r2") != NULL;
}

static bool scores_in(const json_t *json, int task, loci_curve_point *point) {
    point->test_accuracy = point->validation_accuracy = -1;
    point->test = point->validation = loci_regression_none();
    if (task == LOCI_TASK_REGRESS)
        return regression_in(json, "test", &point->test) &&
               (json_object_get(json, "validation_r2") == NULL ||
                regression_in(json, "validation", &point->validation));
    return share_in(json, "test_accuracy", &point->test_accuracy) &&
           (json_object_get(json, "validation_accuracy") == NULL ||
            share_in(json, "validation_accuracy", &point->validation_accuracy));
}

static bool point_in(const json_t *json, int task, loci_curve_point *point) {
    uint64_t kept;
    if (!share_in(json, "sparsity", &point->sparsity) || point->sparsity < 0 ||
        !loci_json_count(json, "connections_kept", SIZE_MAX, &kept) ||
        !scores_in(json, task, point))
        return false;
    point->connections_kept = (size_t)kept;
    return true;
}

static int by_sparsity(const void *a, const void *b) {
    double x = ((const loci_curve_point *)a)->sparsity, y = ((const loci_curve_point *)b)->sparsity;
    return (x > y) - (x < y);
}

/* Points are listed as they were asked for. */
static bool points_in(const json_t *points, loci_curve *curve) {
    for (size_t i = 0; i < curve->count; i++)
        if (!point_in(json_array_get(points, i), curve->task, &curve->points[i]))
            return false;
    qsort(curve->points, curve->count, sizeof *curve->points, by_sparsity);
    return true;
}

static bool heading_in(const json_t *json, loci_curve *curve) {
    return loci_json_text(json, "model", curve->model, sizeof curve->model) &&
           loci_json_text(json, "dataset", curve->dataset, sizeof curve->dataset) &&
           loci_json_text(json, "when", curve->when, sizeof curve->when) &&
           loci_json_text(json, "by", curve->by, sizeof curve->by) &&
           loci_json_text(json, "scope", curve->scope, sizeof curve->scope);
}

static int parse(const json_t *json, const char *path, loci_curve *out, loci_error *error) {
    const json_t *points = json_object_get(json, "points");
    loci_curve curve = {.count = json_array_size(points)};
    if (is_regression(json_array_get(points, 0)))
        curve.task = LOCI_TASK_REGRESS;
    if (!heading_in(json, &curve) || curve.count == 0)
        return loci_fail(error, LOCI_E_FORMAT, path, "is not the curve of a pruning");
    curve.points = loci_alloc(curve.count, sizeof *curve.points);
    if (curve.points == NULL)
        return loci_fail_memory(error, path);
    if (!points_in(points, &curve)) {
        loci_curve_clear(&curve);
        return loci_fail(error, LOCI_E_FORMAT, path,
                         "its points are not shares of connections and how good the network is");
    }
    *out = curve;
    return LOCI_OK;
}

int loci_curve_read(loci_curve *out, const char *directory, loci_error *error) {
    char path[4096];
    json_error_t why;
    json_t *json;
    int status = loci_json_load(&json, directory, LOCI_RUN_CURVE, MOST_CURVE, path, &why, error);
    if (status != LOCI_OK)
        return status;
    status = parse(json, path, out, error);
    json_decref(json);
    return status;
}

void loci_curve_clear(loci_curve *curve) {
    free(curve->points);
    *curve = (loci_curve){.points = NULL};
}
