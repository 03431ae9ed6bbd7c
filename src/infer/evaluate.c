#include "infer/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "data/batch.h"
#include "infer/activity.h"
#include "loss/loss.h"
#include "network/pass.h"
#include "network/spiking.h"

/* Samples at a time. */
enum { BATCH = 1000 };

int loci_check_fit(const loci_network *network, const loci_dataset *data, loci_error *error) {
    const loci_spec *spec = &network->spec;
    if (data->height != spec->height || data->width != spec->width)
        return loci_fail(error, LOCI_E_MISMATCH, data->name,
                         "has inputs of %u x %u; the model takes %u x %u", data->height,
                         data->width, spec->height, spec->width);
    if (data->classes > spec->classes)
        return loci_fail(error, LOCI_E_MISMATCH, data->name, "has %u classes; the model knows %u",
                         data->classes, spec->classes);
    return LOCI_OK;
}

int loci_inference_batch(loci_batch **out, const loci_network *network, size_t most, uint64_t seed,
                         loci_pool *pool, loci_error *error) {
    const loci_spec *spec = &network->spec;
    const loci_coding_options coding = {spec->coding, spec->time_steps, seed};
    int status = loci_batch_create(out, most, loci_spec_pixels(spec), false, &coding, error);
    if (status != LOCI_OK)
        return status;
    (*out)->pool = pool;
    loci_batch_scale(*out, network->low, network->span);
    return loci_batch_choose(*out, network->pixels, spec->inputs, error);
}

int loci_network_sample(const loci_network *network, const loci_dataset *data,
                        enum loci_split split, size_t i, float *out) {
    if (data->height != network->spec.height || data->width != network->spec.width)
        return LOCI_E_MISMATCH;
    if (i >= data->part[split].count)
        return LOCI_E_ARGUMENT;
    loci_dataset_read(data, network->low, network->span, split, i, out);
    return LOCI_OK;
}

/* The network and buffers of one evaluation. */
struct session {
    const loci_network *network;
    loci_pass *pass;
    loci_batch *batch;
    loci_tally tally;
};

static int session_open(struct session *s, const loci_network *network, size_t most,
                        loci_pool *pool, loci_error *error) {
    *s = (struct session){.network = network};
    const loci_spec *spec = &network->spec;
    most = loci_pass_most(spec, most < BATCH ? most : BATCH);
    int status = loci_pass_create(&s->pass, network, most, false, pool, error);
    if (status == LOCI_OK)
        status = loci_inference_batch(&s->batch, network, most, LOCI_EVALUATION_SEED, pool, error);
    return status;
}

static void session_close(struct session *s) {
    loci_pass_free(s->pass);
    loci_batch_free(s->batch);
}

static int allocate_details(loci_evaluation *out, size_t count, size_t classes, loci_error *error) {
    out->confusion = loci_alloc(classes, classes * sizeof *out->confusion);
    out->prediction = loci_alloc(count, sizeof *out->prediction);
    out->confidence = loci_alloc(count, sizeof *out->confidence);
    if (out->confusion == NULL || out->prediction == NULL || out->confidence == NULL)
        return loci_fail_memory(error, "evaluation");
    return LOCI_OK;
}

/* Adds one batch's results, whose first sample is number `first`. */
static void tally(struct session *s, size_t first, size_t count, loci_evaluation *out) {
    size_t classes = s->network->spec.classes, ld = loci_leading(classes);
    const float *logits = loci_pass_logits(s->pass);
    loci_loss loss =
        loci_cross_entropy(logits, s->batch->labels, count, classes, ld, 0, NULL, NULL);
    const loci_spiking *spiking = s->pass->spiking;
    s->tally.samples += count;
    s->tally.crossings[0] += loci_count_crossings(&s->batch->by_sample, s->pass->fan_out[0],
                                                  s->pass->acting.wiring[0].m);
    for (size_t l = 0; spiking != NULL && l < s->pass->pairs; l++) {
        s->tally.spikes[l] += spiking->spike_total[l];
        s->tally.crossings[l] += l > 0 ? spiking->crossings[l] : 0;
    }
    out->loss += loss.sum;
    out->correct += loss.correct;
    for (size_t i = 0; out->prediction != NULL && i < count; i++) {
        size_t predicted = loci_argmax(logits + i * ld, classes);
        out->prediction[first + i] = (int32_t)predicted;
        out->confidence[first + i] = (float)loci_softmax(logits + i * ld, classes, predicted);
        out->confusion[(size_t)s->batch->labels[i] * classes + predicted]++;
    }
}

static int evaluate_all(struct session *s, const loci_dataset *data, enum loci_split split,
                        const uint32_t *index, size_t count, loci_evaluation *out,
                        loci_error *error) {
    uint32_t chosen[BATCH];
    size_t most = s->pass->most;
    for (size_t first = 0; first < count; first += most) {
        size_t n = count - first < most ? count - first : most;
        for (size_t i = 0; i < n; i++)
            chosen[i] = index == NULL ? (uint32_t)(first + i) : index[first + i];
        int status = loci_batch_fill(s->batch, data, split, chosen, n, NULL, 0, error);
        if (status == LOCI_OK)
            status = loci_pass_forward(s->pass, &s->batch->in, error);
        if (status != LOCI_OK)
            return status;
        tally(s, first, n, out);
    }
    out->accuracy = (double)out->correct / (double)count;
    out->loss /= (double)count;
    loci_tally_activity(&s->tally, &s->network->spec, &out->activity);
    if (!isfinite(out->loss))
        return loci_fail(error, LOCI_E_DIVERGED, data->name,
                         "the network's outputs are not finite");
    return LOCI_OK;
}

int loci_evaluate_samples(const loci_network *network, const loci_dataset *data,
                          enum loci_split split, const uint32_t *index, size_t count,
                          loci_pool *pool, bool details, loci_evaluation *out, loci_error *error) {
    *out = (loci_evaluation){.count = count};
    int status = loci_check_fit(network, data, error);
    if (status != LOCI_OK)
        return status;
    if (count == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, data->name, "has no samples in this part");
    struct session session;
    status = session_open(&session, network, count, pool, error);
    if (status == LOCI_OK && details)
        status = allocate_details(out, count, network->spec.classes, error);
    if (status == LOCI_OK)
        status = evaluate_all(&session, data, split, index, count, out, error);
    session_close(&session);
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
    *evaluation = (loci_evaluation){0};
}

static int check_finite(const float *inputs, size_t count, size_t features, loci_error *error) {
    for (size_t i = 0; i < count * features; i++)
        if (!isfinite(inputs[i]))
            return loci_fail(error, LOCI_E_ARGUMENT, "inputs",
                             "number %zu of input %zu is not finite", i % features, i / features);
    return LOCI_OK;
}

int loci_network_run(const loci_network *network, loci_pool *pool, const float *inputs,
                     size_t count, float *logits, loci_error *error) {
    size_t features = loci_spec_pixels(&network->spec), classes = network->spec.classes;
    int status = check_finite(inputs, count, features, error);
    if (status != LOCI_OK)
        return status;
    struct session session;
    status = session_open(&session, network, count, pool, error);
    size_t most = status == LOCI_OK ? session.pass->most : 1;
    for (size_t first = 0; status == LOCI_OK && first < count; first += most) {
        size_t n = count - first < most ? count - first : most;
        status = loci_batch_fill_rows(session.batch, inputs + first * features, n, first, error);
        if (status == LOCI_OK)
            status = loci_pass_forward(session.pass, &session.batch->in, error);
        if (status != LOCI_OK)
            break;
        const float *from = loci_pass_logits(session.pass);
        for (size_t i = 0; i < n; i++)
            memcpy(logits + (first + i) * classes, from + i * loci_leading(classes),
                   classes * sizeof *logits);
    }
    session_close(&session);
    return status;
}

/* What one sample that was just run left in layer l + 1. */
static void copy_layer(const loci_pass *pass, uint32_t l, float *out) {
    size_t m = pass->acting.wiring[l].m;
    const loci_spiking *spiking = pass->spiking;
    if (spiking == NULL || l + 1 == pass->pairs)
        memcpy(out, pass->output[l], m * sizeof *out);
    else
        for (size_t j = 0; j < m; j++)
            out[j] = spiking->count[l][j] / (float)spiking->steps;
}

int loci_network_activations(const loci_network *network, const float *input, uint32_t layer,
                             float *out, loci_error *error) {
    size_t features = loci_spec_pixels(&network->spec);
    if (layer < 1 || layer > network->spec.hidden_count + 1)
        return loci_fail(error, LOCI_E_ARGUMENT, "layer", "%u is not one of 1 to %u", layer,
                         network->spec.hidden_count + 1);
    int status = check_finite(input, 1, features, error);
    if (status != LOCI_OK)
        return status;
    struct session session;
    status = session_open(&session, network, 1, NULL, error);
    if (status == LOCI_OK)
        status = loci_batch_fill_rows(session.batch, input, 1, 0, error);
    if (status == LOCI_OK)
        status = loci_pass_forward(session.pass, &session.batch->in, error);
    if (status == LOCI_OK)
        copy_layer(session.pass, layer - 1, out);
    session_close(&session);
    return status;
}
