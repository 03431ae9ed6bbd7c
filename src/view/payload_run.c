/* What the run left: metrics, summary, the curve of a pruning. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "train/metrics.h"
#include "view/payload.h"

/* Epochs a page shows: of a longer run every second, third, ... and the last. */
enum { MOST_EPOCHS = 1000 };

static json_t *measured(double value) {
    return value < 0 ? json_null() : json_real(value);
}

static json_t *real_or_null(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *epoch_of(const loci_metrics *m) {
    if (m->task == LOCI_TASK_REGRESS)
        return json_pack("{s:I, s:o, s:o, s:o}", "epoch", (json_int_t)m->epoch, "train_loss",
                         json_real(m->train_loss), "validation_r2", real_or_null(m->validation.r2),
                         "test_r2", real_or_null(m->test.r2));
    return json_pack("{s:I, s:o, s:o, s:o, s:o}", "epoch", (json_int_t)m->epoch, "train_loss",
                     json_real(m->train_loss), "train_accuracy", measured(m->train_accuracy),
                     "validation_accuracy", measured(m->validation_accuracy), "test_accuracy",
                     measured(m->test_accuracy));
}

static json_t *metrics_of(const loci_metrics *metrics, size_t count) {
    size_t step = 1 + (count - (count > 0)) / MOST_EPOCHS;
    json_t *list = json_array();
    bool lost = false;
    for (size_t i = 0; i < count; i++)
        if (i % step == 0 || i + 1 == count)
            lost |= json_array_append_new(list, epoch_of(&metrics[i])) != 0;
    if (!lost)
        return list;
    json_decref(list);
    return NULL;
}

static int put_metrics(loci_payload *payload, const char *run, loci_error *error) {
    loci_metrics *metrics = NULL;
    size_t count = 0;
    int status = run != NULL ? loci_metrics_read(&metrics, &count, run, error) : LOCI_E_NOT_FOUND;
    if (status == LOCI_OK || status == LOCI_E_NOT_FOUND)
        status = loci_payload_put(payload, "metrics", metrics_of(metrics, count), error);
    free(metrics);
    return status;
}

static int put_summary(loci_payload *payload, const char *run, loci_error *error) {
    loci_summary summary;
    int status = run != NULL ? loci_summary_read(&summary, run, error) : LOCI_E_NOT_FOUND;
    if (status == LOCI_E_NOT_FOUND)
        return loci_payload_put(payload, "summary", json_null(), error);
    return status == LOCI_OK
               ? loci_payload_put(payload, "summary", loci_summary_to_json(&summary), error)
               : status;
}

static json_t *curve_of(const loci_curve *curve) {
    json_t *points = json_array();
    bool lost = false;
    for (size_t i = 0; i < curve->count; i++) {
        const loci_curve_point *point = &curve->points[i];
        bool regress = curve->task == LOCI_TASK_REGRESS;
        lost |= json_array_append_new(
                    points, json_pack("{s:f, s:I, s:o}", "sparsity", point->sparsity,
                                      "connections_kept", (json_int_t)point->connections_kept,
                                      regress ? "test_r2" : "test_accuracy",
                                      regress ? real_or_null(point->test.r2)
                                              : measured(point->test_accuracy))) != 0;
    }
    json_t *json = json_pack("{s:s, s:s, s:s, s:o}", "by", curve->by, "scope", curve->scope, "when",
                             curve->when, "points", points);
    if (!lost)
        return json;
    json_decref(json);
    return NULL;
}

static int put_curve(loci_payload *payload, const char *run, loci_error *error) {
    loci_curve curve;
    int status = run != NULL ? loci_curve_read(&curve, run, error) : LOCI_E_NOT_FOUND;
    if (status == LOCI_E_NOT_FOUND)
        return loci_payload_put(payload, "sparsity_curve", json_null(), error);
    if (status != LOCI_OK)
        return status;
    status = loci_payload_put(payload, "sparsity_curve", curve_of(&curve), error);
    loci_curve_clear(&curve);
    return status;
}

int loci_payload_run(loci_payload *payload, loci_error *error) {
    const char *run = payload->options->run;
    int status = put_metrics(payload, run, error);
    if (status == LOCI_OK)
        status = put_summary(payload, run, error);
    return status == LOCI_OK ? put_curve(payload, run, error) : status;
}
