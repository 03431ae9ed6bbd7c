#include "infer/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/shape.h"
#include "data/batch.h"
#include "infer/activity.h"
#include "infer/regression.h"
#include "infer/session.h"
#include "loss/loss.h"
#include "network/spiking.h"

/* The most samples at a time. */
enum { MOST = 1000 };

/* Whether time is where both look for it. */
static int check_time(const loci_spec *spec, const loci_dataset *data, loci_error *error) {
    bool events = loci_spec_spikes(spec) && spec->coding == LOCI_CODING_EVENTS;
    uint32_t steps = loci_dataset_steps(data);
    if (events && steps == 0)
        return loci_fail(error, LOCI_E_MISMATCH, data->name,
                         "its samples have no time; with coding events a network takes temporal "
                         "data alone, others by constant, poisson or latency");
    if (!events && steps > 0)
        return loci_fail(error, LOCI_E_MISMATCH, data->name,
                         "holds temporal data; they are for spiking networks with coding events");
    if (events && steps != spec->time_steps)
        return loci_fail(error, LOCI_E_MISMATCH, data->name,
                         "has %u time steps; the model takes %u", steps, spec->time_steps);
    return LOCI_OK;
}

int loci_check_fit(const loci_network *network, const loci_dataset *data, loci_error *error) {
    const loci_spec *spec = &network->spec;
    loci_shape_text here, wanted;
    if (!loci_dataset_fits(data, spec))
        return loci_fail(error, LOCI_E_MISMATCH, data->name, "has inputs of %s; the model takes %s",
                         loci_shape_name(&here, data->height, data->width, data->channels),
                         loci_shape_name(&wanted, spec->height, spec->width, spec->channels));
    bool regress = spec->task == LOCI_TASK_REGRESS;
    if (data->task != spec->task)
        return loci_fail(error, LOCI_E_MISMATCH, data->name, "holds %s; the model predicts %s",
                         regress ? "classes" : "numbers to predict",
                         regress ? "numbers" : "classes");
    if (regress && data->outputs != spec->classes)
        return loci_fail(error, LOCI_E_MISMATCH, data->name,
                         "has %u numbers to predict; the model predicts %u", data->outputs,
                         spec->classes);
    if (data->outputs > spec->classes)
        return loci_fail(error, LOCI_E_MISMATCH, data->name, "has %u classes; the model knows %u",
                         data->outputs, spec->classes);
    return check_time(spec, data, error);
}

int loci_network_sample(const loci_network *network, const loci_dataset *data,
                        enum loci_split split, size_t i, float *out) {
    if (!loci_dataset_fits(data, &network->spec))
        return LOCI_E_MISMATCH;
    if (i >= data->part[split].count)
        return LOCI_E_ARGUMENT;
    if (data->timed)
        return check_time(&network->spec, data, NULL) == LOCI_OK
                   ? loci_dataset_events(data, split, i, out)
                   : LOCI_E_MISMATCH;
    return loci_dataset_read(data, network->low, network->span, split, i, out, NULL);
}

static bool leaves_range(const float *values, size_t count) {
    float low = 0, high = 1;
    for (size_t i = 0; i < count; i++) {
        low = values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
    }
    return low < 0 || high > 1;
}

int loci_network_inputs(const loci_network *network, const float *values, const uint8_t *bytes,
                        size_t count, float *out) {
    size_t pixels = loci_spec_inputs(&network->spec);
    const float *low = network->low, *span = network->span;
    if (out == NULL)
        return low != NULL || bytes != NULL ? 2 : leaves_range(values, count * pixels);
    for (size_t i = 0; i < count; i++) {
        float *to = out + i * pixels;
        if (values != NULL)
            memcpy(to, values + i * pixels, pixels * sizeof *to);
        else
            for (size_t f = 0; f < pixels; f++)
                to[f] = (float)bytes[i * pixels + f];
        if (low != NULL)
            for (size_t f = 0; f < pixels; f++)
                to[f] = (to[f] - low[f]) / span[f];
        else if (bytes != NULL)
            for (size_t f = 0; f < pixels; f++)
                to[f] /= 255.0f;
    }
    return low == NULL && bytes == NULL && leaves_range(out, count * pixels);
}

/* What an evaluation adds up. */
struct evaluation {
    loci_session session;
    const loci_dataset *data;
    enum loci_split split;
    uint32_t chosen[MOST]; /* samples of the batch */
    loci_tally tally;
    loci_regression_sums *sums; /* [classes] of a regressor */
    float *values;              /* [classes] scratch of one */
    loci_arena arena;
};

static int open_evaluation(struct evaluation *x, const loci_network *network, size_t count,
                           loci_pool *pool, loci_error *error) {
    size_t width = network->spec.classes;
    int status = loci_session_open(&x->session, network, count, pool, error);
    if (status != LOCI_OK || network->spec.task != LOCI_TASK_REGRESS)
        return status;
    x->sums = loci_arena_take(&x->arena, width, sizeof *x->sums);
    x->values = loci_arena_floats(&x->arena, width, 1);
    return loci_arena_status(&x->arena, "evaluation", error);
}

static void close_evaluation(struct evaluation *x) {
    loci_session_close(&x->session);
    loci_arena_clear(&x->arena);
}

static int allocate_details(loci_evaluation *out, size_t count, const loci_spec *spec,
                            loci_error *error) {
    size_t classes = spec->classes;
    bool regress = spec->task == LOCI_TASK_REGRESS, lost;
    if (regress) {
        out->values = loci_alloc(count, classes * sizeof *out->values);
        out->outputs = loci_alloc(classes, sizeof *out->outputs);
        lost = out->values == NULL || out->outputs == NULL;
    } else {
        out->confusion = loci_alloc(classes, classes * sizeof *out->confusion);
        out->prediction = loci_alloc(count, sizeof *out->prediction);
        out->confidence = loci_alloc(count, sizeof *out->confidence);
        lost = out->confusion == NULL || out->prediction == NULL || out->confidence == NULL;
    }
    return lost ? loci_fail_memory(error, "evaluation") : LOCI_OK;
}

/* ---- one batch, whose first sample is number `first` ---- */

static void tally_classes(struct evaluation *x, size_t first, size_t count, loci_evaluation *out) {
    size_t classes = x->session.network->spec.classes, ld = loci_leading(classes);
    const float *logits = loci_pass_logits(x->session.pass);
    const int32_t *labels = x->session.batch->labels;
    loci_loss loss = loci_cross_entropy(logits, labels, count, classes, ld, 0, NULL, NULL);
    out->loss += loss.sum;
    out->correct += loss.correct;
    for (size_t i = 0; out->prediction != NULL && i < count; i++) {
        size_t predicted = loci_argmax(logits + i * ld, classes);
        out->prediction[first + i] = (int32_t)predicted;
        out->confidence[first + i] = (float)loci_softmax(logits + i * ld, classes, predicted);
        out->confusion[(size_t)labels[i] * classes + predicted]++;
    }
}

/* Errors are of numbers in units of the data. */
static void tally_values(struct evaluation *x, size_t first, size_t count, loci_evaluation *out) {
    const loci_network *network = x->session.network;
    size_t width = network->spec.classes, ld = loci_leading(width);
    const float *outputs = loci_pass_logits(x->session.pass);
    const loci_targets targets = {.values = x->session.batch->targets};
    out->loss +=
        loci_loss_of(LOCI_LOSS_SQUARED, outputs, &targets, count, width, ld, 0, NULL, NULL).sum;
    for (size_t i = 0; i < count; i++) {
        float *values = out->values == NULL ? x->values : out->values + (first + i) * width;
        const float *target = loci_dataset_target(x->data, x->split, x->chosen[i]);
        memcpy(values, outputs + i * ld, width * sizeof *values);
        loci_network_to_units(network, values, 1);
        for (size_t k = 0; k < width; k++)
            loci_regression_add(&x->sums[k], values[k], target[k]);
    }
}

static void tally_activity(struct evaluation *x, size_t count) {
    const loci_pass *pass = x->session.pass;
    const loci_spiking *spiking = pass->spiking;
    x->tally.samples += count;
    x->tally.crossings[0] += loci_count_crossings(&x->session.batch->by_sample, pass->fan_out[0],
                                                  pass->acting.wiring[0].m);
    for (size_t l = 0; spiking != NULL && l < pass->pairs; l++) {
        x->tally.spikes[l] += spiking->spike_total[l];
        x->tally.crossings[l] += l > 0 ? spiking->crossings[l] : 0;
    }
}

/* ---- all of them ---- */

static void conclude(const struct evaluation *x, size_t count, loci_evaluation *out) {
    const loci_spec *spec = &x->session.network->spec;
    out->loss /= (double)count;
    loci_tally_activity(&x->tally, spec, &out->activity);
    if (spec->task == LOCI_TASK_CLASSIFY) {
        out->accuracy = (double)out->correct / (double)count;
        return;
    }
    out->regression = loci_regression_mean(x->sums, spec->classes);
    for (size_t k = 0; out->outputs != NULL && k < spec->classes; k++)
        out->outputs[k] = loci_regression_of(&x->sums[k]);
}

static int evaluate_all(struct evaluation *x, const uint32_t *index, size_t count,
                        loci_evaluation *out, loci_error *error) {
    const loci_session *s = &x->session;
    size_t most = s->pass->most;
    bool regress = s->network->spec.task == LOCI_TASK_REGRESS;
    for (size_t first = 0; first < count; first += most) {
        size_t n = count - first < most ? count - first : most;
        for (size_t i = 0; i < n; i++)
            x->chosen[i] = index == NULL ? (uint32_t)(first + i) : index[first + i];
        int status = loci_batch_fill(s->batch, x->data, x->split, x->chosen, n, NULL, 0, error);
        if (status == LOCI_OK)
            status = loci_pass_forward(s->pass, &s->batch->in, error);
        if (status != LOCI_OK)
            return status;
        tally_activity(x, n);
        if (regress)
            tally_values(x, first, n, out);
        else
            tally_classes(x, first, n, out);
    }
    conclude(x, count, out);
    if (!isfinite(out->loss) || (regress && !isfinite(out->regression.rmse)))
        return loci_fail(error, LOCI_E_DIVERGED, x->data->name,
                         "the network's outputs are not finite");
    return LOCI_OK;
}

int loci_evaluate_samples(const loci_network *network, const loci_dataset *data,
                          enum loci_split split, const uint32_t *index, size_t count,
                          loci_pool *pool, bool details, loci_evaluation *out, loci_error *error) {
    *out = (loci_evaluation){.count = count, .accuracy = -1, .regression = loci_regression_none()};
    int status = loci_check_fit(network, data, error);
    if (status != LOCI_OK)
        return status;
    if (count == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, data->name, "has no samples in this part");
    struct evaluation x = {.data = data, .split = split};
    status = open_evaluation(&x, network, count, pool, error);
    if (status == LOCI_OK && details)
        status = allocate_details(out, count, &network->spec, error);
    if (status == LOCI_OK)
        status = evaluate_all(&x, index, count, out, error);
    close_evaluation(&x);
    if (status != LOCI_OK)
        loci_evaluation_clear(out);
    return status;
}

int loci_evaluate(const loci_network *network, const loci_dataset *data, enum loci_split split,
                  loci_pool *pool, int details, loci_evaluation *out, loci_error *error) {
    return loci_evaluate_samples(network, data, split, NULL, loci_dataset_count(data, split), pool,
                                 details != 0, out, error);
}

void loci_evaluation_clear(loci_evaluation *evaluation) {
    free(evaluation->confusion);
    free(evaluation->prediction);
    free(evaluation->confidence);
    free(evaluation->values);
    free(evaluation->outputs);
    *evaluation = (loci_evaluation){0};
}
