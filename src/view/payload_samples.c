/* Test images, or temporal samples, with what the network makes of them. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/samples.h"
#include "view/payload.h"
#include "view/unit_inputs.h"

enum {
    MOST_PIXELS = 2 << 20,  /* of all images together */
    MOST_INPUTS = 32 << 20, /* of all temporal samples together, while the page is made */
    MOST_CLASSES = 100      /* of a confusion matrix */
};

/* Samples of a page and their logits. */
typedef struct gallery {
    size_t count, features, classes;
    size_t steps;    /* of temporal samples, whose features are of a step; else 1 */
    uint8_t *pixels; /* [count, features]; NULL of temporal samples */
    float *inputs;   /* [count, steps, features]: from pixels, what the page has, not the data's
                        floats */
    float *logits;   /* [count, classes] */
    json_t *labels;
    float *targets; /* [count, classes] of a regressor, which has no labels; else NULL */
    bool regress, temporal;
} gallery;

static void clear(gallery *g) {
    free(g->pixels);
    free(g->inputs);
    free(g->logits);
    free(g->targets);
    json_decref(g->labels);
}

static bool allocate(gallery *g) {
    g->pixels = g->temporal ? NULL : loci_alloc(g->count, g->features);
    g->inputs = loci_alloc(g->count, g->steps * g->features * sizeof *g->inputs);
    g->logits = loci_alloc(g->count, g->classes * sizeof *g->logits);
    g->labels = json_array();
    g->targets = g->regress ? loci_alloc(g->count, g->classes * sizeof *g->targets) : NULL;
    if (g->regress && g->targets == NULL)
        return false;
    return (g->temporal || g->pixels != NULL) && g->inputs != NULL && g->logits != NULL &&
           g->labels != NULL;
}

/* The first samples; where they come class by class, as those of a folder, an even choice. */
static size_t apart(const loci_dataset *data, size_t count) {
    size_t all = loci_dataset_count(data, LOCI_TEST);
    for (size_t i = 1; i < all; i++)
        if (loci_dataset_label(data, LOCI_TEST, i) < loci_dataset_label(data, LOCI_TEST, i - 1))
            return 1;
    return count > 0 && loci_dataset_classes(data) > 0 ? all / count : 1;
}

/* What an image has in 255ths, and as the network takes these. */
static void round_image(const gallery *g, loci_unit_inputs unit, float *x, uint8_t *pixels) {
    for (size_t p = 0; p < g->features; p++) {
        float level = loci_unit_level(unit, x[p]); /* a test part may lie outside */
        pixels[p] = (uint8_t)(level * 255 + 0.5f);
        x[p] = unit.zero + unit.whole * ((float)pixels[p] / 255.0f);
    }
}

static int fill(gallery *g, const loci_network *network, const loci_dataset *data,
                loci_error *error) {
    const loci_unit_inputs unit = loci_unit_inputs_of(loci_network_spec(network));
    size_t step = apart(data, g->count);
    json_array_clear(g->labels);
    for (size_t i = 0; i < g->count; i++) {
        float *x = g->inputs + i * g->steps * g->features;
        if (loci_network_sample(network, data, LOCI_TEST, i * step, x) != LOCI_OK)
            return loci_samples_check(data, error);
        if (!g->temporal)
            round_image(g, unit, x, g->pixels + i * g->features);
        if (g->regress) {
            memcpy(g->targets + i * g->classes, loci_dataset_target(data, LOCI_TEST, i * step),
                   g->classes * sizeof *g->targets);
            continue;
        }
        json_t *label = json_integer(loci_dataset_label(data, LOCI_TEST, i * step));
        if (json_array_append_new(g->labels, label) != 0)
            return loci_fail_memory(error, "test samples");
    }
    return LOCI_OK;
}

/* Fewer samples where these have too many events, chosen anew. */
static int fill_with_what_fits(gallery *g, const loci_network *network, const loci_dataset *data,
                               loci_error *error) {
    size_t fit;
    int status = fill(g, network, data, error);
    while (status == LOCI_OK && g->temporal &&
           (fit = loci_view_events_fit(g->inputs, g->count, g->steps * g->features)) < g->count) {
        g->count = fit;
        status = fill(g, network, data, error);
    }
    return status;
}

static json_t *gallery_to_json(const gallery *g) {
    const size_t outputs[2] = {g->count, g->classes};
    const char *kind = g->temporal ? "events" : "images";
    json_t *samples = g->temporal ? loci_view_events(g->inputs, g->count, g->steps, g->features)
                                  : loci_view_array(LOCI_VIEW_U8, g->pixels, 2,
                                                    (size_t[]){g->count, g->features});
    json_t *logits = loci_view_array(LOCI_VIEW_F32, g->logits, 2, outputs);
    if (!g->regress)
        return json_pack("{s:o, s:O, s:o}", kind, samples, "labels", g->labels, "logits", logits);
    return json_pack("{s:o, s:o, s:o}", kind, samples, "targets",
                     loci_view_array(LOCI_VIEW_F32, g->targets, 2, outputs), "logits", logits);
}

/* Samples that a page can hold. */
static size_t room_for(const gallery *g) {
    if (!g->temporal)
        return MOST_PIXELS / g->features;
    return g->features > UINT16_MAX ? 0 : MOST_INPUTS / (g->steps * g->features);
}

static int leave_some_out(loci_payload *payload, const gallery *g, size_t wanted,
                          loci_error *error) {
    if (g->temporal)
        return loci_payload_leave_out(payload, error,
                                      "%zu of %zu test samples: they have many events, in %zu "
                                      "steps on %zu channels",
                                      wanted - g->count, wanted, g->steps, g->features);
    return loci_payload_leave_out(payload, error, "%zu of %zu test images: they have %zu pixels",
                                  wanted - g->count, wanted, g->features);
}

static gallery gallery_for(const loci_spec *spec) {
    bool temporal = loci_spec_spikes(spec) && spec->coding == LOCI_CODING_EVENTS;
    return (gallery){.features = loci_spec_pixels(spec),
                     .classes = spec->classes,
                     .steps = temporal ? spec->time_steps : 1,
                     .regress = spec->task == LOCI_TASK_REGRESS,
                     .temporal = temporal};
}

/* The samples that were taken, as the network answers them. */
static int answer(loci_payload *payload, gallery *g, loci_error *error) {
    if (g->count == 0)
        return loci_payload_put(payload, "samples", json_null(), error);
    int status = loci_network_run(payload->network, payload->options->pool, g->inputs, g->count,
                                  g->logits, error);
    return status == LOCI_OK ? loci_payload_put(payload, "samples", gallery_to_json(g), error)
                             : status;
}

static int put_gallery(loci_payload *payload, const loci_dataset *data, loci_error *error) {
    gallery g = gallery_for(loci_network_spec(payload->network));
    size_t all = loci_dataset_count(data, LOCI_TEST), fit = room_for(&g);
    size_t wanted = payload->options->samples < all ? payload->options->samples : all;
    int status = LOCI_OK;
    g.count = wanted < fit ? wanted : fit;
    if (g.count > 0)
        status = allocate(&g) ? fill_with_what_fits(&g, payload->network, data, error)
                              : loci_fail_memory(error, "test samples");
    if (status == LOCI_OK && g.count < wanted)
        status = leave_some_out(payload, &g, wanted, error);
    if (status == LOCI_OK)
        status = answer(payload, &g, error);
    clear(&g);
    return status;
}

static json_t *matrix_of(const size_t *confusion, size_t classes) {
    json_t *rows = json_array();
    for (size_t c = 0; c < classes; c++)
        if (json_array_append_new(rows, loci_view_counts(confusion + c * classes, classes)) != 0) {
            json_decref(rows);
            return NULL;
        }
    return rows;
}

static json_t *regression_of(const loci_regression *r) {
    return json_pack("{s:f, s:f, s:f}", "r2", r->r2, "mae", r->mae, "rmse", r->rmse);
}

/* A regressor: over all outputs, and each by itself. */
static int put_regression(loci_payload *payload, const loci_evaluation *result, bool details,
                          loci_error *error) {
    size_t outputs = loci_network_spec(payload->network)->classes;
    json_t *list = details ? json_array() : NULL;
    bool lost = details && list == NULL;
    for (size_t k = 0; details && k < outputs; k++)
        lost |= json_array_append_new(list, regression_of(&result->outputs[k])) != 0;
    if (lost) {
        json_decref(list);
        return loci_fail_memory(error, "page");
    }
    int status = loci_payload_put(payload, "outputs", details ? list : json_null(), error);
    if (status == LOCI_OK)
        status = loci_payload_put(payload, "confusion", json_null(), error);
    if (status == LOCI_OK)
        status = loci_payload_put(payload, "test_accuracy", json_null(), error);
    return status == LOCI_OK
               ? loci_payload_put(payload, "test", regression_of(&result->regression), error)
               : status;
}

static int put_evaluation(loci_payload *payload, const loci_dataset *data, loci_error *error) {
    const loci_spec *spec = loci_network_spec(payload->network);
    size_t classes = spec->classes;
    bool details = classes <= MOST_CLASSES;
    loci_evaluation result;
    int status = loci_evaluate(payload->network, data, LOCI_TEST, payload->options->pool, details,
                               &result, error);
    if (status != LOCI_OK)
        return status;
    if (spec->task == LOCI_TASK_REGRESS) {
        status = put_regression(payload, &result, details, error);
        loci_evaluation_clear(&result);
        return status;
    }
    if (!details)
        status =
            loci_payload_leave_out(payload, error, "the confusion matrix of %zu classes", classes);
    if (status == LOCI_OK)
        status = loci_payload_put(payload, "test_accuracy", json_real(result.accuracy), error);
    if (status == LOCI_OK)
        status =
            loci_payload_put(payload, "confusion",
                             details ? matrix_of(result.confusion, classes) : json_null(), error);
    loci_evaluation_clear(&result);
    return status;
}

/* What comes of the whole test part, where it was not run. */
static int put_no_evaluation(loci_payload *payload, loci_error *error) {
    bool regress = loci_network_spec(payload->network)->task == LOCI_TASK_REGRESS;
    const char *const keys[] = {"confusion", "test_accuracy", "outputs", "test"};
    int status = LOCI_OK;
    for (size_t i = 0; status == LOCI_OK && i < (regress ? 4 : 2); i++)
        status = loci_payload_put(payload, keys[i], json_null(), error);
    return status;
}

int loci_payload_samples(loci_payload *payload, loci_error *error) {
    const loci_dataset *data = payload->options->data;
    /* of a network as large as this neither, whether it learns or not */
    bool vast = loci_network_connections(payload->network) > LOCI_VIEW_MOST_LISTED;
    bool there = data != NULL && loci_dataset_count(data, LOCI_TEST) > 0 && !vast;
    if (there && payload->options->unmeasured) {
        int status = loci_dataset_fits(data, loci_network_spec(payload->network))
                         ? put_no_evaluation(payload, error)
                         : loci_fail(error, LOCI_E_MISMATCH, loci_dataset_name(data),
                                     "has samples of another shape than the network takes");
        return status == LOCI_OK ? put_gallery(payload, data, error) : status;
    }
    if (there) {
        int status = put_evaluation(payload, data, error); /* checks that the data fit */
        return status == LOCI_OK ? put_gallery(payload, data, error) : status;
    }
    bool regress = loci_network_spec(payload->network)->task == LOCI_TASK_REGRESS;
    int status = loci_payload_leave_out(
        payload, error, "test images and %s: %s", regress ? "how far off it is" : "confusions",
        vast           ? "the network has too many connections to be run for them"
        : data == NULL ? "no data were given"
                       : "the data have no test part");
    if (status == LOCI_OK)
        status = loci_payload_put(payload, "samples", json_null(), error);
    return status == LOCI_OK ? put_no_evaluation(payload, error) : status;
}
