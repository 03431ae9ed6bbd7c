/* Small spiking networks, batches for them, and what both passes make of them. */
#ifndef LOCI_TESTS_SPIKING_FIXTURE_H
#define LOCI_TESTS_SPIKING_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "data/batch.h"
#include "loss/loss.h"
#include "network/pass.h"
#include "reference/spiking_twin.h"

static const char *const fixture_resets[] = {"subtract", "zero", "none"};
static const char *const fixture_surrogates[] = {"fast-sigmoid", "arctangent", "triangular"};
static const char *const fixture_readouts[] = {"count", "membrane-mean", "membrane-max",
                                               "membrane-last", "softmax-sum"};
static const char *const fixture_codings[] = {"constant", "poisson", "latency"};

/* Sets options as on a command line: "hidden=3 reset=zero". */
static inline void fixture_set(loci_spec *spec, const char *options) {
    char text[1024], *rest = NULL;
    snprintf(text, sizeof text, "%s", options);
    for (char *at = strtok_r(text, " ", &rest); at != NULL; at = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(at, '=');
        assert_non_null(value);
        *value++ = '\0';
        if (strcmp(at, "channels") == 0) { /* of as many values as before */
            spec->channels = (uint32_t)atoi(value);
            spec->width /= spec->channels;
            continue;
        }
        loci_error error = {0};
        if (loci_spec_set(spec, at, value, &error) != LOCI_OK)
            fail_msg("%s: %s", error.where, error.message);
    }
}

/* A spiking network's specification, not yet resolved. */
static inline loci_spec fixture_spec(uint32_t height, uint32_t width, uint32_t classes,
                                     const char *options) {
    loci_spec spec;
    loci_spec_defaults(&spec);
    spec.height = height;
    spec.width = width;
    spec.classes = classes;
    spec.neuron = LOCI_NEURON_LIF;
    fixture_set(&spec, options);
    return spec;
}

/* Whether a tensor's numbers act clamped to 0..1. */
static inline bool fixture_decays(const loci_tensor *t) {
    return t->kind == LOCI_TENSOR_BETA || strstr(t->name, "adaptation.decay") != NULL;
}

/* Numbers with which every sum of a few steps is exact in float32, whatever its order: weights and
 * biases are small multiples of 1/8, betas of 1/16, thresholds of 1/4. */
static inline void fixture_dyadic(loci_network *network, uint64_t seed) {
    const loci_random stream = {seed, LOCI_RANDOM_TEST, 30};
    const loci_tensor *t;
    for (size_t n = 0; (t = loci_network_tensor(network, n)) != NULL; n++)
        for (size_t i = t->offset; i < t->offset + t->count; i++) {
            float draw = (float)loci_random_below(&stream, i, 9);
            network->parameters[i] = fixture_decays(t)                   ? (16 - draw) / 16
                                     : t->kind == LOCI_TENSOR_ADAPTATION ? (draw - 3) / 16
                                     : t->kind == LOCI_TENSOR_THRESHOLD  ? (2 + draw) / 4
                                                                         : (draw - 3) / 8;
        }
}

/* Off the start, so that biases, betas and thresholds have a say of their own. */
static inline void fixture_move(loci_network *network, uint64_t seed) {
    const loci_random stream = {seed, LOCI_RANDOM_TEST, 31};
    const loci_tensor *t;
    for (size_t n = 0; (t = loci_network_tensor(network, n)) != NULL; n++)
        for (size_t i = t->offset; i < t->offset + t->count; i++) {
            float normal = (float)loci_random_normal(&stream, i);
            if (t->kind == LOCI_TENSOR_BETA)
                network->parameters[i] = 0.8f + 0.05f * normal;
            else if (t->kind == LOCI_TENSOR_THRESHOLD)
                network->parameters[i] = 0.8f + 0.1f * normal;
            else if (t->kind == LOCI_TENSOR_ADAPTATION)
                network->parameters[i] += 0.03f * normal;
            else if (t->kind == LOCI_TENSOR_SCALE)
                network->parameters[i] += 0.5f;
            else if (t->kind == LOCI_TENSOR_BIAS)
                network->parameters[i] = 0.1f + 0.1f * normal;
            else
                network->parameters[i] += 0.1f * normal;
        }
}

/* A network with parameters off their start, so that biases have a say. */
static inline loci_network *fixture_network(uint32_t height, uint32_t width, uint32_t classes,
                                            const char *options, uint64_t seed) {
    loci_spec spec = fixture_spec(height, width, classes, options);
    loci_network *network;
    loci_error error = {0};
    if (loci_network_create(&network, &spec, seed, &error) != LOCI_OK)
        fail_msg("%s: %s: %s", options, error.where, error.message);
    fixture_move(network, seed);
    return network;
}

/* A network, a batch for it in float32, and both for the twin. */
typedef struct fixture {
    loci_network *network;
    double *parameters;
    loci_batch *batch;
    double *inputs; /* [rows, inputs], rows = count or T * count */
    float *x;       /* [count, inputs] before they are coded */
    size_t count;
    /* What it should come to, once fixture_aim() was called; loss auto: the batch's labels. */
    int loss;
    double *values, *weights; /* [count, classes] of a regressor, [count]; else NULL */
    float *values32, *weights32;
} fixture;

/* Draws what the batch should come to: standardised values where the loss is one of a regressor,
 * some near and some far from 0, and weights, of which one is 0. */
static inline void fixture_aim(fixture *f, int loss, bool weighted, uint64_t seed) {
    static const float weights[] = {0.5f, 2, 0, 1.25f};
    const loci_random stream = {seed, LOCI_RANDOM_TEST, 33};
    size_t all = f->count * f->network->spec.classes;
    f->loss = loss;
    if (loss != LOCI_LOSS_CROSS_ENTROPY) {
        f->values = loci_alloc(all, sizeof *f->values);
        f->values32 = loci_alloc(all, sizeof *f->values32);
        for (size_t i = 0; i < all; i++)
            f->values[i] = f->values32[i] = 1.5f * (float)loci_random_normal(&stream, i);
    }
    if (weighted) {
        f->weights = loci_alloc(f->count, sizeof *f->weights);
        f->weights32 = loci_alloc(f->count, sizeof *f->weights32);
        for (size_t b = 0; b < f->count; b++)
            f->weights[b] = f->weights32[b] = weights[b % 4];
    }
}

static inline loci_reference_targets fixture_targets(const fixture *f) {
    bool labels = f->loss == LOCI_LOSS_AUTO || f->loss == LOCI_LOSS_CROSS_ENTROPY;
    return (loci_reference_targets){.loss = labels ? LOCI_LOSS_CROSS_ENTROPY : f->loss,
                                    .labels = labels ? f->batch->labels : NULL,
                                    .values = f->values,
                                    .weights = f->weights};
}

/* Inputs are multiples of 1/8 in 0..1, a share of `density` of them not 0. */
static inline void fixture_open(fixture *f, const loci_spec *spec, size_t count, double density,
                                uint64_t seed) {
    loci_error error = {0};
    *f = (fixture){.count = count};
    if (loci_network_create(&f->network, spec, seed, &error) != LOCI_OK)
        fail_msg("%s: %s", error.where, error.message);
    spec = &f->network->spec;
    const loci_random stream = {seed, LOCI_RANDOM_TEST, 32};
    size_t inputs = loci_spec_layer_size(spec, 0), all = count * inputs;
    f->x = loci_alloc(all, sizeof *f->x);
    for (size_t i = 0; i < all; i++)
        if (loci_random_uniform(&stream, 2 * i) < density)
            f->x[i] = (float)(1 + loci_random_below(&stream, 2 * i + 1, 8)) / 8;
    const loci_coding_options coding = loci_coding_of(spec, seed);
    assert_int_equal(loci_batch_create(&f->batch, count, inputs, true, &coding, NULL), LOCI_OK);
    assert_int_equal(loci_batch_fill_rows(f->batch, f->x, count, 0, NULL), LOCI_OK);
    for (size_t b = 0; b < count; b++)
        f->batch->labels[b] = (int32_t)loci_random_below(&stream, 2 * all + b, spec->classes);
    const loci_sparse *rows = &f->batch->by_sample;
    f->inputs = loci_alloc(rows->rows * inputs, sizeof *f->inputs);
    for (size_t row = 0; row < rows->rows; row++)
        for (uint32_t k = rows->start[row]; k < rows->end[row]; k++)
            f->inputs[row * inputs + rows->index[k]] = rows->value[k];
    f->parameters = loci_alloc(f->network->parameter_count, sizeof *f->parameters);
}

static inline void fixture_close(fixture *f) {
    loci_network_free(f->network);
    loci_batch_free(f->batch);
    free(f->parameters);
    free(f->inputs);
    free(f->x);
    free(f->values);
    free(f->weights);
    free(f->values32);
    free(f->weights32);
}

/* The twin's run at f->parameters. */
static inline void fixture_twin(const fixture *f, bool smooth, double *const *held,
                                loci_spiking_reference_result *result) {
    const loci_reference_targets targets = fixture_targets(f);
    const loci_spiking_reference_input input = {
        .network = f->network,
        .parameters = f->parameters,
        .inputs = f->inputs,
        .targets = &targets,
        .count = f->count,
        .smooth = smooth,
        .held = held,
    };
    assert_int_equal(loci_spiking_reference(&input, result), LOCI_OK);
}

/* The network's own parameters, at the twin's. */
static inline void fixture_sync(const fixture *f) {
    for (size_t i = 0; i < f->network->parameter_count; i++)
        f->parameters[i] = f->network->parameters[i];
}

/* Forward and backward in float32, on an open pass: logits [count, classes], gradient
 * [parameter_count]. */
static inline void fixture_pass(const fixture *f, loci_pass *pass, float *logits, float *gradient) {
    size_t classes = f->network->spec.classes, ld = loci_leading(classes);
    assert_int_equal(loci_pass_forward(pass, &f->batch->in, NULL), LOCI_OK);
    const float *from = loci_pass_logits(pass);
    for (size_t b = 0; b < f->count; b++)
        memcpy(logits + b * classes, from + b * ld, classes * sizeof *logits);
    const loci_reference_targets twin = fixture_targets(f);
    const loci_targets targets = {twin.labels, f->values32, f->weights32};
    loci_loss_of(twin.loss, from, &targets, f->count, classes, ld, 1 / (double)f->count,
                 loci_pass_logit_delta(pass), NULL);
    memset(gradient, 0, f->network->parameter_count * sizeof *gradient);
    loci_pass_backward(pass, &f->batch->in, gradient);
    loci_acting_hold_bounds(f->network, gradient);
}

#endif
