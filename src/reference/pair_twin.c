#include "reference/pair_twin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "network/layout.h"

static double mask(const loci_spec *spec, double v) {
    return 2 / (1 + exp(-spec->steepness * v)) - 1;
}

static double mask_slope(const loci_spec *spec, double v) {
    double sigmoid = 1 / (1 + exp(-spec->steepness * v));
    return 2 * spec->steepness * sigmoid * (1 - sigmoid);
}

static double *take(size_t count, bool *lost) {
    double *array = loci_alloc(count, sizeof *array);
    *lost |= array == NULL;
    return array;
}

/* Whether a layer is wired to itself. */
static bool is_loop(const loci_reference_pair *pair) {
    return pair->projection->from == pair->projection->to;
}

/* No neuron is wired to itself. */
static void mask_loop(loci_reference_pair *pair, bool *lost) {
    pair->mask = loci_alloc(pair->n * pair->m, 1);
    *lost |= pair->mask == NULL;
    for (size_t i = 0; pair->mask != NULL && i < pair->n * pair->m; i++)
        pair->mask[i] = i / pair->m != i % pair->m;
}

/* What is kept of a pruned net. */
static void mask_pruned(loci_reference_pair *pair, bool *lost) {
    size_t count;
    pair->mask = loci_alloc(pair->n * pair->m, 1);
    *lost |= pair->mask == NULL ||
             loci_network_kept(pair->network, pair->l, pair->mask, &count, NULL) != LOCI_OK;
}

bool loci_reference_pair_open(loci_reference_pair *pair, const loci_network *network, uint32_t l) {
    const loci_spec *spec = &network->spec;
    const loci_projection *v = &network->projection[l];
    bool lost = false;
    *pair = (loci_reference_pair){.network = network,
                                  .projection = v,
                                  .layer = &network->layer[v->to],
                                  .l = l,
                                  .n = loci_spec_layer_size(spec, v->from),
                                  .m = loci_spec_layer_size(spec, v->to)};
    bool loop = is_loop(pair);
    pair->delay = (loci_reference_delay){.first = loop, .taps = 1};
    if (spec->delay == LOCI_DELAY_DISTANCE)
        pair->delay.taps = spec->longest_delay + 1 - loop;
    if (v->axon_charge != LOCI_NONE || v->channel_charge != LOCI_NONE)
        pair->c = take(pair->n * loci_axon_sites(spec, l), &lost);
    if (v->dendrite_charge != LOCI_NONE)
        pair->e = take(pair->m * loci_dendrite_sites(spec, l), &lost);
    if (v->weight == LOCI_NONE && v->axon_position == LOCI_NONE)
        pair->p = take(pair->n * loci_pair_coordinates(spec, l), &lost);
    if (v->channel_position != LOCI_NONE)
        pair->made = take(pair->n * (loci_pair_coordinates(spec, l) + 1), &lost);
    pair->w = take(pair->delay.taps * pair->n * pair->m, &lost);
    pair->g = take(pair->delay.taps * pair->n * pair->m, &lost);
    if (loop)
        mask_loop(pair, &lost);
    else if (network->pruned_by != LOCI_UNPRUNED && network->pruned_by != LOCI_PRUNE_BY_RANGE)
        mask_pruned(pair, &lost);
    return !lost;
}

void loci_reference_pair_close(loci_reference_pair *pair) {
    free(pair->c);
    free(pair->e);
    free(pair->p);
    free(pair->made);
    free(pair->w);
    free(pair->g);
    free(pair->mask);
}

/* R; -1 = unlimited. */
static double range_of(const loci_reference_pair *pair, const double *parameters) {
    const loci_network *network = pair->network;
    if (is_loop(pair))
        return -1;
    if (network->pruned_by == LOCI_PRUNE_BY_RANGE)
        return network->cut[pair->l].value > 0 ? 1 / (double)network->cut[pair->l].value : -1;
    if (pair->projection->range != LOCI_NONE)
        return fabs(parameters[pair->projection->range]);
    return network->spec.range[pair->l];
}

static double length_of(const loci_reference_pair *pair, const double *parameters) {
    size_t at = pair->projection->log_length;
    return at != LOCI_NONE
               ? exp(parameters[at])
               : pair->network->spec.length[loci_pair_of(&pair->network->spec, pair->l)];
}

static double gap_of(const loci_reference_pair *pair, const double *parameters) {
    const loci_spec *spec = &pair->network->spec;
    if (spec->planes == LOCI_PLANES_RELAXED)
        return 0;
    if (pair->projection->gap != LOCI_NONE)
        return parameters[pair->projection->gap];
    return is_loop(pair) ? spec->recurrent_gap : spec->gap[pair->l];
}

static double speed_of(const loci_reference_pair *pair, const double *parameters) {
    const loci_spec *spec = &pair->network->spec;
    size_t at = pair->projection->log_speed;
    return at != LOCI_NONE ? exp(parameters[at]) : spec->speed[loci_pair_of(spec, pair->l)];
}

/* Charges as they act. */
static void act(const loci_reference_pair *pair, const double *parameters, size_t offset,
                size_t count, double *to) {
    const loci_spec *spec = &pair->network->spec;
    for (size_t i = 0; to != NULL && i < count; i++) {
        double v = parameters[offset + i];
        to[i] = spec->sign == LOCI_SIGN_MASK ? mask(spec, v) : v;
    }
}

/* Input i of a sheet is of channel k. */
static size_t channel_of(const loci_reference_pair *pair, size_t i) {
    return loci_network_pixel(pair->network, i) % pair->network->spec.channels;
}

/* Each input has the last coordinate and the charge of its channel. */
static void act_channels(const loci_reference_pair *pair, const double *parameters, size_t C) {
    const loci_projection *v = pair->projection;
    for (size_t i = 0; i < pair->n; i++) {
        size_t k = channel_of(pair, i);
        pair->p[i * C + C - 1] = parameters[v->channel_position + k];
        act(pair, parameters, v->channel_charge + k, 1, pair->c + i);
    }
}

void loci_reference_pair_wire(loci_reference_pair *pair, const double *parameters, bool absolute) {
    const loci_spec *spec = &pair->network->spec;
    const loci_projection *v = pair->projection;
    size_t A = loci_axon_sites(spec, pair->l), D = loci_dendrite_sites(spec, pair->l),
           C = loci_pair_coordinates(spec, pair->l);
    if (v->weight != LOCI_NONE) {
        for (size_t i = 0; i < pair->n * pair->m; i++) {
            double weight = pair->mask != NULL && !pair->mask[i] ? 0 : parameters[v->weight + i];
            pair->w[i] = absolute ? fabs(weight) : weight;
        }
        return;
    }
    for (size_t i = 0; pair->p != NULL && i < pair->n * C; i++)
        pair->p[i] = pair->network->sheet[i];
    if (v->channel_position != LOCI_NONE)
        act_channels(pair, parameters, C);
    else
        act(pair, parameters, v->axon_charge, pair->n * A, pair->c);
    act(pair, parameters, v->dendrite_charge, pair->m * D, pair->e);
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
        .gap = gap_of(pair, parameters),
        .softening = spec->softening,
        .scale = v->log_scale == LOCI_NONE ? 1 : exp(parameters[v->log_scale]),
        .law = spec->law,
        .length = length_of(pair, parameters),
        .mask = pair->mask,
        .absolute = absolute,
    };
    double range = range_of(pair, parameters);
    if (range >= 0) {
        pair->wiring.cutoff = loci_reference_law(&pair->wiring, range);
        pair->wiring.length_cutoff = loci_reference_law_length(&pair->wiring, range);
    }
    if (spec->delay == LOCI_DELAY_NONE) {
        loci_reference_weights(&pair->wiring, pair->w);
        return;
    }
    pair->delay.inverse_speed = 1 / speed_of(pair, parameters);
    loci_reference_taps(&pair->wiring, &pair->delay, pair->w);
}

/* From charges as they act to the numbers behind them: entries offset .. offset+count-1 of to, in
 * place. */
static void unmask(const loci_reference_pair *pair, const double *parameters, size_t offset,
                   size_t count, double *to) {
    const loci_spec *spec = &pair->network->spec;
    if (offset == LOCI_NONE || spec->sign != LOCI_SIGN_MASK)
        return;
    for (size_t i = offset; i < offset + count; i++)
        to[i] *= mask_slope(spec, parameters[i]);
}

/* Sums over the inputs of a channel what their last coordinates, p [n, C], and their charges, c
 * [n], get. */
static void fold_channels(const loci_reference_pair *pair, const double *parameters,
                          const double *p, const double *c, double *gradient) {
    const loci_projection *v = pair->projection;
    size_t C = pair->wiring.coordinates, K = pair->network->spec.channels;
    for (size_t i = 0; i < pair->n; i++) {
        size_t k = channel_of(pair, i);
        gradient[v->channel_position + k] += p[i * C + C - 1];
        gradient[v->channel_charge + k] += c[i];
    }
    unmask(pair, parameters, v->channel_charge, K, gradient);
}

static double *at(double *to, size_t offset) {
    return offset == LOCI_NONE ? NULL : to + offset;
}

void loci_reference_pair_differentiate(const loci_reference_pair *pair, const double *parameters,
                                       double *gradient) {
    const loci_projection *v = pair->projection;
    if (v->weight != LOCI_NONE) {
        for (size_t i = 0; i < pair->n * pair->m; i++)
            gradient[v->weight + i] = pair->mask != NULL && !pair->mask[i] ? 0 : pair->g[i];
        return;
    }
    bool channels = v->channel_position != LOCI_NONE;
    size_t places = pair->n * pair->wiring.coordinates;
    double *sheet = pair->made, *charges = channels ? sheet + places : NULL;
    for (size_t i = 0; channels && i < places + pair->n; i++)
        sheet[i] = 0;
    const loci_reference_gradient out = {
        .p = channels ? sheet : at(gradient, v->axon_position),
        .c = channels ? charges : at(gradient, v->axon_charge),
        .q = at(gradient, v->dendrite_position),
        .e = at(gradient, v->dendrite_charge),
        .gap = at(gradient, v->gap),
        .log_scale = at(gradient, v->log_scale),
    };
    double reached = 0, stretched = 0;
    loci_reference_gradient all = out;
    all.cutoff = &reached;
    all.length = &stretched;
    if (pair->network->spec.delay == LOCI_DELAY_NONE)
        loci_reference_backward(&pair->wiring, pair->g, &all);
    else
        loci_reference_taps_backward(&pair->wiring, &pair->delay, pair->g, &all,
                                     at(gradient, v->log_speed));
    if (v->range != LOCI_NONE) { /* the cutoff is f(|R|) */
        double slope = loci_reference_law_slope(&pair->wiring, range_of(pair, parameters));
        slope = parameters[v->range] < 0 ? -slope : slope;
        gradient[v->range] += reached * (pair->wiring.absolute ? fabs(slope) : slope);
    }
    if (v->log_length != LOCI_NONE)
        gradient[v->log_length] += stretched * pair->wiring.length;
    if (channels)
        fold_channels(pair, parameters, sheet, charges, gradient);
    unmask(pair, parameters, v->axon_charge, pair->n * pair->wiring.axons, gradient);
    unmask(pair, parameters, v->dendrite_charge, pair->m * pair->wiring.dendrites, gradient);
}
