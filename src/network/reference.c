#include "network/reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "network/layout.h"
#include "wiring/wiring.h"

/* One layer pair and what is computed on its way. */
struct pair {
    size_t n, m;
    const loci_pair_views *views;
    loci_reference wiring; /* spatial pairs */
    double *c, *e;         /* charges as they act; NULL where there are none */
    double *p;             /* a sheet's positions, else NULL */
    double *w;             /* [n, m] */
    double *g;             /* [n, m] dloss/dw */
    double *out;           /* [count, m] of the receiving layer */
    double *delta;         /* [count, m] dloss/d(input current) of the receiving layer */
};

struct run {
    const loci_network *network;
    const double *parameters, *inputs;
    const int32_t *labels;
    size_t count, pairs;
    const struct run
        *values; /* NULL; or the run before, of which this one takes every sum's absolute terms */
    struct pair pair[LOCI_MAX_PAIRS];
};

/* What a term counts. */
static double size(const struct run *run, double term) {
    return run->values == NULL ? term : fabs(term);
}

/* Whether a hidden neuron fires that sums its input to u. */
static bool fires(const struct run *run, uint32_t l, size_t i, double u) {
    return run->values == NULL ? u > 0 : run->values->pair[l].out[i] > 0;
}

static double mask(const loci_spec *spec, double v) {
    return 2 / (1 + exp(-spec->steepness * v)) - 1;
}

static double mask_slope(const loci_spec *spec, double v) {
    double sigmoid = 1 / (1 + exp(-spec->steepness * v));
    return 2 * spec->steepness * sigmoid * (1 - sigmoid);
}

/* Charges as they act. */
static void act(const struct run *run, size_t offset, size_t count, double *to) {
    const loci_spec *spec = &run->network->spec;
    for (size_t i = 0; to != NULL && i < count; i++) {
        double v = run->parameters[offset + i];
        to[i] = spec->sign == LOCI_SIGN_MASK ? mask(spec, v) : v;
    }
}

/* The weights of pair l, from the parameters. */
static void wire(struct run *run, uint32_t l) {
    const loci_spec *spec = &run->network->spec;
    struct pair *pair = &run->pair[l];
    const loci_pair_views *v = pair->views;
    const double *parameters = run->parameters;
    size_t A = spec->axon_sites[l], D = spec->dendrite_sites[l], C = loci_coordinates(spec);
    if (v->weight != LOCI_NONE) {
        for (size_t i = 0; i < pair->n * pair->m; i++)
            pair->w[i] = size(run, parameters[v->weight + i]);
        return;
    }
    for (size_t i = 0; pair->p != NULL && i < pair->n * C; i++)
        pair->p[i] = run->network->sheet[i];
    act(run, v->axon_charge, pair->n * A, pair->c);
    act(run, v->dendrite_charge, pair->m * D, pair->e);
    pair->wiring = (loci_reference){
        .n = pair->n,
        .m = pair->m,
        .axons = A,
        .dendrites = D,
        .coordinates = C,
        .p = pair->p != NULL ? pair->p : parameters + v->axon_position,
        .c = pair->c,
        .q = parameters + v->dendrite_position,
        .e = pair->e,
        .gap = spec->planes == LOCI_PLANES_RELAXED ? 0
               : v->gap == LOCI_NONE               ? spec->gap[l]
                                                   : parameters[v->gap],
        .softening = spec->softening,
        .scale = v->log_scale == LOCI_NONE ? 1 : exp(parameters[v->log_scale]),
        .absolute = run->values != NULL,
    };
    loci_reference_weights(&pair->wiring, pair->w);
}

/* What the sending layer of pair l sends: [count, n]. */
static const double *sent(const struct run *run, uint32_t l) {
    return l == 0 ? run->inputs : run->pair[l - 1].out;
}

static void forward(struct run *run, uint32_t l) {
    struct pair *pair = &run->pair[l];
    for (size_t b = 0; b < run->count; b++)
        for (size_t j = 0; j < pair->m; j++) {
            double u = size(run, run->parameters[pair->views->bias + j]);
            for (size_t i = 0; i < pair->n; i++)
                u += size(run, sent(run, l)[b * pair->n + i] * pair->w[i * pair->m + j]);
            size_t at = b * pair->m + j;
            if (l + 1 == run->pairs)
                pair->out[at] = run->network->spec.logit_scale * u;
            else
                pair->out[at] = fires(run, l, at, u) ? u : 0;
        }
}

/* FNV-1a, a byte for each hidden neuron and sample. */
static uint64_t firing(const struct run *run) {
    uint64_t hash = 14695981039346656037u;
    for (uint32_t l = 0; l + 1 < run->pairs; l++)
        for (size_t i = 0; i < run->count * run->pair[l].m; i++)
            hash = (hash ^ (run->pair[l].out[i] > 0)) * 1099511628211u;
    return hash;
}

/* The mean cross-entropy, and its derivative by the logits before they are scaled. */
static double cross_entropy(struct run *run) {
    struct pair *last = &run->pair[run->pairs - 1];
    double sum = 0, count = (double)run->count;
    for (size_t b = 0; b < run->count; b++) {
        const double *logits = last->out + b * last->m;
        size_t label = (size_t)run->labels[b];
        double largest = logits[0], partition = 0;
        for (size_t k = 0; k < last->m; k++)
            largest = fmax(largest, logits[k]);
        for (size_t k = 0; k < last->m; k++)
            partition += exp(logits[k] - largest);
        sum += log(partition) + largest - logits[label];
        for (size_t k = 0; k < last->m; k++) {
            double softmax = exp(logits[k] - largest) / partition;
            last->delta[b * last->m + k] =
                run->network->spec.logit_scale * (softmax - (k == label)) / count;
        }
    }
    return sum / count;
}

/* What that derivative is the sum of, the logits' own terms t taken along: with p the softmax, its
 * error is dp_k = p_k (dt_k - sum_j p_j dt_j). */
static void cross_entropy_terms(struct run *run) {
    struct pair *last = &run->pair[run->pairs - 1];
    const struct pair *value = &run->values->pair[run->pairs - 1];
    double factor = run->network->spec.logit_scale / (double)run->count;
    for (size_t b = 0; b < run->count; b++) {
        const double *terms = last->out + b * last->m;
        double average = 0;
        for (size_t k = 0; k < last->m; k++) {
            double delta = value->delta[b * last->m + k] / factor;
            average += (k == (size_t)run->labels[b] ? delta + 1 : delta) * terms[k];
        }
        for (size_t k = 0; k < last->m; k++) {
            double delta = value->delta[b * last->m + k] / factor;
            double softmax = k == (size_t)run->labels[b] ? delta + 1 : delta;
            last->delta[b * last->m + k] = factor * (fabs(delta) + softmax * (terms[k] + average));
        }
    }
}

/* From dloss/d(input current) of the receiving layer to that of the sending one. */
static void send_back(struct run *run, uint32_t l) {
    const struct pair *pair = &run->pair[l];
    struct pair *before = &run->pair[l - 1];
    for (size_t b = 0; b < run->count; b++)
        for (size_t i = 0; i < pair->n; i++) {
            double sum = 0;
            for (size_t j = 0; j < pair->m; j++)
                sum += size(run, pair->delta[b * pair->m + j] * pair->w[i * pair->m + j]);
            size_t at = b * pair->n + i;
            before->delta[at] = fires(run, l - 1, at, before->out[at]) ? sum : 0;
        }
}

/* From charges as they act to the numbers behind them: entries offset .. offset+count-1 of to, in
 * place. */
static void unmask(const struct run *run, size_t offset, size_t count, double *to) {
    const loci_spec *spec = &run->network->spec;
    if (offset == LOCI_NONE || spec->sign != LOCI_SIGN_MASK)
        return;
    for (size_t i = offset; i < offset + count; i++)
        to[i] *= mask_slope(spec, run->parameters[i]);
}

static double *at(double *to, size_t offset) {
    return offset == LOCI_NONE ? NULL : to + offset;
}

/* Adds the gradient of pair l's own parameters. */
static void differentiate(struct run *run, uint32_t l, double *to) {
    struct pair *pair = &run->pair[l];
    const loci_pair_views *v = pair->views;
    memset(pair->g, 0, pair->n * pair->m * sizeof *pair->g);
    for (size_t b = 0; b < run->count; b++)
        for (size_t j = 0; j < pair->m; j++) {
            double delta = pair->delta[b * pair->m + j];
            to[v->bias + j] += size(run, delta);
            for (size_t i = 0; i < pair->n; i++)
                pair->g[i * pair->m + j] += size(run, sent(run, l)[b * pair->n + i] * delta);
        }
    if (v->weight != LOCI_NONE) {
        memcpy(to + v->weight, pair->g, pair->n * pair->m * sizeof *to);
        return;
    }
    const loci_reference_gradient out = {
        .p = at(to, v->axon_position),
        .c = at(to, v->axon_charge),
        .q = at(to, v->dendrite_position),
        .e = at(to, v->dendrite_charge),
        .gap = at(to, v->gap),
        .log_scale = at(to, v->log_scale),
    };
    loci_reference_backward(&pair->wiring, pair->g, &out);
    unmask(run, v->axon_charge, pair->n * pair->wiring.axons, to);
    unmask(run, v->dendrite_charge, pair->m * pair->wiring.dendrites, to);
}

static double *take(size_t count, bool *lost) {
    double *array = loci_alloc(count, sizeof *array);
    *lost |= array == NULL;
    return array;
}

/* Sets memory aside; false when it is short. */
static bool prepare(struct run *run) {
    const loci_network *network = run->network;
    const loci_spec *spec = &network->spec;
    bool lost = false;
    for (uint32_t l = 0; l < run->pairs; l++) {
        struct pair *pair = &run->pair[l];
        const loci_pair_views *v = pair->views = &network->views[l];
        pair->n = loci_spec_layer_size(spec, l);
        pair->m = loci_spec_layer_size(spec, l + 1);
        if (v->axon_charge != LOCI_NONE)
            pair->c = take(pair->n * spec->axon_sites[l], &lost);
        if (v->dendrite_charge != LOCI_NONE)
            pair->e = take(pair->m * spec->dendrite_sites[l], &lost);
        if (v->weight == LOCI_NONE && v->axon_position == LOCI_NONE)
            pair->p = take(pair->n * loci_coordinates(spec), &lost);
        pair->w = take(pair->n * pair->m, &lost);
        pair->g = take(pair->n * pair->m, &lost);
        pair->out = take(run->count * pair->m, &lost);
        pair->delta = take(run->count * pair->m, &lost);
    }
    return !lost;
}

static void release(struct run *run) {
    for (uint32_t l = 0; l < run->pairs; l++) {
        struct pair *pair = &run->pair[l];
        free(pair->c);
        free(pair->e);
        free(pair->p);
        free(pair->w);
        free(pair->g);
        free(pair->out);
        free(pair->delta);
    }
}

/* Forward and, unless gradient [parameter_count] and logits [count, classes] are NULL, what they
 * are to receive. */
static double go(struct run *run, double *logits, double *gradient) {
    double loss = 0;
    for (uint32_t l = 0; l < run->pairs; l++) {
        wire(run, l);
        forward(run, l);
    }
    if (run->values == NULL)
        loss = cross_entropy(run);
    else
        cross_entropy_terms(run);
    const struct pair *last = &run->pair[run->pairs - 1];
    if (logits != NULL)
        memcpy(logits, last->out, run->count * last->m * sizeof *logits);
    if (gradient == NULL)
        return loss;
    memset(gradient, 0, run->network->parameter_count * sizeof *gradient);
    for (uint32_t l = (uint32_t)run->pairs; l-- > 0;) {
        differentiate(run, l, gradient);
        if (l > 0)
            send_back(run, l);
    }
    return loss;
}

int loci_network_reference(const loci_network *network, const double *parameters,
                           const double *inputs, const int32_t *labels, size_t count,
                           loci_reference_result *result) {
    struct run run = {.network = network,
                      .parameters = parameters,
                      .inputs = inputs,
                      .labels = labels,
                      .count = count};
    run.pairs = network->spec.hidden_count + 1;
    struct run terms = run;
    terms.values = &run;
    bool wanted = result->logit_terms != NULL || result->gradient_terms != NULL;
    bool enough = prepare(&run) && (!wanted || prepare(&terms));
    if (enough) {
        result->loss = go(&run, result->logits, result->gradient);
        result->firing = firing(&run);
    }
    if (enough && wanted)
        go(&terms, result->logit_terms, result->gradient_terms);
    release(&run);
    release(&terms);
    return enough ? LOCI_OK : LOCI_E_MEMORY;
}
