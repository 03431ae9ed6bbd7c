#include "infer/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/shape.h"
#include "data/batch.h"
#include "data/unlabelled.h"
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

int loci_check_answers(const loci_network *network, const loci_dataset *data, loci_error *error) {
    int status = loci_check_fit(network, data, error);
    return status == LOCI_OK ? loci_dataset_check_answers(data, error) : status;
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

/* What one batch came to. */
struct outcome {
    double loss; /* of its samples */
    uint64_t correct;
    loci_tally tally;
};

/* What an evaluation works with. */
struct evaluation {
    loci_session session;
    loci_meeting *meeting; /* of the processes that share the batches out; NULL = alone */
    const loci_dataset *data;
    enum loci_split split;
    const uint32_t *index; /* [count] samples; NULL = the first ones */
    size_t count;
    uint32_t chosen[MOST]; /* samples of the batch */
    loci_tally tally;
    loci_regression_sums *sums; /* [classes] of a regressor */
    /* a batch of this process, and of all: [processes], and values of a regressor [processes, most,
     * classes] in units of the data */
    struct outcome own, *all;
    float *values, *all_values;
    loci_arena arena;
};

static int open_evaluation(struct evaluation *x, const loci_network *network, loci_pool *pool,
                           loci_error *error) {
    size_t width = network->spec.classes, processes = loci_meeting_processes(x->meeting);
    int status = loci_session_open(&x->session, network, x->count, pool, error);
    if (status != LOCI_OK)
        return status;
    x->all = loci_arena_take(&x->arena, processes, sizeof *x->all);
    if (network->spec.task == LOCI_TASK_REGRESS) {
        x->sums = loci_arena_take(&x->arena, width, sizeof *x->sums);
        x->values = loci_arena_floats(&x->arena, x->session.pass->most, width);
        x->all_values = loci_arena_floats(&x->arena, processes * x->session.pass->most, width);
    }
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

/* ---- one batch, whose first sample is number `first`, here ---- */

static void take_classes(struct evaluation *x, size_t first, size_t count, loci_evaluation *out) {
    size_t classes = x->session.network->spec.classes, ld = loci_leading(classes);
    const float *logits = loci_pass_logits(x->session.pass);
    const int32_t *labels = x->session.batch->labels;
    loci_loss loss = loci_cross_entropy(logits, labels, count, classes, ld, 0, NULL, NULL);
    x->own.loss = loss.sum;
    x->own.correct = loss.correct;
    for (size_t i = 0; out->prediction != NULL && i < count; i++) {
        size_t predicted = loci_argmax(logits + i * ld, classes);
        out->prediction[first + i] = (int32_t)predicted;
        out->confidence[first + i] = (float)loci_softmax(logits + i * ld, classes, predicted);
        out->confusion[(size_t)labels[i] * classes + predicted]++;
    }
}

static void take_values(struct evaluation *x, size_t count) {
    const loci_network *network = x->session.network;
    size_t width = network->spec.classes, ld = loci_leading(width);
    const float *outputs = loci_pass_logits(x->session.pass);
    const loci_targets targets = {.values = x->session.batch->targets};
    x->own.loss =
        loci_loss_of(LOCI_LOSS_SQUARED, outputs, &targets, count, width, ld, 0, NULL, NULL).sum;
    for (size_t i = 0; i < count; i++)
        memcpy(x->values + i * width, outputs + i * ld, width * sizeof *outputs);
    loci_network_to_units(network, x->values, count);
}

static void take_activity(struct evaluation *x, size_t count) {
    const loci_pass *pass = x->session.pass;
    const loci_spiking *spiking = pass->spiking;
    loci_tally *tally = &x->own.tally;
    tally->samples = count;
    tally->crossings[0] =
        loci_count_crossings(&x->session.batch->by_sample, pass->fan_out[0], pass->acting.size[1]);
    for (size_t l = 0; spiking != NULL && l < pass->pairs; l++) {
        tally->spikes[l] = spiking->spike_total[l];
        tally->crossings[l] += l > 0 ? spiking->crossings[l] : 0;
    }
}

static size_t sample_of(const struct evaluation *x, size_t i) {
    return x->index == NULL ? i : x->index[i];
}

/* How many samples the batch has that begins there; 0 beyond the last. */
static size_t size_of_batch(const struct evaluation *x, size_t first) {
    size_t most = x->session.pass->most, left = first < x->count ? x->count - first : 0;
    return left < most ? left : most;
}

static int run_batch(struct evaluation *x, size_t first, loci_evaluation *out, loci_error *error) {
    const loci_session *s = &x->session;
    size_t n = size_of_batch(x, first);
    x->own = (struct outcome){0};
    if (n == 0)
        return LOCI_OK;
    for (size_t i = 0; i < n; i++)
        x->chosen[i] = (uint32_t)sample_of(x, first + i);
    int status = loci_batch_fill(s->batch, x->data, x->split, x->chosen, n, NULL, 0, error);
    if (status == LOCI_OK)
        status = loci_pass_forward(s->pass, &s->batch->in, error);
    if (status != LOCI_OK)
        return status;
    take_activity(x, n);
    if (s->network->spec.task == LOCI_TASK_REGRESS)
        take_values(x, n);
    else
        take_classes(x, first, n, out);
    return LOCI_OK;
}

/* ---- adding batches up, in their order ---- */

/* Errors are of numbers in units of the data. values: [size of the batch, classes]. */
static void add_values(struct evaluation *x, size_t first, const float *values,
                       loci_evaluation *out) {
    size_t width = x->session.network->spec.classes, count = size_of_batch(x, first);
    if (out->values != NULL)
        memcpy(out->values + first * width, values, count * width * sizeof *values);
    for (size_t i = 0; i < count; i++) {
        const float *target = loci_dataset_target(x->data, x->split, sample_of(x, first + i));
        for (size_t k = 0; k < width; k++)
            loci_regression_add(&x->sums[k], values[i * width + k], target[k]);
    }
}

static void add_outcome(struct evaluation *x, const struct outcome *o, loci_evaluation *out) {
    out->loss += o->loss;
    out->correct += o->correct;
    x->tally.samples += o->tally.samples;
    for (size_t l = 0; l < x->session.pass->pairs; l++) {
        x->tally.spikes[l] += o->tally.spikes[l];
        x->tally.crossings[l] += o->tally.crossings[l];
    }
}

/* ---- all of them ---- */

static void conclude(const struct evaluation *x, loci_evaluation *out) {
    const loci_spec *spec = &x->session.network->spec;
    out->loss /= (double)x->count;
    loci_tally_activity(&x->tally, spec, &out->activity);
    if (spec->task == LOCI_TASK_CLASSIFY) {
        out->accuracy = (double)out->correct / (double)x->count;
        return;
    }
    out->regression = loci_regression_mean(x->sums, spec->classes);
    for (size_t k = 0; out->outputs != NULL && k < spec->classes; k++)
        out->outputs[k] = loci_regression_of(&x->sums[k]);
}

/* Each process runs one batch, and all add up those of all. first: of process 0. */
static int evaluate_some(struct evaluation *x, size_t first, loci_evaluation *out,
                         loci_error *error) {
    size_t most = x->session.pass->most, width = x->session.network->spec.classes;
    size_t processes = loci_meeting_processes(x->meeting);
    int status = run_batch(x, first + loci_meeting_number(x->meeting) * most, out, error);
    status = loci_meeting_agree(x->meeting, status, NULL, error);
    if (status == LOCI_OK)
        status = loci_meeting_exchange(x->meeting, &x->own, sizeof x->own, x->all, error);
    if (status == LOCI_OK && x->sums != NULL)
        status = loci_meeting_exchange(x->meeting, x->values, most * width * sizeof *x->values,
                                       x->all_values, error);
    for (size_t p = 0; status == LOCI_OK && p < processes; p++) {
        add_outcome(x, &x->all[p], out);
        if (x->sums != NULL)
            add_values(x, first + p * most, x->all_values + p * most * width, out);
    }
    return status;
}

static int evaluate_all(struct evaluation *x, loci_evaluation *out, loci_error *error) {
    const loci_network *network = x->session.network;
    size_t step = loci_meeting_processes(x->meeting) * x->session.pass->most;
    int status = LOCI_OK;
    for (size_t first = 0; first < x->count && status == LOCI_OK; first += step)
        status = evaluate_some(x, first, out, error);
    if (status != LOCI_OK)
        return status;
    conclude(x, out);
    bool regress = network->spec.task == LOCI_TASK_REGRESS;
    if (!isfinite(out->loss) || (regress && !isfinite(out->regression.rmse)))
        return loci_fail(error, LOCI_E_DIVERGED, x->data->name,
                         "the network's outputs are not finite");
    return LOCI_OK;
}

int loci_evaluate_samples(loci_meeting *meeting, const loci_network *network,
                          const loci_dataset *data, enum loci_split split, const uint32_t *index,
                          size_t count, loci_pool *pool, bool details, loci_evaluation *out,
                          loci_error *error) {
    *out = (loci_evaluation){.count = count, .accuracy = -1, .regression = loci_regression_none()};
    int status = loci_check_answers(network, data, error);
    if (status != LOCI_OK)
        return status;
    if (count == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, data->name, "has no samples in this part");
    struct evaluation x = {
        .meeting = meeting, .data = data, .split = split, .index = index, .count = count};
    status = open_evaluation(&x, network, pool, error);
    if (status == LOCI_OK && details)
        status = allocate_details(out, count, &network->spec, error);
    if (status == LOCI_OK)
        status = evaluate_all(&x, out, error);
    close_evaluation(&x);
    if (status != LOCI_OK)
        loci_evaluation_clear(out);
    return status;
}

int loci_evaluate(const loci_network *network, const loci_dataset *data, enum loci_split split,
                  loci_pool *pool, int details, loci_evaluation *out, loci_error *error) {
    return loci_evaluate_samples(NULL, network, data, split, NULL, loci_dataset_count(data, split),
                                 pool, details != 0, out, error);
}

void loci_evaluation_clear(loci_evaluation *evaluation) {
    free(evaluation->confusion);
    free(evaluation->prediction);
    free(evaluation->confidence);
    free(evaluation->values);
    free(evaluation->outputs);
    *evaluation = (loci_evaluation){0};
}
