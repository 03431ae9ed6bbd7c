#include "reference/spiking_twin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reference/constants_twin.h"
#include "reference/loss_twin.h"
#include "reference/pair_twin.h"
#include "reference/readout_twin.h"
#include "reference/step_twin.h"

/* A layer, and the projections that lead to it. Arrays over time are [count, T, m]. */
struct layer {
    loci_reference_pair pair;
    loci_reference_pair loop;        /* of the layer to itself */
    bool loops;                      /* else there is none */
    bool fires;                      /* else it integrates */
    loci_reference_neuron *neuron;   /* [m] constants as they act */
    loci_reference_state *state;     /* membranes, adaptations, spikes */
    double *s;                       /* spikes once more; of an integrator its membranes */
    double *g_s;                     /* dloss/dspikes; of an integrator, by the readout alone */
    double *g_current;               /* dloss/dcurrent = dloss/du */
    double *current;                 /* [places] of the step at hand */
    size_t *winner;                  /* which of the places arrives */
    double *g_places;                /* [count, T, places] dloss/dcurrent of each */
    loci_reference_step_gradient *g; /* [m] of the neurons' constants, and of the step at hand */
};

struct run {
    const loci_spiking_reference_input *in;
    const loci_spec *spec;
    size_t count, steps, layers;
    double *logits, *g_logits; /* [count, classes] */
    struct layer layer[LOCI_MAX_PAIRS];
    double nearest, nearest_pool;
    uint64_t pieces;
};

/* FNV-1a. */
static void note_piece(struct run *run, uint64_t piece) {
    run->pieces = (run->pieces ^ piece) * 1099511628211u;
}

/* ---- forward ---- */

/* What layer l sends in step t of sample b: [its neurons]. Layer 0 is the input. */
static const double *sent(const struct run *run, uint32_t l, size_t t, size_t b) {
    size_t row = b * run->steps + t;
    if (l > 0)
        return run->layer[l - 1].s + row * run->layer[l - 1].pair.m;
    size_t n = run->layer[0].pair.n;
    return run->in->inputs + (run->spec->coding == LOCI_CODING_CONSTANT ? b : row) * n;
}

/* What a projection brings place j in step t of sample b: of what was sent k + first steps ago,
 * what takes so long. */
static double brought(const struct run *run, const loci_reference_pair *pair, size_t t, size_t b,
                      size_t j) {
    double sum = 0;
    for (size_t k = 0; k < pair->delay.taps && k + pair->delay.first <= t; k++) {
        const double *x = sent(run, pair->projection->from, t - k - pair->delay.first, b);
        for (size_t i = 0; i < pair->n; i++)
            sum += x[i] * pair->w[(k * pair->n + i) * pair->places + j];
    }
    return sum;
}

/* The spike that resets neuron j of sample b in step t: the one of the step before. */
static double reset_spike(const struct run *run, uint32_t l, size_t t, size_t b, size_t j) {
    if (t == 0)
        return 0;
    const double *s = run->in->held == NULL ? run->layer[l].s : run->in->held[l];
    return s[(b * run->steps + t - 1) * run->layer[l].pair.m + j];
}

/* The state of neuron j of sample b before step t. */
static loci_reference_state state_before(const struct layer *layer, size_t t, size_t at) {
    static const loci_reference_state rest = {0};
    return t == 0 ? rest : layer->state[at - layer->pair.m];
}

/* What the layer before brings to every place, and which of them arrive. */
static void take_currents(struct run *run, uint32_t l, size_t t, size_t b) {
    struct layer *layer = &run->layer[l];
    const loci_reference_pair *pair = &layer->pair;
    size_t *winner = layer->winner + (b * run->steps + t) * pair->m;
    for (size_t j = 0; j < pair->places; j++)
        layer->current[j] =
            run->in->parameters[pair->layer->bias + j % pair->units] + brought(run, pair, t, b, j);
    double nearest = loci_reference_pair_pool(pair, layer->current, winner);
    run->nearest_pool = fmin(run->nearest_pool, nearest);
    for (size_t j = 0; pair->is_stencil && j < pair->m; j++)
        note_piece(run, winner[j]);
}

static void step_forward(struct run *run, uint32_t l, size_t t, size_t b, size_t j) {
    struct layer *layer = &run->layer[l];
    size_t at = (b * run->steps + t) * layer->pair.m + j;
    const loci_reference_state before = state_before(layer, t, at);
    double current = layer->current[layer->winner[at]];
    if (layer->loops)
        current += brought(run, &layer->loop, t, b, j);
    if (!layer->fires) {
        layer->s[at] = layer->state[at].u = layer->neuron[j].beta * before.u + current;
        return;
    }
    layer->state[at] =
        loci_reference_step(&layer->neuron[j], &before, reset_spike(run, l, t, b, j), current);
    layer->s[at] = layer->state[at].s;
    double x = layer->state[at].u - layer->neuron[j].theta;
    run->nearest = fmin(run->nearest, fabs(x));
    note_piece(run, (uint64_t)(x > 0) + 2 * (uint64_t)(fabs(x) * run->spec->slope < 1));
}

static void forward(struct run *run, uint32_t l) {
    struct layer *layer = &run->layer[l];
    loci_reference_pair_wire(&layer->pair, run->in->parameters, false);
    if (layer->loops)
        loci_reference_pair_wire(&layer->loop, run->in->parameters, false);
    loci_reference_constants(&layer->pair, run->in->parameters, layer->fires, run->in->smooth,
                             layer->neuron);
    for (size_t b = 0; b < run->count; b++)
        for (size_t t = 0; t < run->steps; t++) {
            take_currents(run, l, t, b);
            for (size_t j = 0; j < layer->pair.m; j++)
                step_forward(run, l, t, b, j);
        }
}

/* ---- backward ---- */

/* dloss/dcurrent of what a projection leads to, [count, T, places]. A layer's own neurons send to
 * one another before it is known what came of places; but then there are no maps. */
static const double *arrived(const struct run *run, const loci_reference_pair *pair) {
    const struct layer *layer = &run->layer[pair->projection->to - 1];
    return pair == &layer->loop ? layer->g_current : layer->g_places;
}

/* What a projection brings back to neuron i for what it sent in step t of sample b: by every delay,
 * dloss/dcurrent of the step it arrived in. */
static double brought_back(const struct run *run, const loci_reference_pair *pair, size_t t,
                           size_t b, size_t i) {
    const double *g = arrived(run, pair);
    double sum = 0;
    for (size_t k = 0; k < pair->delay.taps && t + k + pair->delay.first < run->steps; k++)
        for (size_t j = 0; j < pair->places; j++)
            sum += pair->w[(k * pair->n + i) * pair->places + j] *
                   g[(b * run->steps + t + k + pair->delay.first) * pair->places + j];
    return sum;
}

/* One step of neuron j; those after it are done. layer->g[j] has what the step after left. */
static void step_backward(struct run *run, uint32_t l, size_t t, size_t b, size_t j) {
    struct layer *layer = &run->layer[l];
    size_t at = (b * run->steps + t) * layer->pair.m + j;
    const loci_reference_state before = state_before(layer, t, at);
    const loci_reference_step_gradient later = layer->g[j];
    if (layer->fires) {
        loci_reference_unstep(&layer->neuron[j], &before, reset_spike(run, l, t, b, j),
                              &layer->state[at], reset_spike(run, l, t + 1, b, j), layer->g_s[at],
                              &later, &layer->g[j]);
    } else {
        layer->g[j].u = layer->g_s[at] + layer->neuron[j].beta * later.u;
        layer->g[j].beta += layer->g[j].u * before.u;
    }
    layer->g_current[at] = layer->g[j].u;
}

/* All neurons of a layer together, as they send to one another. */
static void through_time(struct run *run, uint32_t l, size_t b) {
    struct layer *layer = &run->layer[l];
    size_t m = layer->pair.m;
    for (size_t j = 0; j < m; j++)
        layer->g[j].u = layer->g[j].adapted = 0;
    for (size_t t = run->steps; t-- > 0;) {
        for (size_t j = 0; layer->loops && j < m; j++)
            layer->g_s[(b * run->steps + t) * m + j] += brought_back(run, &layer->loop, t, b, j);
        for (size_t j = 0; j < m; j++)
            step_backward(run, l, t, b, j);
    }
}

/* From what arrived to the places it arrived from. */
static void unpool(struct run *run, uint32_t l) {
    struct layer *layer = &run->layer[l];
    size_t m = layer->pair.m, places = layer->pair.places, rows = run->steps * run->count;
    memset(layer->g_places, 0, rows * places * sizeof *layer->g_places);
    for (size_t at = 0; at < rows * m; at++)
        layer->g_places[at / m * places + layer->winner[at]] = layer->g_current[at];
}

static void layer_backward(struct run *run, uint32_t l, double *gradient) {
    const struct layer *layer = &run->layer[l];
    memset(layer->g, 0, layer->pair.m * sizeof *layer->g);
    for (size_t b = 0; b < run->count; b++)
        through_time(run, l, b);
    unpool(run, l);
    loci_reference_constants_back(&layer->pair, layer->g, gradient);
}

/* From currents to the weights of a projection that brought them. */
static void weights_back(struct run *run, loci_reference_pair *pair, double *gradient) {
    const double *g = arrived(run, pair);
    size_t n = pair->n, m = pair->places;
    memset(pair->g, 0, pair->delay.taps * n * m * sizeof *pair->g);
    for (size_t row = 0; row < run->steps * run->count; row++) {
        size_t b = row / run->steps, t = row % run->steps;
        for (size_t k = 0; k < pair->delay.taps && k + pair->delay.first <= t; k++) {
            const double *x = sent(run, pair->projection->from, t - k - pair->delay.first, b);
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < m; j++)
                    pair->g[(k * n + i) * m + j] += x[i] * g[row * m + j];
        }
    }
    loci_reference_pair_differentiate(pair, run->in->parameters, gradient);
}

/* From currents to what caused them: bias, weights, and the spikes of the layer before. */
static void cross_back(struct run *run, uint32_t l, double *gradient) {
    struct layer *layer = &run->layer[l];
    size_t n = layer->pair.n, m = layer->pair.m;
    for (size_t row = 0; row < run->steps * run->count; row++) {
        for (size_t j = 0; j < m; j++)
            gradient[layer->pair.layer->bias + j % layer->pair.units] +=
                layer->g_current[row * m + j];
        for (size_t i = 0; l > 0 && i < n; i++)
            run->layer[l - 1].g_s[row * n + i] =
                brought_back(run, &layer->pair, row % run->steps, row / run->steps, i);
    }
    weights_back(run, &layer->pair, gradient);
    if (layer->loops)
        weights_back(run, &layer->loop, gradient);
}

static void backward(struct run *run, double *gradient) {
    const struct layer *last = &run->layer[run->layers - 1];
    memset(gradient, 0, run->in->network->parameter_count * sizeof *gradient);
    loci_reference_unread(run->spec, last->s, run->count, run->g_logits, last->g_s);
    for (uint32_t l = (uint32_t)run->layers; l-- > 0;) {
        layer_backward(run, l, gradient);
        cross_back(run, l, gradient);
    }
    loci_reference_hold_bounds(run->in->network, run->in->parameters, gradient);
}

/* ---- a run ---- */

static void *take(size_t count, size_t size, bool *lost) {
    void *array = loci_alloc(count, size);
    *lost |= array == NULL;
    return array;
}

static bool prepare(struct run *run) {
    bool lost = false;
    for (uint32_t l = 0; l < run->layers; l++) {
        struct layer *layer = &run->layer[l];
        lost |= !loci_reference_pair_open(&layer->pair, run->in->network, l);
        size_t m = layer->pair.m, all = run->steps * run->count * m, loop = run->layers + l;
        layer->loops = l + 1 < run->layers && loop < run->in->network->projection_count;
        if (layer->loops)
            lost |= !loci_reference_pair_open(&layer->loop, run->in->network, (uint32_t)loop);
        layer->fires = l + 1 < run->layers || run->spec->readout == LOCI_READOUT_COUNT;
        layer->neuron = take(m, sizeof *layer->neuron, &lost);
        layer->state = take(all, sizeof *layer->state, &lost);
        layer->s = take(all, sizeof *layer->s, &lost);
        layer->g_s = take(all, sizeof *layer->g_s, &lost);
        layer->g_current = take(all, sizeof *layer->g_current, &lost);
        layer->current = take(layer->pair.places, sizeof *layer->current, &lost);
        layer->winner = take(all, sizeof *layer->winner, &lost);
        layer->g_places = take(all / m * layer->pair.places, sizeof *layer->g_places, &lost);
        layer->g = take(m, sizeof *layer->g, &lost);
    }
    run->logits = take(run->count * run->spec->classes, sizeof *run->logits, &lost);
    run->g_logits = take(run->count * run->spec->classes, sizeof *run->g_logits, &lost);
    return !lost;
}

static void release(struct run *run) {
    for (uint32_t l = 0; l < run->layers; l++) {
        struct layer *layer = &run->layer[l];
        loci_reference_pair_close(&layer->pair);
        loci_reference_pair_close(&layer->loop);
        free(layer->neuron);
        free(layer->state);
        free(layer->s);
        free(layer->g_s);
        free(layer->g_current);
        free(layer->current);
        free(layer->winner);
        free(layer->g_places);
        free(layer->g);
    }
    free(run->logits);
    free(run->g_logits);
}

static void copy(double *to, const double *from, size_t count) {
    if (to != NULL)
        memcpy(to, from, count * sizeof *to);
}

/* On which side of every kink a run was. */
static uint64_t pieces(const struct run *run, const loci_reference_targets *targets) {
    uint64_t hash = loci_reference_read_pieces(run->spec, run->layer[run->layers - 1].s, run->count,
                                               run->pieces);
    for (uint32_t l = 0; l < run->layers; l++) {
        const struct layer *layer = &run->layer[l];
        hash = loci_reference_reach(&layer->pair.wiring, hash);
        hash = loci_reference_delay_pieces(&layer->pair.wiring, &layer->pair.delay, hash);
        if (layer->loops)
            hash = loci_reference_delay_pieces(&layer->loop.wiring, &layer->loop.delay, hash);
    }
    return loci_reference_loss_pieces(run->spec, run->logits, targets, run->count, hash);
}

static double nearest_delay(const struct run *run) {
    double nearest = INFINITY;
    for (uint32_t l = 0; run->spec->delay != LOCI_DELAY_NONE && l < run->layers; l++) {
        const struct layer *layer = &run->layer[l];
        nearest =
            fmin(nearest, loci_reference_delay_nearest(&layer->pair.wiring, &layer->pair.delay));
        if (layer->loops)
            nearest = fmin(nearest,
                           loci_reference_delay_nearest(&layer->loop.wiring, &layer->loop.delay));
    }
    return nearest;
}

static void hand_out(const struct run *run, loci_spiking_reference_result *result) {
    copy(result->logits, run->logits, run->count * run->spec->classes);
    for (uint32_t l = 0; l < run->layers; l++) {
        const struct layer *layer = &run->layer[l];
        for (size_t k = 0; k < run->steps * run->count * layer->pair.m; k++) {
            if (result->membrane[l] != NULL)
                result->membrane[l][k] = layer->state[k].u;
            if (result->spikes[l] != NULL)
                result->spikes[l][k] = layer->state[k].s;
        }
    }
}

int loci_spiking_reference(const loci_spiking_reference_input *input,
                           loci_spiking_reference_result *result) {
    const loci_spec *spec = &input->network->spec;
    struct run run = {.in = input,
                      .spec = spec,
                      .count = input->count,
                      .steps = spec->time_steps,
                      .layers = loci_spec_hidden_layers(spec) + 1,
                      .nearest = INFINITY,
                      .nearest_pool = INFINITY,
                      .pieces = 14695981039346656037u};
    const loci_reference_targets of_labels = {.loss = LOCI_LOSS_CROSS_ENTROPY,
                                              .labels = input->labels};
    const loci_reference_targets *targets = input->targets != NULL ? input->targets : &of_labels;
    bool enough = prepare(&run);
    if (enough) {
        for (uint32_t l = 0; l < run.layers; l++)
            forward(&run, l);
        loci_reference_read_out(spec, run.layer[run.layers - 1].s, run.count, run.logits);
        result->loss = loci_reference_loss(spec, run.logits, targets, run.count, run.g_logits);
        if (result->gradient != NULL)
            backward(&run, result->gradient);
        result->nearest = run.nearest;
        result->nearest_pool = run.nearest_pool;
        result->nearest_delay = nearest_delay(&run);
        result->pieces = pieces(&run, targets);
        hand_out(&run, result);
    }
    release(&run);
    return enough ? LOCI_OK : LOCI_E_MEMORY;
}
