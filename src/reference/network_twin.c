#include "reference/network_twin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reference/activation_twin.h"
#include "reference/pair_twin.h"

/* One layer pair and what is computed on its way. */
struct pair {
    loci_reference_pair of;
    double *out;     /* [count, m] of the receiving layer */
    double *input;   /* [count, m] what its neurons sum their input to */
    double *delta;   /* [count, m] dloss/d(input current) of the receiving layer */
    double *arrived; /* [count, m] dloss/d(out) of a hidden layer */
    /* [count, places] what comes to every place of maps, and the way back dloss/d(that); of other
     * layers input and delta once more */
    double *current;
    size_t *winner; /* [count, m] which of the places arrives */
};

struct run {
    const loci_network *network;
    const double *parameters, *inputs;
    const loci_reference_targets *targets;
    size_t count, pairs;
    /* NULL; or the run before, of which this one adds up the absolute values of every term. */
    const struct run *values;
    double nearest_pool;
    struct pair pair[LOCI_MAX_PAIRS];
};

/* A term as it enters a sum: its absolute value in a second run. */
static double size(const struct run *run, double term) {
    return run->values == NULL ? term : fabs(term);
}

/* What hidden neuron i of a batch makes of its input. Of absolute terms: the error that they bring
 * along, and what is rounded here, which a rectifier does not. */
static double activate(const struct run *run, uint32_t l, size_t i) {
    int activation = run->network->spec.activation;
    double input = run->pair[l].input[i];
    if (run->values == NULL)
        return loci_reference_activation(activation, input);
    double u = run->values->pair[l].input[i],
           brought = fabs(loci_reference_activation_slope(activation, u)) * input;
    return activation == LOCI_ACTIVATION_RELU ? brought
                                              : brought + fabs(run->values->pair[l].out[i]);
}

/* Likewise the way back, from dloss/d(out). */
static double send_through(const struct run *run, uint32_t l, size_t i, double arrived) {
    int activation = run->network->spec.activation;
    if (run->values == NULL)
        return arrived * loci_reference_activation_slope(activation, run->pair[l].input[i]);
    const struct pair *value = &run->values->pair[l];
    double u = value->input[i], bend = loci_reference_activation_bend(activation, u);
    return fabs(loci_reference_activation_slope(activation, u)) * arrived +
           fabs(bend) * run->pair[l].input[i] * fabs(value->arrived[i]);
}

/* What the sending layer of pair l sends: [count, n]. */
static const double *sent(const struct run *run, uint32_t l) {
    return l == 0 ? run->inputs : run->pair[l - 1].out;
}

/* Which places arrive is not asked of absolute terms. */
static void pool(struct run *run, uint32_t l) {
    struct pair *pair = &run->pair[l];
    size_t m = pair->of.m, places = pair->of.places;
    for (size_t b = 0; b < run->count && run->values == NULL; b++) {
        double nearest =
            loci_reference_pair_pool(&pair->of, pair->current + b * places, pair->winner + b * m);
        run->nearest_pool = fmin(run->nearest_pool, nearest);
    }
    if (run->values != NULL)
        memcpy(pair->winner, run->values->pair[l].winner, run->count * m * sizeof *pair->winner);
}

static void forward(struct run *run, uint32_t l) {
    struct pair *pair = &run->pair[l];
    size_t places = pair->of.places, m = pair->of.m;
    for (size_t b = 0; b < run->count; b++)
        for (size_t j = 0; j < places; j++) {
            double u = size(run, run->parameters[pair->of.layer->bias + j % pair->of.units]);
            for (size_t i = 0; i < pair->of.n; i++)
                u += size(run, sent(run, l)[b * pair->of.n + i] * pair->of.w[i * places + j]);
            pair->current[b * places + j] = u;
        }
    pool(run, l);
    for (size_t at = 0; at < run->count * m; at++) {
        pair->input[at] = pair->current[at / m * places + pair->winner[at]];
        pair->out[at] = l + 1 == run->pairs ? run->network->spec.logit_scale * pair->input[at]
                                            : activate(run, l, at);
    }
}

/* FNV-1a, a byte for each hidden neuron and sample, for each that arrives of what is pooled, for
 * each pair of sites of a finite range, and for each output of Huber's loss. */
static uint64_t firing(const struct run *run) {
    uint64_t hash = 14695981039346656037u;
    for (uint32_t l = 0; l < run->pairs; l++)
        hash = loci_reference_reach(&run->pair[l].of.wiring, hash);
    for (uint32_t l = 0; l < run->pairs; l++)
        for (size_t i = 0; run->pair[l].of.is_stencil && i < run->count * run->pair[l].of.m; i++)
            hash = (hash ^ run->pair[l].winner[i]) * 1099511628211u;
    bool kinked = loci_reference_activation_is_kinked(run->network->spec.activation);
    for (uint32_t l = 0; l + 1 < run->pairs && kinked; l++)
        for (size_t i = 0; i < run->count * run->pair[l].of.m; i++)
            hash = (hash ^ (run->pair[l].input[i] > 0)) * 1099511628211u;
    return loci_reference_loss_pieces(&run->network->spec, run->pair[run->pairs - 1].out,
                                      run->targets, run->count, hash);
}

/* From what arrived to the places it arrived from; the others have no part in the loss. */
static void unpool(struct run *run, uint32_t l) {
    struct pair *pair = &run->pair[l];
    size_t m = pair->of.m, places = pair->of.places;
    memset(pair->current, 0, run->count * places * sizeof *pair->current);
    for (size_t at = 0; at < run->count * m; at++)
        pair->current[at / m * places + pair->winner[at]] = pair->delta[at];
}

/* From dloss/d(current) of the receiving layer's places to that of the sending layer. */
static void send_back(struct run *run, uint32_t l) {
    const struct pair *pair = &run->pair[l];
    struct pair *before = &run->pair[l - 1];
    size_t places = pair->of.places;
    for (size_t b = 0; b < run->count; b++)
        for (size_t i = 0; i < pair->of.n; i++) {
            double sum = 0;
            for (size_t j = 0; j < places; j++)
                sum += size(run, pair->current[b * places + j] * pair->of.w[i * places + j]);
            size_t at = b * pair->of.n + i;
            before->arrived[at] = sum;
            before->delta[at] = send_through(run, l - 1, at, sum);
        }
}

/* Adds the gradient of pair l's own parameters. */
static void differentiate(struct run *run, uint32_t l, double *to) {
    struct pair *pair = &run->pair[l];
    const loci_layer *v = pair->of.layer;
    size_t places = pair->of.places;
    memset(pair->of.g, 0, pair->of.n * places * sizeof *pair->of.g);
    for (size_t b = 0; b < run->count; b++)
        for (size_t j = 0; j < places; j++) {
            double delta = pair->current[b * places + j];
            to[v->bias + j % pair->of.units] += size(run, delta);
            for (size_t i = 0; i < pair->of.n; i++)
                pair->of.g[i * places + j] += size(run, sent(run, l)[b * pair->of.n + i] * delta);
        }
    loci_reference_pair_differentiate(&pair->of, run->parameters, to);
}

static double *take(size_t count, bool *lost) {
    double *array = loci_alloc(count, sizeof *array);
    *lost |= array == NULL;
    return array;
}

/* Sets memory aside; false when it is short. */
static bool prepare(struct run *run) {
    bool lost = false;
    for (uint32_t l = 0; l < run->pairs; l++) {
        struct pair *pair = &run->pair[l];
        lost |= !loci_reference_pair_open(&pair->of, run->network, l);
        pair->out = take(run->count * pair->of.m, &lost);
        pair->input = take(run->count * pair->of.m, &lost);
        pair->delta = take(run->count * pair->of.m, &lost);
        pair->arrived = take(run->count * pair->of.m, &lost);
        pair->current = take(run->count * pair->of.places, &lost);
        pair->winner = loci_alloc(run->count * pair->of.m, sizeof *pair->winner);
        lost |= pair->winner == NULL;
    }
    return !lost;
}

static void release(struct run *run) {
    for (uint32_t l = 0; l < run->pairs; l++) {
        struct pair *pair = &run->pair[l];
        loci_reference_pair_close(&pair->of);
        free(pair->out);
        free(pair->input);
        free(pair->delta);
        free(pair->arrived);
        free(pair->current);
        free(pair->winner);
    }
}

/* Forward and, unless gradient [parameter_count] and logits [count, classes] are NULL, what they
 * are to receive. */
static double go(struct run *run, double *logits, double *gradient) {
    struct pair *last = &run->pair[run->pairs - 1];
    double loss = 0;
    for (uint32_t l = 0; l < run->pairs; l++) {
        loci_reference_pair_wire(&run->pair[l].of, run->parameters, run->values != NULL);
        forward(run, l);
    }
    if (run->values == NULL)
        loss = loci_reference_loss(&run->network->spec, last->out, run->targets, run->count,
                                   last->delta);
    else
        loci_reference_loss_terms(&run->network->spec, run->values->pair[run->pairs - 1].out,
                                  last->out, run->targets, run->count, last->delta);
    if (logits != NULL)
        memcpy(logits, last->out, run->count * last->of.m * sizeof *logits);
    if (gradient == NULL)
        return loss;
    memset(gradient, 0, run->network->parameter_count * sizeof *gradient);
    for (uint32_t l = (uint32_t)run->pairs; l-- > 0;) {
        unpool(run, l);
        differentiate(run, l, gradient);
        if (l > 0)
            send_back(run, l);
    }
    return loss;
}

int loci_network_reference_of(const loci_network *network, const double *parameters,
                              const double *inputs, const loci_reference_targets *targets,
                              size_t count, loci_reference_result *result) {
    struct run run = {.network = network,
                      .parameters = parameters,
                      .inputs = inputs,
                      .targets = targets,
                      .count = count,
                      .nearest_pool = INFINITY};
    run.pairs = loci_spec_hidden_layers(&network->spec) + 1;
    struct run terms = run;
    terms.values = &run;
    bool wanted = result->logit_terms != NULL || result->gradient_terms != NULL;
    bool enough = prepare(&run) && (!wanted || prepare(&terms));
    if (enough) {
        result->loss = go(&run, result->logits, result->gradient);
        result->firing = firing(&run);
        result->nearest_pool = run.nearest_pool;
    }
    if (enough && wanted)
        go(&terms, result->logit_terms, result->gradient_terms);
    release(&run);
    release(&terms);
    return enough ? LOCI_OK : LOCI_E_MEMORY;
}

int loci_network_reference(const loci_network *network, const double *parameters,
                           const double *inputs, const int32_t *labels, size_t count,
                           loci_reference_result *result) {
    const loci_reference_targets targets = {.loss = LOCI_LOSS_CROSS_ENTROPY, .labels = labels};
    return loci_network_reference_of(network, parameters, inputs, &targets, count, result);
}
