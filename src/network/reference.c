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
    double *made;          /* [n, m] the weights of a spatial pair, else NULL */
    const double *w;       /* [n, m] */
    double *out;           /* [count, m] of the receiving layer */
    double *delta;         /* [count, m] dloss/d(input current) of the receiving layer */
    double *g;             /* [n, m] dloss/dw */
};

struct run {
    const loci_network *network;
    const double *parameters, *inputs;
    const int32_t *labels;
    size_t count, pairs;
    struct pair pair[LOCI_MAX_PAIRS];
};

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

/* The wiring of pair l, from the parameters. */
static void wire(struct run *run, uint32_t l) {
    const loci_spec *spec = &run->network->spec;
    struct pair *pair = &run->pair[l];
    const loci_pair_views *v = pair->views;
    const double *parameters = run->parameters;
    if (v->weight != LOCI_NONE) {
        pair->w = parameters + v->weight;
        return;
    }
    size_t A = spec->axon_sites[l], D = spec->dendrite_sites[l], C = loci_coordinates(spec);
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
    };
    loci_reference_weights(&pair->wiring, pair->made);
    pair->w = pair->made;
}

/* What the sending layer of pair l sends: [count, n]. */
static const double *sent(const struct run *run, uint32_t l) {
    return l == 0 ? run->inputs : run->pair[l - 1].out;
}

static void forward(struct run *run, loci_reference_result *result) {
    result->firing = 14695981039346656037u; /* FNV-1a, of one byte a neuron and sample */
    for (uint32_t l = 0; l < run->pairs; l++) {
        struct pair *pair = &run->pair[l];
        wire(run, l);
        for (size_t b = 0; b < run->count; b++)
            for (size_t j = 0; j < pair->m; j++) {
                double u = run->parameters[pair->views->bias + j];
                for (size_t i = 0; i < pair->n; i++)
                    u += sent(run, l)[b * pair->n + i] * pair->w[i * pair->m + j];
                if (l + 1 == run->pairs) {
                    pair->out[b * pair->m + j] = run->network->spec.logit_scale * u;
                } else {
                    result->firing = (result->firing ^ (u > 0)) * 1099511628211u;
                    pair->out[b * pair->m + j] = u > 0 ? u : 0;
                }
            }
    }
}

/* The mean cross-entropy, and its derivative by what comes before the logit scale. */
static double cross_entropy(struct run *run) {
    const loci_spec *spec = &run->network->spec;
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
            last->delta[b * last->m + k] = spec->logit_scale * (softmax - (k == label)) / count;
        }
    }
    return sum / count;
}

/* From dloss/d(input current) of the receiving layer to that of the sending one. */
static void send_back(struct run *run, uint32_t l) {
    const struct pair *pair = &run->pair[l];
    struct pair *before = &run->pair[l - 1];
    for (size_t b = 0; b < run->count; b++)
        for (size_t i = 0; i < pair->n; i++) {
            double sum = 0;
            for (size_t j = 0; j < pair->m; j++)
                sum += pair->delta[b * pair->m + j] * pair->w[i * pair->m + j];
            before->delta[b * pair->n + i] = before->out[b * pair->n + i] > 0 ? sum : 0;
        }
}

/* From charges as they act to the numbers behind them, in place: values [count] of to, at offset.
 */
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

/* Gradients of pair l's own parameters; magnitudes instead if absolute. */
static void differentiate(struct run *run, uint32_t l, bool absolute, double *to) {
    struct pair *pair = &run->pair[l];
    const loci_pair_views *v = pair->views;
    const double *h = sent(run, l);
    for (size_t b = 0; b < run->count; b++)
        for (size_t j = 0; j < pair->m; j++) {
            double delta = pair->delta[b * pair->m + j];
            to[v->bias + j] += absolute ? fabs(delta) : delta;
        }
    memset(pair->g, 0, pair->n * pair->m * sizeof *pair->g);
    for (size_t b = 0; b < run->count; b++)
        for (size_t i = 0; i < pair->n; i++)
            for (size_t j = 0; j < pair->m; j++) {
                double term = h[b * pair->n + i] * pair->delta[b * pair->m + j];
                pair->g[i * pair->m + j] += absolute ? fabs(term) : term;
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
    pair->wiring.absolute = absolute;
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
        if (v->weight == LOCI_NONE)
            pair->made = take(pair->n * pair->m, &lost);
        pair->out = take(run->count * pair->m, &lost);
        pair->delta = take(run->count * pair->m, &lost);
        pair->g = take(pair->n * pair->m, &lost);
    }
    return !lost;
}

static void release(struct run *run) {
    for (uint32_t l = 0; l < run->pairs; l++) {
        struct pair *pair = &run->pair[l];
        free(pair->c);
        free(pair->e);
        free(pair->p);
        free(pair->made);
        free(pair->out);
        free(pair->delta);
        free(pair->g);
    }
}

static void backward(struct run *run, bool absolute, double *to) {
    memset(to, 0, run->network->parameter_count * sizeof *to);
    for (uint32_t l = (uint32_t)run->pairs; l-- > 0;)
        differentiate(run, l, absolute, to);
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
    if (!prepare(&run)) {
        release(&run);
        return LOCI_E_MEMORY;
    }
    forward(&run, result);
    result->loss = cross_entropy(&run);
    const struct pair *last = &run.pair[run.pairs - 1];
    if (result->logits != NULL)
        memcpy(result->logits, last->out, count * last->m * sizeof *last->out);
    for (uint32_t l = (uint32_t)run.pairs; l-- > 1;)
        send_back(&run, l);
    if (result->gradient != NULL)
        backward(&run, false, result->gradient);
    if (result->magnitude != NULL)
        backward(&run, true, result->magnitude);
    release(&run);
    return LOCI_OK;
}
