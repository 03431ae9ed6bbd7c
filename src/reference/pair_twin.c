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

/* Whether senders have places on a grid; those of maps share what they send by. */
static bool is_on_grid(const loci_reference_pair *pair) {
    const loci_spec *spec = &pair->network->spec;
    return spec->maps_count > 0 && pair->l <= spec->maps_count &&
           pair->projection->weight == LOCI_NONE;
}

/* Senders and receivers of the wiring. */
static size_t wired_senders(const loci_reference_pair *pair) {
    return pair->is_stencil ? loci_reference_stencil(&pair->maps) / pair->maps.out : pair->n;
}

static size_t wired_receivers(const loci_reference_pair *pair) {
    return pair->is_stencil ? pair->maps.out : pair->m;
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
    pair->mask = loci_alloc(wired_senders(pair) * wired_receivers(pair), 1);
    *lost |= pair->mask == NULL ||
             loci_network_kept(pair->network, pair->l, pair->mask, &count, NULL) != LOCI_OK;
}

/* Positions and charges of sites, where they are not parameters as they stand. */
static void take_sites(loci_reference_pair *pair, bool *lost) {
    const loci_spec *spec = &pair->network->spec;
    const loci_projection *v = pair->projection;
    size_t n = wired_senders(pair), C = loci_pair_coordinates(spec, pair->l);
    bool grid = is_on_grid(pair), channels = v->channel_charge != LOCI_NONE;
    if (v->axon_charge != LOCI_NONE || channels)
        pair->c = take(n * loci_axon_sites(spec, pair->l), lost);
    if (v->dendrite_charge != LOCI_NONE)
        pair->e = take(wired_receivers(pair) * loci_dendrite_sites(spec, pair->l), lost);
    if (grid || (v->weight == LOCI_NONE && v->axon_position == LOCI_NONE))
        pair->p = take(n * C, lost);
    if (channels || (grid && v->axon_position != LOCI_NONE))
        pair->made = take(n * (C + 1), lost);
}

static void take_stencil(loci_reference_pair *pair, bool *lost) {
    pair->places = loci_reference_places(&pair->maps);
    pair->units = pair->maps.out;
    pair->k = take(loci_reference_stencil(&pair->maps), lost);
    pair->gk = take(loci_reference_stencil(&pair->maps), lost);
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
                                  .m = loci_spec_layer_size(spec, v->to),
                                  .is_stencil = l < spec->maps_count,
                                  .maps = loci_reference_maps_of(spec, l)};
    bool loop = is_loop(pair);
    pair->places = pair->units = pair->m;
    pair->delay = (loci_reference_delay){.first = loop, .taps = 1};
    if (spec->delay == LOCI_DELAY_DISTANCE)
        pair->delay.taps = spec->longest_delay + 1 - loop;
    take_sites(pair, &lost);
    if (pair->is_stencil)
        take_stencil(pair, &lost);
    pair->w = take(pair->delay.taps * pair->n * pair->places, &lost);
    pair->g = take(pair->delay.taps * pair->n * pair->places, &lost);
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
    free(pair->k);
    free(pair->gk);
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

/* Neurons on a grid send from where they stand, by what their map shares. */
static void act_grid(const loci_reference_pair *pair, const double *parameters, size_t C) {
    const loci_projection *v = pair->projection;
    const loci_reference_maps *maps = &pair->maps;
    size_t rows = pair->is_stencil ? maps->window : maps->height;
    size_t columns = pair->is_stencil ? maps->window : maps->width;
    const double *across = C > 2 ? parameters + v->axon_position : NULL;
    loci_reference_grid(rows, columns, maps->in, C - 2, across, pair->p);
    for (size_t i = 0; pair->c != NULL && i < wired_senders(pair); i++)
        act(pair, parameters, v->axon_charge + i % maps->in, 1, pair->c + i);
}

/* What senders act by. */
static void act_senders(const loci_reference_pair *pair, const double *parameters, size_t C) {
    const loci_projection *v = pair->projection;
    if (is_on_grid(pair)) {
        act_grid(pair, parameters, C);
        return;
    }
    for (size_t i = 0; pair->p != NULL && i < pair->n * C; i++)
        pair->p[i] = pair->network->sheet[i];
    if (v->channel_position != LOCI_NONE)
        act_channels(pair, parameters, C);
    else
        act(pair, parameters, v->axon_charge,
            pair->n * loci_axon_sites(&pair->network->spec, pair->l), pair->c);
}

/* Weights of a conventional pair, or its stencil. */
static void take_weights(const loci_reference_pair *pair, const double *parameters, bool absolute,
                         double *to) {
    for (size_t i = 0; i < wired_senders(pair) * wired_receivers(pair); i++) {
        double weight = parameters[pair->projection->weight + i];
        weight = pair->mask != NULL && !pair->mask[i] ? 0 : weight;
        to[i] = absolute ? fabs(weight) : weight;
    }
}

/* Of sites, to weights or a stencil. */
static void wire_sites(loci_reference_pair *pair, const double *parameters, bool absolute,
                       double *to) {
    const loci_spec *spec = &pair->network->spec;
    const loci_projection *v = pair->projection;
    size_t A = loci_axon_sites(spec, pair->l), D = loci_dendrite_sites(spec, pair->l),
           C = loci_pair_coordinates(spec, pair->l);
    act_senders(pair, parameters, C);
    act(pair, parameters, v->dendrite_charge, wired_receivers(pair) * D, pair->e);
    pair->wiring = (loci_reference){
        .n = wired_senders(pair),
        .m = wired_receivers(pair),
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
        loci_reference_weights(&pair->wiring, to);
        return;
    }
    pair->delay.inverse_speed = 1 / speed_of(pair, parameters);
    loci_reference_taps(&pair->wiring, &pair->delay, to);
}

void loci_reference_pair_wire(loci_reference_pair *pair, const double *parameters, bool absolute) {
    double *to = pair->is_stencil ? pair->k : pair->w;
    if (pair->projection->weight != LOCI_NONE)
        take_weights(pair, parameters, absolute, to);
    else
        wire_sites(pair, parameters, absolute, to);
    if (pair->is_stencil)
        loci_reference_unroll(&pair->maps, pair->k, pair->w);
}

double loci_reference_pair_pool(const loci_reference_pair *pair, const double *v, size_t *winner) {
    if (pair->is_stencil)
        return loci_reference_pool(&pair->maps, v, winner);
    for (size_t j = 0; j < pair->m; j++)
        winner[j] = j;
    return INFINITY;
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

/* Sums over places what the neurons of a map share: p [n, C] and c [n] are what these got. */
static void fold_grid(const loci_reference_pair *pair, const double *parameters, const double *p,
                      const double *c, double *gradient) {
    const loci_projection *v = pair->projection;
    size_t C = pair->wiring.coordinates, maps = pair->maps.in, axes = C - 2;
    for (size_t i = 0; i < pair->wiring.n; i++) {
        for (size_t x = 0; x < axes; x++)
            gradient[v->axon_position + i % maps * axes + x] += p[i * C + 2 + x];
        gradient[v->axon_charge + i % maps] += c[i];
    }
    unmask(pair, parameters, v->axon_charge, maps, gradient);
}

static double *at(double *to, size_t offset) {
    return offset == LOCI_NONE ? NULL : to + offset;
}

void loci_reference_pair_differentiate(const loci_reference_pair *pair, const double *parameters,
                                       double *gradient) {
    const loci_projection *v = pair->projection;
    const double *g = pair->is_stencil ? pair->gk : pair->g;
    if (pair->is_stencil)
        loci_reference_roll_up(&pair->maps, pair->g, pair->gk);
    if (v->weight != LOCI_NONE) {
        for (size_t i = 0; i < wired_senders(pair) * wired_receivers(pair); i++)
            gradient[v->weight + i] = pair->mask != NULL && !pair->mask[i] ? 0 : g[i];
        return;
    }
    bool made = pair->made != NULL;
    size_t n = pair->wiring.n, places = n * pair->wiring.coordinates;
    double *sheet = pair->made, *charges = made ? sheet + places : NULL;
    for (size_t i = 0; made && i < places + n; i++)
        sheet[i] = 0;
    const loci_reference_gradient out = {
        .p = made ? sheet : at(gradient, v->axon_position),
        .c = made ? charges : at(gradient, v->axon_charge),
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
        loci_reference_backward(&pair->wiring, g, &all);
    else
        loci_reference_taps_backward(&pair->wiring, &pair->delay, g, &all,
                                     at(gradient, v->log_speed));
    if (v->range != LOCI_NONE) { /* the cutoff is f(|R|) */
        double slope = loci_reference_law_slope(&pair->wiring, range_of(pair, parameters));
        slope = parameters[v->range] < 0 ? -slope : slope;
        gradient[v->range] += reached * (pair->wiring.absolute ? fabs(slope) : slope);
    }
    if (v->log_length != LOCI_NONE)
        gradient[v->log_length] += stretched * pair->wiring.length;
    if (made && v->channel_position != LOCI_NONE)
        fold_channels(pair, parameters, sheet, charges, gradient);
    else if (made)
        fold_grid(pair, parameters, sheet, charges, gradient);
    else
        unmask(pair, parameters, v->axon_charge, n * pair->wiring.axons, gradient);
    unmask(pair, parameters, v->dendrite_charge, pair->wiring.m * pair->wiring.dendrites, gradient);
}
